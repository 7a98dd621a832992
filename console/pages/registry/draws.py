"""随机抽取: of units, cases, items or people; each kept with all it takes to do it again."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.responses import Response

from casework.leaves import cut, read_number
from casework.staff.drawing import KIND_LABELS, Scope, draw_choices, list_draws, make_draw, verify_draw
from console.forms import Form, HasForm
from console.lists import NOTHING, HasQuery
from console.pages.registry.unitchanges import SEVERAL
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, InvalidInput, NotFound

router = Pages(Permission.PEOPLE)


@router.page("/draws")
def show_draws(visit: HasVisit, query: HasQuery) -> Response:
    """Show the draws, the newest first."""
    return _draws_page(visit, query=query)


def _draws_page(
    visit: Visit,
    error: DuchaError | None = None,
    form: Form | None = None,
    query: Mapping[str, str] = NOTHING,
) -> Response:
    kind = query.get("kind", "") or (form.text("kind") if form else "")
    with visit.desk() as desk:
        return show(
            visit, desk, "registry/draws.html.j2", "draws", error=error, form=form or Form(),
            leaf=cut(list_draws(desk), read_number(query.get("page", ""))), words=KIND_LABELS,
            kind=kind if kind in KIND_LABELS else "units", choices=draw_choices(desk),
            may_draw=bool(desk.actor.roles & {"officer", "director", "leader"}),
        )  # fmt: skip


@router.page("/draws/{number}")
def show_draw(visit: HasVisit, number: int) -> Response:
    """Show one draw, done again from its record."""
    with visit.desk() as desk:
        found = verify_draw(desk, number)
        return show(visit, desk, "registry/draw.html.j2", "draws", found=found, words=KIND_LABELS)


@router.act("/draws", again=_draws_page)
def make(visit: HasVisit, form: HasForm) -> Response:
    """Draw, and keep the draw."""
    kind, size = form.text("kind"), form.number("size", "抽取数量")
    if kind not in KIND_LABELS:
        raise NotFound(
            "没有这种抽取", found=kind[:20], expected="、".join(KIND_LABELS.values()), remedy="重新选择"
        )
    if not size:
        raise InvalidInput("请填写“抽取数量”", found="空", expected="不少于1", remedy="填写后提交")
    scope = Scope(
        kinds=tuple(form.many("kinds")),
        campaign=form.text("campaign") or None,
        state=form.text("state") or None,
        catalog=form.text("catalog") or None,
        pool=form.text("pool") or None,
        leave_out=tuple(one for one in SEVERAL.split(form.text("leave_out")) if one),
    )
    with visit.acting() as desk:
        row = make_draw(desk, kind, size, form.text("purpose"), scope, form.text("seed") or None)
        number = row.id
    return done(f"/draws/{number}", f"已抽取{size}个，种子和范围已记录")
