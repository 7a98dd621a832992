"""Reminders of a campaign on the timetable: teams before their visits, late self-reports and workbooks."""

from __future__ import annotations

from datetime import date

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.duties import Report
from flows.edge import do_duty
from flows.retries import DATABASE_RETRY_SECONDS, is_worth_a_retry


@task(
    name="提醒督察组和迟报单位",
    retries=len(DATABASE_RETRY_SECONDS),
    retry_delay_seconds=DATABASE_RETRY_SECONDS,
    retry_condition_fn=is_worth_a_retry,
    cache_policy=NO_CACHE,
)
def remind(today: date | None = None) -> Report:
    """Do it once; the work is chosen from our own tables, so that a second run finds nothing to do."""
    return do_duty("reminders", today)


@flow(name="reminders")
def reminders(today: date | None = None) -> Report:
    """DOC"""
    return remind(today)
