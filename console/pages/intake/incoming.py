"""来文交办: what other supervising bodies hand over; its own compartment, every look noted."""

from __future__ import annotations

from fastapi.responses import HTMLResponse, Response

from casework.intake.incomingboard import (
    EVERY,
    LATE,
    STATE_LABELS,
    IncomingFilters,
    incoming_page,
    incoming_view,
)
from casework.intake.incomingviews import find_incoming
from casework.linkage.looking import save_file
from casework.staff.people import require_role
from casework.tasks import COMPARTMENT
from console.actforms import Tried, fields_of
from console.downloads import attachment
from console.forms import Form, HasForm
from console.lists import HasCursor, HasQuery
from console.pages.intake.incomingforms import (
    INCOMING_ACTS,
    incoming_forms,
    register,
    register_form,
)
from console.pages.intake.leadforms import lists_of
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError

router = Pages(Permission.LINKAGE)


@router.page("/incoming")
def show_incoming_list(visit: HasVisit, query: HasQuery, cursor: HasCursor) -> HTMLResponse:
    """Show one page of what somebody may know of."""
    filters = IncomingFilters.read(query)
    with visit.desk() as desk:
        return show(
            visit, desk, "intake/incominglist.html.j2", "incoming", board=incoming_view(desk, filters, cursor),
            states=STATE_LABELS, LATE=LATE, EVERY=EVERY,
        )  # fmt: skip


@router.page("/incoming/new")
def show_new(visit: HasVisit) -> HTMLResponse:
    """Show the form that registers a matter."""
    return _new(visit, None)


def show_new_again(visit: Visit, form: Form, error: DuchaError) -> HTMLResponse:
    """Show the form that was refused."""
    return _new(visit, Tried("new", form, error))


def _new(visit: Visit, tried: Tried | None) -> HTMLResponse:
    with visit.desk() as desk:
        require_role(desk, COMPARTMENT, "登记来文")
        form = register_form(desk)
        return show(
            visit, desk, "intake/newincoming.html.j2", "incoming",
            form=form, lists=lists_of(desk, [form]), tried=tried,
        )  # fmt: skip


@router.act("/incoming/new", again=show_new_again)
def register_new(visit: HasVisit, form: HasForm) -> Response:
    """Register a matter and go to it."""
    with visit.acting() as desk:
        row = register(desk, fields_of("new", form))
        address, said = f"/incoming/{row.id}", f"已登记为{row.number}"
    return done(address, said)


@router.page("/incoming/{incoming_id}")
def show_one(incoming_id: int, visit: HasVisit) -> HTMLResponse:
    """Show one matter; the look is noted."""
    return _one(visit, incoming_id, None)


def show_one_again(incoming_id: int, act: str, visit: Visit, form: Form, error: DuchaError) -> HTMLResponse:
    """Show a matter with the act that was refused."""
    return _one(visit, incoming_id, Tried(act, form, error))


def _one(visit: Visit, incoming_id: int, tried: Tried | None) -> HTMLResponse:
    with visit.acting() as desk:
        page = incoming_page(desk, incoming_id)
        forms = incoming_forms(page)
        return show(
            visit, desk, "intake/incoming.html.j2", "incoming",
            page=page, forms_of=forms, lists=lists_of(desk, forms), tried=tried,
        )  # fmt: skip


@router.act("/incoming/{incoming_id}/acts/{act}", again=show_one_again)
def act_on_one(incoming_id: int, act: str, visit: HasVisit, form: HasForm) -> Response:
    """Carry out an act on a matter."""
    return done(f"/incoming/{incoming_id}", INCOMING_ACTS.carry_out(visit, act, incoming_id, form))


@router.page("/incoming/{incoming_id}/files/{file_id}")
def save_one_file(incoming_id: int, file_id: int, visit: HasVisit) -> Response:
    """Send a file of a matter; the download is noted."""
    with visit.acting() as desk:
        find_incoming(desk, incoming_id)
        name, content = save_file(desk, "incoming", incoming_id, file_id)
    return attachment(content, name)
