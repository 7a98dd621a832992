"""The daily watch under Prefect: tasks are opened and papers drafted; nothing is decided."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import flow

from flows.duties import Report
from flows.retries import patient_task
from flows.running import do_duty
from flows.spreading import spread


@patient_task("日常巡看")
def look(today: date | None, office: str, _shard: int) -> Report:
    """Run every watcher once."""
    return do_duty("watch", today, office)


@flow(name="watch")
async def watch(today: date | None = None, office: str | None = None, shard: int | None = None) -> Any:
    """Open the tasks and draft the papers of the day.

    today    the civil day in Asia/Shanghai to count with; by default the day on which the run happens
    office   and
    shard    name one piece; without them the job is done, or ordered for each office
    """
    return spread("watch", look, today, office, shard)
