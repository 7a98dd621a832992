"""Referrals under Prefect: limits that have passed are listed for our own contact; nobody outside is urged."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows.duties import Report
from flows.edge import do_duty
from flows.retries import patient_task


@patient_task("移送办理期限提示")
def watch(today: date | None = None) -> Report:
    """List what is overdue; nothing is changed."""
    return do_duty("linkage", today)


@flow(name="linkage")
def linkage(today: date | None = None) -> Report:
    """List overdue screenings and overdue feedback.

    today    the civil day in Asia/Shanghai to count with; by default the day on which the run happens
    """
    return watch(today)
