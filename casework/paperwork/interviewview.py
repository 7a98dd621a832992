"""Interviews (约谈) as pages, and the acts on them, for those who see the unit's documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.paperwork.drafting import campaign_to_write
from casework.paperwork.interviews import (
    PLANNERS,
    Occasion,
    People,
    cancel_interview,
    hold_interview,
    people_of,
    plan_interview,
)
from casework.rectification.evidence import content_path
from casework.rectification.timeline import names_of
from casework.sight import campaigns_in_sight, cases_in_sight, documents_in_sight, sees_office
from casework.staff.people import require_role
from core.errors import InvalidInput, NotFound
from core.life.interviewlife import INTERVIEW_ROLE_LABELS, InterviewRole, InterviewState
from core.life.tasklife import TaskState
from models.base import key_of, table_of
from models.campaign import Campaign, Finding
from models.document import Document
from models.interview import Interview, InterviewPerson
from models.organisation import Unit
from models.rectification import Evidence, Rectification
from models.task import Task

MOST = 200
DOCUMENT = table_of(Document)


@dataclass(frozen=True, slots=True)
class InterviewRow:
    """An interview in the list."""

    id: int
    unit: str
    reason: str
    state: InterviewState
    planned_on: date
    planned_at: str
    place: str
    held_on: date | None


@dataclass(frozen=True, slots=True)
class InterviewPage:
    """One interview with who was invited and came, its notice, what was promised."""

    interview: Interview
    unit: Unit
    campaign: str
    noted_by: str
    people: tuple[tuple[str, str, int, int | None], ...]  # role, name, invited, came
    notices: tuple[tuple[int, str, str | None], ...]  # document, state, number
    promises: tuple[tuple[str, date | None, bool], ...]  # title, by when, done
    may_act: bool


def interviews_view(desk: Desk, state: str = "") -> list[InterviewRow]:
    """Return the interviews in sight, the newest first."""
    query = (
        select(Interview, Unit.name)
        .join(Unit, col(Unit.id) == col(Interview.unit_id))
        .where(_in_sight(desk))
        .order_by(col(Interview.planned_on).desc(), col(Interview.id).desc())
        .limit(MOST)
    )
    if state:
        query = query.where(col(Interview.state) == state)
    return [
        InterviewRow(
            key_of(row), unit, row.reason, InterviewState(row.state), row.planned_on, row.planned_at, row.place,
            row.held_on,
        )
        for row, unit in desk.session.exec(query)
    ]  # fmt: skip


def _in_sight(desk: Desk) -> sa.ColumnElement[bool]:
    """Whoever does not see the office sees the interviews whose notice they see."""
    own = col(Interview.office_id) == desk.office_id
    if sees_office(desk):
        return own
    notice = sa.select(DOCUMENT.c.about_id).where(DOCUMENT.c.about == "interview", documents_in_sight(desk))
    return sa.and_(own, col(Interview.id).in_(notice))


def visible_interview(desk: Desk, interview_id: int) -> Interview:
    """Return an interview that the actor sees; raise NotFound."""
    found = desk.session.exec(
        select(Interview).where(col(Interview.id) == interview_id, _in_sight(desk))
    ).first()
    if found is None:
        raise NotFound(
            "没有这次约谈", found=str(interview_id), expected="约谈编号", remedy="回到约谈列表查找"
        )
    return found


def may_plan(desk: Desk) -> bool:
    """Tell whether the actor plans interviews, and carries them through."""
    return not desk.actor.roles.isdisjoint(PLANNERS)


def interview_view(desk: Desk, interview_id: int) -> InterviewPage:
    """Return one interview; raise NotFound."""
    row = visible_interview(desk, interview_id)
    campaign = desk.campaign(row.campaign_id).code if row.campaign_id is not None else ""
    notices = select(Document.id, Document.state, Document.number).where(
        col(Document.about) == "interview", col(Document.about_id) == interview_id
    )
    promises = select(Task).where(
        col(Task.office_id) == desk.office_id,
        col(Task.subject) == "interview",
        col(Task.subject_id) == interview_id,
    )
    return InterviewPage(
        interview=row,
        unit=desk.session.get_one(Unit, row.unit_id),
        campaign=campaign,
        noted_by=names_of(desk, [row.noted_by], ()).get(row.noted_by, row.noted_by),
        people=tuple(_person(one) for one in people_of(desk, interview_id)),
        notices=tuple((number or 0, state, text) for number, state, text in desk.session.exec(notices)),
        promises=tuple(
            (one.title, one.due_on, one.state != TaskState.OPEN.value) for one in desk.session.exec(promises)
        ),
        may_act=may_plan(desk) and row.state == InterviewState.PLANNED,
    )


def _person(row: InterviewPerson) -> tuple[str, str, int, int | None]:
    return INTERVIEW_ROLE_LABELS[InterviewRole(row.role)], row.name, row.invited, row.came


def interview_choices(desk: Desk) -> tuple[tuple[str, str], ...]:
    """Return (code, name) of the campaigns to which an interview may belong."""
    require_role(desk, PLANNERS, "安排约谈")
    query = select(Campaign.code, Campaign.title).where(
        campaigns_in_sight(desk), col(Campaign.opened_on).is_not(None)
    )
    return tuple(
        (code, f"{code} {title}")
        for code, title in desk.session.exec(query.order_by(col(Campaign.id).desc()))
    )


def plan_in_sight(desk: Desk, unit: str, occasion: Occasion, people: People) -> tuple[Interview, Document]:
    """Plan an interview about what the actor sees: its campaign and its cases; raises what plan_interview raises."""
    if occasion.campaign:
        campaign_to_write(desk, occasion.campaign)
    _need_cases(desk, occasion.cases)
    return plan_interview(desk, unit, occasion, people)


def _need_cases(desk: Desk, numbers: Sequence[str]) -> None:
    query = (
        select(Finding.code)
        .join(Rectification, col(Rectification.id) == col(Finding.id))
        .where(cases_in_sight(desk), col(Finding.code).in_(list(numbers)))
    )
    known: set[str] = set(desk.session.exec(query)) if numbers else set()
    strange = sorted(set(numbers) - known)
    if strange:
        raise NotFound(
            "没有这个整改事项", found="、".join(strange)[:80], expected="问题编号", remedy="核对问题编号"
        )


def hold_in_sight(
    desk: Desk, interview_id: int, on: date, people: People, minutes: Path, *,
    promised: Sequence[tuple[str, date]] = (), note: str = "",
) -> Interview:  # fmt: skip
    """Record an interview that the actor sees as held."""
    visible_interview(desk, interview_id)
    return hold_interview(desk, interview_id, on, people, minutes, promised, note)


def cancel_in_sight(desk: Desk, interview_id: int, reason: str) -> Interview:
    """Cancel an interview that the actor sees."""
    visible_interview(desk, interview_id)
    return cancel_interview(desk, interview_id, reason)


def minutes_of(desk: Desk, interview_id: int) -> tuple[str, bytes]:
    """Return name and content of the minutes; raise NotFound."""
    row = visible_interview(desk, interview_id)
    query = select(Evidence).where(
        col(Evidence.office_id) == desk.office_id,
        col(Evidence.subject) == "interview",
        col(Evidence.subject_id) == interview_id,
        col(Evidence.sha256) == (row.minutes_sha256 or ""),
    )
    kept = desk.session.exec(query).first()
    path = content_path(desk.files, kept.sha256) if kept is not None else None
    if kept is None or path is None or not path.is_file():
        raise NotFound("没有约谈记录", found=str(interview_id), expected="已登记的约谈", remedy="先登记约谈")
    return kept.name, path.read_bytes()


def people_from(counts: Mapping[InterviewRole, int], names: Mapping[InterviewRole, str]) -> People:
    """Return who is meant: of each role the persons named, one a line, and how many more; raise InvalidInput."""
    found: dict[tuple[InterviewRole, str], int] = {}
    for role in InterviewRole:
        named = list(dict.fromkeys(one.strip() for one in names.get(role, "").splitlines() if one.strip()))
        found |= {(role, name): 1 for name in named}
        more = counts.get(role, 0) - len(named)
        if more > 0:
            found[role, ""] = more
    if not found:
        raise InvalidInput(
            "没有写明被约谈人", found="空", expected="至少一人", remedy="填写人数，知道姓名的填写姓名"
        )
    return found
