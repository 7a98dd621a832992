"""机构沿革: a change of units is filled in, looked at with all that it moves, then recorded."""

from __future__ import annotations

import re

from fastapi.responses import Response

from casework.desk import Desk
from casework.units.changepreview import preview_change
from casework.units.genealogy import Wanted, call_off, parties, record_change
from casework.units.unitpage import need_unit
from casework.units.unitviews import unit_names
from console.forms import Form, HasForm
from console.pages.registry.units import BY_FORM, unit_address
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, NotFound
from core.life.unitlife import UNIT_CHANGE_LABELS, UnitChangeKind

router = Pages(Permission.UNITS)
SEVERAL = re.compile(r"[、，,；;\s]+")
MOST_HEIRS = 6


@router.page("/units/{code}/change/{kind}")
def show_change(visit: HasVisit, code: str, kind: str) -> Response:
    """Show the form of a change; when it was refused, as it was filled in."""
    return _change_page(visit, code, kind)


def _change_page(
    visit: Visit, code: str, kind: str, error: DuchaError | None = None, form: Form | None = None
) -> Response:
    _kind(kind)
    with visit.desk() as desk:
        return show(
            visit, desk, "registry/change.html.j2", "units", unit=need_unit(desk, code), kind=kind, error=error,
            label=UNIT_CHANGE_LABELS[UnitChangeKind(kind)], form=form or Form(), names=unit_names(desk),
            heirs=range(1, MOST_HEIRS + 1),
        )  # fmt: skip


@router.act("/units/{code}/change/{kind}", again=_change_page)
def look_at_change(visit: HasVisit, code: str, kind: str, form: HasForm) -> Response:
    """Show what a change would move; nothing is written."""
    with visit.desk() as desk:
        found = preview_change(desk, _wanted(desk, code, kind, form))
        return show(
            visit, desk, "registry/changepreview.html.j2", "units", code=code, kind=kind, preview=found, form=form,
            palette=desk.rules.ladder_of(desk.office.code).palette,
        )  # fmt: skip


@router.act("/units/{code}/change/{kind}/record", again=_change_page)
def record(visit: HasVisit, code: str, kind: str, form: HasForm) -> Response:
    """Record a change; it is in force at once when its day has come."""
    with visit.acting() as desk:
        change = record_change(desk, _wanted(desk, code, kind, form))
        said = "已生效" if change.applied_on else f"将于{change.effective_on}生效"
    return done(unit_address(code), f"已登记{UNIT_CHANGE_LABELS[UnitChangeKind(kind)]}，{said}")


@router.act("/unit-changes/{number}/call-off")
def call_it_off(visit: HasVisit, number: int, form: HasForm) -> Response:
    """Call off a change whose day has not come."""
    with visit.acting() as desk:
        change = call_off(desk, number, form.text("call_off_note"))
        code = parties(desk, change, "former")[0].code
    return done(unit_address(code), "已取消该项变动")


def _kind(text: str) -> UnitChangeKind:
    if text not in {one.value for one in BY_FORM}:
        raise NotFound(
            "没有这种变动", found=text[:20], expected="更名、合并、分设、撤销", remedy="从单位页面进入"
        )
    return UnitChangeKind(text)


def _wanted(desk: Desk, code: str, text: str, form: Form) -> Wanted:
    """Return the change that a form asks for; the unit of the page stands first."""
    kind = _kind(text)
    need_unit(desk, code)
    heirs = tuple(heir for n in range(1, MOST_HEIRS + 1) if (heir := form.text(f"heir_{n}")))
    also = tuple(one for one in SEVERAL.split(form.text("also")) if one)
    return Wanted(
        kind, (code, *also) if kind is UnitChangeKind.MERGE else (code,), heirs,
        form.day("effective_on", "生效日期") or desk.today, form.text("basis"), form.text("name"),
        form.file("file"),
    )  # fmt: skip
