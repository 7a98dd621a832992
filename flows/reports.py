"""The books under Prefect: the half-month checkpoint and the daily self-examination."""

from __future__ import annotations

from datetime import date

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Failed

from flows.duties import Report
from flows.edge import do_duty
from flows.retries import patient_task


@patient_task("半月结账")
def close_half_month(today: date | None = None) -> Report:
    """Close the half month, on its first working day only."""
    return do_duty("reports", today)


@patient_task("数据自检")
def examine(today: date | None = None) -> Report:
    """Check every invariant."""
    return do_duty("doctor", today)


@flow(name="reports")
def reports(today: date | None = None) -> Report:
    """Close the books of a half month.

    today    the civil day in Asia/Shanghai to count with; by default the day on which the run happens
    """
    return close_half_month(today)


@flow(name="doctor")
def doctor(today: date | None = None) -> Report | State[Report]:
    """Examine the database and the audit chains; the run has failed when an invariant does not hold.

    today    the civil day in Asia/Shanghai to count with; by default the day on which the run happens
    """
    report = examine(today)
    return report if report.get("ok", True) else Failed(message="数据自检发现异常，详见 ducha doctor")
