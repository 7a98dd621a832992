"""Referrals under Prefect: limits that have passed are listed for our own contact; nobody outside is urged."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import flow

from flows.duties import Report
from flows.retries import patient_task
from flows.running import do_duty
from flows.spreading import spread


@patient_task("移送办理期限提示")
def watch(today: date | None, office: str, _shard: int) -> Report:
    """List what is overdue; nothing is changed."""
    return do_duty("linkage", today, office)


@flow(name="linkage")
async def linkage(today: date | None = None, office: str | None = None, shard: int | None = None) -> Any:
    """List overdue screenings and overdue feedback.

    today    the civil day in Asia/Shanghai to count with; by default the day on which the run happens
    office   and
    shard    name one piece; without them the job is done, or ordered for each office
    """
    return spread("linkage", watch, today, office, shard)
