"""The single-box clock: the timetable of the office in one process, without a Prefect server.

APScheduler only wakes it up. Nothing is kept between runs: the jobs are read from the timetable at every start, each
runs once at once, and what is due stands in our own tables; a run that was missed is made up for by the next one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from core.errors import DuchaError
from core.rulebook import Job
from flows.duties import Report, run_duty, wants_more
from flows.edge import Edge
from flows.guard import one_clock, stopped_by_signals
from flows.parts import each_office
from flows.standby import stand_in
from system.clock import SHANGHAI, now
from system.memory import leave_loaded_alone

DAYS = {"workday": "工作日 ", "month_half": "每半月首个工作日 ", "daily": "每天 ", "every": "每隔"}

WAKE_SECONDS = 0.5

log = logging.getLogger(__name__)


def build_clock(
    open_edge: Callable[[], Edge],
    jobs: Sequence[Job],
    stop: threading.Event | None = None,
    run: Callable[[Edge, str], Report] = run_duty,
) -> BackgroundScheduler:
    """Return a scheduler, not yet started, that runs every job once at its start and then by the timetable.

    open_edge   called before each run
    jobs        of the timetable; here every job is daily, days off are for `run` to know
    stop        once set, what has not begun is left for the next start
    """
    # Jobs on the database run one after another: side by side they would only wait for each other's write lock. The
    # frequent ones wait for a mail server, which must not keep the sweep waiting.
    clock = BackgroundScheduler(
        timezone=SHANGHAI,
        executors={"default": ThreadPoolExecutor(1), "frequent": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    for job in jobs:
        clock.add_job(
            _work,
            trigger_of(job),
            args=(job, lambda name: run(open_edge(), name), stop or threading.Event()),
            id=job.name,
            name=job.title,
            next_run_time=now(),
            executor="default" if job.time else "frequent",
        )
    return clock


def trigger_of(job: Job) -> CronTrigger | IntervalTrigger:
    """Return when a job wakes up, Asia/Shanghai: daily at its time, or every so many minutes.

    Never by weekday: APScheduler counts Monday as 0 and cron as 1.
    """
    if job.time is None:
        return IntervalTrigger(minutes=job.every_minutes or 1, timezone=SHANGHAI)
    hour, minute = job.time.split(":")
    return CronTrigger(hour=int(hour), minute=int(minute), timezone=SHANGHAI)


def _work(job: Job, do: Callable[[str], Report], stop: threading.Event) -> None:
    more = True
    while more and not stop.is_set():
        more = wants_more(_attempt(job, do))


def _attempt(job: Job, do: Callable[[str], Report]) -> Report:
    try:
        return do(job.name)
    except DuchaError as error:
        log.error("%s（%s）未完成，到下一次再做：%s", job.title, job.name, error)
    except Exception:
        # The last edge: whatever one job meets, the other jobs and its own next run must go on.
        log.exception("%s（%s）出错，到下一次再做", job.title, job.name)
    return {}


def run_clock(edge: Edge, stop: threading.Event | None = None, *, standby: bool = False) -> None:
    """Run the timetable until SIGTERM, SIGINT or `stop`; what is running ends first, usually within seconds.

    A second signal ends the process at once, which the next start repairs. In another thread than the main one only
    `stop` ends it.
    standby  only do what is late because nobody else did it (flows/standby.py)
    raises   Refused when a clock is running on this database already; InvalidRuleFile; DatabaseFailed
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    stop = stop or threading.Event()
    in_main = threading.current_thread() is threading.main_thread()
    with one_clock(edge.engine), stopped_by_signals(stop) if in_main else nullcontext():
        _run(clocks_of(each_office(edge), stop, standby=standby), stop)


def clocks_of(edges: Sequence[Edge], stop: threading.Event, *, standby: bool) -> list[BackgroundScheduler]:
    """Return a clock for each office, which is written into a new database before the jobs that only read."""
    timetables = [_timetable(edge) for edge in edges]
    leave_loaded_alone()
    if standby:
        log.info("替补定时器：每分钟检查一次，只办没有按时办理的工作")
        return [build_standby(edges)]
    _announce(timetables[0])
    return [
        build_clock(partial(_same, edge), jobs, stop) for edge, jobs in zip(edges, timetables, strict=True)
    ]


def _timetable(edge: Edge) -> Sequence[Job]:
    with edge.desk() as desk:
        return desk.rules.timetable


def _same(edge: Edge) -> Edge:
    return edge


def _announce(jobs: Sequence[Job]) -> None:
    for job in jobs:
        log.info(
            "定时：%s（%s），%s",
            job.title,
            job.name,
            DAYS[job.days] + (job.time or f"{job.every_minutes}分钟"),
        )


def build_standby(edges: Sequence[Edge]) -> BackgroundScheduler:
    """Return a scheduler, not yet started, that looks every minute whether a job of an office is late."""
    clock = BackgroundScheduler(
        timezone=SHANGHAI,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    for edge in edges:
        clock.add_job(
            stand_in, IntervalTrigger(minutes=1, timezone=SHANGHAI), args=(edge,), next_run_time=now()
        )
    return clock


def _run(clocks: Sequence[BackgroundScheduler], stop: threading.Event) -> None:
    _each(BackgroundScheduler.start, clocks)
    # A signal that comes just before the thread falls asleep is heard when it wakes; it must not sleep without end.
    while not stop.wait(WAKE_SECONDS):
        pass
    log.info("正在停止：等待进行中的工作结束")
    _each(BackgroundScheduler.shutdown, clocks)  # waits for what is running
    log.info("定时器已停止")


def _each(act: Callable[[BackgroundScheduler], None], clocks: Sequence[BackgroundScheduler]) -> None:
    for clock in clocks:
        act(clock)
