"""A job in pieces under Prefect: a flow run for each office and shard, which whatever worker is free picks up.

Flows are `async def` although nothing in them waits: the end of a synchronous flow waits up to a second for the thread
of its heartbeat (docs/benchmarks.md, B2).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.deployments import run_deployment
from prefect.runtime import flow_run

from flows.parts import parts_of
from system.settings import load_settings

HAND_OUT_SECONDS = (10.0, 30.0)


@task(
    name="分派",
    retries=len(HAND_OUT_SECONDS),
    retry_delay_seconds=list(HAND_OUT_SECONDS),
    cache_policy=NO_CACHE,
)
def hand_out(name: str, today: date | None, office: str, shard: int) -> str:
    """Order a run of one piece and return its id, without waiting: a worker that waits would be one worker less.

    Trying again orders nothing twice, and a piece that is run twice finds nothing to do.
    """
    ordered: Any = run_deployment(
        f"{name}/{name}",
        parameters={"today": today.isoformat() if today else None, "office": office, "shard": shard},
        timeout=0,
        as_subflow=False,
        idempotency_key=f"{flow_run.get_id()}/{office}/{shard}",
    )
    return str(ordered.id)


def spread(
    name: str, work: Callable[..., Any], today: date | None, office: str | None, shard: int | None
) -> Any:
    """Do the piece that is named, or the whole job where it is one piece; else order a run of each.

    name   of the job, which is the name of its deployment too
    work   takes the day, the office and the shard
    """
    if office is not None:
        return work(today, office, shard)
    parts = parts_of(load_settings(), name)
    if len(parts) == 1:
        return work(today, *parts[0])
    return [hand_out.submit(name, today, *part) for part in parts]
