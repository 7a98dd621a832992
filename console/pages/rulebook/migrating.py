"""规则迁移: a running campaign is moved to the present rules, after its preview and with a reason."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import Response

from casework.rulesets.rulechoices import apply_seen, open_campaigns, preview_of
from console.forms import HasForm
from console.jobs import HasJobs, Job, Outcome
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit
from core.access.permissions import Permission

router = Pages(Permission.CAMPAIGN_PLAN)
SHOWN = 200


@router.page("/rules/migrate")
def show_migration(visit: HasVisit, campaign: str = "", seen: str = "") -> Response:
    """Show the campaigns that could move; after a preview, the form by which one does."""
    with visit.desk() as desk:
        return show(
            visit, desk, "rulebook/migrate.html.j2", "rules", campaigns=open_campaigns(desk), campaign=campaign[:60],
            seen=seen[:64], may_apply="director" in desk.actor.roles,
        )  # fmt: skip


@router.act("/rules/migrate/preview")
def look(visit: HasVisit, form: HasForm, jobs: HasJobs) -> Response:
    """Work out what a migration would change; nothing is written."""
    code = form.needed("campaign", "督察批次")

    def work(job: Job) -> Outcome:
        job.tell(0, 1, "正在逐件推算")
        with visit.world.desk(visit.who) as desk:
            found = preview_of(desk, code)
        if not found.is_needed:
            return Outcome(f"{code}已经使用现行规则，无须迁移", "/rules/migrate")
        moved = [one for one in found.cases if one.differs]
        lines = [
            *found.sentences[:SHOWN],
            *(f"不能迁移：{problem}" for problem in found.problems),
            *(
                f"{one.code}（{one.unit}）到期日{one.now.due_on} → {one.then.due_on}"
                for one in moved
                if one.moves_due
            ),
            *([f"未签发草稿{len(found.drafts)}份，签发时按新规则"] if found.drafts else []),
        ]
        said = f"{len(found.changes)}处不同；未办结事项{len(found.cases)}件，{len(moved)}件有变化"
        address = "" if found.problems else f"/rules/migrate?campaign={quote(code)}&seen={found.after}"
        return Outcome(said, address or "/rules/migrate", lines=tuple(lines))

    return done(jobs.start(visit, f"预览{code}的规则迁移", work))


@router.act("/rules/migrate", Permission.CAMPAIGN_DECIDE)
def migrate(visit: HasVisit, form: HasForm, jobs: HasJobs) -> Response:
    """Move a campaign to the present rules, if they are still those of the preview."""
    code, seen, note = (
        form.needed("campaign", "督察批次"),
        form.needed("seen", "预览"),
        form.needed("note", "理由"),
    )

    def work(job: Job) -> Outcome:
        job.tell(0, 1, "正在迁移")
        with visit.acting() as desk:
            told = apply_seen(desk, code, seen, note)
        drafts = len(told["corrections"])
        return Outcome(
            f"{code}已迁移到现行规则，{len(told['cases'])}件事项有变化"
            + (f"，已起草期限更正通知{drafts}份，待签发" if drafts else ""),
            "/rules/history",
        )

    return done(jobs.start(visit, f"迁移{code}的规则", work))
