"""知悉人员: who was named to know of the whole compartment or of one matter, naming more, and ending it."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from casework.intake.choices import people_options
from casework.linkage.compartment import may_know, revoke_reader
from casework.linkage.looking import SCOPES, readers_of
from casework.staff.people import require_role
from casework.tasks import COMPARTMENT
from console.actforms import Tried, fields_of
from console.forms import Form, HasForm
from console.pages.intake.leadacts import name_for
from console.pages.linkage.screeningforms import reader_form
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, NotFound

router = Pages(Permission.LINKAGE)
ADDRESS = "/referrals/readers"
PLACES = {"lead": "/leads", "referral": "/referrals", "incoming": "/incoming", "meeting": "/meetings"}
Scope = tuple[str, int] | None


@router.page(ADDRESS)
def show_readers(request: Request, visit: HasVisit) -> HTMLResponse:
    """Show everybody who was named to know of one matter, or of anything."""
    return _readers(visit, _scope(request), None)


def show_readers_again(request: Request, visit: Visit, form: Form, error: DuchaError) -> HTMLResponse:
    """Show them with the form that was refused."""
    return _readers(visit, _scope(request), Tried("reader", form, error))


def _readers(visit: Visit, scope: Scope, tried: Tried | None) -> HTMLResponse:
    with visit.desk() as desk:
        require_role(desk, COMPARTMENT, "查看知悉人员")
        if scope is not None and not may_know(desk, *scope):
            raise _unknown()
        named = "director" in desk.actor.roles
        return show(
            visit, desk, "linkage/readers.html.j2", "referrals",
            readers=readers_of(desk, *scope) if scope else readers_of(desk),
            form=reader_form(whole=scope is None) if named else None, address=_address(scope),
            back=f"{PLACES[scope[0]]}/{scope[1]}" if scope else "",
            scope=f"{SCOPES[scope[0]]}{scope[1]}" if scope else "",
            lists={"people": people_options(desk)} if named else {}, tried=tried,
        )  # fmt: skip


@router.act(ADDRESS, again=show_readers_again)
def name_new_reader(request: Request, visit: HasVisit, form: HasForm) -> Response:
    """Name a person who may know of one matter, or of the whole compartment."""
    scope = _scope(request)
    subject, number = scope or (None, None)
    with visit.acting() as desk:
        said = name_for(desk, subject, number, fields_of("reader", form))
    return done(_address(scope), said)


@router.act(f"{ADDRESS}/{{reader_id}}/revoke")
def revoke(request: Request, reader_id: int, visit: HasVisit, _form: HasForm) -> Response:
    """End that a person may know, from today on."""
    with visit.acting() as desk:
        row = revoke_reader(desk, reader_id)
        said = f"已撤销{row.person}的知悉"
    return done(_address(_scope(request)), said)


def _scope(request: Request) -> Scope:
    """Return the matter that an address names, None for all; raise NotFound for what is none."""
    subject, number = request.query_params.get("subject", ""), request.query_params.get("id", "")
    if not subject:
        return None
    if subject not in SCOPES or not (number.isascii() and number.isdigit() and len(number) < 10):
        raise _unknown()
    return subject, int(number)


def _unknown() -> NotFound:
    return NotFound("没有这个事项", found="", expected="页面给出的链接", remedy="从事项页面进入")


def _address(scope: Scope) -> str:
    return f"{ADDRESS}?{urlencode({'subject': scope[0], 'id': scope[1]})}" if scope else ADDRESS
