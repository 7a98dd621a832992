"""邮件中的链接: opening it changes nothing; a code to the same mailbox lets its contact in, a form lets it out."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from casework.accounts.portalcodes import CODE_MINUTES, ask_code, give_code
from casework.accounts.portallinks import Door, door_of
from casework.accounts.sessions import end_session
from console.forms import Form, HasForm
from console.rendering import render
from console.routes import Pages
from console.sending import HasSender
from console.throttle import Throttle
from console.visits import HasVisit, HasWorld, Visit, visit_of, with_session, without_session
from console.world import World
from core.access.permissions import Permission
from core.errors import DuchaError, NotAllowed, NotFound

router = Pages(Permission.ANYBODY)


@router.page("/n/{token}")
def show_link(request: Request, world: HasWorld, token: str) -> Response:
    """Show which paper a link is about and where its code would go; mail scanners may look as often as they like."""
    return _page(request, world, token, "portal/link.html.j2")


@router.page("/n/{token}/code")
def show_code(request: Request, world: HasWorld, token: str) -> Response:
    """Ask for the code that was mailed."""
    return _page(request, world, token, "portal/code.html.j2")


def _page(
    request: Request, world: World, token: str, template: str, error: DuchaError | None = None
) -> Response:
    visit = visit_of(request)
    try:
        with world.desk() as desk:
            door = door_of(desk, token)
            contacts = desk.office_rules.contacts
            office = desk.office
    except NotFound as gone:
        return _dead(world, visit, gone)
    answer = render(
        template, active="", token=token, door=door, guest=visit, office=office, contacts=contacts, error=error,
        minutes=CODE_MINUTES, next=_paper(door),
    )  # fmt: skip
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _dead(world: World, visit: Visit | None, gone: NotFound) -> Response:
    """Answer every link that cannot be used in one and the same way."""
    with world.desk() as desk:
        contacts, office = desk.office_rules.contacts, desk.office
    return render(
        "portal/dead.html.j2", status=404, active="", gone=gone, guest=visit, office=office, contacts=contacts
    )


def _paper(door: Door) -> str:
    return f"/portal/documents/{door.document_id}"


def _link_again(request: Request, world: HasWorld, token: str, error: DuchaError) -> Response:
    return _page(request, world, token, "portal/link.html.j2", error)


@router.act("/n/{token}/code", again=_link_again)
def send_code(request: Request, world: HasWorld, sender: HasSender, token: str, _form: HasForm) -> Response:
    """Mail a code to the recipient of the link, and to nobody else."""
    with world.desk(readonly=False) as desk:
        ask_code(desk, token, _address(request))
    sender.nudge()
    return RedirectResponse(f"/n/{token}/code", status_code=303)


def _code_again(request: Request, world: HasWorld, token: str, error: DuchaError) -> Response:
    return _page(request, world, token, "portal/code.html.j2", error)


@router.act("/n/{token}/open", again=_code_again)
def open_link(request: Request, world: HasWorld, token: str, form: HasForm) -> Response:
    """Let the contact in for a right code; a wrong one is counted before it is refused."""
    throttle: Throttle = request.app.state.throttle
    address = _address(request)
    if throttle.is_over(address, world.clock()):
        raise NotAllowed(
            "尝试次数过多",
            found="10分钟内多次失败",
            expected="稍后再试",
            remedy="10分钟后重试，或者电话联系督察单位",
        )
    code = _digits(form)
    with world.desk(readonly=False) as desk:
        door = door_of(desk, token)
        secret = give_code(desk, token, code, address=address, browser=request.headers.get("user-agent", ""))
    if not secret:
        throttle.note(address, world.clock())
        raise NotAllowed(
            "验证码不正确或者已经失效",
            found="连续输错5次或者超过10分钟的，验证码作废",
            expected="最近一封邮件中的六位数字",
            remedy="核对后重新输入；仍然不行的，重新获取验证码",
        )
    _leave_former(request)
    return with_session(world, RedirectResponse(_paper(door), status_code=303), secret)


def _digits(form: Form) -> str:
    """Return the code as people type it: blanks and full-width digits are no mistakes."""
    text = form.needed("code", "验证码").replace(" ", "").replace("　", "")
    return "".join(str(int(one)) if one.isdecimal() else one for one in text)[:12]


def _leave_former(request: Request) -> None:
    """End the session that the browser had before: its cookie is about to be replaced."""
    visit = visit_of(request)
    if visit is not None:
        with visit.acting() as desk:
            end_session(desk, visit.visitor.session_id, "改由邮件链接进入")


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


@router.act("/portal/leave", Permission.PORTAL)
def leave(visit: HasVisit, world: HasWorld, _form: HasForm) -> Response:
    """End the session of somebody who came in by a link."""
    with visit.acting() as desk:
        end_session(desk, visit.visitor.session_id, "退出")
    return without_session(world, RedirectResponse("/portal/left", status_code=303))


@router.page("/portal/left")
def show_left() -> Response:
    """Say how to come back."""
    return render("portal/left.html.j2", active="")
