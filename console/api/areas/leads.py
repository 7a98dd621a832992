"""Leads: registered, read, their files; who brought one is never told here. What is done with them: leaddeeds."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi.responses import Response

from casework.desk import Desk
from casework.intake.keptfiles import files_of
from casework.intake.leadimport import import_leads
from casework.intake.leadpage import file_of_lead
from casework.intake.leads import NewLead, register_lead
from casework.intake.leadviews import list_leads as list_known_leads
from casework.intake.leadviews import show_lead
from casework.listings.keyset import cut
from console.api.areas.leaddeeds import DEEDS
from console.api.areas.linkageparts import KeptShown
from console.api.bodies import Making, Nothing, need_file, takes
from console.api.calls import Show
from console.api.routing import After, HasCall, Limit, Number, Routes, Word
from console.api.shown import Listing, Shown
from console.downloads import ANY, attachment
from core.access.permissions import Permission
from core.access.scopes import Area
from core.codes import Line, Secrecy
from models.base import key_of

router = Routes(Area.LEADS, Permission.LEAD)


class LeadLine(Shown):
    """A lead in a list; `late` are the clocks that have run out."""

    id: int
    number: str
    source: str
    source_ref: str | None
    received_on: date
    unit: str | None
    title: str
    state: str
    reply_due_on: date | None
    late: list[str]


class ExtensionShown(Shown):
    """An extension of one of the clocks of a lead."""

    clock: str
    state: str
    until_on: date
    reason: str
    asked_by: str
    asked_on: date
    decided_by: str | None
    decided_on: date | None


class LeadShown(Shown):
    """A lead without who brought it; `acts` are those possible in its state for whoever calls."""

    id: int
    number: str
    source: str
    source_ref: str | None
    line: str
    title: str
    text: str
    item: str | None
    unit: str | None
    to_unit: str | None
    received_on: date
    state: str
    secrecy: str
    handler: str | None
    check_due_on: date | None
    answer_due_on: date | None
    reply_due_on: date | None
    transfer_by_on: date
    document_id: int | None
    findings: list[str]
    extensions: list[ExtensionShown]
    files: list[KeptShown]
    has_source: bool
    acts: list[str]


class NewLeadGiven(Making):
    """登记一件线索；person、contact、remark 保密，此后接口不再给出 / never told again here"""

    source: str
    title: str
    text: str
    received_on: date | None = None
    source_ref: str = ""
    line: Line = Line.ENFORCEMENT
    unit: str = ""
    item: str = ""
    person: str = ""
    contact: str = ""
    remark: str = ""
    real_name: bool = False
    accusation: bool = False
    secrecy: Secrecy = Secrecy.INTERNAL
    reply_by: date | None = None

    def make(self, desk: Desk) -> int:
        told = self.model_dump(exclude={"received_on", "remark"})
        return key_of(
            register_lead(desk, NewLead(received_on=self.received_on or desk.today, note=self.remark, **told))
        )


class Imported(Shown):
    """What came of an import: new ones, and those that were known."""

    added: int
    known: int


def _lead(number: int) -> Show:
    def show(desk: Desk) -> LeadShown:
        told = show_lead(desk, number)
        return LeadShown.model_validate({**told, "files": files_of(desk, "lead", number)})

    return show


@router.read("/leads", Listing[LeadLine])
def list_leads(
    call: HasCall,
    state: Word = "",
    source: Word = "",
    overdue: bool = False,
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """本人可以知悉的线索，新的在前 / leads one may know of, the newest first"""
    return call.page(
        LeadLine,
        lambda desk: cut(
            list_known_leads(desk, state=state or None, source=source or None, overdue=overdue), after, limit,
            lambda row: row["id"],
        ),
    )  # fmt: skip


@router.make("/leads", LeadShown)
def register_a_lead(call: HasCall, sent: Annotated[Any, takes(NewLeadGiven)]) -> Response:
    """登记一件线索 / register a lead"""
    return call.make(sent, _lead)


@router.once("/leads/import", Imported)
def import_a_list_of_leads(call: HasCall, sent: Annotated[Any, takes(Nothing, files=1)]) -> Response:
    """导入线索清单，全部成功或全部不写 / import a list of leads, all rows or none"""
    return call.once(
        sent, lambda desk: Imported.model_validate(import_leads(desk, need_file(sent.enclosed, "线索清单")))
    )


@router.read("/leads/{number}", LeadShown)
def read_lead(call: HasCall, number: Number) -> Response:
    """一件线索；属于保密范围的，查看留痕 / one lead; a look at a confidential one is noted"""
    return call.look(_lead(number))


@router.act("/leads/{number}/acts", LeadShown)
def act_on_a_lead(call: HasCall, number: Number, sent: Annotated[Any, DEEDS]) -> Response:
    """初核、转办、反馈、立项、延期、答复、办结 / check, transfer, answer, establish, extend, reply, close"""
    return call.deed(sent, number, _lead)


@router.read("/leads/{number}/files/{file}", None, file=ANY)
def read_lead_file(call: HasCall, number: Number, file: Number) -> Response:
    """线索的一份材料；属于保密范围的，下载留痕 / one file of a lead"""
    with call.acting() as desk:
        name, content = file_of_lead(desk, number, file)
    return attachment(content, name)
