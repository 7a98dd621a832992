"""督察组和回避: the visits of a campaign with their teams, replacing a member, declarations, letters."""

from __future__ import annotations

from fastapi.responses import Response

from casework.inspection.announcing import announcement_of
from casework.inspection.campaignpages import open_campaign_file
from casework.inspection.teampages import declarations_for, letters_for, notices_for, replacements_for
from casework.inspection.visitfile import open_visit
from casework.inspection.visitviews import visit_row, visits_of_campaign
from casework.sight import sees_office
from casework.staff.authorising import authorise_teams
from casework.staff.declarations import Filing, decide, declare, withdraw
from casework.staff.declarationviews import find_declaration, missing_declarations
from casework.staff.teampicking import names_of, pick_candidates
from casework.staff.teams import replace_member
from console.forms import HasForm
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError, InvalidInput, NotFound
from core.life.declarationlife import RELATION_LABELS, Origin, Relation

router = Pages(Permission.CAMPAIGN_VIEW)
PLAN, DECIDE = Permission.CAMPAIGN_PLAN, Permission.CAMPAIGN_DECIDE


@router.page("/campaigns/{code}/visits")
def show_teams(visit: HasVisit, code: str) -> Response:
    """Show the visits of a campaign that are in sight, with their teams."""
    return _teams_page(visit, code)


def _teams_page(visit: Visit, code: str, error: DuchaError | None = None) -> Response:
    with visit.desk() as desk:
        campaign, whole = open_campaign_file(desk, code), sees_office(desk)
        kind = announcement_of(desk, campaign) if campaign.plan != "{}" else None
        return show(
            visit, desk, "campaigns/teams.html.j2", "campaigns",
            campaign=campaign, whole=whole, tab="visits", rows=visits_of_campaign(desk, campaign.id or 0),
            letters=letters_for(desk, campaign) if whole else {},
            notices=notices_for(desk, campaign, kind) if whole else {},
            changes=replacements_for(desk, campaign), error=error,
        )  # fmt: skip


def _teams_again(visit: HasVisit, code: str, error: DuchaError) -> Response:
    return _teams_page(visit, code, error)


@router.act("/campaigns/{code}/letters", PLAN, again=_teams_again)
def authorise(visit: HasVisit, code: str, form: HasForm) -> Response:
    """Draft the letters of authorisation that are missing, of all visits or one."""
    with visit.acting() as desk:
        open_campaign_file(desk, code)
        letters = authorise_teams(desk, code, form.number("visit", "督察"))
    return done(f"/campaigns/{code}/visits", f"已起草授权书{len(letters)}份，按程序签发、用印")


@router.page("/campaigns/{code}/visits/{visit_id}/team", PLAN)
def show_team(visit: HasVisit, code: str, visit_id: int, out: str = "") -> Response:
    """Show who may take a member's place, and what speaks against the others."""
    return _team_page(visit, code, visit_id, out)


def _team_page(
    visit: Visit, code: str, visit_id: int, out: str, error: DuchaError | None = None, typed: str = ""
) -> Response:
    with visit.desk() as desk:
        campaign, file = open_campaign_file(desk, code), open_visit(desk, visit_id)
        if file.campaign.id != campaign.id:
            raise NotFound(
                "没有这次督察", found=str(visit_id), expected="督察编号", remedy="从批次的督察安排中选择"
            )
        row = visit_row(desk, file)
        leaving = out if out in {one.code for one in row.team} else ""
        return show(
            visit, desk, "campaigns/team.html.j2", "campaigns",
            campaign=campaign, whole=sees_office(desk), tab="visits", file=file, row=row, out=leaving,
            found=pick_candidates(desk, visit_id, leaving) if leaving else [], names=names_of(desk),
            accepted=[one for one in declarations_for(desk, campaign) if one.row.state == "accepted"],
            error=error, typed=typed,
        )  # fmt: skip


def _team_again(visit: HasVisit, code: str, visit_id: int, form: HasForm, error: DuchaError) -> Response:
    return _team_page(visit, code, visit_id, form.text("out"), error, form.text("reason"))


@router.act("/campaigns/{code}/visits/{visit_id}/team", PLAN, again=_team_again)
def replace(visit: HasVisit, code: str, visit_id: int, form: HasForm) -> Response:
    """Put somebody in a member's place."""
    with visit.acting() as desk:
        open_campaign_file(desk, code)
        open_visit(desk, visit_id)
        replace_member(
            desk, visit_id, form.needed("out", "退出人员"), form.needed("into", "接替人员"), form.text("reason"),
            declaration=form.number("declaration", "回避申报"),
        )  # fmt: skip
    return done(f"/campaigns/{code}/visits", "已更换成员，任务已重新通知")


@router.page("/campaigns/{code}/recusals")
def show_recusals(visit: HasVisit, code: str) -> Response:
    """Show the declarations that the visitor may see, and who has declared nothing."""
    return _recusals_page(visit, code)


def _recusals_page(visit: Visit, code: str, error: DuchaError | None = None) -> Response:
    with visit.desk() as desk:
        campaign, whole = open_campaign_file(desk, code), sees_office(desk)
        rows = declarations_for(desk, campaign)
        missing = missing_declarations(desk, campaign)
        visits = visits_of_campaign(desk, campaign.id or 0)
        return show(
            visit, desk, "campaigns/recusals.html.j2", "campaigns",
            campaign=campaign, whole=whole, tab="recusals", rows=rows, names=names_of(desk),
            missing=missing if whole else [one for one in missing if one.code == desk.actor.code],
            units=[(one.unit, one.unit_name) for one in visits], relations=tuple(RELATION_LABELS.items()),
            error=error,
        )  # fmt: skip


def _recusals_again(visit: HasVisit, code: str, error: DuchaError) -> Response:
    return _recusals_page(visit, code, error)


@router.act("/campaigns/{code}/recusals", again=_recusals_again)
def file_declaration(visit: HasVisit, code: str, form: HasForm) -> Response:
    """Declare for oneself, or register for somebody else what they said."""
    relation, origin = form.text("relation") or Relation.NONE.value, form.text("origin")
    if relation not in set(Relation) or (origin and origin not in set(Origin)):
        raise InvalidInput(
            "申报的写法不对", found=f"{relation} {origin}"[:40], expected="页面上的选项", remedy="重新选择"
        )
    filing = Filing(
        form.text("person") or visit.who.code, None if form.flag("always") else code, form.text("unit") or None,
        Relation(relation), form.text("text"), Origin(origin) if origin else None,
    )  # fmt: skip
    with visit.acting() as desk:
        open_campaign_file(desk, code)
        declare(desk, filing)
    return done(f"/campaigns/{code}/recusals", "已申报")


@router.act("/campaigns/{code}/recusals/{number}/decide", DECIDE, again=_recusals_again)
def decide_declaration(visit: HasVisit, code: str, number: int, form: HasForm) -> Response:
    """Decide whether somebody keeps away."""
    verdict = form.needed("verdict", "决定")
    with visit.acting() as desk:
        open_campaign_file(desk, code)
        _row, visits = decide(desk, number, accept=verdict == "accept", note=form.text("note"))
    said = f"已决定回避，须更换{len(visits)}次督察的人员" if verdict == "accept" else "已决定不回避"
    return done(f"/campaigns/{code}/recusals", said)


@router.act("/campaigns/{code}/recusals/{number}/withdraw", again=_recusals_again)
def withdraw_declaration(visit: HasVisit, code: str, number: int, form: HasForm) -> Response:
    """Take back a declaration that waits."""
    with visit.acting() as desk:
        open_campaign_file(desk, code)
        find_declaration(desk, number)
        withdraw(desk, number, form.text("note"))
    return done(f"/campaigns/{code}/recusals", "已撤回申报")
