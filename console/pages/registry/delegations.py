"""授权代签: who signs in whose place, what, and how long."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.responses import Response

from casework.leaves import cut, read_number
from casework.staff.delegations import (
    EVERY,
    Wish,
    add_delegation,
    lendable,
    list_delegations,
    revoke_delegation,
)
from casework.staff.people import split
from console.forms import Form, HasForm
from console.lists import NOTHING, HasQuery
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError

router = Pages(Permission.PEOPLE)


@router.page("/delegations")
def show_delegations(visit: HasVisit, query: HasQuery) -> Response:
    """Show the delegations, those of today or all."""
    return _delegations_page(visit, query=query)


def _delegations_page(
    visit: Visit,
    error: DuchaError | None = None,
    form: Form | None = None,
    query: Mapping[str, str] = NOTHING,
) -> Response:
    every = query.get("all") == "1"
    with visit.desk() as desk:
        kinds, acts = lendable(desk)
        leaders = {code: f"{one.name}（{code}）" for code, one in desk.office_rules.leaders.items()}
        return show(
            visit, desk, "registry/delegations.html.j2", "delegations", error=error, form=form or Form(),
            leaf=cut(list_delegations(desk, None if every else desk.today), read_number(query.get("page", ""))),
            every=every, kinds=kinds, acts=acts, leaders=leaders, split=split, every_kind=EVERY,
            may_register=desk.actor.code in leaders or bool(desk.actor.roles & {"officer", "director"}),
            own=desk.actor.code,
        )  # fmt: skip


@router.act("/delegations", again=_delegations_page)
def add(visit: HasVisit, form: HasForm) -> Response:
    """Register a delegation."""
    with visit.acting() as desk:
        wish = Wish(
            principal=form.text("principal") or desk.actor.code,
            delegate=form.needed("delegate", "被授权人"),
            documents=tuple(form.many("document")),
            acts=tuple(form.many("act")),
            from_on=form.day("from_on", "起于") or desk.today,
            until_on=form.needed_day("until_on", "止于"),
            reason=form.text("reason"),
            file=form.file("file"),
        )
        row = add_delegation(desk, wish)
        said = f"已登记授权，{row.from_on}至{row.until_on}"
    return done("/delegations", said)


@router.act("/delegations/{number}/revoke", again=_delegations_page)
def revoke(visit: HasVisit, number: int, form: HasForm) -> Response:
    """Revoke a delegation from now on."""
    with visit.acting() as desk:
        revoke_delegation(desk, number, form.text("revoke_reason"))
    return done("/delegations", "已撤回授权")
