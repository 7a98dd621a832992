"""Long work: done beside the pages by a thread of its own, with a page that tells how far it is.

The work opens its own desk and commits as every act does; when the process ends in between, nothing of it happened.
A job is known to whoever started it, until an hour after its end.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Annotated

from fastapi import Depends, Request

from console.downloads import ANY
from console.world import Caller
from core.errors import DuchaError, NotFound, Refused

KEPT, MOST = timedelta(hours=1), 50
WORKERS = 2
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job ends with: a sentence, a page to go on to, a file to save, or lines to read."""

    said: str
    address: str = ""
    file: bytes = b""
    name: str = ""
    media: str = ANY
    lines: tuple[str, ...] = ()


@dataclass(slots=True)
class Job:
    """One piece of long work; `done` of `total` steps, 0 of 0 while nobody knows how many there are."""

    id: str
    title: str
    owner: str
    begun_at: datetime
    done: int = 0
    total: int = 0
    step: str = ""
    outcome: Outcome | None = None
    error: DuchaError | None = None
    ended_at: datetime | None = None

    def tell(self, done: int, total: int, step: str = "") -> None:
        """Say how far the work is."""
        self.done, self.total, self.step = done, total, step

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0


Work = Callable[[Job], Outcome]


@dataclass(slots=True)
class Jobs:
    """The long work of this process; by `run`, the word of this run, work of an earlier one is known as lost."""

    clock: Callable[[], datetime]
    run: str = field(default_factory=lambda: secrets.token_hex(4))
    _known: dict[str, Job] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(WORKERS, thread_name_prefix="ducha-job")
    )

    def start(self, visit: Caller, title: str, work: Work) -> str:
        """Begin some work and return the address of its page; raise Refused while too much is under way.

        work   is given the job, to tell how far it is; it opens its own desk with `visit.acting()` or
               `visit.world.desk(visit.who)`, for the desk of the page is closed by then
        """
        job = Job(f"{self.run}.{secrets.token_urlsafe(12)}", title, visit.who.code, self.clock())
        with self._lock:
            self._forget_old()
            if len(self._known) >= MOST:
                raise Refused("正在办理的工作太多", found=str(MOST), expected="较少", remedy="稍后再试")
            self._known[job.id] = job
        self._threads.submit(self._run, job, work)
        return f"/jobs/{job.id}"

    def find(self, visit: Caller, job_id: str) -> Job:
        """Return a job of the visitor's own; raise NotFound."""
        with self._lock:
            job = self._known.get(job_id)
        if job is None or job.owner != visit.who.code:
            raise NotFound(
                "没有这项工作", found=job_id[:20], expected="本人发起的工作",
                remedy="做完一小时后不再保留，结果在发起的页面查看；需要文件的重新发起",
            )  # fmt: skip
        return job

    def is_lost(self, job_id: str) -> bool:
        """Tell whether work was begun before the service was started anew: nobody knows of it any more."""
        run, dot, token = job_id.partition(".")
        return bool(dot and token) and len(run) == len(self.run) and run != self.run

    def close(self) -> None:
        """Wait for what is under way and take nothing more."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _run(self, job: Job, work: Work) -> None:
        try:
            job.outcome = work(job)
        except DuchaError as error:
            job.error = error
        except Exception:  # a thread has nobody above it to tell
            log.exception("job failed: %s", job.title)
            job.error = DuchaError(
                "没有做完，数据没有改变",
                found="系统出错",
                expected="",
                remedy="稍后重试；仍然如此的，告知系统管理人员",
            )
        finally:
            job.ended_at = self.clock()

    def _forget_old(self) -> None:
        now = self.clock()
        for job in list(self._known.values()):
            if job.ended_at is not None and now - job.ended_at > KEPT:
                del self._known[job.id]


def _jobs_of(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.jobs
    return jobs


HasJobs = Annotated[Jobs, Depends(_jobs_of)]
