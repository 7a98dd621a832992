"""The clock that stands in: it looks every minute whether a job is late, and does it itself.

On each host beside the workers of Prefect: while Prefect runs nothing is ever late, and the stand-in only looks. When
Prefect is down, for an hour or a week, jobs run a quarter of an hour late, on one host at a time (casework/leases.py).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from casework.upkeep.overdue import late_jobs
from core.errors import DuchaError
from flows.duties import Report, run_duty, wants_more
from flows.edge import Edge
from system.clock import civil_day

GRACE = timedelta(minutes=15)

log = logging.getLogger(__name__)


def stand_in(edge: Edge, run: Callable[[Edge, str], Report] = run_duty) -> list[str]:
    """Do every job of an office that is late today, and return their names; what fails is tried again in a minute.

    What was missed on an earlier day is made up for by the next turn, as with every clock.
    """
    try:
        with edge.desk(readonly=True) as desk:
            late = [one.job.name for one in late_jobs(desk, GRACE) if civil_day(one.due) == desk.today]
    except DuchaError as error:
        log.error("没有查到各项工作的情况，下一分钟再查：%s", error)
        return []
    for name in late:
        log.warning("%s 没有按时办理，由本机代办", name)
        _finish(edge, name, run)
    return late


def _finish(edge: Edge, name: str, run: Callable[[Edge, str], Report]) -> None:
    try:
        _slices(edge, name, run)
    except DuchaError as error:
        log.error("%s 未完成，下一分钟再做：%s", name, error)
    except Exception:
        # The last edge, as in flows/clock.py: the other jobs must go on.
        log.exception("%s 出错，下一分钟再做", name)


def _slices(edge: Edge, name: str, run: Callable[[Edge, str], Report]) -> None:
    while wants_more(run(edge, name)):
        pass
