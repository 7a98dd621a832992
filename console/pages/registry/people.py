"""人才库: who is in it, one person with terms, visits, training, declarations and delegations."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import Response

from casework.staff.peopleviews import PeopleFilters, people_view, person_view
from casework.staff.pools import KEEPERS, enrol, exit_pool, renew, train
from console.forms import Form, HasForm
from console.lists import HasLeaf, HasQuery
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError

router = Pages(Permission.PEOPLE)


def person_address(code: str) -> str:
    """Return the address of a person's page."""
    return f"/people/{quote(code, safe='')}"


@router.page("/people")
def show_people(visit: HasVisit, query: HasQuery, leaf: HasLeaf) -> Response:
    """Show one leaf of people, and the pools."""
    with visit.desk() as desk:
        return show(
            visit, desk, "registry/people.html.j2", "people", listed=people_view(desk, PeopleFilters.read(query), leaf),
            may_import=bool(desk.actor.roles & {*KEEPERS, "leader"}),
        )  # fmt: skip


@router.page("/people/{code}")
def show_person(visit: HasVisit, code: str) -> Response:
    """Show one person."""
    return _person_page(visit, code)


def _person_page(
    visit: Visit, code: str, error: DuchaError | None = None, form: Form | None = None
) -> Response:
    with visit.desk() as desk:
        return show(
            visit, desk, "registry/person.html.j2", "people", page=person_view(desk, code), error=error,
            form=form or Form(), may_keep=bool(desk.actor.roles & set(KEEPERS)),
        )  # fmt: skip


@router.act("/people/{code}/enrol", again=_person_page)
def let_in(visit: HasVisit, code: str, form: HasForm) -> Response:
    """Let a person enter a pool."""
    with visit.acting() as desk:
        row = enrol(
            desk, form.needed("pool", "人才库"), code, from_on=form.day("from_on", "任期首日"),
            until_on=form.day("until_on", "届满日"), recommended_by=form.text("recommended_by"),
            checked_on=form.day("checked_on", "政治审查日期"), specialties=form.many("specialty"),
        )  # fmt: skip
        until = row.until_on
    return done(person_address(code), f"已办理入库，任期至{until}")


@router.act("/people/{code}/renew", again=_person_page)
def renew_term(visit: HasVisit, code: str, form: HasForm) -> Response:
    """Add a term after the present one."""
    with visit.acting() as desk:
        row = renew(
            desk,
            form.needed("renew_pool", "人才库"),
            code,
            checked_on=form.day("renew_checked_on", "政治审查日期"),
        )
        until = row.until_on
    return done(person_address(code), f"已续聘，任期至{until}")


@router.act("/people/{code}/exit", again=_person_page)
def let_out(visit: HasVisit, code: str, form: HasForm) -> Response:
    """Let a person leave a pool; visits to come wait for a replacement."""
    with visit.acting() as desk:
        _row, affected = exit_pool(
            desk, form.needed("exit_pool", "人才库"), code, form.text("exit_reason"), form.text("exit_note")
        )
    said = f"，尚未进行的{len(affected)}次督察已列为待更换人员" if affected else ""
    return done(person_address(code), f"已办理退出{said}")


@router.act("/people/{code}/train", again=_person_page)
def note_training(visit: HasVisit, code: str, form: HasForm) -> Response:
    """Record hours of training of one person."""
    with visit.acting() as desk:
        day = form.day("trained_on", "培训日期") or desk.today
        train(desk, [code], day, form.number("hours", "学时") or 0, form.text("topic"))
    return done(person_address(code), "已登记培训")
