"""Why a case shows its light: facts, rule, calendar, what was issued when, and what holds the next rung back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from casework.cases import find_case
from casework.climbing import rules_of, standing_of
from casework.desk import Desk
from casework.rungview import Climb, RungView, climb_of, document_name, held_because, write_day
from core.codes import LIGHT_LABELS, SEVERITY_LABELS, Light, Severity
from core.ladder import Standing, arithmetic_light
from core.rectification import CASE_STATE_LABELS, CLOCK_RUNS, SETTLED, CaseState
from core.rulebook import Profile, Rulebook
from core.workdays import Unit
from models.audit import history_of
from models.campaign import Finding
from models.record import AuditEntry
from models.rectification import Rectification


@dataclass(frozen=True, slots=True)
class DueChange:
    """One setting of the due date; `why` says what set it."""

    on: date
    due_on: date
    why: str
    start_on: date | None = None
    count: int | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the light of a case is what it is, in sentences to be read in order.

    light               the colour shown: the last rung issued, or a named event
    light_by_lateness   the colour that lateness alone would give today, whatever was issued
    rungs               events first, then the rungs in the order of the ladder
    derivation          how the calendar gives the first due date, one sentence a step
    """

    code: str
    sentences: tuple[str, ...]
    light: Light
    light_by_lateness: Light
    rungs: tuple[RungView, ...]
    derivation: tuple[str, ...]
    due_changes: tuple[DueChange, ...]
    due_on: date | None
    next_due_on: date | None
    held_by: str

    def as_dict(self) -> dict[str, object]:
        """Return the explanation as outside programs read it."""
        return {
            "id": self.code,
            "light": self.light.value,
            "light_by_lateness": self.light_by_lateness.value,
            "sentences": list(self.sentences),
            "derivation": list(self.derivation),
            "due_on": self.due_on.isoformat() if self.due_on else None,
            "due_changes": [
                {"on": c.on.isoformat(), "due_on": c.due_on.isoformat(), "why": c.why}
                for c in self.due_changes
            ],
            "next_due_on": self.next_due_on.isoformat() if self.next_due_on else None,
            "held_by": self.held_by,
            "rungs": [rung.as_dict() for rung in self.rungs],
        }


def explain_case(desk: Desk, code: str) -> Explanation:
    """Explain the light of a case on the desk's day; raise NotFound."""
    case, finding = find_case(desk, code)
    history = list(history_of(desk.session, desk.office_id, "case", [case.id]))
    return explain(desk, case, finding, rules_of(desk, case.campaign_id), history)


def explain(
    desk: Desk, case: Rectification, finding: Finding, rules: Rulebook, history: Sequence[AuditEntry]
) -> Explanation:
    """Explain the light of a case whose rows, frozen rules and audit entries were read already."""
    ladder = rules.ladder_of(desk.office.code)
    profile = ladder.profiles[Severity(case.severity)]
    standing = standing_of(desk, case, desk.today)
    climb = climb_of(desk, case, ladder, profile, standing)
    by_lateness = _light_by_lateness(desk, case, profile, standing)
    changes = tuple(_due_changes(history))
    sentences = (
        *_say_notice(case, changes),
        *_say_today(desk, case, history),
        *_say_issued(climb),
        *_say_light(case, climb, by_lateness),
        *_say_next(desk, case, standing, climb),
    )
    return Explanation(
        code=finding.code,
        sentences=sentences,
        light=Light(case.light),
        light_by_lateness=by_lateness,
        rungs=climb.rungs,
        derivation=_derive(desk, changes),
        due_changes=changes,
        due_on=case.due_on,
        next_due_on=case.next_due_on,
        held_by=climb.decision.held_by if climb.decision else "",
    )


def _light_by_lateness(desk: Desk, case: Rectification, profile: Profile, standing: Standing | None) -> Light:
    if standing is None or CaseState(case.state) not in CLOCK_RUNS:
        return Light.NONE
    return arithmetic_light(profile.rungs, standing, desk.today, desk.calendar)


def _due_changes(history: Sequence[AuditEntry]) -> Iterator[DueChange]:
    for entry in history:
        if entry.act != "set_due" or not entry.detail:
            continue
        said = json.loads(entry.detail)
        if "due_on" not in said:
            continue
        yield DueChange(
            on=entry.on_day,
            due_on=date.fromisoformat(said["due_on"]),
            why=_why_due(said),
            start_on=date.fromisoformat(said["start_on"]) if said.get("start_on") else None,
            count=said.get("count"),
            provisional=bool(said.get("provisional", False)),
        )


def _why_due(said: dict[str, object]) -> str:
    if "extension" in said:
        return f"第{said['extension']}次延期申请获批"
    if "suspended_workdays" in said:
        return f"中止计时{said['suspended_workdays']}个工作日后恢复"
    if "count" in said:
        return f"通知书签发，整改期限{said['count']}个工作日"
    return "期限调整"


def _derive(desk: Desk, changes: Sequence[DueChange]) -> tuple[str, ...]:
    first = next((c for c in changes if c.start_on is not None and c.count is not None), None)
    if first is None or first.start_on is None or first.count is None:
        return ()
    due = desk.calendar.due(first.start_on, first.count, Unit.WORKDAY)
    if due.due_on == first.due_on:
        return due.steps
    note = f"按现行日历推算为{write_day(due.due_on)}；已通知的期限{write_day(first.due_on)}不提前"
    return (*due.steps, note)


def _say_notice(case: Rectification, changes: Sequence[DueChange]) -> Iterator[str]:
    grade = SEVERITY_LABELS[Severity(case.severity)]
    if case.due_on is None:
        yield f"问题程度为“{grade}”。整改通知书尚未签发，期限未起算。"
        return
    text = f"问题程度为“{grade}”，"
    if case.signed_on is not None and case.first_due_on is not None:
        days = next((c.count for c in changes if c.count is not None), None)
        period = f"，整改期限{days}个工作日" if days else ""
        text += (
            f"整改通知书于{write_day(case.signed_on)}签发{period}，原定{write_day(case.first_due_on)}到期。"
        )
    else:
        text += f"整改期限为{write_day(case.due_on)}。"
    yield text + ("该期限涉及放假安排尚未公布的年度，为暂定。" if case.due_provisional else "")
    for change in changes:
        if change.count is None:
            yield f"{write_day(change.on)}{change.why}，期限改为{write_day(change.due_on)}。"
    if case.round > 1:
        yield f"事项已反弹重启{case.round - 1}次，现为第{case.round}轮，期限{write_day(case.due_on)}。"
    if case.served_on is not None:
        yield f"通知书于{write_day(case.served_on)}送达。"
    else:
        yield "通知书尚未取得送达证明。"


def _say_today(desk: Desk, case: Rectification, history: Sequence[AuditEntry]) -> Iterator[str]:
    state = CaseState(case.state)
    if case.due_on is None or state in SETTLED:
        return
    plan = "已报送整改方案" if case.plan_on else "未报送整改方案"
    returned = f"，销号申请被退回{case.returns}次" if case.returns else ""
    facts = f"{plan}，完成率{case.percent}%{returned}"
    applied = next((entry.on_day for entry in reversed(history) if entry.act == "apply_closure"), None)
    if state not in CLOCK_RUNS and applied is not None:
        yield f"单位于{write_day(applied)}申请销号，{_on_time(desk, applied, case.due_on)}；{facts}。"
    else:
        yield f"今天（{write_day(desk.today)}）{_where(desk, case.due_on)}；{facts}。"


def _on_time(desk: Desk, applied: date, due_on: date) -> str:
    late = desk.calendar.between(due_on, applied)
    return f"其时已逾期{late}个工作日" if late > 0 else "在期限之内"


def _where(desk: Desk, due_on: date) -> str:
    left = desk.calendar.between(desk.today, due_on)
    if left:
        return f"距到期还有{left}个工作日" if left > 0 else f"已逾期{-left}个工作日"
    return "到期" if due_on >= desk.today else "已过到期日，尚未满一个工作日"


def _say_issued(climb: Climb) -> Iterator[str]:
    for rung in climb.issued:
        if rung.day is not None:
            yield f"{write_day(rung.day)}亮{LIGHT_LABELS[rung.light]}灯：{rung.rule}。{_say_paper(rung)}"


def _say_paper(rung: RungView) -> str:
    if not rung.document:
        return ""
    if rung.issued_on is None:
        return f"{rung.document}已拟稿，{rung.note}，尚未发出。"
    when = "同日" if rung.issued_on == rung.day else write_day(rung.issued_on)
    if rung.number is None:
        return f"{when}发出{rung.document}（自动提醒，不编号）。"
    served = f"{write_day(rung.served_on)}送达" if rung.served_on else "尚未送达"
    return f"{rung.document}{rung.number}{when}发出，{served}。"


def _say_light(case: Rectification, climb: Climb, by_lateness: Light) -> Iterator[str]:
    light, state = Light(case.light), CaseState(case.state)
    word = LIGHT_LABELS[light]
    highest = Light(case.highest_light)
    history = f"历史最高为{LIGHT_LABELS[highest]}灯。" if highest.rank > light.rank else ""
    if state in SETTLED:
        yield f"事项{CASE_STATE_LABELS[state]}，灯已熄灭。{history}"
        return
    if light is Light.NONE:
        yield f"尚未发出任何级次，不亮灯。{history}"
    elif climb.issued and climb.issued[-1].light is light:
        yield f"现为{word}灯，即最近一级的颜色。{history}"
    else:
        yield f"现为{word}灯，由升级事件置定，本期限内保持。{history}"
    if by_lateness.rank > light.rank:
        yield f"只按期限推算今天应为{LIGHT_LABELS[by_lateness]}灯；灯随文书逐级发出，不越级。"


def _say_next(desk: Desk, case: Rectification, standing: Standing | None, climb: Climb) -> Iterator[str]:
    state = CaseState(case.state)
    if case.set_aside:
        yield "巡检未能处理本事项，已搁置，待人工检查。"
    if state in SETTLED or standing is None:
        return
    if case.suspended_on is not None:
        yield f"自{write_day(case.suspended_on)}起中止计时，灯色保持，恢复前不升级。"
    elif state not in CLOCK_RUNS:
        yield f"事项处于“{CASE_STATE_LABELS[state]}”，计时停止，灯色保持；退回后继续计时。"
    elif climb.decision is not None and climb.decision.held_by:
        yield f"下一级被搁住：{held_because(standing)}。取得送达证明后由当日巡检发出。"
    else:
        yield _say_coming(desk, climb)


def _say_coming(desk: Desk, climb: Climb) -> str:
    coming = [r for r in climb.rungs if r.status in ("due", "planned") and r.day is not None]
    if not coming:
        return "已到最高级次或其余级次的条件今天不成立，暂无下一级。"
    following = min(coming, key=lambda rung: (rung.status != "due", rung.day or desk.today))
    day = following.day or desk.today
    when = "今天" if day <= desk.today else f"最早{write_day(day)}"
    gap = f"（{following.note}）" if following.note and following.status == "planned" else ""
    light = LIGHT_LABELS[following.light]
    return f"下一级为{following.document}（{light}灯）：{following.rule}，{when}发出{gap}。"


__all__ = ["DueChange", "Explanation", "document_name", "explain", "explain_case"]
