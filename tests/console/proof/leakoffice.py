"""What lies beside the visits of the small county: leads, lawsuits, meetings, letters, reports, people."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import date
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.linkage.linkageitems import task_key
from casework.litigation.files import MatterFile
from casework.litigation.registering import Entry, register
from casework.paperwork.numbering import write_number
from core.codes import Line
from core.life.leadlife import LeadState
from core.life.lives import DocumentState
from core.life.matterlife import Instance, MatterKind
from core.life.rectification import CaseState
from models.archive import ArchiveFile
from models.campaign import Campaign, Finding, Visit
from models.checking import CheckDraft, PlanDraft
from models.delegation import Delegation
from models.document import NumberSeries
from models.halfreport import HalfReport
from models.incoming import Incoming
from models.inquiry import Inquiry, InquiryItem
from models.interview import Interview, InterviewPerson
from models.lead import Lead, LeadSource
from models.matter import MatterFact
from models.matterwork import MatterLink, MatterPaper
from models.meeting import JointSupervision, LinkageItem, Meeting
from models.message import Message
from models.organisation import Person, Unit
from models.period import Report
from models.pool import RecusalDeclaration
from models.rectification import Rectification
from models.task import Task
from tests import make
from tests.console.proof import leakworld as world
from tests.console.proof.leakworld import (
    CAMPAIGNS,
    NOBODY,
    NOTICED,
    REGISTER,
    UNITS,
    County,
    inside,
    keep,
    note,
)
from tests.console.proof.sightmodel import DESKS

OFFICE = frozenset(DESKS)
MATTER_PAGES = frozenset(DESKS | {"leader", "unit"})  # not what a team in the field works with
LATER = date(2026, 7, 20)


def fill_office(desk: Desk, county: County, people: dict[str, Person], units: dict[str, Unit]) -> None:
    """Write one or two of everything that lies beside the visits."""
    cases = list(desk.session.exec(select(Rectification).order_by(col(Rectification.id))))
    campaigns = {one.code: one for one in desk.session.exec(select(Campaign))}
    _leads(desk, county, list(units.values()))
    for number in (1, 2):
        _matter(desk, county, number, units, cases)
        _meeting(desk, county, number)
        _incoming(desk, county, number, units)
        _interview(desk, county, number, cases)
    _numbers(desk, county, cases)
    _joint(desk, county, cases[0])
    _tasks(desk, county, cases)
    _halves(desk, county, cases)
    _reports(desk, county, cases[0])
    _lists(desk, county, campaigns, units)
    _personal(desk, county, people, units)
    _mails_of_visits(desk, county, units)
    _count(desk, county)


def _count(desk: Desk, county: County) -> None:
    """Tell how many rows there are of what an address begins with."""
    papers = len(desk.session.exec(select(col(world.Document.id))).all())
    mails = len(desk.session.exec(select(col(Message.id))).all())
    county.counts = {
        "documents": papers, "letters": papers, "visits": 6, "referrals": max(1, county.referrals), "leads": 3,
        "outbox": mails, "matters": 2, "meetings": 2, "incoming": 2, "interviews": 2, "reports": 4, "archive": 1,
        "half-reports": len(desk.session.exec(select(col(HalfReport.id))).all()),
    }  # fmt: skip


def _facts(desk: Desk, case: Rectification) -> dict[str, Any]:
    """Return to whom what comes of a case is known."""
    finding = desk.session.get_one(Finding, case.id)
    campaign, unit = finding.code.rsplit("-", 2)[0], finding.code.rsplit("-", 2)[1]
    return {
        "units": frozenset({unit}), "places": frozenset({(campaign, unit)}), "told": case.served_on is not None,
        "waits": CaseState(case.state) in world.WAITING,
    }  # fmt: skip


# ---- leads and the compartment -------------------------------------------------------------------------------------


def _leads(desk: Desk, county: County, units: list[Unit]) -> None:
    for number in (1, 2, 3):
        closed, handler = county.random.random() < 0.4, county.random.choice(["P01", "P90"])
        facts: dict[str, Any] = {
            "kind": "lead", "closed": closed, "people": frozenset({handler}), "number": number
        }  # fmt: skip
        row = make.store(desk, Lead(
            office_id=desk.office_id, year=2026, serial=number, number=f"示法督线〔2026〕{number}号",
            source="petition", line="party", state=LeadState.REGISTERED.value, compartment=closed,
            received_on=NOTICED, registered_on=NOTICED, registered_by="P90", handler=handler,
            unit_id=county.random.choice(units).id, title=f"反映{county.token('title of a lead', **facts)}",
            text=f"内容{county.token('lead', **facts)}", route_due_on=date(2026, 6, 15), real_name=True,
        ))  # fmt: skip
        # Who brought it is shown when it is asked for, and only then.
        who = county.token("source of a lead", kind="own", doors=NOBODY, people=NOBODY)
        make.store(desk, LeadSource(lead_id=row.id, office_id=desk.office_id, name=f"群众{who}", contact=who))
        keep(desk, county, "lead", number, facts, by="P90", act="register")
        note(desk, county, "lead", number, None, facts)
        if closed and county.random.random() < 0.5:
            world.name(desk, county, "P08", "lead", number)


def _meeting(desk: Desk, county: County, number: int) -> None:
    facts: dict[str, Any] = {"kind": "meeting", "number": number}
    make.store(desk, Meeting(
        office_id=desk.office_id, year=2026, serial=number, number=f"会商〔2026〕{number}号", kind="consultation",
        held_on=NOTICED, title=f"会商{county.token('title of a meeting', **facts)}", participants="县纪委监委",
        note=f"商定{county.token('note of a meeting', **facts)}", recorded_by="P91", recorded_on=NOTICED,
    ))  # fmt: skip
    keep(desk, county, "meeting", number, facts, by="P91", act="minutes")
    _item(desk, county, "meeting", number, facts)
    if county.random.random() < 0.4:
        world.name(desk, county, "P01", "meeting", number)


def _incoming(desk: Desk, county: County, number: int, units: dict[str, Unit]) -> None:
    facts: dict[str, Any] = {"kind": "incoming", "number": number}
    make.store(desk, Incoming(
        office_id=desk.office_id, year=2026, serial=number, number=f"示法督收〔2026〕{number}号", sender="discipline",
        sender_name="县纪委监委", kind="discipline_advice", their_number=f"示纪建〔2026〕{number}号", line="party",
        state="registered", received_on=NOTICED, registered_by="P91", due_on=LATER, due_basis="来文",
        unit_id=units["D001"].id, title=f"建议{county.token('title of a letter in', **facts)}",
        text=f"内容{county.token('letter in', **facts)}",
    ))  # fmt: skip
    keep(desk, county, "incoming", number, facts, by="P91", act="register")
    _item(desk, county, "incoming", number, facts)
    if county.random.random() < 0.4:
        world.name(desk, county, "P90", "incoming", number)


def _item(desk: Desk, county: County, subject: str, number: int, facts: dict[str, Any]) -> None:
    """Write something left to be done, with the task that follows it: the task is for the compartment alone."""
    item = make.store(desk, LinkageItem(
        office_id=desk.office_id, subject=subject, subject_id=number, position=1, added_on=NOTICED,
        text=f"事项{county.token(f'item of a {subject}', **facts)}", owner="P91",
    ))  # fmt: skip
    make.store(desk, Task(
        office_id=desk.office_id, key=task_key(item), kind="item", subject=subject, subject_id=number, owner="P91",
        title=f"办理{county.token('task of the compartment', kind='linkage')}", role="linkage", confidential=True,
        state="open", opened_on=NOTICED, due_on=date(2026, 7, 1),
    ))  # fmt: skip


def _numbers(desk: Desk, county: County, cases: list[Rectification]) -> None:
    """Write letters that bear numbers: in force or void, the reason in the row and in the log, in the same series.

    An ordinary letter about a matter of the compartment is of the compartment; its number stays taken for everybody.
    """
    given: Counter[str] = Counter()
    for number in (1, 2):
        _letter(desk, county, given, cases[0], "closure_notice", ("incoming", number),
                {"kind": "incoming", "number": number})  # fmt: skip
    for number in range(1, county.referrals + 1):
        _letter(desk, county, given, cases[0], "referral_letter", ("referral", number),
                {"kind": "referral", "number": number})  # fmt: skip
    for case in county.random.sample(cases, 2):
        facts = inside(_facts(desk, case))
        _letter(desk, county, given, case, "closure_notice", ("case", case.id), facts)
    for series, last in given.items():
        make.store(desk, NumberSeries(office_id=desk.office_id, series=series, year=2026, last=last))


def _letter(
    desk: Desk, county: County, given: Counter[str], case: Rectification, kind: str, about: tuple[str, int],
    facts: dict[str, Any],
) -> None:  # fmt: skip
    """Write one letter with a number; two of three are void."""
    key = desk.rules.document(kind).series
    series = desk.office_rules.lines[Line.PARTY].series[key].code_text
    given[series] += 1
    void = county.random.random() < 0.67
    campaign = desk.session.get_one(Campaign, case.campaign_id)
    title = f"函{county.token('title of a letter with a number', **{**facts, 'shown': NOBODY})}"
    state = DocumentState.VOID if void else DocumentState.SIGNED
    why = {}
    if void:
        shown = frozenset({"director", "officer"}) if about[0] == "case" else frozenset({"director"})
        why = {"void_reason": f"重号{county.token('why a letter is void', **{**facts, 'shown': shown})}"}
    row = make.make_document(
        desk, campaign, desk.session.get_one(Unit, case.unit_id), kind, about=about[0], about_id=about[1],
        state=state.value, series=series, year=2026, serial=given[series], title=title,
        number=write_number(series, 2026, given[series]), content=world.content_of(title), **why,
    )  # fmt: skip
    if void:
        desk.record("document", row.id, "void", unit_id=row.unit_id, reason=why["void_reason"])


def _joint(desk: Desk, county: County, case: Rectification) -> None:
    make.store(desk, JointSupervision(
        office_id=desk.office_id, case_id=case.id, body="discipline", body_name="县纪委监委", agreed_on=NOTICED,
        demand=f"联合督办{county.token('joint supervision', kind='linkage')}", recorded_by="P91",
    ))  # fmt: skip


# ---- lawsuits ------------------------------------------------------------------------------------------------------


def _matter(
    desk: Desk, county: County, number: int, units: dict[str, Unit], cases: list[Rectification]
) -> None:
    draw = county.random
    sued, also = draw.sample(UNITS, 2)
    case = draw.choice(cases)
    facts = {**_facts(desk, case), "units": frozenset({sued, also}), "told": True, "doors": MATTER_PAGES}
    file: MatterFile = register(desk, Entry(
        number=f"（2026）示0101行初{number}号", kind=MatterKind.LITIGATION, unit=sued, forum="示例县人民法院",
        cause=f"行政处罚{county.token('cause of a matter', **facts)}", received_on=date(2026, 6, 10),
        claim=f"撤销{county.token('claim of a matter', **facts)}", instance=Instance.FIRST, parties=(also,),
    ))  # fmt: skip
    make.store(desk, MatterLink(
        matter_id=file.id, case_id=case.id, linked_by="P90", linked_on=NOTICED,
        reason=f"因{county.token('why a matter is linked', **inside(facts))}",
    ))  # fmt: skip
    make.store(desk, MatterFact(
        matter_id=file.id, code="defence_submitted", since_on=date(2026, 6, 20), recorded_by="P90", recorded_on=NOTICED,
        basis=f"答辩状{county.token('fact of a matter', **facts)}",
    ))  # fmt: skip
    make.store(desk, MatterPaper(
        matter_id=file.id, kind="progress", on_day=NOTICED, recorded_by=f"{sued}:liaison", recorded_on=NOTICED,
        content=f"进展{county.token('paper of a matter', **facts)}",
    ))  # fmt: skip
    keep(desk, county, "matter", file.id, facts, by=f"{sued}:liaison", act="fact_defence_submitted")
    note(desk, county, "matter", file.id, units[sued].id, inside(facts))


# ---- interviews, tasks, half-month reports -------------------------------------------------------------------------


def _interview(desk: Desk, county: County, number: int, cases: list[Rectification]) -> None:
    """Write an interview about a case; its notice went out, or is a draft of which the unit knows nothing."""
    case = county.random.choice(cases)
    facts = inside(_facts(desk, case))
    unit = desk.session.get_one(Unit, case.unit_id)
    row = make.store(desk, Interview(
        office_id=desk.office_id, unit_id=unit.id, campaign_id=case.campaign_id, line="party", about="case",
        about_id=case.id, state="planned", reason=f"约谈{county.token('reason of an interview', **facts)}",
        interviewer="L-DIRECTOR", planned_on=LATER, place=f"约谈室{county.token('place of an interview', **facts)}",
        note=county.token("note of an interview", **{**facts, "shown": NOBODY}), noted_by="P90", noted_on=NOTICED,
    ))  # fmt: skip
    make.store(desk, InterviewPerson(
        interview_id=row.id, role="head", name=f"某{county.token('who is interviewed', **facts)}", invited=1
    ))  # fmt: skip
    campaign = desk.session.get_one(Campaign, case.campaign_id)
    told = bool(_facts(desk, case)["told"]) and county.random.random() < 0.5
    title = f"约谈通知{county.token('notice of an interview', **{**_facts(desk, case), 'told': told})}"
    more = {"content": world.content_of(title)} if told else {}
    make.make_document(
        desk, campaign, unit, "interview_notice", case, about="interview", about_id=row.id, title=title,
        state=(DocumentState.SERVED if told else DocumentState.DRAFT).value, **more,
    )  # fmt: skip


def _tasks(desk: Desk, county: County, cases: list[Rectification]) -> None:
    """Write tasks about cases, for a role or for somebody by name, and one of which nobody may know."""
    for number, (role, owner) in enumerate((("officer", ""), ("verifier", ""), ("inspector", "P01")), 1):
        case = county.random.choice(cases)
        facts = inside(_facts(desk, case))
        own = frozenset({owner}) if owner else frozenset()
        # Given to a role, a task is known to who has the role and sees the case; given to somebody, to them.
        facts |= {"doors": OFFICE | {role} if not owner else OFFICE, "people": own}
        make.store(desk, Task(
            office_id=desk.office_id, key=f"leak-{number}", kind="follow_up", subject="case", subject_id=case.id,
            title=f"跟进{county.token(f'task of a {role}', **facts)}", unit_id=case.unit_id, owner=owner, role=role,
            state="open", opened_on=NOTICED, due_on=date(2026, 7, 2 + number),
        ))  # fmt: skip
    text = county.token("task of a lead", kind="linkage")
    make.store(desk, Task(
        office_id=desk.office_id, key="leak-9", kind="lead", title=f"办理{text}", subject="lead", subject_id=1,
        role="linkage", confidential=True, state="open", opened_on=NOTICED, due_on=date(2026, 7, 1),
    ))  # fmt: skip


def _halves(desk: Desk, county: County, cases: list[Rectification]) -> None:
    for case in cases:
        facts = _facts(desk, case)
        if not facts["told"]:
            continue
        number = desk.session.get_one(Finding, case.id).code
        (unit,) = facts["units"]
        make.store(desk, HalfReport(
            office_id=desk.office_id, subject="case", subject_id=case.id, number=number, unit_id=case.unit_id,
            period_from=date(2026, 6, 1), period_to=date(2026, 6, 15), due_on=date(2026, 6, 18), light="yellow",
            state="sent", text=f"半月{county.token('half-month report', **facts)}", sent_on=date(2026, 6, 17),
            sent_by=f"{unit}:liaison", percent=40,
        ))  # fmt: skip


# ---- reports, the archive, lists -----------------------------------------------------------------------------------


def _reports(desk: Desk, county: County, case: Rectification) -> None:
    whole: dict[str, Any] = {"kind": "own", "doors": OFFICE}
    title = f"报告{county.token('title of a report', **whole)}"
    paper = json.loads(world.content_of(title, f"全文{county.token('report', **whole)}"))
    content = json.dumps({"drawings": [], "paper": paper}, ensure_ascii=False)
    make.store(desk, Report(
        office_id=desk.office_id, kind="month", year=2026, state="draft", title=title, from_on=date(2026, 5, 1),
        to_on=date(2026, 5, 31), content=content, sha256=hashlib.sha256(content.encode()).hexdigest(),
        drafted_by="P90", drafted_on=NOTICED,
    ))  # fmt: skip
    kept: dict[str, Any] = {"kind": "own", "doors": frozenset({"officer", "director"})}
    make.store(desk, ArchiveFile(
        office_id=desk.office_id, subject="case", subject_id=case.id, code="C-1", state="packed", year=2026,
        title=f"卷{county.token('title of a file of the archive', **kept)}", class_code="ZG", retention="years_30",
        transfer_due_on=date(2031, 6, 30), members=1, size=1, sha256="0" * 64, packed_on=NOTICED, packed_by="P90",
    ))  # fmt: skip


def _lists(desk: Desk, county: County, campaigns: dict[str, Campaign], units: dict[str, Unit]) -> None:
    """Write what was asked of a unit in a campaign, and a field of a checklist that somebody is typing."""
    code, unit = county.random.choice(CAMPAIGNS), county.random.choice(UNITS)
    place = frozenset({(code, unit)})
    visit = desk.session.exec(
        select(Visit).where(
            col(Visit.campaign_id) == campaigns[code].id, col(Visit.unit_id) == units[unit].id
        )
    ).one()
    facts: dict[str, Any] = {"units": frozenset({unit}), "told": True, "places": place}
    asked = make.store(desk, Inquiry(
        office_id=desk.office_id, campaign_id=campaigns[code].id, visit_id=visit.id, unit_id=units[unit].id,
        kind="materials", number=1, title=f"清单{county.token('title of a list', **facts)}", state="asked",
        asked_on=NOTICED, asked_by="P90", due_on=LATER,
    ))  # fmt: skip
    make.store(desk, InquiryItem(
        inquiry_id=asked.id, position=1, asked=f"案卷{county.token('thing on a list', **facts)}"
    ))  # fmt: skip
    make.store(desk, CheckDraft(
        visit_id=visit.id, item="F27", position=1, field="problem", revision=1, changed_by="P01", changed_at=desk.now,
        value=f"草拟{county.token('what somebody types', **inside(facts), doors=world.SHEETS, shown=NOBODY)}",
    ))  # fmt: skip


def _personal(desk: Desk, county: County, people: dict[str, Person], units: dict[str, Unit]) -> None:
    """Write what people say of themselves, and what they have not said to anybody yet."""
    heads: dict[str, Any] = {"kind": "own", "doors": frozenset({"officer", "director"})}
    make.store(desk, RecusalDeclaration(
        office_id=desk.office_id, person_id=people["P01"].id, unit_id=units["D002"].id, relation="kin",
        content=f"亲属{county.token('declaration', **heads, people=frozenset({'P01'}))}", origin="self",
        state="declared", filed_by="P01", filed_on=NOTICED,
    ))  # fmt: skip
    title = county.token("draft of a plan", kind="own", doors=NOBODY, people=frozenset({"P90"}))
    answers = {"kind": ["special"], "title": [f"草拟{title}"], "code": ["2026-ZX-09"]}
    make.store(desk, PlanDraft(
        office_id=desk.office_id, owner="P90", answers=json.dumps(answers), begun_on=NOTICED, changed_at=desk.now
    ))  # fmt: skip
    staff = county.token("why a post is lent", kind="own", doors=REGISTER)
    make.store(desk, Delegation(
        office_id=desk.office_id, principal="L-DIRECTOR", delegate="L-DEPUTY", documents="urging", from_on=NOTICED,
        until_on=date(2026, 12, 31), reason=f"出差{staff}", state="registered", registered_by="P90",
        registered_on=NOTICED,
    ))  # fmt: skip


def _mails_of_visits(desk: Desk, county: County, units: dict[str, Unit]) -> None:
    """Write a mail to a team, and one that is about nothing that anybody outside the office sees."""
    visit = desk.session.exec(select(Visit).order_by(col(Visit.id))).first()
    assert visit is not None
    code = next(one for one in UNITS if units[one].id == visit.unit_id)
    campaign = desk.session.get_one(Campaign, visit.campaign_id).code
    facts = {"places": frozenset({(campaign, code)}), "doors": world.OUTBOX}
    world.mail(desk, county, units[code], facts, visit_id=visit.id, kind="task", key="task/1")
    world.mail(desk, county, units[code], {"doors": world.OUTBOX}, kind="staff", key="staff/1")
