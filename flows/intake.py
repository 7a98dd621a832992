"""Incoming mail under Prefect: what is new in the mailbox is read, one short task a slice."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import flow

from flows.duties import Report, wants_more
from flows.retries import MAIL_SECONDS, patient_task
from flows.running import do_duty
from flows.spreading import spread


@patient_task("读取收信邮箱", MAIL_SECONDS)
def read_mailbox(today: date | None, office: str) -> Report:
    """Read a slice; each mail is written down under its place in the mailbox, so that nothing happens twice."""
    return do_duty("intake", today, office)


def read_all(today: date | None, office: str, _shard: int) -> list[Report]:
    """Read what is new, slice after slice."""
    reports = [read_mailbox(today, office)]
    while wants_more(reports[-1]):
        reports.append(read_mailbox(today, office))
    return reports


@flow(name="intake")
async def intake(today: date | None = None, office: str | None = None, shard: int | None = None) -> Any:
    """Read what is new.

    today    the civil day in Asia/Shanghai to count with; by default the day on which the run happens
    office   and
    shard    name one piece; without them the job is done, or ordered for each office
    """
    return spread("intake", read_all, today, office, shard)
