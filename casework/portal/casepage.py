"""One case as its unit sees it: what is asked, by when and why, what happened, and what may be done now."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from casework.gathering import Row
from casework.lights.climbing import rules_of
from casework.lights.duechanges import DueChange, due_changes, first_derivation, told_changes
from casework.lights.rungview import write_day
from casework.paperwork.values import demand_for
from casework.portal.offered import Room, UnitOffers, unit_offers
from casework.portal.past import Told, tell_case
from casework.portal.reader import Reader
from casework.rectification.beside import read_beside
from casework.rectification.casefile import find_item
from casework.rectification.caselook import Look, ladder_for
from casework.rectification.timeline import history_with_documents
from casework.rows import DocumentRow, documents_of_case, left_workdays
from core.codes import Light, Secrecy, Severity
from core.ladders.palette import Palette
from core.life.halflife import HalfReportState
from core.life.lives import DocumentState
from core.life.rectification import CLOCK_RUNS, REQUEST_STATE_LABELS, CaseState, RequestState
from core.life.sidelife import HORIZON_LABELS, PLAN, Horizon
from core.rulebook import Item
from models.campaign import Campaign, Finding
from models.rectification import Rectification


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A version of the plan with its measures."""

    row: Row
    state: str
    measures: tuple[Row, ...]

    @staticmethod
    def horizon(measure: Row) -> str:
        """Return how long a measure takes, in words."""
        return HORIZON_LABELS[Horizon(measure["horizon"])]


@dataclass(frozen=True, slots=True)
class UnitCase:
    """Everything the unit's page of a case shows."""

    case: Rectification
    finding: Finding
    campaign: Campaign
    item: Item | None
    demand: str
    palette: Palette
    left: int | None
    steps: tuple[str, ...]  # how the first due date was counted
    changes: tuple[DueChange, ...]  # what moved it since
    wanted: str  # what has to be added after a return
    plan_returned: str  # why the last plan came back
    plans: tuple[PlanLine, ...]
    requests: tuple[Row, ...]
    stages: tuple[Row, ...]
    halves: tuple[Row, ...]
    papers: tuple[DocumentRow, ...]
    evidence: tuple[Row, ...]
    past: tuple[Told, ...]
    offers: UnitOffers

    @property
    def state(self) -> CaseState:
        return CaseState(self.case.state)

    @property
    def severity(self) -> Severity:
        return Severity(self.case.severity)

    @property
    def light(self) -> Light:
        return Light(self.case.light)

    @property
    def room(self) -> Room:
        return self.offers.room

    @property
    def unserved(self) -> tuple[DocumentRow, ...]:
        """The papers on which the case stands that nobody has signed for."""
        return tuple(row for row in self.papers if row.state is DocumentState.ISSUED and row.number)

    @property
    def owed_halves(self) -> tuple[Row, ...]:
        return tuple(
            row for row in self.halves if row["state"] in (HalfReportState.OWED, HalfReportState.LATE)
        )

    @property
    def sent_halves(self) -> tuple[Row, ...]:
        return tuple(row for row in self.halves if row["state"] == HalfReportState.SENT)

    @property
    def plan(self) -> PlanLine | None:
        """The newest version of the plan."""
        return self.plans[-1] if self.plans else None


def case_page(reader: Reader, code: str) -> UnitCase:
    """Return everything about one case of the reader's unit; seven queries; raise NotFound."""
    desk = reader.desk
    case, finding = reader.need_case(code)
    campaign = desk.session.exec(select(Campaign).where(col(Campaign.id) == case.campaign_id)).one()
    rules = rules_of(desk, case.campaign_id)
    entries = history_with_documents(desk, case.id)
    history = tuple(entry for entry in entries if entry.subject == "case")
    papers = _readable(reader, documents_of_case(desk, case.id))
    beside = read_beside(desk, case, finding)
    look = Look(
        case=case, finding=finding, unit=reader.unit, campaign=campaign, rules=rules, documents=papers,
        beside=beside, history=history, kin=False,
    )  # fmt: skip
    item, _class = find_item(rules, finding.item)
    changes = tuple(due_changes(history))
    about = {row.id: f"{row.name}（{row.number}）" if row.number else row.name for row in papers}
    return UnitCase(
        case=case,
        finding=finding,
        campaign=campaign,
        item=item,
        demand=demand_for(item) if item else "",
        palette=ladder_for(desk, look).palette,
        left=left_workdays(desk, case.state, case.suspended_on, case.due_on),
        steps=first_derivation(desk.calendar, changes),
        changes=tuple(told_changes(changes)),
        wanted=_wanted(look),
        plan_returned=_returned(look),
        plans=tuple(_plan(look, row) for row in beside.plans),
        requests=tuple(row for row in beside.requests),
        stages=tuple(beside.stages),
        halves=tuple(row for row in beside.halves if reader.secrets or row["secrecy"] != Secrecy.WORK_SECRET),
        papers=papers,
        evidence=tuple(row for row in beside.evidence if is_own_file(reader, row["filed_by"])),
        past=tell_case(reader, case, entries, about),
        offers=unit_offers(reader, look),
    )


def is_own_file(reader: Reader, filed_by: str) -> bool:
    """Tell whether a file was brought by a contact of the unit."""
    return filed_by.rpartition(":")[0] == reader.unit.code


def _readable(reader: Reader, rows: tuple[DocumentRow, ...]) -> tuple[DocumentRow, ...]:
    return tuple(row for row in rows if reader.secrets or row.secrecy != Secrecy.WORK_SECRET)


def _plan(look: Look, row: Row) -> PlanLine:
    word = PLAN.state_labels[PLAN.states(row["state"])]
    return PlanLine(row, word, tuple(look.beside.measures_of(row)))


def _wanted(look: Look) -> str:
    """Return what has to be added after a closure was sent back, as long as it is what holds."""
    mine = [row for row in look.beside.verifications if row["round"] == look.case.round]
    if look.state not in CLOCK_RUNS or not mine or mine[-1]["verdict"] == "passed":
        return ""
    return str(mine[-1]["opinion"]).strip()


def _returned(look: Look) -> str:
    last = look.beside.plans[-1] if look.beside.plans else None
    if last is None or last["state"] != "returned":
        return ""
    return str(last["decision_note"]).strip()


def say_request(row: Row) -> str:
    """Return what became of a request, in a sentence."""
    state = RequestState(row["state"])
    if state is RequestState.REQUESTED:
        if row["answer_due_on"]:
            return f"待答复，答复期限{write_day(row['answer_due_on'])}"
        return "待督察单位审批"
    if state is RequestState.GRANTED and row["granted_until_on"]:
        return f"同意，期限至{write_day(row['granted_until_on'])}"
    words = {
        "declined": "本单位负责人不同意上报",
        "upheld": "异议成立",
        "rejected": "异议不成立",
        "changed": "变更原认定",
    }
    return words.get(row["verdict"]) or REQUEST_STATE_LABELS[state]
