"""What the form of an act on a case asks for: its keys, with choices and words from the rules of the campaign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import facts_of
from casework.rectification.askingwords import NOTES, VERDICTS, Options
from casework.rectification.authority import why_no_grant
from casework.rectification.caselook import Look, ladder_for, review_for
from casework.rectification.doing import DECIDING
from casework.staff.people import split
from core.codes import SEVERITY_LABELS, Severity
from core.errors import CalendarMissing
from core.ladders.ladderfacts import used_percent, why_not
from core.life.rectification import REQUEST_LABELS, CaseAct, RequestKind
from core.life.sidelife import HORIZON_LABELS, MANNER_LABELS, Horizon, Manner
from core.lookbackrules import look_back_day
from models.organisation import Person


@dataclass(frozen=True, slots=True)
class Question:
    """One field of a form.

    kind   text, area, day, number, choice (one of few), select (one of many), ticks (any of some), files
    name   a key of the act, or `note`, `on`, `files` for what every act takes
    """

    name: str
    label: str
    kind: str = "text"
    options: Options = ()
    value: str = ""
    hint: str = ""
    required: bool = False


NEEDS_FILES = frozenset({CaseAct.CORRECT_ON_SPOT})


def questions_of(desk: Desk, look: Look, act: CaseAct) -> tuple[Question, ...]:
    """Return what the form of an act asks for, in the order in which people fill it in."""
    found = list(_verdict(desk, look, act))
    if act in KEYED:
        found += KEYED[act](desk, look)
    label, needed = NOTES.get(act, ("说明", False))
    if act is not CaseAct.SUBMIT_PLAN:
        found.append(Question("note", label, "area", required=needed))
    if act is not CaseAct.RECORD_COMPLAINT:
        found.append(Question("files", "附件", "files", required=act in NEEDS_FILES))
    found.append(
        Question("on", "办理日期", "day", value=desk.today.isoformat(), hint="补录以前的，改为实际日期")
    )
    return tuple(found)


def _verdict(desk: Desk, look: Look, act: CaseAct) -> tuple[Question, ...]:
    if act not in VERDICTS:
        return ()
    label, options = VERDICTS[act]
    why = _no_grant(desk, look, act)
    if why:
        options = tuple(one for one in options if one[0] != "granted")
    return (Question("verdict", label, "choice", options, hint=why, required=True),)


def _no_grant(desk: Desk, look: Look, act: CaseAct) -> str:
    """Say why a request for more time can only be refused by whoever looks; empty when it may be granted."""
    kind = next((kind for kind, deciding in DECIDING.items() if deciding is act), None)
    request = look.beside.open_request(kind) if kind is not None else None
    if kind is None or request is None:
        return ""
    return why_no_grant(
        desk, ladder_for(desk, look), kind, Severity(look.case.severity), act.value, look.beside.lent,
        request["asked_by"], request["endorsed_on"],
    )  # fmt: skip


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _plan(desk: Desk, look: Look) -> list[Question]:
    rules = ladder_for(desk, look).plan
    return [
        Question(
            "measures", "整改措施", "area", required=True, hint="每行一项；可写作 措施｜责任人｜2026-06-30"
        ),
        Question("owner", "责任人"),
        Question("until", "完成时限", "day", value=_iso(look.case.due_on), hint="不晚于整改期限"),
        Question("goal", "整改目标", required=rules.goal_required),
        Question("subject", "整改单位", value=look.unit.name),
        Question("verifier_unit", "验收单位", required=rules.verifier_required, hint="整改单位以外的单位"),
        Question("horizon", "整改类型", "select", tuple((h.value, HORIZON_LABELS[h]) for h in Horizon)),
        *_evidence(desk, look),
    ]


def _progress(desk: Desk, look: Look) -> list[Question]:
    left = _measures(look, open_only=True)
    found = [
        Question("percent", "完成率（%）", "number", value=str(look.case.percent), required=True),
        Question("text", "进展", "area"),
    ]
    if left:
        found.append(Question("measure", "本次完成的措施", "ticks", left))
    return [*found, *_evidence(desk, look)]


def _measures(look: Look, *, open_only: bool) -> Options:
    plan = look.beside.plan_in_force(look.case.round)
    rows = look.beside.measures_of(plan) if plan else []
    return tuple(
        (str(row["number"]), f"{row['number']}. {row['text']}")
        for row in rows
        if not (open_only and row["done_on"])
    )


def _evidence(desk: Desk, look: Look) -> list[Question]:
    kinds = ladder_for(desk, look).clearing.evidence
    options = tuple((kind.code, kind.label) for kind in kinds)
    return [Question("evidence", "附件种类", "select", options, hint="不选的，按文件名认定")] if kinds else []


def _apply(desk: Desk, look: Look) -> list[Question]:
    left = _measures(look, open_only=True)
    done = [Question("done", "已完成的措施", "ticks", left)] if left else []
    return [*done, *_evidence(desk, look)]


def _extension(_desk: Desk, look: Look) -> list[Question]:
    due_on = look.case.due_on
    hint = f"现到期日{due_on.year}年{due_on.month}月{due_on.day}日" if due_on else ""
    return [Question("until", "延期至", "day", hint=hint, required=True)]


def _decided_extension(_desk: Desk, look: Look) -> list[Question]:
    request = look.beside.open_request(RequestKind.EXTENSION)
    asked = request["until_on"] if request else None
    return [Question("until", "批准延期至", "day", value=_iso(asked), hint="同意的填写，可与申请不同")]


def _decided_objection(_desk: Desk, _look: Look) -> list[Question]:
    severities = tuple((one.value, SEVERITY_LABELS[one]) for one in Severity)
    return [
        Question("severity", "变更为何种程度", "select", severities, hint="结论为变更的填写"),
        Question("until", "期限顺延至", "day", hint="结论为变更的可填写；不得提前"),
    ]


def _suspension(desk: Desk, look: Look) -> list[Question]:
    options = tuple((one.code, one.label) for one in ladder_for(desk, look).suspensions)
    return [Question("basis", "法定事由", "select", options, required=True)] if options else []


def _verify(desk: Desk, look: Look) -> list[Question]:
    review = review_for(desk, look)
    manners = tuple((one.value, MANNER_LABELS[one]) for one in Manner)
    found = [
        Question(
            "manner",
            "核查方式",
            "choice",
            manners,
            (Manner.ON_SITE if review.on_site else Manner.DOCUMENTS).value,
            hint="按灯色须现场核查" if review.on_site else "",
        )
    ]
    if review.verifiers > 1:
        pair = review.verifiers == 2
        words = "另一名核查人" if pair else f"另外{review.verifiers - 1}名核查人"
        kind, hint = ("select", "须双人核查") if pair else ("ticks", "")
        found.append(Question("second", words, kind, _verifiers(desk, look), hint=hint, required=pair))
    return found


def _verifiers(desk: Desk, look: Look) -> Options:
    """Return who may verify with the actor: people with such a role, not of the unit, not who applied; one query."""
    query = select(Person).where(col(Person.office_id) == desk.office_id).order_by(col(Person.code))
    barred = {desk.actor.code, look.case.applied_by}
    return tuple(
        (one.code, f"{one.name}（{one.code}）")
        for one in desk.session.exec(query)
        if set(split(one.roles)) & {"verifier", "inspector", "leader"}
        and one.code not in barred
        and one.unit_code != look.unit.code
    )


def _look_back_day(desk: Desk, look: Look) -> list[Question]:
    days = ladder_for(desk, look).clearing.observation_workdays
    try:
        closed_on = look.case.closed_on
        usual = look_back_day(desk.calendar, closed_on, days, desk.today) if closed_on else None
    except CalendarMissing:
        usual = None
    hint = f"观察期{days}个工作日；须晚于办理日期"
    return [
        Question(
            "on_day",
            "回头看日期",
            "day",
            value=_iso(look.case.look_back_on or usual),
            hint=hint,
            required=True,
        )
    ]


def _reopening(_desk: Desk, _look: Look) -> list[Question]:
    return [Question("until", "新的整改期限", "day", hint="不填的按规则起算")]


def _event(desk: Desk, look: Look) -> list[Question]:
    case = look.case
    used = used_percent(desk.calendar, case.served_on or case.signed_on, case.due_on, desk.today)
    facts = facts_of(desk, case, desk.today)
    options = tuple(
        (one.code, f"{one.code} {one.event}")
        for one in ladder_for(desk, look).events.values()
        if one.effect not in ("recalculate_due", "pause")
        and not why_not(one, Severity(case.severity), facts, used)
    )
    return [Question("event", "升级事件", "select", options, required=True)]


def _withdrawn(_desk: Desk, look: Look) -> list[Question]:
    open_ = tuple(
        (kind.value, word)
        for kind, word in REQUEST_LABELS.items()
        if kind is not RequestKind.SUSPENSION and look.beside.open_request(kind)
    )
    return [
        Question(
            "kind",
            "撤回哪件申请",
            "select",
            open_,
            value=open_[0][0] if len(open_) == 1 else "",
            required=True,
        )
    ]


def _long_term(desk: Desk, look: Look) -> list[Question]:
    limits = ladder_for(desk, look).long_term
    stages = f"每行一项：2026-09-30 完成清理；复核至多相隔{limits.review_max_months}个月，末次即预计完成日"
    return [
        Question("until", "预计完成日", "day", hint=f"最长{limits.max_months}个月", required=True),
        Question("stages", "阶段目标", "area", hint=stages, required=True),
    ]  # fmt: skip


def _admission(_desk: Desk, _look: Look) -> list[Question]:
    return [Question("until", "准许在此日前提出", "day", required=True)]


def _complaint(_desk: Desk, look: Look) -> list[Question]:
    open_ = tuple(
        (str(row["number"]), f"第{row['number']}件：{row['text'][:30]}")
        for row in look.beside.open_complaints
    )
    return [
        Question(
            "number", "哪件反映", "select", open_, value=open_[0][0] if len(open_) == 1 else "", required=True
        )
    ]


KEYED: dict[CaseAct, Callable[[Desk, Look], list[Question]]] = {
    CaseAct.SUBMIT_PLAN: _plan,
    CaseAct.REPORT_PROGRESS: _progress,
    CaseAct.REQUEST_EXTENSION: _extension,
    CaseAct.DECIDE_EXTENSION: _decided_extension,
    CaseAct.DECIDE_OBJECTION: _decided_objection,
    CaseAct.SUSPEND: _suspension,
    CaseAct.APPLY_CLOSURE: _apply,
    CaseAct.VERIFY: _verify,
    CaseAct.SCHEDULE_LOOK_BACK: _look_back_day,
    CaseAct.REOPEN: _reopening,
    CaseAct.FLAG: _event,
    CaseAct.CORRECT_ON_SPOT: _evidence,
    CaseAct.WITHDRAW_REQUEST: _withdrawn,
    CaseAct.REQUEST_LONG_TERM: _long_term,
    CaseAct.ADMIT_OBJECTION: _admission,
    CaseAct.SETTLE_COMPLAINT: _complaint,
}
