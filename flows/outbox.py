"""The outbox under Prefect: what is ready goes out, one short task a slice."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows.duties import Report, wants_more
from flows.edge import do_duty
from flows.retries import MAIL_SECONDS, patient_task


@patient_task("发送待发邮件", MAIL_SECONDS)
def send(today: date | None = None) -> Report:
    """Send a slice; each mail is claimed in our own tables before it goes, so that nobody gets it twice."""
    return do_duty("outbox", today)


@flow(name="outbox")
def outbox(today: date | None = None) -> list[Report]:
    """Send what is ready, slice after slice.

    today    the civil day in Asia/Shanghai to count with; by default the day on which the run happens
    """
    reports = [send(today)]
    while wants_more(reports[-1]):
        reports.append(send(today))
    return reports
