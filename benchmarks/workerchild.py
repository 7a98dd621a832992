"""One worker of B8 in a process of its own: it does the pieces of the real jobs that it is given, a line each.

`python -m benchmarks.workerchild WARM_OFFICE WARM_SHARD`, with its settings in the environment, as a worker has them.
A line says `JOB OFFICE SHARD`; the answer is the report of the job, summed up over its slices, as JSON.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import replace

from benchmarks.sweep import FixedClock
from flows.duties import run_duty, wants_more
from flows.edge import Edge
from flows.sending import run_outbox
from models.database import make_engine
from system.memory import leave_loaded_alone
from system.settings import Settings, load_settings


def piece(edge: Edge, office: str, shard: int | None) -> Edge:
    """Return an edge for a piece of a job."""
    settings: Settings = edge.settings.model_copy(update={"office": office})
    return replace(edge, settings=settings, shard=shard)


def work(edge: Edge, job: str, office: str, shard: int) -> Counter[str]:
    """Do a piece slice after slice, as the flows do, and count what its reports say."""
    own, said = piece(edge, office, shard), Counter[str]()
    more = True
    while more:
        report = run_duty(own, job)
        said.update({key: value for key, value in report.items() if isinstance(value, int)})
        said["elsewhere"] += len(report.get("elsewhere", ()))  # type: ignore[arg-type]  # a list of shards
        more = wants_more(report)
    return said


def warm(edge: Edge, office: str, shard: int) -> None:
    """Load what a running process has loaded: rules of every office, templates, statements."""
    for code in _offices(edge, office):
        with piece(edge, code, None).desk(readonly=True) as desk:
            assert desk.calendar is not None  # it is read when it is asked for
    work(edge, "deadlines", office, shard)
    run_outbox(piece(edge, office, shard), limit=2)
    leave_loaded_alone()


def _offices(edge: Edge, known: str) -> list[str]:
    with piece(edge, known, None).desk(readonly=True) as desk:
        return list(desk.rules.offices)


def main() -> None:
    """Warm up, say so, and serve until the input ends."""
    settings = load_settings()
    edge = Edge(make_engine(settings.database_url), settings, FixedClock())
    warm(edge, sys.argv[1], int(sys.argv[2]))
    print("ready", flush=True)
    for line in sys.stdin:
        job, office, shard = line.split()
        print(json.dumps(work(edge, job, office, int(shard))), flush=True)
    edge.engine.dispose()


if __name__ == "__main__":
    main()
