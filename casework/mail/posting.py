"""From an outbox row to the bytes of a mail: what each kind says and carries; made once, before its first attempt."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

from casework.desk import Desk
from casework.inspection.checklists import checklist_name, make_checklist
from casework.inspection.visits import team_of
from casework.lights.climbing import cases_of_document, rules_of_document
from casework.mail.codemail import portal_code_mail
from casework.mail.filling import link_address
from casework.mail.letters import SHANGHAI, Values, write_body
from casework.mail.queueing import NothingToSay, mail_domain
from casework.paperwork.kinds import rule_of_kind
from casework.paperwork.papers import file_among, newest_files, wants_answer
from casework.paperwork.subjects import WORK
from casework.rectification.halfmails import half_owed_mail, half_report_mail
from casework.staff.people import split
from core.codes import Line
from core.errors import InvalidInput
from delivery.invitation import MEDIA_TYPE, make_invitation, make_uid
from delivery.mail import Attachment, safe_attachment_name
from models.base import key_of
from models.campaign import Campaign, Finding, Visit
from models.document import Document
from models.message import Message, MessageBody
from models.organisation import Person, Unit

REMINDER = "reminder"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RETURN_WORKDAYS = 3
Parts = tuple[Values, tuple[Attachment, ...]]


def compose(desk: Desk, message: Message, sender: str) -> MessageBody:
    """Return the stored form of a mail; the same row gives the same bytes.

    raises   NothingToSay; InvalidInput when a value is missing or an address is not acceptable
    """
    values, attachments = COMPOSERS[message.kind](desk, message)
    return write_body(desk, message, sender, values, attachments)


def _document(desk: Desk, message: Message) -> Parts:
    document, unit = _document_and_unit(desk, message)
    rule = rule_of_kind(desk, document)
    tail = f"-{document.year}-{document.serial:04}" if document.serial else f"-{document.id}"
    files = newest_files(desk, document)
    pdf = files.get("sealed") or file_among(files, document, "pdf")
    attachments = [Attachment(safe_attachment_name(f"{rule.short}{tail}.pdf"), PDF, pdf.content)]
    workbook = ""
    if wants_answer(document):
        workbook = safe_attachment_name(f"整改报告表{tail}.xlsx")
        attachments.append(Attachment(workbook, XLSX, file_among(files, document, "answer").content))
    issued = document.issued_on or desk.today
    return {
        "work": WORK[Line(document.line)],
        "unit": unit.name,
        "document": rule.name,
        "number": document.number or "",
        "dates": _dates(desk, document),
        "workbook": workbook,
        "acknowledge_on": desk.calendar.after(
            issued, desk.office_rules.choices.acknowledge_workdays
        ).isoformat(),
        "attachments": [attachment.name for attachment in attachments],
        "portal": link_address(desk),
    }, tuple(attachments)


def _dates(desk: Desk, document: Document) -> list[Values]:
    """Return the latest day on which the cases of a notice are due; sheets carry theirs in the PDF."""
    if not wants_answer(document):
        return []
    cases = [case for case in cases_of_document(desk, key_of(document)) if case.due_on is not None]
    if not cases:
        return []
    first = min(cases, key=lambda case: case.due_on or desk.today)
    return [
        {
            "label": "最早一项整改期限",
            "due_on": first.due_on.isoformat() if first.due_on else "",
            "provisional": first.due_provisional,
        }
    ]


def _collect(desk: Desk, message: Message) -> Parts:
    document, unit = _document_and_unit(desk, message)
    issued = document.issued_on or desk.today
    return {
        "unit": unit.name,
        "number": document.number or "",
        "collect_on": desk.calendar.after(issued, desk.office_rules.choices.acknowledge_workdays).isoformat(),
        "collect_hours": "工作日上班时间",
        "bring": ["单位介绍信", "本人工作证件"],
    }, ()


def cases_told(document: Document) -> list[Values]:
    """Return what an unnumbered reminder says of its cases, as it was frozen when it went out."""
    cases: list[Values] = json.loads(document.content or "{}")["cases"]
    return cases


def _reminder(desk: Desk, message: Message) -> Parts:
    document, unit = _document_and_unit(desk, message)
    rules = rules_of_document(desk, document)
    titles = {
        item.id: item.title
        for catalog in rules.catalogs.values()
        for item in (*catalog.items, *catalog.retired)
    }
    frozen = {row["case"]: row for row in cases_told(document)}
    findings = [desk.session.get_one(Finding, number) for number in frozen]  # read ahead, see bodies.py
    rows = []
    for finding in sorted(findings, key=lambda one: one.code):
        said = frozen[key_of(finding)]
        due_on = date.fromisoformat(said["due_on"])
        rows.append(
            {
                "number": finding.code,
                "item": titles[finding.item],
                "due_on": due_on.isoformat(),
                "left_workdays": desk.calendar.between(document.drafted_on, due_on),
                "percent": said["percent"],
            }
        )
    late = all(row["left_workdays"] < 0 for row in rows)
    said = {"work": WORK[Line(document.line)], "unit": unit.name, "late": late, "cases": rows}
    return said | {"portal": link_address(desk)}, ()


def _task(desk: Desk, message: Message) -> Parts:
    visit, campaign, unit, team = _visit(desk, message)
    content = make_checklist(desk, campaign, visit, unit)
    workbook = safe_attachment_name(f"督察检查表-{unit.code}.xlsx")
    invitation = safe_attachment_name(f"督察日程-{unit.code}.ics")
    codes = [person.code for person in team]
    mine = _addressee(message, team)
    ics = make_invitation(
        uid=make_uid(desk.office.code, campaign.code, str(visit.id), mine.code, mail_domain(desk)),
        summary=f"法治督察：{unit.name}",
        location=visit.place,
        description=f"{campaign.title}\n检查表：{checklist_name(campaign, unit)}",
        from_on=visit.from_on,
        to_on=visit.to_on,
        stamp=message.queued_at,
    )  # fmt: skip
    return {
        **_visit_values(campaign, unit, visit, team, mine),
        "role": "组长" if mine.code == codes[0] else "成员",
        "items": len(split(visit.items)),
        "workbook": workbook,
        "invitation": invitation,
        "return_on": desk.calendar.after(visit.to_on, RETURN_WORKDAYS).isoformat(),
    }, (Attachment(workbook, XLSX, content), Attachment(invitation, MEDIA_TYPE, ics))


def _team_reminder(desk: Desk, message: Message) -> Parts:
    visit, campaign, unit, team = _visit(desk, message)
    mine = _addressee(message, team)
    said_on = message.queued_at.astimezone(SHANGHAI).date()
    report = "不要求报送"
    if visit.self_report_due_on is not None:
        report = "已收到" if visit.self_report_on else f"未收到（{visit.self_report_due_on}到期）"
    return {
        **_visit_values(campaign, unit, visit, team, mine),
        "workdays_left": max(0, desk.calendar.between(said_on, visit.from_on)),
        "self_report": report,
    }, ()


def _addressee(message: Message, team: list[Person]) -> Person:
    """Return the member of the team whom a mail was queued for; the address may have changed since."""
    code = message.key.rpartition("/")[2]
    for person in team:
        if person.code == code:
            return person
    raise InvalidInput(
        "收件人已不在督察组",
        found=code,
        expected="、".join(person.code for person in team),
        remedy="核对名册",
    )


def _visit_values(campaign: Campaign, unit: Unit, visit: Visit, team: list[Person], mine: Person) -> Values:
    return {
        "person": mine.name,
        "campaign": campaign.title,
        "unit": unit.name,
        "visit_from": visit.from_on.isoformat(),
        "visit_to": visit.to_on.isoformat(),
        "place": visit.place,
        "leader": team[0].name,
        "members": [person.name for person in team[1:]],
        "unannounced": campaign.hidden,
    }


def _late_reports(desk: Desk, message: Message) -> Parts:
    from casework.mail.reminders import late_self_reports, late_workbooks

    _visit_row, campaign, _unit, _team = _visit(desk, message)
    day = message.queued_at.astimezone(SHANGHAI).date()
    reports, workbooks = late_self_reports(desk, campaign, day), late_workbooks(desk, campaign, day)
    if not reports and not workbooks:
        raise NothingToSay("迟报的均已收到")
    return {
        "person": message.recipient_name,
        "campaign": campaign.title,
        "reports": reports,
        "workbooks": workbooks,
    }, ()


def _staff(desk: Desk, message: Message) -> Parts:
    from casework.mail.reminders import papers_to_sign

    todos = papers_to_sign(desk)
    if not todos:
        raise NothingToSay("没有待签发的文书")
    return {"work": WORK[Line.PARTY], "person": message.recipient_name, "todos": todos}, ()


def _document_and_unit(desk: Desk, message: Message) -> tuple[Document, Unit]:
    document = desk.session.get(Document, message.document_id)
    unit = desk.session.get(Unit, document.unit_id) if document else None
    assert document is not None
    assert unit is not None  # foreign keys
    return document, unit


def _visit(desk: Desk, message: Message) -> tuple[Visit, Campaign, Unit, list[Person]]:
    visit = desk.session.get(Visit, message.visit_id)
    assert visit is not None  # foreign key
    campaign = desk.session.get(Campaign, visit.campaign_id)
    unit = desk.session.get(Unit, visit.unit_id)
    assert campaign is not None
    assert unit is not None  # foreign keys
    return visit, campaign, unit, team_of(desk, visit)


COMPOSERS: dict[str, Callable[[Desk, Message], Parts]] = {
    "document": _document,
    "notice_collect": _collect,
    REMINDER: _reminder,
    "task": _task,
    "team_reminder": _team_reminder,
    "late_reports": _late_reports,
    "staff": _staff,
    "half_owed": half_owed_mail,
    "half_report": half_report_mail,
    "portal_code": portal_code_mail,
}
