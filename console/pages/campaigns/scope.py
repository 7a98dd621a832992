"""范围变更、联合督察: changes of what a campaign covers, and what is shared with a partner."""

from __future__ import annotations

from fastapi.responses import Response

from casework.inspection.campaignpages import open_campaign_file, require_office
from casework.inspection.jointly import joint_of, list_joint_findings, show_finding_to
from casework.inspection.planchoices import plan_choices
from casework.inspection.scopechanges import (
    approve_scope_change,
    list_scope_changes,
    may_approve,
    refuse_scope_change,
    request_scope_change,
    withdraw_scope_change,
)
from casework.inspection.visitviews import visits_of_campaign
from casework.sight import sees_office
from console.forms import HasForm
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.campaign.scope import WORDS, ScopeWish
from core.errors import DuchaError, NotFound
from delivery.uploads.kinds import PAPERS

router = Pages(Permission.CAMPAIGN_VIEW)
PLAN, DECIDE = Permission.CAMPAIGN_PLAN, Permission.CAMPAIGN_DECIDE


@router.page("/campaigns/{code}/scope", PLAN)
def show_scope(visit: HasVisit, code: str) -> Response:
    """Show the changes of scope, and what might be asked."""
    return _scope_page(visit, code)


def _scope_page(visit: Visit, code: str, error: DuchaError | None = None, typed: object = None) -> Response:
    with visit.desk() as desk:
        require_office(desk)
        campaign = open_campaign_file(desk, code)
        choices = plan_choices(desk, campaign.line)
        inside = visits_of_campaign(desk, campaign.id or 0)
        codes = {one.unit for one in inside}
        return show(
            visit, desk, "campaigns/scope.html.j2", "campaigns",
            campaign=campaign, whole=True, tab="scope", words=WORDS,
            rows=[{**one, "may_approve": may_approve(desk, one)} for one in list_scope_changes(desk, code)],
            inside=[(one.unit, one.unit_name) for one in inside],
            outside=[(one.code, one.name) for one in choices.units if one.code not in codes],
            catalogs=choices.catalogs, error=error, typed=typed,
        )  # fmt: skip


def _scope_again(visit: HasVisit, code: str, form: HasForm, error: DuchaError) -> Response:
    return _scope_page(visit, code, error, form)


@router.act("/campaigns/{code}/scope", PLAN, again=_scope_again)
def ask_change(visit: HasVisit, code: str, form: HasForm) -> Response:
    """Ask for a change of scope; nothing changes until it is approved."""
    wish = ScopeWish(
        tuple(form.many("add_units")), tuple(form.many("drop_units")), tuple(form.many("add_items")),
        tuple(form.many("drop_items")), form.day("period_from", "新的首日"), form.day("period_to", "新的末日"),
    )  # fmt: skip
    with visit.acting() as desk:
        require_office(desk)
        open_campaign_file(desk, code)
        request_scope_change(desk, code, wish, form.text("reason"))
    return done(f"/campaigns/{code}/scope", "已申请范围变更，批准前一切照旧")


@router.act("/campaigns/{code}/scope/{number}/approve", DECIDE, again=_scope_again)
def approve_change(visit: HasVisit, code: str, number: int, form: HasForm) -> Response:
    """Approve a change and carry it out."""
    with visit.acting() as desk:
        require_office(desk)
        open_campaign_file(desk, code)
        approve_scope_change(desk, code, number, form.file("scan", PAPERS))
    return done(f"/campaigns/{code}/scope", "已批准，尚未开展的督察已调整")


@router.act("/campaigns/{code}/scope/{number}/refuse", DECIDE, again=_scope_again)
def refuse_change(visit: HasVisit, code: str, number: int, form: HasForm) -> Response:
    """Refuse a change."""
    with visit.acting() as desk:
        require_office(desk)
        open_campaign_file(desk, code)
        refuse_scope_change(desk, code, form.text("note"), number)
    return done(f"/campaigns/{code}/scope", "已决定不批准")


@router.act("/campaigns/{code}/scope/{number}/withdraw", PLAN, again=_scope_again)
def withdraw_change(visit: HasVisit, code: str, number: int, form: HasForm) -> Response:
    """Take a change back."""
    with visit.acting() as desk:
        require_office(desk)
        open_campaign_file(desk, code)
        withdraw_scope_change(desk, code, form.text("note"), number)
    return done(f"/campaigns/{code}/scope", "已撤回范围变更")


@router.page("/campaigns/{code}/joint")
def show_joint(visit: HasVisit, code: str) -> Response:
    """Show the findings of a joint campaign, each shared or not."""
    return _joint_page(visit, code)


def _joint_page(visit: Visit, code: str, error: DuchaError | None = None) -> Response:
    with visit.desk() as desk:
        require_office(desk)
        campaign = open_campaign_file(desk, code)
        return show(
            visit, desk, "campaigns/joint.html.j2", "campaigns",
            campaign=campaign, whole=sees_office(desk), tab="joint", together=joint_of(campaign),
            rows=list_joint_findings(desk, code), error=error,
        )  # fmt: skip


def _joint_again(visit: HasVisit, code: str, error: DuchaError) -> Response:
    return _joint_page(visit, code, error)


@router.act("/campaigns/{code}/joint", PLAN, again=_joint_again)
def share(visit: HasVisit, code: str, form: HasForm) -> Response:
    """Share a finding with the partner, or take it back."""
    finding, jointly = form.needed("finding", "问题编号"), form.text("share") == "yes"
    with visit.acting() as desk:
        require_office(desk)
        open_campaign_file(desk, code)
        if finding not in {row["id"] for row in list_joint_findings(desk, code)}:
            raise NotFound("没有这个问题", found=finding, expected="本批次的问题", remedy="从页面上选择")
        show_finding_to(desk, finding, jointly=jointly)
    return done(f"/campaigns/{code}/joint", "已共享给联合方" if jointly else "已收回")
