"""Imports: a list is looked at first, and brought in as one piece by who looked at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Request
from fastapi.responses import Response
from pydantic import Field

from casework.desk import Desk
from casework.ledgers.ledger import import_ledger
from casework.ledgers.ledgerpreview import LedgerPreview, preview_ledger
from casework.staff.parties import import_people, import_units
from casework.staff.partypreview import ImportPreview, preview_people, preview_units
from console.api.bodies import Body, Nothing, need_file, takes
from console.api.routing import HasCall, Routes
from console.api.shown import Shown
from console.downloads import SHEET, attachment
from console.holding import Holding, laid_out
from core.access.permissions import Permission
from core.access.scopes import Area
from delivery.sheets.blank import blank_ledger, blank_people, blank_units

router = Routes(Area.IMPORTS, Permission.UNITS)
What = Literal["units", "people", "ledger"]


class TurnShown(Shown):
    """One value that would change."""

    field: str
    before: str
    after: str


class EntryShown(Shown):
    """One row that is new or would change."""

    code: str
    name: str
    turns: list[TurnShown]


class LineShown(Shown):
    """One line of an old ledger."""

    code: str
    unit: str
    batch: str
    problem: str
    closed: bool


class Previewed(Shown):
    """What a file would change; nothing is written. `held` goes into the call that brings it in, until `until`."""

    held: str
    until: datetime
    added: list[EntryShown] = Field(default_factory=list)
    changed: list[EntryShown] = Field(default_factory=list)
    same: int = 0
    lines: list[LineShown] = Field(default_factory=list)
    campaigns: list[str] = Field(
        default_factory=list, description="将新建的批次 / campaigns that would be made"
    )


class BringIn(Body):
    """写入看过的文件，全部成功或全部不写 / bring in the file that was looked at, all or nothing"""

    held: str = Field(max_length=60)


class Brought(Shown):
    """What came of an import."""

    counts: dict[str, int]


Look = Callable[[Desk, Path], ImportPreview | LedgerPreview]
Write = Callable[[Desk, Path], Mapping[str, int]]
IMPORTS: dict[str, tuple[Look, Write, Callable[[], bytes]]] = {
    "units": (preview_units, import_units, blank_units),
    "people": (preview_people, import_people, blank_people),
    "ledger": (preview_ledger, import_ledger, blank_ledger),
}


@router.read("/imports/{what}/blank.xlsx", None, file=SHEET)
def read_blank(call: HasCall, what: What) -> Response:
    """空表（.xlsx） / an empty table with the right headers"""
    with call.desk():
        return attachment(IMPORTS[what][2](), f"{what}.xlsx", SHEET)


@router.once("/imports/{what}/preview", Previewed)
def preview_an_import(
    call: HasCall, request: Request, what: What, sent: Annotated[Any, takes(Nothing, files=1)]
) -> Response:
    """核对文件、逐格报错，说明将改动什么；不写入 / check a file and tell what it would change"""
    holding: Holding = request.app.state.holding

    def make(desk: Desk) -> Previewed:
        path = need_file(sent.enclosed, "名册或台账")
        found = IMPORTS[what][0](desk, path)
        word = holding.keep(call, path)
        told: dict[str, Any] = {"held": word, "until": holding.find(call, word).until}
        if isinstance(found, LedgerPreview):
            told |= {"lines": found.lines, "campaigns": found.batches}
        else:
            told |= {"added": found.added, "changed": found.changed, "same": found.same}
        return Previewed.model_validate(told)

    return call.once(sent, make)


@router.once("/imports/{what}", Brought)
def bring_in(call: HasCall, request: Request, what: What, sent: Annotated[Any, takes(BringIn)]) -> Response:
    """写入看过的文件 / bring in the file that was looked at"""
    holding: Holding = request.app.state.holding

    def make(desk: Desk) -> Brought:
        with laid_out(holding.find(call, sent.held)) as path:
            return Brought(counts=dict(IMPORTS[what][1](desk, path)))

    return call.once(sent, make)
