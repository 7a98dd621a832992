"""The deadline sweep under Prefect: lights, rungs and their documents, a run for each part of the units."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import flow

from flows.duties import Report, wants_more
from flows.retries import patient_task
from flows.running import do_duty
from flows.spreading import spread


@patient_task("到期巡检")
def sweep(today: date | None, office: str, shard: int) -> Report:
    """Sweep for less than a minute; what is due stands in our own tables, so that a second run finds nothing to do."""
    return do_duty("deadlines", today, office, shard)


def sweep_part(today: date | None, office: str, shard: int) -> list[Report]:
    """Sweep a part of the units of an office, slice after slice."""
    reports = [sweep(today, office, shard)]
    while wants_more(reports[-1]):
        reports.append(sweep(today, office, shard))
    return reports


@flow(name="deadlines")
async def deadlines(today: date | None = None, office: str | None = None, shard: int | None = None) -> Any:
    """Sweep the cases that are due.

    today    the civil day in Asia/Shanghai to count with; by default the day on which the run happens
    office   and
    shard    name one piece; without them the whole job is done, or ordered in pieces
    """
    return spread("deadlines", sweep_part, today, office, shard)
