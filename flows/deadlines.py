"""The deadline sweep under Prefect: lights, rungs and their documents."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows.duties import Report
from flows.edge import do_duty
from flows.retries import patient_task


@patient_task("到期巡检")
def sweep(today: date | None = None) -> Report:
    """Sweep; what is due stands in our own tables, so that a second run finds nothing to do."""
    return do_duty("deadlines", today)


@flow(name="deadlines")
def deadlines(today: date | None = None) -> Report:
    """Sweep the cases that are due.

    today    the civil day in Asia/Shanghai to count with; by default the day on which the run happens
    """
    return sweep(today)
