"""长时间工作: how far it is, and what it ended with."""

from __future__ import annotations

from fastapi.responses import JSONResponse, Response

from console.downloads import attachment
from console.jobs import HasJobs
from console.rendering import show
from console.routes import Pages
from console.visits import HasVisit
from core.access.permissions import Permission
from core.errors import NotFound

GONE = 410
router = Pages(Permission.OWN_ACCOUNT)


@router.page("/jobs/{job_id}")
def show_job(visit: HasVisit, jobs: HasJobs, job_id: str) -> Response:
    """Show how far some work is; the page reloads itself until the work has ended."""
    with visit.desk() as desk:
        if jobs.is_lost(job_id):
            page = show(visit, desk, "home/lostjob.html.j2", "")
            page.status_code = GONE
            return page
        return show(visit, desk, "home/job.html.j2", "", job=jobs.find(visit, job_id))


@router.page("/jobs/{job_id}/state")
def tell_job(visit: HasVisit, jobs: HasJobs, job_id: str) -> Response:
    """Tell a script how far some work is."""
    if jobs.is_lost(job_id):
        return JSONResponse({"percent": 0, "step": "", "ended": True})  # its page says what happened
    job = jobs.find(visit, job_id)
    return JSONResponse({"percent": job.percent, "step": job.step, "ended": job.ended_at is not None})


@router.page("/jobs/{job_id}/file")
def save_job(visit: HasVisit, jobs: HasJobs, job_id: str) -> Response:
    """Send the file that some work made."""
    outcome = jobs.find(visit, job_id).outcome
    if outcome is None or not outcome.file:
        raise NotFound("没有文件", found=job_id[:20], expected="已经完成的导出", remedy="等待完成后再下载")
    return attachment(outcome.file, outcome.name, outcome.media)
