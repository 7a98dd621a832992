"""A court room for the tests of the litigation line: short ways to register matters and to bring them on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from casework.litigation.assessing import assess
from casework.litigation.ending import Outcome, conclude
from casework.litigation.files import find_matter
from casework.litigation.ones import Ones
from casework.litigation.recording import record_event, record_fact
from casework.litigation.registering import Entry, register
from casework.litigation.watch import watch_matters
from core.life.matterlife import Instance, MatterKind, Plaintiff, Result
from models.document import Document
from models.matter import LitigationMatter, MatterSheet
from models.task import Task
from tests.casework.scene import Scene

NUMBER = "（2026）示0101行初12号"
RECEIVED = date(2026, 3, 2)
ENTRY = Entry(
    number=NUMBER,
    kind=MatterKind.LITIGATION,
    unit="D001",
    forum="示例县人民法院",
    cause="行政处罚",
    received_on=RECEIVED,
    instance=Instance.FIRST,
    plaintiff=Plaintiff.ENTERPRISE,
)


REVIEW = "示复〔2026〕8号"
SECOND = "（2026）示01行终5号"
PLAN = Ones("李某", "县自然资源局副局长", ("甲", "乙"), "查清事实，主动纠正程序瑕疵，依法协商")


@dataclass(frozen=True, slots=True)
class Court:
    """The scene with matters in it; every verb in a transaction of its own, by the officer unless said otherwise."""

    scene: Scene

    def settle(self) -> None:
        """Write units and people."""
        self.scene.settle()

    def paper(self, name: str = "判决书.pdf") -> Path:
        """Return a file as the court would send it."""
        return self.scene.file(name)

    def register(self, today: date = RECEIVED, **changes: Any) -> LitigationMatter:
        """Register a matter; by default a lawsuit of the first instance."""
        with self.scene.open_desk(by="P90", today=today) as desk:
            register(desk, replace(ENTRY, **{"received_on": today, **changes}))
        return self.matter(str(changes.get("number", NUMBER)))

    def assess(self, today: date, number: str = NUMBER, by: str = "P90", **reasons: str) -> LitigationMatter:
        """Assess a matter: F3='依据已废止'."""
        with self.scene.open_desk(by=by, today=today) as desk:
            assess(desk, find_matter(desk, number), reasons)
        return self.matter(number)

    def fact(self, today: date, code: str, number: str = NUMBER, **more: Any) -> LitigationMatter:
        """Record a fact."""
        with self.scene.open_desk(by=more.pop("by", "P90"), today=today) as desk:
            record_fact(desk, find_matter(desk, number), code, **{"basis": "提交回执", **more})
        return self.matter(number)

    def event(self, today: date, code: str, number: str = NUMBER, **more: Any) -> LitigationMatter:
        """Record an event."""
        with self.scene.open_desk(by=more.pop("by", "P90"), today=today) as desk:
            record_event(desk, find_matter(desk, number), code, **{"basis": "法院函", **more})
        return self.matter(number)

    def result(self, today: date, result: Result, number: str = NUMBER, **more: Any) -> LitigationMatter:
        """Register a result with its paper."""
        with self.scene.open_desk(by=more.pop("by", "P90"), today=today) as desk:
            outcome = Outcome(result, **{"decided_on": today, "files": (self.paper(),), **more})
            conclude(desk, find_matter(desk, number), outcome)
        return self.matter(number)

    def matter(self, number: str = NUMBER) -> LitigationMatter:
        """Return a matter as it is stored now."""
        query = select(LitigationMatter).where(col(LitigationMatter.number) == number)
        row: LitigationMatter = self.scene.rows(query)[0]
        return row

    def sheets(self, number: str = NUMBER) -> list[tuple[str, str]]:
        """Return (light, kind of document) of each sheet of a matter, oldest first."""
        query = (
            select(MatterSheet, Document)
            .join(Document, col(Document.id) == col(MatterSheet.document_id))
            .where(col(MatterSheet.matter_id) == self.matter(number).id)
            .order_by(col(MatterSheet.id))
        )
        return [(sheet.light, document.kind) for sheet, document in self.scene.rows(query)]

    def tasks(self, number: str = NUMBER, state: str = "open") -> list[Task]:
        """Return the tasks about a matter, oldest first."""
        query = select(Task).where(
            col(Task.subject) == "matter",
            col(Task.subject_id) == self.matter(number).id,
            col(Task.state) == state,
        )
        rows: list[Task] = self.scene.rows(query.order_by(col(Task.id)))
        return rows

    def watch(self, today: date) -> dict[str, object]:
        """Let the daily watch look at the matters."""
        with self.scene.open_desk(today=today) as desk:
            return watch_matters(desk)
