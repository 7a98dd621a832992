"""回避申报: filed by oneself or by the office, decided by the head, taken back while undecided."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.responses import Response

from casework.leaves import cut, read_number
from casework.staff.declarations import OFFICE_ROLES, Filing, decide, declare, withdraw
from casework.staff.declarationviews import declarations_view, may_decide
from casework.units.unitviews import unit_names
from console.forms import Form, HasForm
from console.lists import NOTHING, HasQuery
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, InvalidInput
from core.life.declarationlife import DECLARATION, ORIGIN_LABELS, RELATION_LABELS, Origin, Relation

# Whoever inspects must be able to say from what they keep away.
router = Pages(Permission.VISIT)


@router.page("/recusals")
def show_recusals(visit: HasVisit, query: HasQuery) -> Response:
    """Show the declarations that one may see, the newest first."""
    return _recusals_page(visit, query=query)


def _recusals_page(
    visit: Visit,
    error: DuchaError | None = None,
    form: Form | None = None,
    query: Mapping[str, str] = NOTHING,
) -> Response:
    pending, campaign = query.get("pending") == "1", query.get("campaign", "")[:40]
    with visit.desk() as desk:
        rows = declarations_view(desk, campaign=campaign or None, pending=pending)
        return show(
            visit, desk, "registry/recusals.html.j2", "recusals", error=error, form=form or Form(),
            leaf=cut(rows, read_number(query.get("page", ""))), pending=pending, campaign=campaign,
            relations=[(one.value, word) for one, word in RELATION_LABELS.items()],
            origins=[(one.value, word) for one, word in ORIGIN_LABELS.items()], states=DECLARATION.state_labels,
            names=unit_names(desk), for_others=bool(desk.actor.roles & OFFICE_ROLES), decides=may_decide(desk),
            me=desk.actor.code,
        )  # fmt: skip


@router.act("/recusals", again=_recusals_page)
def file_one(visit: HasVisit, form: HasForm) -> Response:
    """File a declaration."""
    relation = form.needed("relation", "情形")
    origin = form.text("origin")
    if relation not in {one.value for one in Relation} or (
        origin and origin not in {one.value for one in Origin}
    ):
        raise InvalidInput(
            "选项不正确", found=f"{relation} {origin}"[:40], expected="页面所列选项", remedy="重新选择"
        )
    with visit.acting() as desk:
        declare(
            desk,
            Filing(
                form.text("person") or desk.actor.code, form.text("campaign") or None, form.text("unit") or None,
                Relation(relation), form.text("content"), Origin(origin) if origin else None,
            ),
        )  # fmt: skip
    return done("/recusals", "已申报")


@router.act("/recusals/{number}/decide", again=_recusals_page)
def decide_one(visit: HasVisit, number: int, form: HasForm) -> Response:
    """Decide a declaration as the head of the office."""
    verdict = form.text("verdict")
    if verdict not in ("accept", "reject"):
        raise InvalidInput(
            "没有选择决定", found=verdict[:20] or "空", expected="回避或不回避", remedy="选择后提交"
        )
    with visit.acting() as desk:
        _row, affected = decide(desk, number, accept=verdict == "accept", note=form.text("note"))
        count = len(affected)
    said = f"，{count}次督察已列为待更换人员" if count else ""
    return done("/recusals", ("已决定回避" if verdict == "accept" else "已决定不回避") + said)


@router.act("/recusals/{number}/withdraw", again=_recusals_page)
def take_back(visit: HasVisit, number: int, form: HasForm) -> Response:
    """Take back a declaration that has not been decided."""
    with visit.acting() as desk:
        withdraw(desk, number, form.text("note"))
    return done("/recusals", "已撤回")
