"""督察批次: the list, one campaign with its warnings and progress, and what moves it on."""

from __future__ import annotations

from fastapi.responses import Response

from casework.desk import Desk
from casework.history import mark_of, require_unchanged
from casework.inspection.announcing import announcement_of
from casework.inspection.burden import warnings_of
from casework.inspection.callingoff import call_off_campaign
from casework.inspection.campaignpages import (
    CampaignFilters,
    campaigns_view,
    open_campaign_file,
    progress_of,
    require_office,
)
from casework.inspection.campaignrows import kind_rule, plan_of
from casework.inspection.campaigns import approve_campaign, close_campaign, may_approve, open_campaign
from casework.inspection.campaignunits import cases_to_look_at
from casework.inspection.milestonecalendar import calendar_of_milestones
from casework.inspection.milestones import finish_milestone, list_milestones
from casework.inspection.plandrafts import write_plan
from casework.inspection.planrevising import may_revise
from casework.inspection.references import approve_exception, describe_reference, refer_to_plan, reference_of
from casework.lights.climbing import ladder_of
from casework.rectification.timeline import names_of
from casework.sight import sees_office
from console.downloads import attachment
from console.forms import Form, HasForm
from console.lists import HasQuery
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.codes import CAMPAIGN_KIND_LABELS
from core.errors import DuchaError
from core.ladders.palette import DEFAULT
from core.life.lives import CAMPAIGN_OVER, CampaignState
from delivery.uploads.kinds import PAPERS
from models.base import key_of
from models.campaign import Campaign

router = Pages(Permission.CAMPAIGN_VIEW)
PLAN, DECIDE = Permission.CAMPAIGN_PLAN, Permission.CAMPAIGN_DECIDE


@router.page("/campaigns")
def show_campaigns(visit: HasVisit, query: HasQuery) -> Response:
    """Show the campaigns in sight."""
    filters = CampaignFilters.read(query)
    with visit.desk() as desk:
        return show(
            visit, desk, "campaigns/campaigns.html.j2", "campaigns",
            found=campaigns_view(desk, filters), kinds=tuple(CAMPAIGN_KIND_LABELS), states=tuple(CampaignState),
            palette=DEFAULT, whole=sees_office(desk),
        )  # fmt: skip


@router.page("/campaigns/{code}")
def show_campaign(visit: HasVisit, code: str) -> Response:
    """Show one campaign."""
    return _campaign_page(visit, code)


def _campaign_page(visit: Visit, code: str, error: DuchaError | None = None) -> Response:
    with visit.desk() as desk:
        campaign = open_campaign_file(desk, code)
        whole, running = sees_office(desk), campaign.state not in CAMPAIGN_OVER
        plan = plan_of(campaign) if campaign.plan != "{}" else None
        return show(
            visit, desk, "campaigns/campaign.html.j2", "campaigns",
            names=names_of(desk, {campaign.planned_by, campaign.approved_by or ""}, ()),
            catalogs={key: one.name for key, one in desk.rules.catalogs.items()},
            campaign=campaign, plan=plan, whole=whole, tab="", kind=kind_rule(desk, campaign.kind),
            progress=progress_of(desk, [key_of(campaign)])[key_of(campaign)],
            palette=ladder_of(desk, key_of(campaign)).palette if campaign.rules_sha256 else DEFAULT,
            warned=warnings_of(desk, campaign) if whole and running else [],
            reference=reference_of(desk, campaign) if whole else None, described=describe_reference,
            look_back=cases_to_look_at(desk, campaign) if plan and plan.original else [],
            announced=announcement_of(desk, campaign) if plan else None,
            may_approve=may_approve(desk, campaign),
            revisable=plan is not None and may_revise(desk, campaign),
            page_mark=mark_of(desk, "campaign", key_of(campaign)),
            error=error,
        )  # fmt: skip


def _find(desk: Desk, code: str, form: Form) -> Campaign:
    """Return a campaign in sight to act on; raise Refused when somebody changed it after the page was made."""
    campaign = open_campaign_file(desk, code)
    require_unchanged(desk, "campaign", key_of(campaign), form.text("seen"))
    return campaign


def _campaign_again(visit: HasVisit, code: str, error: DuchaError) -> Response:
    return _campaign_page(visit, code, error)


@router.act("/campaigns/{code}/approve", DECIDE, again=_campaign_again)
def approve(visit: HasVisit, code: str, form: HasForm) -> Response:
    """Approve the plan with its signed scan."""
    with visit.acting() as desk:
        _find(desk, code, form)
        approve_campaign(desk, code, form.file("scan", PAPERS))
    return done(f"/campaigns/{code}", "已批准督察方案")


@router.act("/campaigns/{code}/open", PLAN, again=_campaign_again)
def open_(visit: HasVisit, code: str, form: HasForm) -> Response:
    """Open the campaign: its rules freeze, units are told, inspectors get their tasks."""
    with visit.acting() as desk:
        _find(desk, code, form)
        open_campaign(desk, code, form.text("reason"))
    return done(f"/campaigns/{code}", "批次已启动，督察通知已起草，任务已通知督察人员")


@router.act("/campaigns/{code}/close", DECIDE, again=_campaign_again)
def close(visit: HasVisit, code: str, form: HasForm) -> Response:
    """Close a campaign whose cases are settled."""
    with visit.acting() as desk:
        _find(desk, code, form)
        close_campaign(desk, code)
    return done(f"/campaigns/{code}", "批次已办结")


@router.act("/campaigns/{code}/call-off", DECIDE, again=_campaign_again)
def call_off(visit: HasVisit, code: str, form: HasForm) -> Response:
    """Call off a campaign that has not opened."""
    with visit.acting() as desk:
        _find(desk, code, form)
        call_off_campaign(desk, code, form.text("reason"))
    return done(f"/campaigns/{code}", "批次已取消")


@router.act("/campaigns/{code}/reference", PLAN, again=_campaign_again)
def refer(visit: HasVisit, code: str, form: HasForm) -> Response:
    """Say which entry of a yearly plan the campaign stands on."""
    with visit.acting() as desk:
        _find(desk, code, form)
        refer_to_plan(
            desk,
            code,
            form.text("document"),
            form.text("number"),
            form.text("item"),
            form.file("scan", PAPERS),
        )
    return done(f"/campaigns/{code}", "已写明计划依据")


@router.act("/campaigns/{code}/exception", DECIDE, again=_campaign_again)
def except_(visit: HasVisit, code: str, form: HasForm) -> Response:
    """Approve the campaign as an exception from the yearly plan."""
    with visit.acting() as desk:
        _find(desk, code, form)
        approve_exception(desk, code, form.needed("reason", "理由"), form.file("scan", PAPERS))
    return done(f"/campaigns/{code}", "已批准例外开展")


@router.page("/campaigns/{code}/campaign.yaml")
def save_plan(visit: HasVisit, code: str) -> Response:
    """Send the stored plan as a campaign file."""
    with visit.desk() as desk:
        require_office(desk)
        plan = plan_of(open_campaign_file(desk, code))
        text = write_plan(
            plan.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        )
    return attachment(text.encode(), f"{code}.yaml", "application/yaml")


@router.page("/campaigns/{code}/milestones")
def show_milestones(visit: HasVisit, code: str) -> Response:
    """Show the milestones with their lights."""
    return _milestones_page(visit, code)


def _milestones_page(visit: Visit, code: str, error: DuchaError | None = None) -> Response:
    with visit.desk() as desk:
        require_office(desk)
        campaign = open_campaign_file(desk, code)
        return show(
            visit, desk, "campaigns/milestones.html.j2", "campaigns",
            campaign=campaign, whole=True, tab="milestones", milestones=list_milestones(desk, code),
            together=plan_of(campaign).together if campaign.plan != "{}" else None, palette=DEFAULT, error=error,
        )  # fmt: skip


def _milestones_again(visit: HasVisit, code: str, error: DuchaError) -> Response:
    return _milestones_page(visit, code, error)


@router.page("/campaigns/{code}/milestones.ics")
def save_milestones(visit: HasVisit, code: str, shared: str = "") -> Response:
    """Send the milestones as a calendar file; `shared` those in common with a partner alone."""
    with visit.desk() as desk:
        require_office(desk)
        open_campaign_file(desk, code)
        content = calendar_of_milestones(desk, list_milestones(desk, code, shared=bool(shared)))
    return attachment(content, f"督察节点-{code}.ics", "text/calendar")


@router.act("/campaigns/{code}/milestones/{name}", again=_milestones_again)
def finish(visit: HasVisit, code: str, name: str, form: HasForm) -> Response:
    """Note that a milestone was reached."""
    with visit.acting() as desk:
        open_campaign_file(desk, code)
        finish_milestone(desk, code, name, on=form.day("on", "完成日期"), note=form.text("note"))
    return done(f"/campaigns/{code}/milestones", "已登记节点完成")
