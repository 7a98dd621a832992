"""The checklist of a visit as a page shows it: items by class with their law, what was typed, what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.checkdrafts import HEADERS, Kept, Place, drafts_of
from casework.inspection.checkfiles import Attachment, attachments_of
from casework.inspection.checkfiling import Filling, Mistake, fill_rows
from casework.inspection.checklists import meta_of
from casework.inspection.filling import may_fill, refuse_partner
from casework.inspection.visitfile import VisitFile
from casework.inspection.visits import team_of
from casework.rulesets.library import frozen_rules
from casework.staff.people import split
from core.codes import CHECK_RESULT_LABELS, SEVERITY_LABELS, UNIT_OPINION_LABELS, CheckResult
from core.life.lives import CampaignState
from core.rulebook import Item, Rulebook
from models.campaign import CheckRecord, Finding

ONE_PAGE = 14  # items that fit on one page; more are shown class by class
RESULTS = tuple(CHECK_RESULT_LABELS.values())
SEVERITIES = tuple(SEVERITY_LABELS.values())
OPINIONS = tuple(UNIT_OPINION_LABELS.values())
FAILED = CHECK_RESULT_LABELS[CheckResult.FAILED]


@dataclass(frozen=True, slots=True)
class Problem:
    """One row of the checklist: what stands in each field, its files, and the finding it became."""

    position: int
    values: Mapping[str, str]
    files: tuple[Attachment, ...]
    mistakes: Mapping[str, str] = field(default_factory=dict)
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One item with what is to be checked, on what law, and its rows."""

    item: Item
    laws: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def result(self) -> str:
        return self.problems[0].values.get("result", "")


@dataclass(frozen=True, slots=True)
class Group:
    """A class of items; `done` of them have a result."""

    code: str
    name: str
    lines: tuple[Line, ...]

    @property
    def done(self) -> int:
        return sum(1 for line in self.lines if line.result)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The checklist of a visit.

    can_fill   the actor may change it now
    seen       revisions of the fields that were ever typed
    """

    file: VisitFile
    team: tuple[tuple[str, str], ...]
    groups: tuple[Group, ...]
    can_fill: bool
    seen: Mapping[Place, Kept]
    mistakes: tuple[Mistake, ...]
    left: tuple[str, ...]

    @property
    def total(self) -> int:
        return sum(len(group.lines) for group in self.groups)

    @property
    def done(self) -> int:
        return sum(group.done for group in self.groups)

    @property
    def failed(self) -> int:
        """How many problems were written down."""
        return sum(
            1
            for group in self.groups
            for line in group.lines
            for one in line.problems
            if one.values.get("result") == FAILED
        )

    def part_of(self, item: str) -> str:
        """Return the code of the class an item stands in."""
        return next((one.code for one in self.groups for line in one.lines if line.item.id == item), "")

    @property
    def is_long(self) -> bool:
        return self.total > ONE_PAGE and len(self.groups) > 1


def read_sheet(desk: Desk, file: VisitFile) -> Sheet:
    """Return the checklist of a visit: as typed while it is filled in, as stored once it was handed in."""
    refuse_partner(desk)
    rules = frozen_rules(desk.session, file.campaign.rules_sha256 or "") if _is_ruled(file) else desk.rules
    team = tuple((person.code, person.name) for person in team_of(desk, file.visit))
    files = attachments_of(desk, file.key)
    if file.visit.workbook_returned_on is not None:
        rows = _stored(desk, file, files)
        return Sheet(file, team, _groups(desk, file, rules, rows), False, {}, (), ())
    drafts = drafts_of(desk, file.key)
    filling = fill_rows(desk, file, drafts, files)
    can = file.campaign.state == CampaignState.OPEN and may_fill(
        desk, meta_of(desk, file.campaign, file.visit, file.unit)
    )
    groups = _groups(desk, file, rules, _typed(filling, drafts, files))
    return Sheet(file, team, groups, can, drafts, filling.mistakes, tuple(filling.without_result))


def _is_ruled(file: VisitFile) -> bool:
    return file.campaign.rules_sha256 is not None


Rows = Mapping[str, list[Problem]]


def _typed(filling: Filling, drafts: Mapping[Place, Kept], files: list[Attachment]) -> Rows:
    wrong: dict[tuple[str, int], dict[str, str]] = {}
    for one in filling.mistakes:
        wrong.setdefault((one.place.item, one.place.position), {}).setdefault(one.place.field, one.allowed)
    found: dict[str, list[Problem]] = {}
    for item, position in filling.origins:
        values = {
            name: kept.value
            for name in HEADERS
            if (kept := drafts.get(Place(item, position, name))) is not None and kept.value
        }
        if position > 1:
            values["result"] = FAILED
        mine = tuple(one for one in files if (one.item, one.position) == (item, position))
        problem = Problem(position, values, mine, wrong.get((item, position), {}))
        found.setdefault(item, []).append(problem)
    return found


def _stored(desk: Desk, file: VisitFile, files: list[Attachment]) -> Rows:
    query = (
        select(CheckRecord, Finding)
        .outerjoin(Finding, col(Finding.check_record_id) == col(CheckRecord.id))
        .where(col(CheckRecord.visit_id) == file.key)
        .order_by(col(CheckRecord.item), col(CheckRecord.position))
    )
    found: dict[str, list[Problem]] = {}
    for record, finding in desk.session.exec(query):
        mine = tuple(one for one in files if (one.item, one.position) == (record.item, record.position))
        found.setdefault(record.item, []).append(Problem(record.position, _words(record), mine, {}, finding))
    return found


def _words(record: CheckRecord) -> dict[str, str]:
    """Return a stored row in the words of the form."""
    words = {
        "result": next(word for code, word in CHECK_RESULT_LABELS.items() if code == record.result),
        "problem": record.problem,
        "facts": record.facts,
        "severity": next((w for code, w in SEVERITY_LABELS.items() if code == record.severity), ""),
        "materials": record.materials,
        "day": record.checked_on.isoformat(),
        "inspector": record.inspector,
        "opinion": next((w for code, w in UNIT_OPINION_LABELS.items() if code == record.unit_opinion), ""),
        "note": record.opinion_note,
    }
    return {name: word for name, word in words.items() if word}


def _groups(desk: Desk, file: VisitFile, rules: Rulebook, rows: Rows) -> tuple[Group, ...]:
    region = desk.office_rules.region
    known: dict[str, tuple[str, str, Item]] = {}
    for catalog in rules.catalogs.values():
        for item in (*catalog.items, *catalog.retired):
            name = catalog.class_name(item.category) or catalog.name
            known[item.id] = (item.category or catalog.key, name, item)
    found: dict[str, tuple[str, list[Line]]] = {}
    for number in split(file.visit.items):
        if number not in known:
            continue
        code, name, item = known[number]
        laws = tuple(f"{one.document}{one.article or ''}" for one in item.citable(file.visit.from_on, region))
        problems = tuple(rows.get(number, ())) or (Problem(1, {}, ()),)
        found.setdefault(code, (name, []))[1].append(Line(item, laws, problems))
    return tuple(Group(code, name, tuple(lines)) for code, (name, lines) in found.items())
