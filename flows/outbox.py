"""The outbox under Prefect: what is ready goes out, one short task a slice, by one sender or several."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import flow

from flows.duties import Report, wants_more
from flows.retries import MAIL_SECONDS, patient_task
from flows.running import do_duty
from flows.spreading import spread


@patient_task("发送待发邮件", MAIL_SECONDS)
def send(today: date | None, office: str) -> Report:
    """Send a slice; each mail is claimed in our own tables before it goes, so that nobody gets it twice."""
    return do_duty("outbox", today, office)


def send_all(today: date | None, office: str, _sender: int) -> list[Report]:
    """Send what is ready, slice after slice; another sender claims other mails."""
    reports = [send(today, office)]
    while wants_more(reports[-1]):
        reports.append(send(today, office))
    return reports


@flow(name="outbox")
async def outbox(today: date | None = None, office: str | None = None, shard: int | None = None) -> Any:
    """Send what is ready.

    today    the civil day in Asia/Shanghai to count with; by default the day on which the run happens
    office   and
    shard    name one sender; without them the whole job is done, or ordered from several
    """
    return spread("outbox", send_all, today, office, shard)
