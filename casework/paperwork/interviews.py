"""Interviews (约谈): planned with a notice, held with minutes and what was promised, or cancelled with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaigns import find_campaign
from casework.lights.climbing import rules_of
from casework.moves import take
from casework.paperwork.drafts import CaseOnDocument, Place, write_draft
from casework.paperwork.papers import build_paper
from casework.paperwork.standalone import draft_outside
from casework.rectification.cases import find_case
from casework.rectification.evidence import keep_file
from casework.staff.people import find_unit, require_role
from casework.tasks import open_task
from core.codes import Light, Line
from core.errors import InvalidInput, NotFound, Refused
from core.life.interviewlife import (
    INTERVIEW,
    InterviewAct,
    InterviewRole,
    describe_people,
)
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.campaign import Campaign
from models.document import Document
from models.interview import Interview, InterviewPerson
from models.organisation import Unit
from models.rectification import Rectification

PLANNERS = ("officer", "director", "leader")
NOTICE = "interview_notice"
People = Mapping[tuple[InterviewRole, str], int]


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an interview is for, as a person gives it.

    cases   numbers of problems of the unit; of one campaign
    about   another subject and its id, such as ("matter", 3)
    """

    reason: str
    interviewer: str
    on: date
    place: str
    at: str = ""
    campaign: str = ""
    cases: Sequence[str] = ()
    about: tuple[str, int] | None = None
    line: Line = Line.PARTY


def plan_interview(desk: Desk, unit: str, occasion: Occasion, people: People) -> tuple[Interview, Document]:
    """Plan an interview and draft its notice; return both.

    raises   InvalidInput for a day that has passed or words that are missing; NotFound; Refused for a case of others
    """
    require_role(desk, PLANNERS, "安排约谈")
    _check_words(desk, occasion)
    row = find_unit(desk, unit)
    campaign, cases = _campaign_and_cases(desk, row, occasion)
    about = occasion.about or (("case", cases[0].id) if cases else None)
    interview = Interview(
        office_id=desk.office_id,
        unit_id=key_of(row),
        campaign_id=campaign.id if campaign is not None else None,
        line=campaign.line if campaign is not None else occasion.line.value,
        about=about[0] if about else None,
        about_id=about[1] if about else None,
        state=INTERVIEW.start.value,
        reason=occasion.reason.strip(),
        interviewer=occasion.interviewer.strip(),
        planned_on=occasion.on,
        planned_at=occasion.at.strip(),
        place=occasion.place.strip(),
        noted_by=desk.actor.code,
        noted_on=desk.today,
    )
    desk.session.add(interview)
    desk.session.flush()
    number = key_of(interview)
    for (role, name), count in people.items():
        desk.session.add(InterviewPerson(interview_id=number, role=role.value, name=name, invited=count))
    desk.session.flush()
    desk.record("interview", number, "open", unit_id=row.id, to_state=interview.state, on=desk.today,
                planned_on=occasion.on, reason=occasion.reason)  # fmt: skip
    return interview, _draft_notice(desk, interview, campaign, cases)


def _check_words(desk: Desk, occasion: Occasion) -> None:
    for name, text in (("事由", occasion.reason), ("约谈人", occasion.interviewer), ("地点", occasion.place)):
        if not text.strip():
            raise InvalidInput(f"约谈的{name}没有写明", found="空", expected=name, remedy="补充后重试")
        refuse_state_secrets(text, f"约谈{name}")
    if occasion.on < desk.today:
        raise InvalidInput(
            "约谈日期已经过去",
            found=occasion.on.isoformat(),
            expected=f"{desk.today} 或以后",
            remedy="改正 --on",
        )


def _campaign_and_cases(
    desk: Desk, unit: Unit, occasion: Occasion
) -> tuple[Campaign | None, list[Rectification]]:
    cases = [find_case(desk, number)[0] for number in occasion.cases]
    campaign = find_campaign(desk, occasion.campaign) if occasion.campaign else None
    if cases and campaign is None:
        campaign = desk.campaign(cases[0].campaign_id)
    strange = [
        number
        for number, case in zip(occasion.cases, cases, strict=True)
        if case.unit_id != unit.id
        or campaign is None
        or case.campaign_id != campaign.id
        or case.due_on is None
    ]
    if strange:
        raise Refused(
            "该问题不能写入这次约谈", found="、".join(strange),
            expected=f"{unit.code} 在同一批次中已通知整改的问题", remedy="核对 --case、--unit 和 --campaign",
        )  # fmt: skip
    return campaign, cases


def _draft_notice(
    desk: Desk, interview: Interview, campaign: Campaign | None, cases: Sequence[Rectification]
) -> Document:
    """Draft the 约谈通知书: its words come from the interview, so that both always say the same."""
    on = [CaseOnDocument(case.id, Light(case.light), case.due_on) for case in cases]
    about = ("interview", key_of(interview))
    line = Line(interview.line)
    if campaign is None:
        document = draft_outside(desk, NOTICE, line, interview.unit_id, about=about, cases=on)
    else:
        rule = rules_of(desk, key_of(campaign)).document(NOTICE)
        place = Place(line, interview.unit_id, campaign.rules_sha256, campaign.id, *about)
        document = write_draft(desk, rule, place, cases=on)
    build_paper(desk, document)  # what cannot be printed is refused now
    return document


def hold_interview(
    desk: Desk,
    interview_id: int,
    on: date,
    people: People,
    minutes: Path,
    commitments: Sequence[tuple[str, date]] = (),
    note: str = "",
) -> Interview:
    """Record that an interview took place, who came by role, its minutes, and what was promised by when.

    commitments   (what, by which day): each becomes a task that somebody checks
    """
    interview = find_interview(desk, interview_id)
    _check_held(desk, interview, on, commitments, note)
    with desk.session.no_autoflush:
        take(desk, interview, INTERVIEW, InterviewAct.HOLD, unit_id=interview.unit_id, on=on,
             detail={"note": note, "people": _said(people)})  # fmt: skip
        interview.held_on, interview.note = on, note
        interview.minutes_sha256 = keep_file(desk, "interview", interview_id, "hold", minutes).sha256
    desk.session.add(interview)
    desk.session.flush()
    _count_who_came(desk, interview_id, people)
    _open_commitments(desk, interview, commitments)
    return interview


def _check_held(
    desk: Desk, interview: Interview, on: date, commitments: Sequence[tuple[str, date]], note: str
) -> None:
    if not interview.noted_on <= on <= desk.today:
        raise InvalidInput(
            "约谈日期不合理", found=on.isoformat(), expected=f"{interview.noted_on} 至 {desk.today}",
            remedy="核对后重填 --on",
        )  # fmt: skip
    refuse_state_secrets("\n".join((note, *(text for text, _day in commitments))), "约谈记录")
    early = [text for text, day in commitments if day < on]
    if early:
        raise InvalidInput(
            "承诺的时限早于约谈日期", found="、".join(early), expected=f"{on} 以后", remedy="改正 --commit"
        )


def _open_commitments(desk: Desk, interview: Interview, commitments: Sequence[tuple[str, date]]) -> None:
    """Open a task for each thing that was promised: it is checked, not believed."""
    unit = desk.session.get_one(Unit, interview.unit_id)
    for number, (text, day) in enumerate(commitments, 1):
        open_task(
            desk, f"interview:{interview.id}:{number}", kind="commitment",
            title=f"核实{unit.name}约谈承诺：{text}", subject="interview", subject_id=key_of(interview),
            role="officer", due_on=day, unit_id=interview.unit_id,
        )  # fmt: skip


def _said(people: People) -> str:
    return describe_people((role, name, count) for (role, name), count in people.items())


def _count_who_came(desk: Desk, interview_id: int, people: People) -> None:
    known = {(InterviewRole(row.role), row.name): row for row in people_of(desk, interview_id)}
    for (role, name), count in people.items():
        row = known.get((role, name)) or InterviewPerson(
            interview_id=interview_id, role=role.value, name=name
        )
        row.came = count
        desk.session.add(row)
    desk.session.flush()


def cancel_interview(desk: Desk, interview_id: int, reason: str) -> Interview:
    """Cancel an interview that was planned; its notice, if it has gone out, is voided by the director."""
    if not reason.strip():
        raise InvalidInput("取消约谈须写明理由", found="空", expected="一句理由", remedy="加上 --note")
    refuse_state_secrets(reason, "取消理由")
    interview = find_interview(desk, interview_id)
    take(
        desk, interview, INTERVIEW, InterviewAct.CANCEL, unit_id=interview.unit_id, detail={"reason": reason}
    )
    interview.note = reason
    desk.session.add(interview)
    return interview


def find_interview(desk: Desk, interview_id: int) -> Interview:
    """Return an interview of this office; raise NotFound, for people of units too."""
    row = desk.session.get(Interview, interview_id)
    if row is None or row.office_id != desk.office_id or desk.actor.speaks_for_unit:
        raise NotFound(
            "没有这次约谈",
            found=str(interview_id),
            expected="约谈编号",
            remedy="运行 ducha interview list 查看",
        )
    return row


def people_of(desk: Desk, interview_id: int) -> list[InterviewPerson]:
    """Return the persons of an interview, in the order in which they were written."""
    query = select(InterviewPerson).where(col(InterviewPerson.interview_id) == interview_id)
    return list(desk.session.exec(query.order_by(col(InterviewPerson.id))))


def list_interviews(desk: Desk, state: str | None = None) -> list[dict[str, Any]]:
    """Return the interviews with how many were invited and came by role, the newest first."""
    query = (
        select(Interview, Unit.code)
        .join(Unit, col(Unit.id) == col(Interview.unit_id))
        .where(col(Interview.office_id) == desk.office_id)
    )
    if state:
        query = query.where(col(Interview.state) == state)
    if desk.actor.speaks_for_unit:
        return []
    rows = desk.session.exec(query.order_by(col(Interview.planned_on).desc(), col(Interview.id).desc())).all()
    return [describe_interview(desk, row, code) for row, code in rows]


def describe_interview(desk: Desk, interview: Interview, unit: str) -> dict[str, Any]:
    """Return an interview as outside programs read it; `invited` and `came` are {role: persons}."""
    number = key_of(interview)
    people = people_of(desk, number)
    notice = select(Document.id).where(
        col(Document.about) == "interview", col(Document.about_id) == number, col(Document.state) != "void"
    )
    return {
        "id": number,
        "unit": unit,
        "state": interview.state,
        "planned_on": interview.planned_on,
        "held_on": interview.held_on,
        "place": interview.place,
        "reason": interview.reason,
        "invited": _by_role(people, "invited"),
        "came": _by_role(people, "came"),
        "document": desk.session.exec(notice.order_by(col(Document.id).desc())).first(),
    }


def _by_role(people: Sequence[InterviewPerson], column: str) -> dict[str, int]:
    counts = {role.value: 0 for role in InterviewRole}
    for row in people:
        counts[row.role] += getattr(row, column)
    return {role: count for role, count in counts.items() if count}
