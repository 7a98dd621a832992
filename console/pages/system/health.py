"""运行检查: how the installation stands at this moment, and the doctor, who takes longer."""

from __future__ import annotations

from fastapi.responses import Response

from casework.upkeep.doctor import examine
from casework.upkeep.standing import standings
from console.forms import HasForm
from console.jobs import HasJobs, Job, Outcome
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission

router = Pages(Permission.HEALTH)


@router.page("/health")
def show_health(visit: HasVisit) -> Response:
    """Show what runs by itself, what waits and what was kept."""
    with visit.desk() as desk:
        return show(visit, desk, "system/health.html.j2", "health", rows=standings(desk))


@router.act("/health")
def check(visit: HasVisit, jobs: HasJobs, _form: HasForm) -> Response:
    """Look up every invariant, beside the pages."""
    return done(jobs.start(visit, "核对全部数据", lambda job: _check(visit, job)))


def _check(visit: Visit, job: Job) -> Outcome:
    job.tell(0, 1, "逐项核对")
    with visit.world.desk(visit.who) as desk:
        found = examine(desk)
    lines = []
    for one in found.invariants:
        told = one.as_dict()
        mark = f"异常{one.broken}处" if one.broken else "正常"
        lines.append(f"{one.id} {told.get('title', '')}：核对{one.checked}项，{mark}")
        lines += [f"　　{example}" for example in one.examples]
    lines += [f"提醒：{warning}" for warning in found.warnings]
    said = "各项数据相符" if found.ok else "有异常，请按所列各处办理"
    return Outcome(said, address="" if lines else "/health", lines=tuple(lines))
