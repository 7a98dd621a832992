"""Notes of calls, talks and visits (联系记录): written once, never changed, with a day to come back to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import find_campaign
from casework.intake.leads import find_lead
from casework.litigation.files import find_matter
from casework.rectification.cases import find_case
from casework.staff.people import find_unit, require_role
from casework.tasks import open_task
from core.errors import InvalidInput, NotFound
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.campaign import Visit
from models.note import NOTE_KINDS, ContactNote

WRITERS = ("officer", "director", "leader", "inspector", "reviewer", "verifier", "linkage")
KIND_LABELS = {"telephone": "电话", "talk": "谈话", "visit": "走访", "other": "其他"}


@dataclass(frozen=True, slots=True)
class About:
    """What a note is about; `confidential` hides the task that follows from it."""

    subject: str
    id: int
    unit_id: int | None
    name: str
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What was said: the kind of contact, its text, with whom, on which day, and when to come back to it."""

    kind: str
    text: str
    with_whom: str = ""
    on: date | None = None
    follow_up_on: date | None = None


def add_note(desk: Desk, subject: str, code: str, said: Said) -> ContactNote:
    """Write a note about a case, campaign, visit, lead, matter or unit; a follow-up becomes a task of its writer.

    code     as people call it; a visit is `批次编号/单位编码`
    raises   NotAllowed, NotFound, InvalidInput: nothing is written then
    """
    require_role(desk, WRITERS, "登记联系记录")
    about = find_about(desk, subject, code)
    day = _check(desk, said)
    row = ContactNote(
        office_id=desk.office_id,
        subject=about.subject,
        subject_id=about.id,
        unit_id=about.unit_id,
        kind=said.kind,
        on_day=day,
        with_whom=said.with_whom.strip(),
        text=said.text.strip(),
        follow_up_on=said.follow_up_on,
        written_by=desk.actor.code,
        entered_at=desk.now,
    )
    desk.session.add(row)
    desk.session.flush()
    desk.record(
        about.subject, about.id, "note", unit_id=about.unit_id, on=day, number=row.id, contact=KIND_LABELS[row.kind],
        with_whom=row.with_whom, note=row.text, follow_up_on=row.follow_up_on,
    )  # fmt: skip
    if row.follow_up_on is not None:
        open_task(
            desk, f"note:{row.id}", kind="follow_up", subject=about.subject, subject_id=about.id,
            title=f"按联系记录{row.id}跟进：{about.name}", role="officer", owner=desk.actor.code,
            due_on=row.follow_up_on, unit_id=about.unit_id, confidential=about.confidential,
        )  # fmt: skip
    return row


def _check(desk: Desk, said: Said) -> date:
    if said.kind not in NOTE_KINDS:
        raise InvalidInput(
            "联系方式不正确",
            found=said.kind,
            expected="、".join(f"{code} {label}" for code, label in KIND_LABELS.items()),
            remedy="改正 --kind",
        )
    if not said.text.strip():
        raise InvalidInput("联系记录不能为空", found="空", expected="一段文字", remedy="加上 --text")
    refuse_state_secrets(f"{said.text}{said.with_whom}", "联系记录")
    day = said.on or desk.today
    if day > desk.today:
        raise InvalidInput(
            "联系日期不得晚于今天", found=str(day), expected=f"不晚于 {desk.today}", remedy="改正 --on"
        )
    if said.follow_up_on is not None and said.follow_up_on < desk.today:
        raise InvalidInput(
            "跟进日期已过",
            found=str(said.follow_up_on),
            expected=f"不早于 {desk.today}",
            remedy="改正 --follow-up",
        )
    return day


def list_notes(desk: Desk, subject: str, code: str) -> list[ContactNote]:
    """Return the notes about something, oldest first; units have no part in them."""
    require_role(desk, WRITERS, "查看联系记录")
    about = find_about(desk, subject, code)
    query = (
        select(ContactNote)
        .where(
            col(ContactNote.office_id) == desk.office_id,
            col(ContactNote.subject) == about.subject,
            col(ContactNote.subject_id) == about.id,
        )
        .order_by(col(ContactNote.on_day), col(ContactNote.id))
    )
    return list(desk.session.exec(query))


def find_about(desk: Desk, subject: str, code: str) -> About:
    """Return what a note is about; raise InvalidInput for an unknown subject, NotFound for what is not there."""
    find = FINDERS.get(subject)
    if find is None:
        raise InvalidInput(
            "联系记录的对象不正确", found=subject, expected="、".join(FINDERS), remedy="改正对象的种类"
        )
    return find(desk, code)


def _case(desk: Desk, code: str) -> About:
    case, _finding = find_case(desk, code)
    return About("case", case.id, case.unit_id, f"问题 {code}")


def _campaign(desk: Desk, code: str) -> About:
    return About("campaign", key_of(find_campaign(desk, code)), None, f"批次 {code}")


def _visit(desk: Desk, code: str) -> About:
    campaign_code, _, unit_code = code.rpartition("/")
    unit = find_unit(desk, unit_code)
    campaign = find_campaign(desk, campaign_code)
    query = select(Visit).where(col(Visit.campaign_id) == campaign.id, col(Visit.unit_id) == unit.id)
    visit = desk.session.exec(query).first()
    if visit is None:
        raise NotFound(
            "没有这次督察", found=code, expected="批次编号/单位编码", remedy="运行 ducha campaign show 查看"
        )
    return About("visit", key_of(visit), unit.id, f"{campaign.code} 对{unit.name}的督察")


def _unit(desk: Desk, code: str) -> About:
    unit = find_unit(desk, code)
    return About("unit", key_of(unit), unit.id, unit.name)


def _lead(desk: Desk, code: str) -> About:
    if not code.isdigit():
        raise NotFound(
            "没有这条线索", found=code, expected="线索编号（数字）", remedy="运行 ducha lead list 查看"
        )
    lead = find_lead(desk, int(code))
    return About("lead", key_of(lead), None, f"线索 {lead.number}", confidential=lead.compartment)


def _matter(desk: Desk, code: str) -> About:
    row = find_matter(desk, code).row
    return About("matter", key_of(row), row.unit_id, f"{row.number}")


FINDERS: dict[str, Callable[[Desk, str], About]] = {
    "case": _case,
    "campaign": _campaign,
    "visit": _visit,
    "unit": _unit,
    "lead": _lead,
    "matter": _matter,
}
