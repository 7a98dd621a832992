"""Administrative disputes: registered, read, imported, exported; what is done with them stands in matterdeeds."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.intake.keptfiles import files_of, read_kept
from casework.listings.offices import matters_page, seen_matter
from casework.litigation.exchange import export_matters, import_matters
from casework.litigation.listing import explain_matter
from casework.litigation.matterboard import need_matter
from casework.litigation.registering import Entry, register
from casework.sight import sees_office
from console.api.areas.caseparts import Happened
from console.api.areas.linkageparts import KeptShown
from console.api.areas.matterdeeds import DEEDS
from console.api.areas.matterparts import (
    AssessmentShown,
    ClockShown,
    EventShown,
    FactorShown,
    FactShown,
    LinkShown,
    OnesShown,
    SheetShown,
    SubmittedShown,
    TurnShown,
)
from console.api.bodies import Making, Nothing, need_file, takes
from console.api.calls import Show
from console.api.routing import After, HasCall, Limit, Number, Routes, Word
from console.api.shown import Listing, Shown
from console.downloads import ANY, SHEET, attachment
from core.access.permissions import Permission
from core.access.scopes import Area
from core.codes import Secrecy
from core.errors import NotAllowed
from core.life.matterlife import Instance, MatterKind, Plaintiff

router = Routes(Area.MATTERS, Permission.MATTER_VIEW)
ACT = Permission.MATTER_ACT


class MatterLine(Shown):
    """A matter in a list."""

    id: int
    number: str
    kind_word: str
    matter_kind: str
    instance: str | None
    unit: str
    unit_name: str
    forum: str
    cause: str
    state: str
    light: str
    light_word: str
    highest_light: str
    received_on: date
    next_due_on: date | None
    result: str | None


class MatterShown(MatterLine):
    """A matter with its clocks, facts, events and papers; `acts` are those possible now for whoever calls."""

    parties: list[str]
    plaintiff: str
    claim: str
    item: str | None
    handler: str
    agent: str
    attendee: str
    note: str
    previous: str | None
    secrecy: str
    registered_on: date
    closed_on: date | None
    decided_on: date | None
    served_on: date | None
    clocks: list[ClockShown]
    facts: list[FactShown]
    events: list[EventShown]
    assessments: list[AssessmentShown]
    ones: OnesShown | None
    papers: list[SubmittedShown]
    sheets: list[SheetShown]
    cases: list[LinkShown] = Field(default_factory=list)
    files: list[KeptShown]
    acts: list[str]
    timeline: list[Happened]


class MatterExplained(Shown):
    """Why a matter shows its light."""

    number: str
    state: str
    light: str
    light_word: str
    meaning: str
    highest_light: str
    agrees: bool = Field(description="与登记的灯色相符 / the stored light is what the rules give")
    next_on: date | None
    turns: list[TurnShown]
    factors: list[FactorShown]
    clocks: list[ClockShown]
    rules: str
    rules_sha256: str
    calendar: str
    guardrails: list[str]


class NewMatter(Making):
    """登记一件行政争议 / a dispute to register"""

    number: str
    kind: MatterKind = MatterKind.LITIGATION
    unit: str
    forum: str
    cause: str
    received_on: date
    instance: Instance | None = None
    plaintiff: Plaintiff = Plaintiff.PERSON
    claim: str = ""
    item: str | None = None
    parties: list[str] = Field(default_factory=list, max_length=50)
    start_on: date | None = None
    clock: str = ""
    variant: str = ""
    handler: str = ""
    agent: str = ""
    attendee: str = ""
    note: str = ""
    secrecy: Secrecy = Secrecy.INTERNAL

    def make(self, desk: Desk) -> int:
        told = self.model_dump()
        told["parties"] = tuple(told["parties"])
        row = register(desk, Entry(**told))
        desk.session.flush()
        return row.id


class Imported(Shown):
    """What came of an import."""

    added: int
    updated: int
    unchanged: int


def _matter(number: int) -> Show:
    def show(desk: Desk) -> MatterShown:
        told = seen_matter(desk, number)
        return MatterShown.model_validate({**told, "files": files_of(desk, "matter", number)})

    return show


@router.read("/matters", Listing[MatterLine])
def list_matters(
    call: HasCall,
    unit: Word = "",
    kind: Word = "",
    state: Word = "",
    light: Word = "",
    every: bool = False,
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """行政争议，灯色高的在前 / disputes, the highest light first"""
    wanted = {"unit": unit, "kind": kind, "state": state, "light": light}
    given = {name: value or None for name, value in wanted.items()}
    return call.page(MatterLine, lambda desk: matters_page(desk, after, limit, every=every, **given))


@router.make("/matters", MatterShown, ACT)
def register_a_matter(call: HasCall, sent: Annotated[Any, takes(NewMatter)]) -> Response:
    """登记一件行政争议 / register a dispute"""
    return call.make(sent, _matter)


@router.once("/matters/import", Imported, ACT)
def import_the_register(call: HasCall, sent: Annotated[Any, takes(Nothing, files=1)]) -> Response:
    """导入诉讼复议台账，全部成功或全部不写 / import a register, all rows or none"""
    return call.once(
        sent, lambda desk: Imported.model_validate(import_matters(desk, need_file(sent.enclosed, "台账文件")))
    )


@router.read("/matters.xlsx", None, file=SHEET)
def export_the_register(call: HasCall) -> Response:
    """诉讼复议案件台账（.xlsx）；单位只得到本单位的 / the register as a workbook; a unit gets its own"""
    with call.desk() as desk:
        if not sees_office(desk) and not desk.actor.speaks_for_unit:
            raise NotAllowed(
                "无权导出案件台账", found=desk.actor.name, expected="本单位经办人员", remedy="由经办人员导出"
            )
        content = export_matters(desk)
    return attachment(content, "诉讼复议案件台账.xlsx", SHEET)


@router.read("/matters/{number}", MatterShown)
def read_matter(call: HasCall, number: Number) -> Response:
    """一件行政争议 / one dispute"""
    return call.read(_matter(number))


@router.read("/matters/{number}/explanation", MatterExplained)
def explain_a_matter(call: HasCall, number: Number) -> Response:
    """为什么是这个灯 / why it shows this light"""
    return call.read(
        lambda desk: MatterExplained.model_validate(explain_matter(desk, seen_matter(desk, number)["number"]))
    )


@router.act("/matters/{number}/acts", MatterShown, ACT)
def act_on_a_matter(call: HasCall, number: Number, sent: Annotated[Any, DEEDS]) -> Response:
    """登记事实、事件、日期、评分、报告、结果，上诉，办结，更正 / facts, events, dates, assessments, papers, results"""
    return call.deed(sent, number, _matter)


@router.read("/matters/{number}/files/{file}", None, file=ANY)
def read_matter_file(call: HasCall, number: Number, file: Number) -> Response:
    """行政争议的一份材料 / one file"""
    with call.desk() as desk:
        need_matter(desk, number)
        name, content = read_kept(desk, "matter", number, file)
    return attachment(content, name)
