"""How matters are put away: performance, filing when nothing is owed, and correcting what was registered by mistake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.litigation.aftermath import finish_tasks, ones_missing
from casework.litigation.clocks import set_given
from casework.litigation.files import MatterFile
from casework.litigation.lights import refresh
from casework.litigation.reporting import open_keys
from casework.moves import take
from casework.rectification.evidence import keep_file
from casework.rectification.latereports import end_late_calls
from casework.staff.people import require_other
from casework.tasks import finish_for
from core.codes import Light
from core.errors import InvalidInput, Refused
from core.ladders.derivation import write_date
from core.ladders.guardrails import keep_guardrails
from core.life.matterlife import BAD, MATTER, MatterAct, MatterState, PaperKind, Result
from core.text.secrecy import refuse_state_secrets
from models.matter import LitigationMatter, MatterEvent, MatterFact, MatterResult
from models.matterwork import MatterPaper

ATTACHED_EVENTS = ("J9", "J10", "J17")
ATTACHED_FACTS = ("first_instance_lost", "advice_answered")


def perform(
    desk: Desk,
    file: MatterFile,
    due_on: date,
    *,
    files: Sequence[Path] = (),
    note: str = "",
    quietly: bool = False,
) -> None:
    """Note that an effective judgment, decision or settlement is to be performed by a day it names.

    raises   NotAllowed; IllegalMove
    """
    refuse_state_secrets(note, "履行说明")
    take(
        desk, file.row, MATTER, MatterAct.PERFORM, unit_id=file.row.unit_id,
        detail={"due_on": due_on, "note": note},
    )  # fmt: skip
    desk.session.add(file.row)
    set_given(desk, file, "performance_due", due_on, note or "生效裁判载明")
    for path in files:
        keep_file(desk, "matter", file.id, "perform", path)
    refresh(desk, file, quietly=quietly)


def close(
    desk: Desk, file: MatterFile, note: str = "", *, on: date | None = None, quietly: bool = False
) -> None:
    """File a matter that is over (核销归档): its light goes out, its open tasks end.

    raises   NotAllowed; IllegalMove; Refused naming everything that is still owed
    """
    MATTER.permit(MatterAct.CLOSE, desk.actor.code, desk.actor.roles)
    MATTER.step(file.row.state, MatterAct.CLOSE)
    refuse_state_secrets(note, "核销说明")
    owed = [] if quietly else still_owed(desk, file)
    if owed:
        raise Refused(
            "行政争议事项还不能核销归档",
            found="；".join(owed),
            expected="应办事项全部办结",
            remedy="逐项办结后再核销（ducha matter show 查看）",
        )
    _over(desk, file, MatterAct.CLOSE, note, on or desk.today)


def annul(desk: Desk, file: MatterFile, reason: str) -> None:
    """Annul a matter that was registered by mistake; its number stays taken.

    raises   NotAllowed; IllegalMove; InvalidInput without a reason
    """
    MATTER.permit(MatterAct.ANNUL, desk.actor.code, desk.actor.roles)
    if not reason.strip():
        raise InvalidInput("撤销登记须写明理由", found="空", expected="一句理由", remedy="加上 --note")
    keep_guardrails(reason, "撤销理由")
    _over(desk, file, MatterAct.ANNUL, reason, desk.today)


def _over(desk: Desk, file: MatterFile, act: MatterAct, note: str, on: date) -> None:
    row = file.row
    with desk.session.no_autoflush:  # state, day and light reach the database together, as its CHECKs ask
        take(desk, row, MATTER, act, unit_id=row.unit_id, on=on, detail={"note": note})
        row.closed_on = on if act is MatterAct.CLOSE else None
    refresh(desk, file)
    finish_tasks(desk, file, "close", note or MATTER.act_labels[act])
    for key in open_keys(desk, file):
        if key.split(":")[2] != "copy":  # a report that was written is still copied to the leaders
            finish_for(desk, key, MATTER.act_labels[act])
    end_late_calls(desk, "matter", file.id, MATTER.act_labels[act])


def still_owed(desk: Desk, file: MatterFile) -> list[str]:
    """Return what stands against filing a matter, in Chinese; nothing when it may be filed."""
    found: list[str] = []
    state = MatterState(file.row.state)
    if "performance_due" in file.dates and "judgment_performed" not in file.facts:
        found.append("生效裁判尚未登记履行")
    if "advice_due" in file.dates and "advice_answered" not in file.facts:
        found.append("司法建议、检察建议尚未回复")
    if "opinion_due" in file.dates and "opinion_answered" not in file.facts:
        found.append("行政复议意见书落实情况尚未反馈")
    due = file.dates.get("appeal_due")
    if state is MatterState.DECIDED and due is not None and desk.today <= due.on_day:
        found.append(f"上诉期至{write_date(due.on_day)}届满")
    if state is MatterState.APPEALED and _next_is_open(desk, file):
        found.append("下一审级尚未办结")
    if ones_missing(file, Light(file.row.light)):
        found.append("“三个一”尚未明确")
    found += _papers_owed(desk, file)
    return found


def _next_is_open(desk: Desk, file: MatterFile) -> bool:
    query = select(LitigationMatter.state).where(col(LitigationMatter.previous_id) == file.id)
    return any(state not in ("closed", "annulled") for state in desk.session.exec(query))


def _papers_owed(desk: Desk, file: MatterFile) -> list[str]:
    """Return the papers a lost matter still owes: the recap, and the plan to put things right."""
    if file.result is None or Result(file.result.result) not in BAD:
        return []
    query = select(MatterPaper.kind).where(col(MatterPaper.matter_id) == file.id)
    handed_in = set(desk.session.exec(query))
    owed = ((PaperKind.RECAP, "败诉复盘尚未登记"), (PaperKind.RECTIFICATION_PLAN, "整改（履行）方案尚未报送"))
    return [said for kind, said in owed if kind.value not in handed_in]


def revise(desk: Desk, file: MatterFile, reason: str) -> None:
    """Undo a result that was registered by mistake, with what it brought; the rows stay, voided with the reason.

    raises   NotAllowed, also for whoever registered it; IllegalMove; InvalidInput without a reason
    """
    MATTER.permit(MatterAct.REVISE, desk.actor.code, desk.actor.roles)
    MATTER.step(file.row.state, MatterAct.REVISE)
    if not reason.strip():
        raise InvalidInput("更正裁判登记须写明理由", found="空", expected="一句理由", remedy="加上 --note")
    refuse_state_secrets(reason, "更正理由")
    keep_guardrails(reason, "更正理由")
    result = file.result
    assert result is not None  # a matter in these states has one
    require_other(desk, result.recorded_by, "更正")
    for one in _brought_by(file, result):
        _void(desk, one, reason)
    file.result = None
    take(desk, file.row, MATTER, MatterAct.REVISE, unit_id=file.row.unit_id, detail={"reason": reason})
    desk.session.add(file.row)
    desk.session.flush()
    finish_for(desk, f"matter:{file.id}:final", "裁判登记已更正")
    refresh(desk, file)


def _brought_by(file: MatterFile, result: MatterResult) -> list[MatterResult | MatterEvent | MatterFact]:
    """Return a result with the events and facts that were noted along with it, and take these off the file."""
    days = (result.decided_on, result.served_on)
    events = [
        one
        for one in file.events
        if one.code in ATTACHED_EVENTS and one.on_day in days and one.recorded_by == result.recorded_by
    ]
    facts = [
        one
        for one in file.facts.values()
        if one.code in ATTACHED_FACTS and one.since_on in days and one.recorded_by == result.recorded_by
    ]
    file.events = [one for one in file.events if one not in events]
    file.facts = {code: one for code, one in file.facts.items() if one not in facts}
    return [result, *events, *facts]


def _void(desk: Desk, row: MatterResult | MatterEvent | MatterFact, reason: str) -> None:
    row.voided_on, row.voided_by, row.void_reason = desk.today, desk.actor.code, reason.strip()
    desk.session.add(row)
