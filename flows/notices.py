"""Notices that were issued and not acknowledged in time: the list for the telephone or delivery by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import flow

from casework.mail.reminders import unserved
from flows.duties import Report
from flows.edge import Edge
from flows.retries import patient_task
from flows.running import open_edge
from flows.spreading import spread


def run_unserved(edge: Edge) -> Report:
    """List the documents whose acknowledgement is overdue; nothing is changed and nobody is told."""
    with edge.desk(readonly=True) as desk:
        return {"today": desk.today.isoformat(), "unserved": unserved(desk)}


@patient_task("未签收文书清单")
def list_unserved(today: date | None, office: str, _shard: int) -> Report:
    """Read the list as it stands on a day."""
    return run_unserved(open_edge(today, office))


@flow(name="notices")
async def notices(today: date | None = None, office: str | None = None, shard: int | None = None) -> Any:
    """List the notices that nobody acknowledged.

    today    the civil day in Asia/Shanghai to count with; by default the day on which the run happens
    office   and
    shard    name one piece; without them the job is done, or ordered for each office
    """
    return spread("notices", list_unserved, today, office, shard)
