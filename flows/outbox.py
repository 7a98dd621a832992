"""The outbox on the timetable: what is ready goes out."""

from __future__ import annotations

from datetime import date

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.duties import Report
from flows.edge import do_duty
from flows.retries import MAIL_RETRY_SECONDS, is_worth_a_retry


@task(
    name="发送待发邮件",
    retries=len(MAIL_RETRY_SECONDS),
    retry_delay_seconds=MAIL_RETRY_SECONDS,
    retry_condition_fn=is_worth_a_retry,
    cache_policy=NO_CACHE,
)
def send(today: date | None = None) -> Report:
    """Do it once; the work is chosen from our own tables, so that a second run finds nothing to do."""
    return do_duty("outbox", today)


@flow(name="outbox")
def outbox(today: date | None = None) -> Report:
    """DOC"""
    return send(today)
