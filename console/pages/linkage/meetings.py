"""联席会议: meetings with other supervising bodies, and cases supervised together with them."""

from __future__ import annotations

from fastapi.responses import HTMLResponse, Response

from casework.desk import Desk
from casework.linkage.jointcases import end_joint_supervision, supervise_jointly
from casework.linkage.looking import save_file
from casework.linkage.meetingboard import meeting_page, meetings_view
from casework.linkage.meetings import find_meeting
from casework.staff.people import require_role
from casework.tasks import COMPARTMENT
from console.actforms import Acts, Tried, fields_of
from console.downloads import attachment
from console.forms import Form, HasForm
from console.pages.intake.incomingforms import do_item, item_forms
from console.pages.linkage.meetingforms import end_form, joint_form, meeting_form, record
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError

router = Pages(Permission.LINKAGE)


@router.page("/meetings")
def show_meetings(visit: HasVisit) -> HTMLResponse:
    """Show the meetings somebody may know of, and the joint supervision."""
    return _list(visit, None)


def show_joint_again(visit: Visit, form: Form, error: DuchaError) -> HTMLResponse:
    """Show the list with the form of joint supervision that was refused."""
    return _list(visit, Tried("joint", form, error))


def show_end_again(joint_id: int, visit: Visit, form: Form, error: DuchaError) -> HTMLResponse:
    """Show the list with the end of a joint supervision that was refused."""
    return _list(visit, Tried(f"end{joint_id}", form, error))


def _list(visit: Visit, tried: Tried | None) -> HTMLResponse:
    with visit.desk() as desk:
        board = meetings_view(desk)
        return show(
            visit, desk, "linkage/meetings.html.j2", "meetings", board=board, tried=tried,
            joint=joint_form(desk) if board.may_record else None, end_form=end_form,
        )  # fmt: skip


@router.act("/meetings/joint", again=show_joint_again)
def begin_joint(visit: HasVisit, form: HasForm) -> Response:
    """Record that a case is supervised together with another body."""
    given = fields_of("joint", form)
    with visit.acting() as desk:
        supervise_jointly(
            desk,
            given.needed("case", "问题编号"),
            given.text("body"),
            given.text("demand"),
            report_on=given.day("report_on", "汇总日期"),
            meeting=given.number("meeting", "有关会议"),
            incoming=given.number("incoming", "有关来件"),
        )
    return done("/meetings", "已登记联合督办")


@router.act("/meetings/joint/{joint_id}/end", again=show_end_again)
def end_joint(joint_id: int, visit: HasVisit, form: HasForm) -> Response:
    """End a joint supervision with what came of it."""
    with visit.acting() as desk:
        end_joint_supervision(desk, joint_id, fields_of(f"end{joint_id}", form).text("note"))
    return done("/meetings", "已办结联合督办")


@router.page("/meetings/new")
def show_new(visit: HasVisit) -> HTMLResponse:
    """Show the form that records a meeting."""
    return _new(visit, None)


def show_new_again(visit: Visit, form: Form, error: DuchaError) -> HTMLResponse:
    """Show the form that was refused."""
    return _new(visit, Tried("new", form, error))


def _new(visit: Visit, tried: Tried | None) -> HTMLResponse:
    with visit.desk() as desk:
        require_role(desk, COMPARTMENT, "登记会议")
        return show(
            visit, desk, "linkage/newmeeting.html.j2", "meetings", form=meeting_form(desk), tried=tried
        )


@router.act("/meetings/new", again=show_new_again)
def record_new(visit: HasVisit, form: HasForm) -> Response:
    """Record a meeting and go to it."""
    with visit.acting() as desk:
        row = record(desk, fields_of("new", form))
        address, said = f"/meetings/{row.id}", f"已登记为{row.number}"
    return done(address, said)


@router.page("/meetings/{meeting_id}")
def show_one(meeting_id: int, visit: HasVisit) -> HTMLResponse:
    """Show one meeting; the look is noted."""
    return _one(visit, meeting_id, None)


def show_one_again(meeting_id: int, act: str, visit: Visit, form: Form, error: DuchaError) -> HTMLResponse:
    """Show a meeting with the act that was refused."""
    return _one(visit, meeting_id, Tried(act, form, error))


def _one(visit: Visit, meeting_id: int, tried: Tried | None) -> HTMLResponse:
    with visit.acting() as desk:
        page = meeting_page(desk, meeting_id)
        return show(
            visit, desk, "linkage/meeting.html.j2", "meetings",
            page=page, forms_of=item_forms(page.items), tried=tried,
        )  # fmt: skip


@router.act("/meetings/{meeting_id}/acts/{act}", again=show_one_again)
def act_on_meeting(meeting_id: int, act: str, visit: HasVisit, form: HasForm) -> Response:
    """Carry out an act on a meeting."""
    return done(f"/meetings/{meeting_id}", MEETING_ACTS.carry_out(visit, act, meeting_id, form))


@router.page("/meetings/{meeting_id}/files/{file_id}")
def save_minutes(meeting_id: int, file_id: int, visit: HasVisit) -> Response:
    """Send the minutes of a meeting; the download is noted."""
    with visit.acting() as desk:
        find_meeting(desk, meeting_id)
        name, content = save_file(desk, "meeting", meeting_id, file_id)
    return attachment(content, name)


def _item(desk: Desk, meeting_id: int, form: Form) -> str:
    find_meeting(desk, meeting_id)
    return do_item(desk, "meeting", meeting_id, form)


MEETING_ACTS = Acts({"item": _item})
