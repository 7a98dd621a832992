"""半月进展和清单: reports that are owed by the half month, and lists of papers asked of the unit."""

from __future__ import annotations

from fastapi.responses import Response

from casework.desk import Desk
from casework.inspection.inquiries import find_list
from casework.inspection.inquiryviews import show_inquiry
from casework.lights.climbing import office_palette
from casework.portal.doing import find_half, return_list, send_half
from casework.portal.reader import reader_at
from console.forms import Form, HasForm
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, InvalidInput

router = Pages(Permission.PORTAL)


@router.page("/portal/reports/{number}")
def show_half(number: int, visit: HasVisit) -> Response:
    """Show one half-month report, to be filled in or as it was sent."""
    with visit.desk() as desk:
        return _half(visit, desk, number, Form(), None)


def _half(visit: Visit, desk: Desk, number: int, form: Form, error: DuchaError | None) -> Response:
    row = find_half(reader_at(desk, by_link=visit.visitor.by_link), number)
    return show(
        visit,
        desk,
        "portal/half.html.j2",
        "portal",
        row=row,
        form=form,
        error=error,
        draft=_draft(visit, number),
        palette=office_palette(desk),
    )


def _half_again(visit: HasVisit, number: int, form: HasForm, error: DuchaError) -> Response:
    with visit.world.desk(visit.who) as desk:
        return _half(visit, desk, number, form, error)


@router.act("/portal/reports/{number}", again=_half_again)
def give_half(number: int, visit: HasVisit, form: HasForm) -> Response:
    """Hand in a half-month report."""
    text, percent = form.needed("text", "进展情况"), form.number("percent", "完成率")
    with visit.acting() as desk:
        reader = reader_at(desk, by_link=visit.visitor.by_link)
        send_half(reader, number, text, percent, form.text("next_steps"))
    return done("/portal", "半月进展已报送", _draft(visit, number))


def _draft(visit: Visit, number: int) -> str:
    """Return under which name a browser keeps what is typed of a report until it was taken."""
    return f"{visit.who.code}/half/{number}"


@router.page("/portal/lists/{number}")
def show_list(number: int, visit: HasVisit) -> Response:
    """Show one list with what was handed in of it."""
    with visit.desk() as desk:
        return _list(visit, desk, number, Form(), None)


def _list(visit: Visit, desk: Desk, number: int, form: Form, error: DuchaError | None) -> Response:
    row = show_inquiry(desk, find_list(desk, number))
    return show(visit, desk, "portal/list.html.j2", "portal", row=row, form=form, error=error)


def _list_again(visit: HasVisit, number: int, form: HasForm, error: DuchaError) -> Response:
    with visit.world.desk(visit.who) as desk:
        return _list(visit, desk, number, form, error)


@router.act("/portal/lists/{number}", again=_list_again)
def give_list(number: int, visit: HasVisit, form: HasForm) -> Response:
    """Hand in what a list asks for: all that is missing, or so many of each thing."""
    file = form.file("file")
    counts = None if form.text("how") == "all" else _counts(form)
    with visit.acting() as desk:
        reader = reader_at(desk, by_link=visit.visitor.by_link)
        return_list(reader, number, counts, form.text("note"), file)
    return done(f"/portal/lists/{number}", "已登记交回")


def _counts(form: Form) -> dict[int, int]:
    found = {}
    for name in form.values:
        place = name.removeprefix("got-")
        if name.startswith("got-") and place.isascii() and place.isdigit():
            count = form.number(name, f"第{place}项的份数")
            if count:
                found[int(place)] = count
    if not found:
        raise InvalidInput("请填写本次交回的份数", found="空", expected="至少一项", remedy="填写后重新提交")
    return found
