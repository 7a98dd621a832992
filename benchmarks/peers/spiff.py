"""The life of a rectification in SpiffWorkflow over SQLite: each act loads its instance, completes a task, stores it.

Run by benchmarks/lifecycle.py and benchmarks/sweep.py in the environment of the peers:
`spiff.py FOLDER INSTANCES BATCH`; prints one JSON object. The instances are serialised as its documentation does it.
"""

import gc
import json
import sqlite3
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from SpiffWorkflow import TaskState  # type: ignore[import-not-found]  # installed for the peers only
from SpiffWorkflow.bpmn import BpmnWorkflow  # type: ignore[import-not-found]  # as above
from SpiffWorkflow.bpmn.parser import BpmnParser  # type: ignore[import-not-found]  # as above
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer  # type: ignore[import-not-found]  # as above

PRAGMAS = ("journal_mode=wal", "synchronous=full", "foreign_keys=on", "busy_timeout=10000")
ACTS = (
    *("submit_plan", "approve_plan", "report_progress", "apply_closure", "verify", "close"),
    "schedule_look_back",
)
LIGHTS = ("blue", "yellow", "red", "black")
FAR = {f"{light}_on": f"2199-0{month}-01T00:00:00+08:00" for month, light in enumerate(LIGHTS, 1)}
CREATED_A_SECOND = 50  # at the least, on any machine


class Store:
    """Instances as JSON in one table, with the pragmas and commits that ducha has."""

    def __init__(self, path: Path, batch: int) -> None:
        parser = BpmnParser()
        parser.add_bpmn_file(str(Path(__file__).with_name("rectification.bpmn")))
        self.spec = parser.get_spec("rectification")
        self.parts = parser.get_subprocess_specs("rectification")
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
        self.batch = batch
        gc.freeze()  # as on the other side
        gc.set_threshold(20_000, 5, 100)
        self.db = sqlite3.connect(path, isolation_level=None)
        for pragma in PRAGMAS:
            self.db.execute(f"PRAGMA {pragma}")
        self.db.execute(
            "CREATE TABLE IF NOT EXISTS instance (id INTEGER PRIMARY KEY, state TEXT NOT NULL) STRICT"
        )

    def each(self, count, work):
        """Do something with every instance, a commit each batch; return the seconds."""
        began = time.perf_counter()
        for start in range(0, count, self.batch):
            self.db.execute("BEGIN IMMEDIATE")
            for number in range(start, min(start + self.batch, count)):
                work(number)
            self.db.execute("COMMIT")
        return time.perf_counter() - began

    def create(self, number, days):
        workflow = BpmnWorkflow(self.spec, self.parts)
        for task in workflow.get_tasks(state=TaskState.READY):
            task.data.update(days)
        workflow.do_engine_steps()
        self.db.execute(
            "INSERT INTO instance VALUES (?, ?)", (number, self.serializer.serialize_json(workflow))
        )

    def load(self, number):
        (state,) = self.db.execute("SELECT state FROM instance WHERE id = ?", (number,)).fetchone()
        return self.serializer.deserialize_json(state)

    def store(self, number, workflow):
        state = self.serializer.serialize_json(workflow)
        self.db.execute("UPDATE instance SET state = ? WHERE id = ?", (state, number))

    def act(self, number, act):
        workflow = self.load(number)
        (task,) = [
            one for one in workflow.get_tasks(state=TaskState.READY, manual=True) if one.task_spec.name == act
        ]
        task.data.update(act=act, by="P90", on="2026-04-30")
        task.run()
        workflow.do_engine_steps()
        self.store(number, workflow)
        return workflow

    def look(self, number):
        """Let the timers of an instance that are due fire; store it only where one did."""
        workflow = self.load(number)
        before = len(workflow.get_tasks(state=TaskState.COMPLETED))
        workflow.refresh_waiting_tasks()
        workflow.do_engine_steps()
        if len(workflow.get_tasks(state=TaskState.COMPLETED)) > before:
            self.store(number, workflow)
            return True
        return False


def lives(folder, count, batch):
    """Return the seconds of creating, of all seven acts, and what an instance weighs."""
    store = Store(folder / f"lives-{batch}.db", batch)
    created = store.each(count, lambda number: store.create(number, FAR))
    (weight,) = store.db.execute("SELECT avg(length(CAST(state AS BLOB))) FROM instance").fetchone()
    acted = sum(store.each(count, lambda number, act=act: store.act(number, act)) for act in ACTS)
    if not all(store.load(number).is_completed() for number in range(count)):
        raise SystemExit("instances have not come to their end")
    return {"created": created, "acted": acted, "weight": weight}


def sweeps(folder, count, batch):
    """Return the seconds of a sweep with nothing due, and with every instance due: each must be loaded to know."""
    store = Store(folder / f"sweeps-{batch}.db", batch)
    store.each(count, lambda number: store.create(number, FAR))
    idle = store.each(count, store.look)
    store.db.execute("DELETE FROM instance")
    # A timer whose time has passed fires at once; this one has to come due after the last instance is stored.
    due_at = time.time() + 2 + count / CREATED_A_SECOND  # noqa: TID251  # a peer asks the clock of the machine, as this one does itself
    blue_on = datetime.fromtimestamp(due_at, UTC).isoformat()
    store.each(count, lambda number: store.create(number, FAR | {"blue_on": blue_on}))
    time.sleep(max(0.0, due_at - time.time()))  # noqa: TID251  # as above
    fired = []
    due = store.each(count, lambda number: fired.append(store.look(number)))
    if not all(fired):
        raise SystemExit("timers have not fired")
    return {"idle": idle, "due": due}


def main():
    folder, count, batch = Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    found = {"lives": lives, "sweeps": sweeps}[sys.argv[1]](folder, count, batch)
    print(json.dumps({**found, "version": version("SpiffWorkflow"), "sqlite": sqlite3.sqlite_version}))


if __name__ == "__main__":
    main()
