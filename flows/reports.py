"""The books under Prefect: the half-month checkpoint and the daily self-examination."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Failed

from flows.duties import Report
from flows.retries import patient_task
from flows.running import do_duty
from flows.spreading import spread


@patient_task("半月结账")
def close_half_month(today: date | None, office: str, _shard: int) -> Report:
    """Close the half month, on its first working day only."""
    return do_duty("reports", today, office)


@patient_task("数据自检")
def examine(today: date | None, office: str, _shard: int) -> Report:
    """Check every invariant."""
    return do_duty("doctor", today, office)


@flow(name="reports")
async def reports(today: date | None = None, office: str | None = None, shard: int | None = None) -> Any:
    """Close the books of a half month.

    today    the civil day in Asia/Shanghai to count with; by default the day on which the run happens
    office   and
    shard    name one piece; without them the job is done, or ordered for each office
    """
    return spread("reports", close_half_month, today, office, shard)


@flow(name="doctor")
async def doctor(today: date | None = None, office: str | None = None, shard: int | None = None) -> Any:
    """Examine the database and the audit chains; the run has failed when an invariant does not hold.

    today    the civil day in Asia/Shanghai to count with; by default the day on which the run happens
    office   and
    shard    name one piece; without them the job is done, or ordered for each office
    """
    return spread("doctor", judged, today, office, shard)


def judged(today: date | None, office: str, shard: int) -> Report | State[Report]:
    """Examine one office; a broken invariant is a failed run."""
    report = examine(today, office, shard)
    return report if report.get("ok", True) else Failed(message="数据自检发现异常，详见 ducha doctor")
