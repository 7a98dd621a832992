"""When a task is tried again: only where the world failed and nothing can have happened yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from core.errors import DatabaseFailed, DeliveryFailed

P = ParamSpec("P")
R = TypeVar("R")

DATABASE_SECONDS = (30.0, 120.0, 300.0)
MAIL_SECONDS = (30.0, 60.0)  # the next run of the outbox is five minutes away


def patient_task(
    name: str, seconds: Sequence[float] = DATABASE_SECONDS
) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a function a task that is tried again when the world failed, and whose answer is never remembered.

    seconds   to wait before each further try
    """
    return task(
        name=name,
        retries=len(seconds),
        retry_delay_seconds=list(seconds),
        retry_condition_fn=is_worth_a_retry,
        cache_policy=NO_CACHE,
    )


def is_worth_a_retry(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Return whether trying again may help: a refusal stays one, a busy database or mail server passes."""
    error = state.result(raise_on_failure=False)
    if isinstance(error, DeliveryFailed):
        return error.retry
    return isinstance(error, DatabaseFailed)
