"""清单: what is asked of the units of a campaign, and what comes back."""

from __future__ import annotations

from fastapi.responses import Response

from casework.inspection.campaignpages import open_campaign_file
from casework.inspection.fieldcounts import counted, describe_counts
from casework.inspection.inquiries import ask_units, withdraw_list
from casework.inspection.inquirypages import inquiries_for, list_in_sight, unit_to_ask, units_to_ask
from casework.inspection.inquiryreturns import return_items
from casework.inspection.inquiryviews import show_inquiry
from casework.sight import sees_office
from console.forms import Form, HasForm
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.campaign.campaignparts import AskedItem
from core.errors import DuchaError, InvalidInput
from core.life.campaignlife import ASKED_LABELS
from models.base import key_of

router = Pages(Permission.CAMPAIGN_VIEW)


@router.page("/campaigns/{code}/lists")
def show_lists(visit: HasVisit, code: str) -> Response:
    """Show the lists asked of units."""
    return _lists_page(visit, code)


def _lists_page(
    visit: Visit, code: str, error: DuchaError | None = None, form: Form | None = None
) -> Response:
    with visit.desk() as desk:
        campaign, whole = open_campaign_file(desk, code), sees_office(desk)
        return show(
            visit, desk, "campaigns/lists.html.j2", "campaigns",
            campaign=campaign, whole=whole, tab="lists", rows=inquiries_for(desk, campaign),
            units=units_to_ask(desk, campaign), kinds=tuple(ASKED_LABELS.items()),
            counts=describe_counts(counted(desk, [key_of(campaign)])) if whole else [],
            typed=form or Form(), error=error,
        )  # fmt: skip


def _lists_again(visit: HasVisit, code: str, form: HasForm, error: DuchaError) -> Response:
    return _lists_page(visit, code, error, form)


@router.act("/campaigns/{code}/lists", again=_lists_again)
def ask(visit: HasVisit, code: str, form: HasForm) -> Response:
    """Ask one unit, or all, for a list of things."""
    items = [_item(line) for line in form.text("items").splitlines() if line.strip()]
    with visit.acting() as desk:
        campaign = open_campaign_file(desk, code)
        rows = ask_units(
            desk, code, form.needed("kind", "清单"), unit=unit_to_ask(desk, campaign, form.text("unit")),
            items=items, due_on=form.day("due", "交回期限"),
        )  # fmt: skip
    return done(f"/campaigns/{code}/lists", f"已向{len(rows)}个单位提出清单")


def _item(line: str) -> AskedItem:
    """Return one line as a thing that is asked: `内容`, or `内容=3` for how many."""
    said, equals, count = line.strip().rpartition("=")
    if not equals or not count.strip().isdigit():
        said, count = line.strip(), "1"
    if not 1 <= len(said.strip()) <= 200 or not 0 < int(count[:6]) <= 10_000:
        raise InvalidInput(
            "清单内容不对", found=line[:60], expected="一行一项，至多200字", remedy="需要几份的写 内容=3"
        )
    return AskedItem(asked=said.strip(), count=int(count))


@router.page("/campaigns/{code}/lists/{number}")
def show_list(visit: HasVisit, code: str, number: int) -> Response:
    """Show one list, thing by thing."""
    return _list_page(visit, code, number)


def _list_page(visit: Visit, code: str, number: int, error: DuchaError | None = None) -> Response:
    with visit.desk() as desk:
        campaign = open_campaign_file(desk, code)
        row = list_in_sight(desk, campaign, number)
        return show(
            visit, desk, "campaigns/list.html.j2", "campaigns",
            campaign=campaign, whole=sees_office(desk), tab="lists", one=show_inquiry(desk, row), error=error,
        )  # fmt: skip


def _list_again(visit: HasVisit, code: str, number: int, error: DuchaError) -> Response:
    return _list_page(visit, code, number, error)


@router.act("/campaigns/{code}/lists/{number}/return", again=_list_again)
def take_back(visit: HasVisit, code: str, number: int, form: HasForm) -> Response:
    """Note what came back: all of it when no number is given."""
    counts = {}
    for name in form.values:
        if name.startswith("got.") and form.text(name):
            counts[int(name[4:]) if name[4:].isdigit() else 0] = form.number(name, "交回数量") or 0
    with visit.acting() as desk:
        list_in_sight(desk, open_campaign_file(desk, code), number)
        return_items(
            desk, number, {place: count for place, count in counts.items() if count},
            on=form.day("on", "交回日期"), note=form.text("note"), file=form.file("paper"),
        )  # fmt: skip
    return done(f"/campaigns/{code}/lists/{number}", "已登记交回")


@router.act("/campaigns/{code}/lists/{number}/withdraw", Permission.CAMPAIGN_PLAN, again=_list_again)
def withdraw(visit: HasVisit, code: str, number: int, form: HasForm) -> Response:
    """Take a list back."""
    with visit.acting() as desk:
        list_in_sight(desk, open_campaign_file(desk, code), number)
        withdraw_list(desk, number, form.text("reason"))
    return done(f"/campaigns/{code}/lists", "已撤回清单")
