"""One matter as its pages show it: what it is and what may be done; what was handed in; why it shows its light."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.intake.lifeline import Chronicle, Words, chronicle_of, without
from casework.litigation.aftermath import ones_missing
from casework.litigation.clocks import clock_values
from casework.litigation.files import MatterFile, load_file, reasons_of, units_of
from casework.litigation.kindwords import kind_word
from casework.litigation.listing import HIDDEN_FROM_UNITS, explain_file
from casework.litigation.matteracts import acts_on
from casework.litigation.matterboard import STATES, matter_and_unit
from casework.rectification.notes import KIND_LABELS
from casework.rectification.timeline import Event, names_of
from casework.staff.people import split
from core.codes import SECRECY_LABELS, Light, Secrecy
from core.ladders.litigation import score
from core.ladders.matters import ANCHORS, FACTS
from core.ladders.palette import Palette
from core.life.matterlife import (
    MATTER,
    PAPER_KIND_LABELS,
    PLAINTIFF_LABELS,
    RESULT_LABELS,
    Plaintiff,
    Result,
)
from models.matter import LitigationMatter, MatterDate
from models.organisation import Unit

# what the unit must do by a date -> the fact that it did; other dates are the court's, or pass by themselves
MET_BY = {
    "defence_due": "defence_submitted", "performance_due": "judgment_performed", "advice_due": "advice_answered",
    "review_reply_due": "review_replied", "opinion_due": "opinion_answered",
}  # fmt: skip
WORDS = Words(
    MATTER,
    {
        "open": "登记", "date": "登记日期", "fact": "登记事实", "event": "登记事件", "light": "灯色变化",
        "reassign": "改由承接单位应诉", "ones": "登记“三个一”", "describe": "修改登记内容", "note": "联系记录",
        "occasion": "登记办理情况", "link": "关联整改事项", "set_aside": "巡看搁置", "void_event": "撤销事件",
        "void_fact": "撤销事实", "void_assessment": "撤销评分",
        **{f"paper_{kind.value}": label for kind, label in PAPER_KIND_LABELS.items()},
    },
    {**KIND_LABELS, **ANCHORS, **FACTS, **{one.value: word for one, word in RESULT_LABELS.items()}},
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MatterHead:
    """What stands over every page of a matter."""

    row: LitigationMatter
    kind: str
    state_word: str
    light: Light
    palette: Palette
    unit: Unit
    by_unit: bool


@dataclass(frozen=True, slots=True)
class MatterPage:
    """A matter: facts, dates, events, assessments and the acts that are legal now."""

    head: MatterHead
    file: MatterFile
    plaintiff: str
    secrecy: str
    parties: list[str]
    instances: list[LitigationMatter]
    result: str
    ones_missing: bool
    clocks: list[dict[str, object]]
    facts: list[dict[str, Any]]
    events: list[dict[str, Any]]
    assessments: list[dict[str, Any]]
    names: Mapping[str, str]
    acts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatterStory:
    """Why a matter shows its light, and what happened."""

    head: MatterHead
    why: dict[str, Any]
    life: tuple[Event, ...]


def matter_page(desk: Desk, matter_id: int) -> MatterPage:
    """Return a matter in sight for its first page; raise NotFound."""
    row, own = matter_and_unit(desk, matter_id)
    file = load_file(desk, row)
    units = units_of(desk, file.parties)
    return MatterPage(
        head=head_of(desk, file, own),
        file=file,
        plaintiff=PLAINTIFF_LABELS[Plaintiff(row.plaintiff)],
        secrecy=SECRECY_LABELS[Secrecy(row.secrecy)],
        parties=[units[one].name for one in file.parties],
        instances=_instances(desk, row),
        result=RESULT_LABELS[Result(file.result.result)] if file.result else "",
        ones_missing=ones_missing(file, Light(row.light)),
        clocks=[
            {**clock_values(desk, file, one), **_standing(file, one)}
            for one in sorted(file.dates.values(), key=lambda one: (one.on_day, one.code))
        ],
        facts=[
            {"fact": FACTS[one.code], "since": one.since_on, "basis": one.basis, "by": one.recorded_by}
            for one in file.facts.values()
        ],
        events=[
            {
                "code": one.code,
                "event": file.ladder.event(one.code).event,
                "on": one.on_day,
                "basis": one.basis,
                "by": one.recorded_by,
            }
            for one in file.events
        ],
        assessments=[_assessment(file, one) for one in reversed(file.assessments)],
        names=names_of(desk, _recorders(file), (own,)),
        acts=acts_on(desk, file),
    )


def head_of(desk: Desk, file: MatterFile, unit: Unit) -> MatterHead:
    """Return what stands over every page of a matter."""
    row = file.row
    return MatterHead(
        row, kind_word(row), STATES[row.state], Light(row.light), file.ladder.palette, unit,
        desk.actor.speaks_for_unit,
    )  # fmt: skip


def _recorders(file: MatterFile) -> set[str]:
    rows: Iterable[Any] = (*file.facts.values(), *file.events, *file.assessments)
    return {one.recorded_by for one in rows} | {file.row.registered_by}


def _standing(file: MatterFile, row: MatterDate) -> dict[str, object]:
    """Return when what a date asks for was done, and whether it asks anything of the unit at all."""
    fact = file.facts.get(MET_BY.get(row.code, ""))
    return {"day": row.on_day, "met_on": fact.since_on if fact else None, "ours": row.code in MET_BY}


def _instances(desk: Desk, row: LitigationMatter) -> list[LitigationMatter]:
    """Return the instance before and those after, in the order of their registration; a lawsuit has few."""
    query = select(LitigationMatter).where(
        col(LitigationMatter.office_id) == desk.office_id,
        (col(LitigationMatter.previous_id) == row.id) | (col(LitigationMatter.id) == row.previous_id),
    )
    return list(desk.session.exec(query.order_by(col(LitigationMatter.id))))


def _assessment(file: MatterFile, one: Any) -> dict[str, Any]:
    graded = score(file.ladder, split(one.factors))
    words = {factor.code: factor.factor for factor in file.ladder.factors}
    return {
        "number": one.number,
        "on": one.on_day,
        "points": graded.points,
        "light": graded.light,
        "by": one.recorded_by,
        "reasons": [
            {"code": code, "factor": words.get(code, ""), "why": why}
            for code, why in sorted(reasons_of(one).items())
        ],
    }


def matter_story(desk: Desk, matter_id: int) -> MatterStory:
    """Return why a matter in sight shows its light, replayed day by day, and its history; raise NotFound."""
    row, own = matter_and_unit(desk, matter_id)
    file = load_file(desk, row)
    told: Chronicle = chronicle_of(desk, "matter", matter_id)
    hidden = HIDDEN_FROM_UNITS if desk.actor.speaks_for_unit else frozenset()
    return MatterStory(
        head_of(desk, file, own),
        explain_file(desk, file),
        told.life(without(WORDS, hidden)),
    )
