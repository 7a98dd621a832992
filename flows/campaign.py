"""Reminders of a campaign under Prefect: teams before their visits, late self-reports and workbooks."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import flow

from flows.duties import Report
from flows.retries import patient_task
from flows.running import do_duty
from flows.spreading import spread


@patient_task("提醒督察组和迟报单位")
def remind(today: date | None, office: str, _shard: int) -> Report:
    """Queue the day's reminders; each has its own key, so that a second run queues nothing."""
    return do_duty("reminders", today, office)


@flow(name="reminders")
async def reminders(today: date | None = None, office: str | None = None, shard: int | None = None) -> Any:
    """Remind teams, officers and signers.

    today    the civil day in Asia/Shanghai to count with; by default the day on which the run happens
    office   and
    shard    name one piece; without them the job is done, or ordered for each office
    """
    return spread("reminders", remind, today, office, shard)
