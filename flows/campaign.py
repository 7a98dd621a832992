"""Reminders of a campaign under Prefect: teams before their visits, late self-reports and workbooks."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows.duties import Report
from flows.edge import do_duty
from flows.retries import patient_task


@patient_task("提醒督察组和迟报单位")
def remind(today: date | None = None) -> Report:
    """Queue the day's reminders; each has its own key, so that a second run queues nothing."""
    return do_duty("reminders", today)


@flow(name="reminders")
def reminders(today: date | None = None) -> Report:
    """Remind teams, officers and signers.

    today    the civil day in Asia/Shanghai to count with; by default the day on which the run happens
    """
    return remind(today)
