"""How an instance ends: its result with what law attaches to it, and the next instance as a matter of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from casework.desk import Desk
from casework.litigation.aftermath import finish_tasks
from casework.litigation.clocks import Counting, set_counted, set_given
from casework.litigation.files import MatterFile, load_file, units_of
from casework.litigation.lights import refresh
from casework.litigation.recording import note_event, note_fact
from casework.litigation.registering import Entry, register
from casework.moves import take
from casework.rectification.evidence import keep_file
from casework.tasks import finish_for, open_task
from core.errors import InvalidInput
from core.ladders.derivation import write_date
from core.ladders.guardrails import keep_guardrails
from core.life.matterlife import (
    ACT_OF,
    BAD,
    MATTER,
    MATTER_KIND_LABELS,
    RESULT_LABELS,
    RESULTS_OF,
    Instance,
    MatterAct,
    MatterKind,
    MatterState,
    Plaintiff,
    Result,
)
from core.text.secrecy import refuse_state_secrets
from models.matter import LitigationMatter, MatterResult

RULING = "litigation_appeal_ruling"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a matter ended, as somebody reports it.

    served_on   the day of service of a judgment or decision; None for the day of the decision
    ruling      a ruling (裁定), for which the time to appeal is shorter
    source      the ledger it was read from, which stands for the paper
    """

    result: Result
    decided_on: date
    served_on: date | None = None
    summary: str = ""
    ruling: bool = False
    files: tuple[Path, ...] = ()
    source: str = ""


def conclude(desk: Desk, file: MatterFile, outcome: Outcome, *, quietly: bool = False) -> MatterResult:
    """Register the result of a matter with its paper; dates, facts and events that law attaches to it follow.

    raises   NotAllowed; IllegalMove; InvalidInput for a result its kind cannot have, days that do not fit, no paper,
             or a summary that judges the court
    """
    row = file.row
    act = ACT_OF[outcome.result]
    MATTER.permit(act, desk.actor.code, desk.actor.roles)
    MATTER.step(row.state, act)
    _check_outcome(desk, file, outcome)
    stored = MatterResult(
        matter_id=file.id,
        result=outcome.result.value,
        decided_on=outcome.decided_on,
        served_on=outcome.served_on or outcome.decided_on,
        summary=outcome.summary.strip(),
        recorded_by=desk.actor.code,
        recorded_on=desk.today,
    )
    desk.session.add(stored)
    take(
        desk, row, MATTER, act, unit_id=row.unit_id, on=outcome.decided_on,
        detail={"result": outcome.result.value, "served_on": stored.served_on, "source": outcome.source},
    )  # fmt: skip
    desk.session.flush()
    file.result = stored
    for path in outcome.files:
        keep_file(desk, "matter", file.id, act.value, path)
    _attach(desk, file, outcome, stored, quietly=quietly)
    refresh(desk, file, quietly=quietly)
    return stored


def _check_outcome(desk: Desk, file: MatterFile, outcome: Outcome) -> None:
    kind = MatterKind(file.row.kind)
    if outcome.result not in RESULTS_OF[kind]:
        raise InvalidInput(
            f"{MATTER_KIND_LABELS[kind]}没有这种结果",
            found=RESULT_LABELS[outcome.result],
            expected="、".join(label for one, label in RESULT_LABELS.items() if one in RESULTS_OF[kind]),
            remedy="改正结果",
        )
    served = outcome.served_on or outcome.decided_on
    if not file.row.received_on <= outcome.decided_on <= served <= desk.today:
        raise InvalidInput(
            "裁判日期或送达日期不正确",
            found=f"作出{outcome.decided_on}、送达{served}",
            expected=f"收到之日{file.row.received_on}以后、今天以前，送达不早于作出",
            remedy="改正 --on 或 --served",
        )
    refuse_state_secrets(outcome.summary, "裁判要旨")
    keep_guardrails(outcome.summary, "裁判要旨")
    if not outcome.files and not outcome.source:
        raise InvalidInput(
            "登记结果须附文书",
            found="没有附件",
            expected="判决书、裁定书、复议决定书、调解书或答复的扫描件",
            remedy="加上 --file",
        )


def _attach(desk: Desk, file: MatterFile, outcome: Outcome, stored: MatterResult, *, quietly: bool) -> None:
    """Set what follows from a result: service, the time to appeal, and the events of the ladder."""
    kind, result = MatterKind(file.row.kind), outcome.result
    served = stored.served_on or stored.decided_on
    said = f"{RESULT_LABELS[result]}（{write_date(outcome.decided_on)}）"
    if result is Result.ANSWERED:
        if "advice_answered" not in file.facts:
            note_fact(desk, file, "advice_answered", outcome.decided_on, said)
    elif kind is MatterKind.REVIEW and result in BAD:
        note_event(desk, file, "J17", served, said)
    elif kind is MatterKind.LITIGATION and ACT_OF[result] is MatterAct.DECIDE:
        _attach_judgment(desk, file, outcome, served, said, quietly=quietly)
    elif ACT_OF[result] in (MatterAct.SETTLE, MatterAct.WITHDRAW):
        note_event(desk, file, "J9", outcome.decided_on, said)
        _clear_before(desk, file, "J9", outcome.decided_on, said, quietly=quietly)


def _attach_judgment(
    desk: Desk, file: MatterFile, outcome: Outcome, served: date, said: str, *, quietly: bool
) -> None:
    instance = Instance(file.row.instance or Instance.FIRST)
    if instance is not Instance.FIRST:
        if outcome.result is Result.WON:
            code = "J10" if _lost_before(desk, file) else "J9"
            note_event(desk, file, code, served, said)
            _clear_before(desk, file, code, served, said, quietly=quietly)
        return
    set_given(desk, file, "judgment_served", served, "裁判文书送达")
    clock = RULING if outcome.ruling else ""
    set_counted(desk, file, "appeal_due", Counting(served, clock), "裁判文书送达")
    if outcome.result in BAD:
        note_fact(desk, file, "first_instance_lost", served, said)
    elif not quietly:
        _ask_whether_final(desk, file)


def _ask_whether_final(desk: Desk, file: MatterFile) -> None:
    """Ask after the time to appeal whether a judgment in favour became final: only a person says so (J9)."""
    open_task(
        desk,
        f"matter:{file.id}:final",
        kind="matter_final",
        title=f"{file.row.number} 核实原告是否上诉；未上诉的登记判决生效（J9）并核销归档",
        subject="matter",
        subject_id=file.id,
        role="officer",
        due_on=desk.calendar.after(file.dates["appeal_due"].on_day, 1),
        unit_id=file.row.unit_id,
    )


def earlier(desk: Desk, file: MatterFile) -> list[LitigationMatter]:
    """Return the earlier instances of a matter, the newest first."""
    found: list[LitigationMatter] = []
    number = file.row.previous_id
    while number is not None and number not in [one.id for one in found]:
        row = desk.session.get_one(LitigationMatter, number)
        found.append(row)
        number = row.previous_id
    return found


def _lost_before(desk: Desk, file: MatterFile) -> bool:
    """Tell whether the first instance was lost."""
    return any("first_instance_lost" in load_file(desk, row).facts for row in earlier(desk, file))


def _clear_before(desk: Desk, file: MatterFile, code: str, on: date, said: str, *, quietly: bool) -> None:
    """Put out the earlier instances too; withdrawing an appeal lets the judgment stand, so a loss stays lit."""
    withdrawn = file.result is not None and file.result.result == Result.WITHDRAWN
    for row in earlier(desk, file):
        past = load_file(desk, row)
        if MatterState(row.state) is not MatterState.APPEALED:
            continue
        if withdrawn and "first_instance_lost" in past.facts:
            continue
        note_event(desk, past, code, on, f"随{file.row.number}：{said}")
        refresh(desk, past, quietly=quietly)


def next_instance(
    desk: Desk, file: MatterFile, number: str, forum: str, instance: Instance, received_on: date
) -> Entry:
    """Return what is known of the next instance of a lawsuit: a number, a court, a day, and the rest as it was."""
    row, units = file.row, units_of(desk, (file.row.unit_id, *file.parties))
    return Entry(
        number=number, kind=MatterKind.LITIGATION, unit=units[row.unit_id].code, forum=forum, cause=row.cause,
        received_on=received_on, instance=instance, plaintiff=Plaintiff(row.plaintiff), claim=row.claim, item=row.item,
        parties=tuple(units[one].code for one in file.parties),
    )  # fmt: skip


def appeal(desk: Desk, file: MatterFile, entry: Entry, appellant: str) -> MatterFile:
    """Register the next instance of a decided lawsuit as a matter of its own; the earlier one waits for its result.

    entry      see next_instance
    appellant  who appealed or asked for retrial, in words
    raises     NotAllowed; IllegalMove; InvalidInput
    """
    MATTER.permit(MatterAct.APPEAL, desk.actor.code, desk.actor.roles)
    if entry.kind is not MatterKind.LITIGATION or entry.instance in (None, Instance.FIRST):
        raise InvalidInput(
            "下一审级应为二审或再审",
            found=entry.instance or "空",
            expected="second 或 retrial",
            remedy="改正审级",
        )
    refuse_state_secrets(appellant, "上诉人")
    if MatterState(file.row.state) is not MatterState.CLOSED:  # a retrial may reopen what was filed long ago
        take(
            desk, file.row, MATTER, MatterAct.APPEAL, unit_id=file.row.unit_id, on=entry.received_on,
            detail={"next": entry.number, "appellant": appellant},
        )  # fmt: skip
        finish_for(desk, f"matter:{file.id}:final", f"已进入下一审级：{entry.number}")
        desk.session.add(file.row)
        desk.session.flush()
    following = register(desk, replace(entry, previous_id=file.id))
    finish_tasks(desk, file, "appeal_opinion", f"已登记下一审级：{entry.number}")
    if MatterState(file.row.state) is not MatterState.CLOSED:
        refresh(desk, file)
    return following
