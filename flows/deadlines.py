"""The deadline sweep on the timetable: lights, rungs and their documents."""

from __future__ import annotations

from datetime import date

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.duties import Report
from flows.edge import do_duty
from flows.retries import DATABASE_RETRY_SECONDS, is_worth_a_retry


@task(
    name="到期巡检",
    retries=len(DATABASE_RETRY_SECONDS),
    retry_delay_seconds=DATABASE_RETRY_SECONDS,
    retry_condition_fn=is_worth_a_retry,
    cache_policy=NO_CACHE,
)
def sweep(today: date | None = None) -> Report:
    """Do it once; the work is chosen from our own tables, so that a second run finds nothing to do."""
    return do_duty("deadlines", today)


@flow(name="deadlines")
def deadlines(today: date | None = None) -> Report:
    """DOC"""
    return sweep(today)
