"""A lead passed to a unit (转办): the letter that tells nobody who brought it, the unit's clock, and its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casework.desk import SYSTEM, Desk
from casework.intake.leadclocks import finish_clock
from casework.intake.leads import find_lead, lead_rules, origin_of, transfer_by
from casework.intake.leadsteps import act, decided, keep, kept, not_in_future, words
from casework.paperwork.answers import note_answered
from casework.paperwork.standalone import draft_outside
from casework.staff.people import find_unit
from core.codes import Line, Secrecy
from core.errors import InvalidInput, Refused
from core.life.leadlife import DISPUTE_LABELS, Dispute, LeadAct
from models.base import key_of
from models.document import Document
from models.lead import Lead, LeadSource
from models.organisation import Unit


@dataclass(frozen=True, slots=True)
class Passing:
    """What the letter to a unit says; none of it may tell who brought the lead.

    matter   None for the text of the lead itself
    """

    topic: str
    demands: Sequence[str]
    matter: str | None = None
    materials: Sequence[str] = ()


def transfer_lead(desk: Desk, lead_id: int, unit: str, passing: Passing) -> tuple[Lead, Document]:
    """Pass a lead to a unit: the letter of its line is drafted; the unit's time starts when the letter is signed.

    raises   Refused for a lead of the compartment, for an accusation against that unit, for a matter that is already
             before a court or a reviewing body; InvalidInput when the letter would tell who brought it
    """
    row = find_lead(desk, lead_id)
    to_unit = find_unit(desk, unit)
    _check_passing(desk, row, to_unit, passing)
    rules = lead_rules(desk)
    with desk.session.no_autoflush:
        row.to_unit_id, row.answered_on, row.answer_due_on, row.answer = key_of(to_unit), None, None, ""
        late = desk.today > transfer_by(desk, row)
        decided(desk, row, LeadAct.TRANSFER, passing.topic, unit=unit, late=late or None)
    line = Line(row.line)
    document = draft_outside(
        desk,
        rules.documents[line],
        line,
        key_of(to_unit),
        about=("lead", key_of(row)),
        inputs={"values": _passing_values(desk, row, passing)},
        author=SYSTEM,
        opened_on=row.received_on,
    )
    row.document_id = document.id
    return kept(desk, row), document


def _check_passing(desk: Desk, row: Lead, to_unit: Unit, passing: Passing) -> None:
    words(passing.topic, "转办事由", "--topic")
    if not [one for one in passing.demands if one.strip()]:
        raise InvalidInput("转办须写明办理要求", found="空", expected="至少一条要求", remedy="加上 --demand")
    if row.compartment or row.secrecy == Secrecy.WORK_SECRET.value:
        raise Refused(
            "该线索只限指定人员知悉，不得转给被督察单位",
            found=row.number,
            expected="可以转办的线索",
            remedy="立项核查，或按线索移送程序办理",
        )
    if row.accusation and row.unit_id == to_unit.id:
        raise Refused(
            "检举控告类线索不得转给被反映的单位",
            found=to_unit.code,
            expected="被反映单位以外有权处理的单位",
            remedy="改正 --unit，或由本单位核查",
        )
    check_dispute(row, "转办")
    for text in (passing.topic, passing.matter or row.text, *passing.demands, *passing.materials):
        words(text, "转办内容", "--matter")
        refuse_source(desk, row, text)


def refuse_source(desk: Desk, row: Lead, text: str) -> None:
    """Refuse a text for a unit that tells who brought a lead."""
    kept_source = desk.session.get(LeadSource, row.id)
    known = (kept_source.name, kept_source.contact) if kept_source else ()
    if any(len(part) > 1 and part in text for part in known):
        raise InvalidInput(
            "内容写有来源人信息，不得转给承办单位",
            found="来源人姓名或联系方式",
            expected="隐去来源人信息的内容",
            remedy="改写 --matter",
        )


def check_dispute(row: Lead, doing: str) -> None:
    """Refuse to supervise what is before another body; source: 行政执法监督条例 第三十三条."""
    dispute = Dispute(row.dispute) if row.dispute else Dispute.NONE
    if dispute is not Dispute.NONE:
        raise Refused(
            f"该事项{DISPUTE_LABELS[dispute]}，不再{doing}",
            found=row.legal_note or DISPUTE_LABELS[dispute],
            expected="未进入复议、诉讼、立案程序的事项",
            remedy="不予处理并告知来源按法定途径解决；程序终结后重新提出初核意见",
        )


def _passing_values(desk: Desk, row: Lead, passing: Passing) -> dict[str, object]:
    origin = origin_of(desk, row.source)
    number = f"（编号{row.source_ref}）" if row.source_ref else ""
    answer = lead_rules(desk).answer
    return {
        "topic": passing.topic,
        "source": f"{row.received_on:%Y年%-m月%-d日}，{origin.name}{number}。",
        "matter": passing.matter or row.text,
        "demands": [one.strip() for one in passing.demands if one.strip()],
        "materials": [{"name": name, "copies": "1份"} for name in passing.materials],
        "reply": {"count": answer.count, "unit": answer.unit},
    }


def start_answer_clock(desk: Desk, row: Lead) -> date | None:
    """Count the unit's time from the day its letter was signed; None while it is not signed."""
    document = desk.session.get(Document, row.document_id) if row.document_id else None
    if row.answer_due_on is None and document is not None and document.signed_on is not None:
        row.answer_due_on = lead_rules(desk).answer.due(document.signed_on, desk.calendar).due_on
        desk.session.add(row)
    return row.answer_due_on


def record_answer(
    desk: Desk,
    lead_id: int,
    text: str,
    *,
    substantiated: bool | None = None,
    refused: bool = False,
    on: date | None = None,
    file: Path | None = None,
) -> Lead:
    """Record what the unit answered; where it sent the lead back (refused), the office checks the lead itself."""
    row = find_lead(desk, lead_id)
    words(text, "反馈内容", "--note")
    day = not_in_future(desk, on, "反馈日期")
    document = desk.session.get(Document, row.document_id) if row.document_id else None
    if document is None or document.issued_on is None or document.issued_on > day:
        raise Refused(
            "转办函尚未发出，不能登记反馈",
            found=document.state if document else "没有转办函",
            expected="已发出的转办函，反馈日期不早于发出日期",
            remedy="先签发、用印，或改正 --on",
        )
    start_answer_clock(desk, row)
    act(desk, row, LeadAct.TAKE_BACK if refused else LeadAct.ANSWER, on=day, refused=refused)
    row.answer = text
    if refused:
        row.outcome, row.checked_on = None, None
        row.check_due_on = lead_rules(desk).check.due(desk.today, desk.calendar).due_on
    else:
        row.answered_on, row.substantiated = day, substantiated
    note_answered(desk, document, day)
    keep(desk, row, "answer", file)
    finish_clock(desk, row, "answer", "承办单位已反馈")
    return kept(desk, row)
