"""When a task is tried again: only where the world failed and nothing can have happened yet."""

from __future__ import annotations

from typing import Any

from prefect import Task
from prefect.client.schemas.objects import State, TaskRun

from core.errors import DatabaseFailed, DeliveryFailed

DATABASE_RETRY_SECONDS = [30.0, 120.0, 300.0]
MAIL_RETRY_SECONDS = [30.0, 60.0]  # the next run of the outbox is five minutes away


def is_worth_a_retry(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Return whether trying again may help: a refusal stays one, a busy database or mail server passes."""
    error = state.result(raise_on_failure=False)
    if isinstance(error, DeliveryFailed):
        return error.retry
    return isinstance(error, DatabaseFailed)
