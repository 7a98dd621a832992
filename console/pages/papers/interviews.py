"""约谈: planned with a notice, held with minutes and what was promised, or cancelled."""

from __future__ import annotations

from datetime import date

from fastapi import Request
from fastapi.responses import Response

from casework.paperwork.drafting import units_to_write
from casework.paperwork.interviews import Occasion, People
from casework.paperwork.interviewview import (
    cancel_in_sight,
    hold_in_sight,
    interview_choices,
    interview_view,
    interviews_view,
    may_plan,
    minutes_of,
    people_from,
    plan_in_sight,
)
from console.downloads import attachment
from console.forms import Form, HasForm
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.codes import LINE_LABELS, Line
from core.errors import DuchaError, InvalidInput
from core.life.interviewlife import (
    INTERVIEW_ROLE_LABELS,
    INTERVIEW_STATE_LABELS,
    InterviewRole,
    InterviewState,
)
from core.life.lives import DOCUMENT_STATE_LABELS
from delivery.uploads.kinds import PAPERS
from models.base import key_of

router = Pages(Permission.DOCUMENT_VIEW)
PROMISES = 5
ROLES = tuple(INTERVIEW_ROLE_LABELS.items())


@router.page("/interviews")
def show_interviews(visit: HasVisit, state: str = "") -> Response:
    """Show the interviews."""
    known = state if state in {one.value for one in InterviewState} else ""
    with visit.desk() as desk:
        return show(visit, desk, "papers/interviews.html.j2", "interviews", rows=interviews_view(desk, known),
                    state=known, states=INTERVIEW_STATE_LABELS, may_plan=may_plan(desk))  # fmt: skip


@router.page("/interviews/new", Permission.DOCUMENT_DRAFT)
def show_new(request: Request, visit: HasVisit) -> Response:
    """Show the form that plans an interview; unit, campaign and case may stand in the address."""
    given = {name: [value] for name, value in request.query_params.items()}
    return _new_page(visit, Form(given), None)


def _new_page(visit: Visit, form: Form, error: DuchaError | None) -> Response:
    with visit.desk() as desk:
        return show(
            visit, desk, "papers/interview_new.html.j2", "interviews", form=form, error=error,
            campaigns=interview_choices(desk), units=units_to_write(desk), roles=ROLES, lines=LINE_LABELS,
        )  # fmt: skip


def _new_again(visit: Visit, form: Form, error: DuchaError) -> Response:
    return _new_page(visit, form, error)


@router.act("/interviews/new", Permission.DOCUMENT_DRAFT, again=_new_again)
def plan(visit: HasVisit, form: HasForm) -> Response:
    """Plan an interview and draft its notice."""
    occasion = Occasion(
        reason=form.needed("reason", "事由"),
        interviewer=form.needed("interviewer", "约谈人"),
        on=form.needed_day("on", "约谈日期"),
        place=form.needed("place", "地点"),
        at=form.text("at"),
        campaign=form.text("campaign"),
        cases=tuple(form.text("cases").split()),
        line=Line.ENFORCEMENT if form.text("line") == Line.ENFORCEMENT else Line.PARTY,
    )
    with visit.acting() as desk:
        _row, notice = plan_in_sight(desk, form.needed("unit", "单位"), occasion, _people(form))
        number = key_of(notice)
    return done(f"/documents/{number}", "已安排约谈，并拟约谈通知书")


@router.page("/interviews/{interview_id}")
def show_interview(interview_id: int, visit: HasVisit) -> Response:
    """Show one interview."""
    return _page(interview_id, visit, Form(), "", None)


def _page(interview_id: int, visit: Visit, form: Form, acted: str, error: DuchaError | None) -> Response:
    with visit.desk() as desk:
        return show(
            visit, desk, "papers/interview.html.j2", "interviews", page=interview_view(desk, interview_id),
            form=form, acted=acted, error=error, roles=ROLES, promises=range(1, PROMISES + 1),
            states=INTERVIEW_STATE_LABELS, doc_states=DOCUMENT_STATE_LABELS,
        )  # fmt: skip


def _hold_again(interview_id: int, visit: Visit, form: Form, error: DuchaError) -> Response:
    return _page(interview_id, visit, form, "hold", error)


def _cancel_again(interview_id: int, visit: Visit, form: Form, error: DuchaError) -> Response:
    return _page(interview_id, visit, form, "cancel", error)


@router.act("/interviews/{interview_id}/hold", Permission.DOCUMENT_DRAFT, again=_hold_again)
def hold(interview_id: int, visit: HasVisit, form: HasForm) -> Response:
    """Record that an interview took place."""
    minutes = form.file("minutes", PAPERS)
    if minutes is None:
        raise InvalidInput(
            "请选择“约谈记录”", found="没有文件", expected="约谈记录扫描件", remedy="选择文件后重新提交"
        )
    with visit.acting() as desk:
        on = form.day("held_on", "约谈日期") or desk.today
        hold_in_sight(
            desk, interview_id, on, _people(form), minutes, promised=_promises(form), note=form.text("note")
        )
    return done(f"/interviews/{interview_id}", "已登记约谈；承诺事项到期提醒核实")


@router.act("/interviews/{interview_id}/cancel", Permission.DOCUMENT_DRAFT, again=_cancel_again)
def cancel(interview_id: int, visit: HasVisit, form: HasForm) -> Response:
    """Cancel an interview."""
    with visit.acting() as desk:
        cancel_in_sight(desk, interview_id, form.needed("cancel_reason", "取消理由"))
    return done(f"/interviews/{interview_id}", "已取消约谈；通知书已经发出的，由主任作废")


@router.page("/interviews/{interview_id}/minutes")
def download_minutes(interview_id: int, visit: HasVisit) -> Response:
    """Send the minutes of an interview."""
    with visit.desk() as desk:
        name, content = minutes_of(desk, interview_id)
    return attachment(content, name)


def _people(form: Form) -> People:
    counts = {role: form.number(f"count.{role.value}", label) or 0 for role, label in ROLES}
    return people_from(counts, {role: form.text(f"names.{role.value}") for role in InterviewRole})


def _promises(form: Form) -> list[tuple[str, date]]:
    found = []
    for number in range(1, PROMISES + 1):
        what = form.text(f"promise.{number}")
        if what:
            found.append((what, form.needed_day(f"promise_on.{number}", f"第{number}项承诺的时限")))
    return found
