"""Any order of deeds, ticks, reforms and crashes keeps every invariant, and the log alone gives back every row."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pydantic import SecretStr
from sqlmodel import col, select

from casework.calendar.calendars import confirm_year, propose
from casework.calendar.yearsources import YearTable
from casework.desk import Desk
from casework.inspection.checklists import store_rows
from casework.inspection.findings import confirm_findings
from casework.inspection.visits import team_of
from casework.lights.deadlines import due_cases, sweep_batch
from casework.lights.rungs import SweepReport
from casework.paperwork.documents import seal_document, sign_documents
from casework.paperwork.notices import draft_notices
from casework.paperwork.serving import serve_document
from casework.rectification.cases import act_on_case
from casework.units.genealogy import Wanted, record_change
from casework.upkeep.doctor import examine
from casework.watching import watch_over
from core.codes import CheckResult, Severity, UnitOpinion
from core.errors import Refused
from core.life.unitlife import UnitChangeKind
from core.rulebook import CalendarYear
from delivery.sheets.checklist_return import ChecklistRow
from delivery.sink import MailSink
from flows.edge import Edge
from flows.rehearsal import SimulatedClock
from flows.sending import run_outbox
from models.audit import verify_chains
from models.campaign import Finding, Visit
from models.document import Document
from models.organisation import Unit
from models.record import AuditHead
from models.rectification import Rectification
from system.paths import RULES_DIR
from system.settings import Settings
from tests.casework.conftest import open_desks_on
from tests.casework.oracle import disagreements
from tests.casework.scene import CODE, NOTIFIED, PDF, Scene
from tests.databases import open_database

FOUND = date(2026, 4, 1)
LAST = date(2026, 11, 20)
PROBLEMS = (("D001", "E24", "major"), ("D001", "F27", "grave"), ("T001", "E24", "minor"))
DIRECTOR, OFFICER = "L-DIRECTOR", "P90"


class Crash(Exception):
    """The machine dies before the commit."""


def bring(desk: Desk, unit: str, item: str, severity: Severity) -> None:
    """Bring in the checklist of a visit with one failed item."""
    row = select(Visit).join(Unit, col(Unit.id) == col(Visit.unit_id)).where(col(Unit.code) == unit)
    visit = desk.session.exec(row).one()
    store_rows(
        desk,
        visit,
        [
            ChecklistRow(
                item=item,
                result=CheckResult.FAILED,
                problem="未按规定公示执法信息。",
                facts="",
                severity=severity,
                evidence=(),
                checked_on=visit.to_on,
                inspector=team_of(desk, visit)[0].code,
                opinion=UnitOpinion.CONFIRMED,
                opinion_note="",
                row=2,
                is_extra=False,
            )
        ],
    )


class Year(RuleBasedStateMachine):
    """An office with three open cases; every rule is a deed somebody may try on any day."""

    def __init__(self) -> None:
        super().__init__()
        self.exits = ExitStack()
        folder = Path(self.exits.enter_context(tempfile.TemporaryDirectory()))
        engine = self.exits.enter_context(open_database("sqlite", folder))
        known = Settings(rules=RULES_DIR, files=folder / "files")
        self.scene = Scene(open_desks_on(engine, known), folder)
        self.clock = SimulatedClock(NOTIFIED)
        sink = self.exits.enter_context(MailSink(clock=self.clock.now))
        reached = known.model_copy(update={"smtp_url": SecretStr(sink.url)})
        self.edge = Edge(engine, reached, self.clock)
        self.today = NOTIFIED
        self.codes: list[str] = []
        self.merged = False
        self.table: CalendarYear | None = None

    @initialize()
    def begin(self) -> None:
        self.scene.start()
        with self.scene.open_desk(by=OFFICER, today=FOUND) as desk:
            for unit, item, severity in PROBLEMS:
                bring(desk, unit, item, Severity(severity))
        with self.scene.open_desk(by="P07", today=FOUND) as desk:
            papers = desk.session.exec(select(Finding.code).order_by(col(Finding.code))).all()
            self.codes = [finding.code for finding in confirm_findings(desk, papers)]
        with self.scene.open_desk(by=OFFICER, today=NOTIFIED) as desk:
            draft_notices(desk, CODE)
        self.issue()

    def attempt(
        self, by: str, act: str, code: int, *, note: str = "", proof: bool = False, **values: str
    ) -> None:
        """Try an act; what the rules refuse must leave no trace."""
        files = (self.scene.file(),) if proof else ()
        name = self.codes[code % len(self.codes)]
        unit = "T001" if self.merged else name.split("-")[-2]
        before = self.length()
        try:
            self.scene.act(name, act, by.format(unit=unit), self.today, note=note, files=files, **values)
        except Refused:
            assert self.length() == before

    def length(self) -> int:
        """Return how many entries the log has."""
        with self.scene.open_desk(readonly=True, today=self.today) as desk:
            return int(desk.session.exec(select(sa.func.sum(AuditHead.length))).one() or 0)

    # ---- time ------------------------------------------------------------------------------------------------

    @rule(days=st.integers(1, 9))
    def tick(self, days: int) -> None:
        """Let days pass, then sweep and watch, twice: the second time nothing may happen."""
        self.today = min(self.today + timedelta(days), LAST)
        self.sweep()
        length = self.length()
        self.sweep()
        assert self.length() == length

    def sweep(self) -> None:
        with self.scene.open_desk(today=self.today) as desk:
            due = [case_id for case_id, _unit in due_cases(desk.session, desk.office_id, self.today)]
            sweep_batch(desk, due, SweepReport(self.today))
        with self.scene.open_desk(today=self.today) as desk:
            watch_over(desk)

    @rule()
    def issue(self) -> None:
        """Sign, seal and serve every sheet that waits."""
        with self.scene.open_desk(readonly=True, today=self.today) as desk:
            query = select(Document.id).where(
                col(Document.state) == "draft", col(Document.content_kind) != "referral"
            )
            waiting = [number for number in desk.session.exec(query) if number]
        for number in waiting:
            try:
                self.serve(number)
            except Refused:
                continue  # a signer of another level is wanted, or its matter is gone

    def serve(self, number: int) -> None:
        with self.scene.open_desk(by="L-COUNTY", today=self.today) as desk:
            (signed,) = sign_documents(desk, [number])
            state = signed.state
        with self.scene.open_desk(by=OFFICER, today=self.today) as desk:
            if state == "signed":
                seal_document(desk, number, self.scene.file("盖章.pdf", PDF))
            serve_document(desk, number, "hand", self.today)

    # ---- the unit --------------------------------------------------------------------------------------------

    @rule(code=st.integers(0, 2))
    def acknowledge(self, code: int) -> None:
        self.attempt("{unit}:liaison", "acknowledge", code)

    @rule(code=st.integers(0, 2))
    def submit_plan(self, code: int) -> None:
        self.attempt("{unit}:liaison", "submit_plan", code, measures="逐项整改")

    @rule(code=st.integers(0, 2), percent=st.integers(0, 100))
    def report(self, code: int, percent: int) -> None:
        self.attempt("{unit}:liaison", "report_progress", code, percent=str(percent))

    @rule(code=st.integers(0, 2), days=st.integers(1, 20))
    def ask_extension(self, code: int, days: int) -> None:
        due = self.scene.case(self.codes[code % len(self.codes)]).due_on or self.today
        until = (due + timedelta(days)).isoformat()
        self.attempt("{unit}:leader", "request_extension", code, note="采购周期长", until=until)

    @rule(code=st.integers(0, 2))
    def object(self, code: int) -> None:
        self.attempt("{unit}:liaison", "object", code, note="事实有出入")

    @rule(code=st.integers(0, 2))
    def apply(self, code: int) -> None:
        self.attempt("{unit}:liaison", "apply_closure", code, note="已完成", proof=True)

    # ---- the office ------------------------------------------------------------------------------------------

    @rule(code=st.integers(0, 2))
    def approve_plan(self, code: int) -> None:
        self.attempt(OFFICER, "approve_plan", code)

    @rule(code=st.integers(0, 2))
    def return_plan(self, code: int) -> None:
        self.attempt(OFFICER, "return_plan", code, note="措施不具体")

    @rule(code=st.integers(0, 2), verdict=st.sampled_from(("granted", "refused")))
    def decide_extension(self, code: int, verdict: str) -> None:
        self.attempt(DIRECTOR, "decide_extension", code, note="按规定", verdict=verdict)

    @rule(code=st.integers(0, 2), verdict=st.sampled_from(("upheld", "rejected")))
    def decide_objection(self, code: int, verdict: str) -> None:
        self.attempt("P07", "decide_objection", code, note="经复核", verdict=verdict)

    @rule(code=st.integers(0, 2))
    def suspend(self, code: int) -> None:
        self.attempt(DIRECTOR, "suspend", code, note="等待裁判")

    @rule(code=st.integers(0, 2))
    def resume(self, code: int) -> None:
        self.attempt(OFFICER, "resume", code)

    @rule(code=st.integers(0, 2), verdict=st.sampled_from(("passed", "failed")))
    def verify(self, code: int, verdict: str) -> None:
        self.attempt("P05", "verify", code, note="现场核查", proof=True, verdict=verdict, second="P06")

    @rule(code=st.integers(0, 2))
    def send_back(self, code: int) -> None:
        self.attempt(OFFICER, "return", code, note="材料不全")

    @rule(code=st.integers(0, 2))
    def close(self, code: int) -> None:
        self.attempt(DIRECTOR, "close", code)

    @rule(code=st.integers(0, 2), days=st.integers(1, 40))
    def schedule(self, code: int, days: int) -> None:
        on = (self.today + timedelta(days)).isoformat()
        self.attempt(OFFICER, "schedule_look_back", code, on=on)

    @rule(code=st.integers(0, 2), verdict=st.sampled_from(("held", "rebounded")))
    def look_back(self, code: int, verdict: str) -> None:
        self.attempt("P05", "look_back", code, note="回头看", verdict=verdict)

    @rule(code=st.integers(0, 2))
    def reopen(self, code: int) -> None:
        self.attempt(OFFICER, "reopen", code, note="反弹")

    @rule(code=st.integers(0, 2), event=st.sampled_from(("E1", "E2", "E3", "E4", "E8")))
    def flag(self, code: int, event: str) -> None:
        self.attempt(OFFICER, "flag", code, note="属实", event=event)

    # ---- from outside ----------------------------------------------------------------------------------------

    @rule(day=st.integers(0, 60))
    @precondition(lambda self: self.today > NOTIFIED)
    def change_calendar(self, day: int) -> None:
        """Let a notice take one more day off, by two persons."""
        off = self.today + timedelta(day + 1)
        if off.year != self.today.year:
            return
        try:
            with self.scene.open_desk(by=OFFICER, today=self.today) as desk:
                table = self.table or desk.rules.calendars[off.year]
                changed = table.model_copy(update={"off": tuple(sorted({*table.off, off}))})
                propose(desk, YearTable(changed, "notice.yaml"))
            with self.scene.open_desk(by=DIRECTOR, today=self.today) as desk:
                confirm_year(desk, off.year)
        except Refused:
            return
        self.table = changed

    @rule(name=st.sampled_from(("示例县工信局", "示例县数据局", "示例县商务局")))
    def rename(self, name: str) -> None:
        """Give the first unit another name."""
        wanted = Wanted(UnitChangeKind.RENAME, ("D001",), ("D001",), self.today, "示编〔2026〕1号", name=name)
        self.reform(wanted)

    @rule()
    @precondition(lambda self: not self.merged)
    def merge(self) -> None:
        """Let the first unit go into the second; what it owed goes on there."""
        wanted = Wanted(UnitChangeKind.MERGE, ("D001",), ("T001",), self.today, "示编〔2026〕2号")
        self.merged = self.reform(wanted)

    def reform(self, wanted: Wanted) -> bool:
        length = self.length()
        try:
            with self.scene.open_desk(by=OFFICER, today=self.today) as desk:
                record_change(desk, wanted)
        except Refused:
            assert self.length() == length
            return False
        return True

    @rule(code=st.integers(0, 2))
    def crash(self, code: int) -> None:
        """Die after an act and before its commit: nothing may be left."""
        length = self.length()
        name = self.codes[code % len(self.codes)]
        before = self.scene.case(name).model_dump()
        with pytest.raises((Crash, Refused)):
            self.die_after("submit_plan", name)
        assert (self.length(), self.scene.case(name).model_dump()) == (length, before)

    def die_after(self, act: str, name: str) -> None:
        with self.scene.open_desk(by=OFFICER, today=self.today) as desk:
            act_on_case(desk, name, act, values={"measures": "逐项整改"})
            raise Crash

    # ---- what always holds -----------------------------------------------------------------------------------

    @invariant()
    def the_log_gives_back_every_row(self) -> None:
        if not self.codes:
            return
        with self.scene.open_desk(readonly=True, today=self.today) as desk:
            assert disagreements(desk) == []

    def teardown(self) -> None:
        try:
            if self.codes:
                self.clock.day = self.today
                run_outbox(self.edge)
                with self.scene.open_desk(readonly=True, today=self.today) as desk:
                    self.look(desk)
        finally:
            self.exits.close()

    def look(self, desk: Desk) -> None:
        found = examine(desk)
        assert [one for one in found.invariants if one.broken] == []
        assert verify_chains(desk.session, desk.office_id)[1] == []
        for case in desk.session.exec(select(Rectification)):
            assert case.set_aside is None


YearTest: Any = Year.TestCase
YearTest.settings = settings(
    max_examples=20, stateful_step_count=30, derandomize=True, database=None, deadline=None
)
