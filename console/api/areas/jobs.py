"""Long work that somebody began on a page: how far it is, and the file it made."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request
from fastapi.responses import Response

from casework.desk import Desk
from console.api.problems import ApiRefusal
from console.api.routing import HasCall, Routes
from console.api.shown import Shown
from console.downloads import ANY, attachment
from console.jobs import Job, Jobs
from core.access.permissions import Permission
from core.errors import NotFound

router = Routes(None, Permission.OWN_ACCOUNT)
JobId = Annotated[str, Path(max_length=60, pattern=r"^[A-Za-z0-9_.-]+$", description="页面给出的编号")]


class JobShown(Shown):
    """A piece of long work; `lines` are what it tells beside a sentence and a file."""

    id: str
    title: str
    percent: int
    step: str
    ended: bool
    said: str
    failed: str
    lines: list[str]
    has_file: bool


@router.read("/jobs/{job}", JobShown)
def read_job(call: HasCall, request: Request, job: JobId) -> Response:
    """本人发起的一项长时间工作办到哪里 / how far some work of one's own is"""

    def show(_desk: Desk) -> JobShown:
        one = _find(request, call, job)
        made = one.outcome
        return JobShown(
            id=one.id, title=one.title, percent=one.percent, step=one.step, ended=one.ended_at is not None,
            said=made.said if made else "", failed=str(one.error) if one.error else "",
            lines=list(made.lines) if made else [], has_file=bool(made and made.file),
        )  # fmt: skip

    return call.read(show)


@router.read("/jobs/{job}/file", None, file=ANY)
def read_job_file(call: HasCall, request: Request, job: JobId) -> Response:
    """长时间工作做成的文件 / the file that some work made"""
    made = _find(request, call, job).outcome
    if made is None or not made.file:
        raise NotFound("没有文件", found=job[:20], expected="已经完成的导出", remedy="等待完成后再下载")
    return attachment(made.file, made.name, made.media)


def _find(request: Request, call: HasCall, job: str) -> Job:
    if call.scopes is not None:  # what a page began is no part of what a key is for, whatever its scopes
        raise ApiRefusal("person-needed", "只能由本人在页面上查看自己发起的工作", expected="已登录的页面")
    jobs: Jobs = request.app.state.jobs
    return jobs.find(call, job)
