"""The daily watch under Prefect: tasks are opened and papers drafted; nothing is decided."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows.duties import Report
from flows.edge import do_duty
from flows.retries import patient_task


@patient_task("日常巡看")
def look(today: date | None = None) -> Report:
    """Run every watcher once."""
    return do_duty("watch", today)


@flow(name="watch")
def watch(today: date | None = None) -> Report:
    """Open the tasks and draft the papers of the day.

    today    the civil day in Asia/Shanghai to count with; by default the day on which the run happens
    """
    return look(today)
