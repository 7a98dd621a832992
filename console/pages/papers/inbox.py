"""来信: returns, answers and letters that came to the mailbox; what found no place is filed by a person."""

from __future__ import annotations

from fastapi.responses import Response

from casework.mail.intakeacts import dismiss_inbound, file_inbound
from casework.mail.intakeview import ALL, inbound_view, inbox_view, saved_inbound
from console.downloads import attachment
from console.forms import Form, HasForm
from console.lists import HasCursor
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError
from core.life.inboundlife import INBOUND

router = Pages(Permission.INBOX)
EML = "message/rfc822"
ACT_WORDS = {act.value: word for act, word in INBOUND.act_labels.items()} | {"read": "读取"}


@router.page("/inbox")
def show_inbox(visit: HasVisit, cursor: HasCursor, state: str = "") -> Response:
    """Show one page of mails that came in, those that wait for somebody first."""
    with visit.desk() as desk:
        return show(visit, desk, "papers/inbox.html.j2", "inbox", box=inbox_view(desk, state.strip(), cursor),
                    states=INBOUND.state_labels, ALL=ALL)  # fmt: skip


@router.page("/inbox/{number:int}")
def show_letter(number: int, visit: HasVisit) -> Response:
    """Show one mail that came in."""
    return _page(visit, number, None, None)


def _page(visit: Visit, number: int, form: Form | None, error: DuchaError | None) -> Response:
    with visit.desk() as desk:
        return show(visit, desk, "papers/letter.html.j2", "inbox", look=inbound_view(desk, number),
                    states=INBOUND.state_labels, acts=ACT_WORDS, form=form, error=error)  # fmt: skip


def _again(visit: Visit, number: int, form: Form, error: DuchaError) -> Response:
    return _page(visit, number, form, error)


@router.act("/inbox/{number:int}/file", again=_again)
def file_away(number: int, visit: HasVisit, form: HasForm) -> Response:
    """File a mail with a document or a case."""
    with visit.acting() as desk:
        file_inbound(
            desk, number, document=form.text("document"), case=form.text("case"), note=form.text("note")
        )
    return done(f"/inbox/{number}", "已归入")


@router.act("/inbox/{number:int}/dismiss", again=_again)
def dismiss(number: int, visit: HasVisit, form: HasForm) -> Response:
    """Put a mail away with a reason."""
    with visit.acting() as desk:
        dismiss_inbound(desk, number, form.text("reason"))
    return done("/inbox", f"来信{number}不再处理")


@router.page("/inbox/{number:int}/eml")
def download_letter(number: int, visit: HasVisit) -> Response:
    """Send the bytes of a mail that came in."""
    with visit.desk() as desk:
        return attachment(saved_inbound(desk, number), f"来信{number}.eml", EML)
