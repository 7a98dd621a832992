"""B1, acts: seven acts of a rectification's life by ducha's own verbs, beside the same seven in SpiffWorkflow.

Both sides on SQLite with the same pragmas, once with a commit every 500 acts and once with a commit for every act.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

import casework.rectification.acting  # noqa: F401  # loaded before the clock runs, as a server loads it
from benchmarks.frame import NONE, Section, Table, clocked, middle, told
from benchmarks.peers import ask
from benchmarks.world import FAR_DUE, ITEM, NOW, SIGNED_ON, TODAY, build
from casework.desk import Desk, at_desk
from casework.inspection.findings import confirm_findings
from casework.rectification.cases import act_on_case, acting_on
from core.life.rectification import CaseState
from models.audit import verify_chains
from models.base import table_of
from models.tables import Document, Finding, Person, Rectification
from system.memory import leave_loaded_alone
from system.settings import Settings

CASE, FINDING = table_of(Rectification), table_of(Finding)
BATCH, ROUNDS = 500, 5
UNITS = 2
FIRST_LOOK = "2026-06-23"


@dataclass(frozen=True, slots=True)
class Deed:
    """One of the seven acts; `{unit}` stands for the unit of the case."""

    act: str
    by: str
    values: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    with_file: bool = False


LIFE = (
    Deed("submit_plan", "{unit}:liaison", {"measures": "修订制度，逐项整改"}),
    Deed("approve_plan", "P90"),
    Deed("report_progress", "{unit}:liaison", {"percent": "60"}),
    Deed("apply_closure", "{unit}:liaison", with_file=True),
    Deed("verify", "P05", {"verdict": "passed"}, "已到位"),
    Deed("close", "L-DIRECTOR"),
    Deed("schedule_look_back", "P90", {"on": "2026-10-20"}),
)


@dataclass(frozen=True, slots=True)
class Office:
    """An office with confirmed-to-be findings of two units, and the file that is brought as evidence."""

    engine: sa.Engine
    settings: Settings
    codes: Mapping[str, Sequence[str]]  # by unit
    proof: Path

    @contextmanager
    def desk(self, by: str | None) -> Iterator[Desk]:
        with at_desk(self.engine, self.settings, by=by, today=TODAY, now=NOW) as desk:
            yield desk


def open_office(folder: Path, cases: int, units: int = UNITS) -> Office:
    """Write the world: working papers that wait for their confirmation, and who is to act on them."""
    engine, settings = build(folder, cases=0, units=units)
    names = [f"D{number:04}" for number in range(1, units + 1)]
    codes: dict[str, list[str]] = {name: [] for name in names}
    rows = []
    for number in range(cases):
        unit = number * units // cases
        code = f"2026-BM-01-{number + 1_000_000}"
        codes[names[unit]].append(code)
        rows.append(
            {
                "office_id": 1, "code": code, "campaign_id": 1, "unit_id": unit + 1, "item": ITEM, "severity": "minor",
                "problem": "执法全过程记录不完整", "facts": "", "state": "paper", "unit_opinion": "confirmed",
                "found_by": "P01", "found_on": SIGNED_ON,
            }
        )  # fmt: skip
    proof = folder / "佐证.pdf"
    proof.write_bytes(b"%PDF-1.7 proof")
    with at_desk(engine, settings, by=None, today=TODAY, now=NOW) as desk:
        link = desk.session.connection()
        link.execute(sa.delete(table_of(Document)))  # the notices of the world: here every case gets its own
        link.execute(sa.insert(FINDING), rows)
        for code, roles in (("P02", "officer"), ("P05", "verifier"), ("P90", "officer")):
            desk.session.add(
                Person(
                    office_id=desk.office_id,
                    code=code,
                    name=code,
                    roles=roles,
                    specialties="",
                    unit_code="S001",
                )
            )
    return Office(engine, settings, codes, proof)


def create(office: Office, batch: int) -> float:
    """Confirm every finding, which opens its case; return the seconds."""

    def confirm() -> None:
        for few in _batches(office, batch):
            with office.desk("P02") as desk:
                confirm_findings(desk, few)

    return clocked(confirm)[0]


def notify(office: Office) -> None:
    """Let every case have its served notice, not timed: one notice tells all cases of a unit, which no peer has."""
    values = {"signed_on": SIGNED_ON, "served_on": SIGNED_ON, "due_on": FAR_DUE, "first_due_on": FAR_DUE}
    with office.desk(None) as desk:
        desk.session.connection().execute(
            sa.update(CASE).where(CASE.c.state == CaseState.OPEN.value).values(next_due_on=TODAY, **values)
        )


def live(office: Office, batch: int) -> float:
    """Carry out all seven acts on every case; return the seconds."""
    return sum(clocked(lambda deed=deed: _carry_out(office, deed, batch))[0] for deed in LIFE)  # type: ignore[misc]  # mypy cannot infer a lambda with a default


def _carry_out(office: Office, deed: Deed, batch: int) -> None:
    files = (office.proof,) if deed.with_file else ()
    for unit in office.codes:
        for few in _of_unit(office, unit, batch):
            with office.desk(deed.by.format(unit=unit)) as desk, _together(desk, few):
                for code in few:
                    act_on_case(desk, code, deed.act, note=deed.note, files=files, values=deed.values)


def _together(desk: Desk, codes: Sequence[str]) -> AbstractContextManager[None]:
    """Return how a desk acts: on many cases as an answer workbook does, on one as a person does."""
    return acting_on(desk, codes) if len(codes) > 1 else nullcontext()


def _batches(office: Office, batch: int) -> Iterator[Sequence[str]]:
    for unit in office.codes:
        yield from _of_unit(office, unit, batch)


def _of_unit(office: Office, unit: str, batch: int) -> Iterator[Sequence[str]]:
    codes = office.codes[unit]
    for start in range(0, len(codes), batch):
        yield codes[start : start + batch]


def ours(cases: int, batch: int) -> dict[str, float]:
    """Return the seconds of creating and of acting; stop where a life has not come to its end or a chain is broken."""
    with tempfile.TemporaryDirectory() as name:
        office = open_office(Path(name), cases)
        leave_loaded_alone()  # as every process of ducha that lives long does once it has loaded
        created = create(office, batch)
        notify(office)
        acted = live(office, batch)
        _check(office, cases)
        office.engine.dispose()
    return {"created": created, "acted": acted}


def _check(office: Office, cases: int) -> None:
    with office.desk(None) as desk:
        link = desk.session.connection()
        query = sa.select(sa.func.count()).where(CASE.c.state == CaseState.LOOK_BACK.value)
        entries, broken = verify_chains(desk.session, desk.office_id)
        if link.execute(query).scalar_one() != cases or broken or entries < cases * (2 + len(LIFE)):
            raise SystemExit(f"整改事项没有走完全程：{broken or entries}")


def theirs(cases: int, batch: int) -> dict[str, float] | None:
    """Return what SpiffWorkflow takes for the same; None where the peers were not set up."""
    with tempfile.TemporaryDirectory() as name:
        return ask("spiff.py", "lives", name, cases, batch)


def measure(quick: bool) -> Section:
    """Measure both sides, the rounds of one between those of the other."""
    sizes = ((40, 20, 1), (10, 1, 1)) if quick else ((1_000, BATCH, ROUNDS), (300, 1, ROUNDS))
    rows, figures = [], {}
    weight = version = NONE
    for cases, batch, rounds in sizes:
        pairs = [(ours(cases, batch), theirs(cases, batch)) for _ in range(rounds)]
        for what, count in (("created", cases), ("acted", cases * len(LIFE))):
            mine = [count / one[what] for one, _other in pairs]
            other = [count / one[what] for _mine, one in pairs if one is not None]
            ratio = [a / b for a, b in zip(mine, other, strict=False)]
            word = "cases opened" if what == "created" else "acts"
            name = f"{word}, a commit each" if batch == 1 else f"{word}, a commit every {batch}"
            rows.append((name, told(mine, "{:,.0f}"), told(other, "{:,.0f}"), told(ratio, "{:.1f}×")))
            figures[f"{what}/{batch}"] = middle(ratio) if ratio else middle(mine)
        for _mine, one in pairs:
            if one is not None:
                weight, version = f"{one['weight'] / 1000:.0f} kB", str(one["version"])
    return Section(
        "lifecycle",
        "B1: the life of a rectification, beside SpiffWorkflow",
        f"""`make bench BENCH_ARGS=lifecycle`. Plan, approval, progress, application with evidence, verification,
closure and look-back, both sides. ducha's figures are those of the verbs that every door calls: who may, what is
missing, the file of evidence, the next due day, the closure letter as a draft, a hashed entry of history for each act.
The peer is SpiffWorkflow {version} with seven manual tasks and four timers: each act loads the instance from SQLite,
completes its task and stores it again ({weight} of JSON an instance). Same pragmas (WAL, `synchronous=FULL`), same
commits.""",
        (Table(("a second", "ducha", "SpiffWorkflow", "ratio"), tuple(rows)),),
        (
            """Not comparable: SpiffWorkflow runs any diagram and knows nothing of persons, papers or proof, so that
it checks nothing and keeps no history beyond its own tasks; ducha runs this one life only. The notices between opening
and the first act are left out on both sides.""",
        ),
        versions=("SQLAlchemy", "sqlmodel"),
        figures=figures,
    )
