"""被督察单位: the list, one unit, its contacts."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import Response

from casework.units.contacts import KEEPERS, set_contacts
from casework.units.genealogy import KEEPERS as CHANGERS
from casework.units.unitassigning import assign_unit
from casework.units.unitpage import CONTACT_WORDS, need_unit, unit_view
from casework.units.unitviews import STANDINGS, UnitFilters, units_view
from console.forms import Form, HasForm
from console.lists import HasLeaf, HasQuery
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError
from core.life.unitlife import UNIT_CHANGE_LABELS, UnitChangeKind
from models.period import FILING_KINDS

router = Pages(Permission.UNITS)
BY_FORM = (UnitChangeKind.RENAME, UnitChangeKind.MERGE, UnitChangeKind.SPLIT, UnitChangeKind.ABOLISH)
FILING_WORDS = dict(zip(FILING_KINDS, ("年度报告", "述法报告"), strict=True))


def unit_address(code: str) -> str:
    """Return the address of a unit's page."""
    return f"/units/{quote(code, safe='')}"


@router.page("/units")
def show_units(visit: HasVisit, query: HasQuery, leaf: HasLeaf) -> Response:
    """Show one leaf of units."""
    with visit.desk() as desk:
        may_import = bool(desk.actor.roles & set(KEEPERS))
        return show(
            visit, desk, "registry/units.html.j2", "units", listed=units_view(desk, UnitFilters.read(query), leaf),
            standings=STANDINGS, may_import=may_import,
        )  # fmt: skip


@router.page("/units/{code}")
def show_unit(visit: HasVisit, code: str) -> Response:
    """Show one unit; 404 when there is none with this code in sight."""
    return _unit_page(visit, code)


def _unit_page(
    visit: Visit, code: str, error: DuchaError | None = None, form: Form | None = None
) -> Response:
    with visit.desk() as desk:
        page = unit_view(desk, code)
        keeps, changes = (bool(desk.actor.roles & set(roles)) for roles in (KEEPERS, CHANGERS))
        return show(
            visit, desk, "registry/unit.html.j2", "units", page=page, error=error, form=form or Form(),
            may_keep=keeps, may_change=changes, kinds=[(one.value, UNIT_CHANGE_LABELS[one]) for one in BY_FORM],
            filing_words=FILING_WORDS,
        )  # fmt: skip


@router.act("/units/{code}/contacts", again=_unit_page)
def keep_contacts(visit: HasVisit, code: str, form: HasForm) -> Response:
    """Set the contacts of a unit."""
    given = {role: (form.text(f"{role}_name"), form.text(f"{role}_email")) for role, _word in CONTACT_WORDS}
    with visit.acting() as desk:
        unit = set_contacts(desk, code, given)
        name = unit.name
    return done(unit_address(code), f"已更新{name}的联系人")


@router.act("/units/{code}/assign", again=_unit_page)
def assign(visit: HasVisit, code: str, form: HasForm) -> Response:
    """Give a case or a lawsuit of a unit to the unit that goes on with it."""
    number, heir = form.needed("number", "问题编号或案号"), form.needed("heir", "承接单位")
    with visit.acting() as desk:
        need_unit(desk, code)
        assign_unit(desk, number, heir, form.text("assign_basis"), of=code)
    return done(unit_address(code), f"已确定{number}由{heir}承接")
