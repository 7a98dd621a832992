"""Visits with their teams and checklists."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi.responses import Response

from casework.desk import Desk
from casework.inspection.checklists import import_checklists, make_checklist, record_self_report
from casework.listings.inspections import members_of, records_of, seen_visit, visits_page
from casework.staff.people import split
from console.api.bodies import Nothing, Sent, takes
from console.api.routing import After, HasCall, Limit, Listing, Number, Routes, Shown, Word
from console.downloads import SHEET, attachment
from core.access.permissions import Permission
from core.access.scopes import Area

router = Routes(Area.VISITS, Permission.VISIT)


class VisitLine(Shown):
    """A visit in a list."""

    id: int
    campaign: str
    unit: str
    unit_name: str
    from_on: date
    to_on: date
    place: str
    self_report_due_on: date | None
    self_report_on: date | None
    workbook_returned_on: date | None


class Member(Shown):
    """Somebody on the team of a visit."""

    code: str
    name: str
    role: str


class Checked(Shown):
    """What was checked of one item."""

    item: str
    position: int
    result: str
    problem: str
    facts: str
    severity: str | None
    materials: str
    checked_on: date
    inspector: str
    unit_opinion: str | None
    opinion_note: str


class VisitShown(VisitLine):
    """A visit with its team, its items and what was checked."""

    team: list[Member]
    items: list[str]
    records: list[Checked]


class Imported(Shown):
    """What came of an import."""

    counts: dict[str, int]


def _visit(visit_id: int) -> Any:
    def show(desk: Desk) -> VisitShown:
        row, campaign, unit = seen_visit(desk, visit_id)
        return VisitShown(
            id=visit_id, campaign=campaign.code, unit=unit.code, unit_name=unit.name, from_on=row.from_on,
            to_on=row.to_on, place=row.place, self_report_due_on=row.self_report_due_on,
            self_report_on=row.self_report_on, workbook_returned_on=row.workbook_returned_on,
            team=[Member.model_validate(one) for one in members_of(desk, visit_id)], items=list(split(row.items)),
            records=[Checked.model_validate(one) for one in records_of(desk, visit_id)],
        )  # fmt: skip

    return show


@router.read("/visits", Listing[VisitLine])
def list_visits(
    call: HasCall, campaign: Word = "", unit: Word = "", after: After = "", limit: Limit = 50
) -> Response:
    """督察记录，新的在前 / visits, the newest first"""

    def show(desk: Desk) -> Listing[VisitLine]:
        found = visits_page(desk, after, limit, campaign=campaign, unit=unit)
        return Listing(items=[VisitLine.model_validate(row) for row in found.rows], next=found.next)

    return call.read(show)


@router.read("/visits/{number}", VisitShown)
def read_visit(call: HasCall, number: Number) -> Response:
    """一次督察：督察组、事项、检查情况 / one visit with team and records"""
    return call.read(_visit(number))


@router.read("/visits/{number}/checklist", None, file=SHEET)
def read_checklist(call: HasCall, number: Number) -> Response:
    """检查表（.xlsx） / the checklist as a workbook"""
    with call.world.desk(call.who, readonly=False) as desk:  # the form's version is kept with the visit
        row, campaign, unit = seen_visit(desk, number)
        content = make_checklist(desk, campaign, row, unit)
    return attachment(content, f"检查表-{campaign.code}-{unit.code}.xlsx", SHEET)


@router.act("/visits/checklists", Imported)
def import_a_checklist(call: HasCall, sent: Annotated[Sent[Nothing], takes(Nothing, files=10)]) -> Response:
    """导入填好的检查表，全部成功或全部不写 / import filled checklists, all or nothing"""
    return call.create(
        sent.whole, lambda desk: Imported(counts=import_checklists(desk, list(sent.files))), status=200
    )


@router.act("/visits/{number}/self-report", VisitShown)
def note_self_report(
    call: HasCall, number: Number, sent: Annotated[Sent[Nothing], takes(Nothing)]
) -> Response:
    """登记单位已报送自查报告 / note that the unit reported on itself"""

    def verb(desk: Desk) -> None:
        _row, campaign, unit = seen_visit(desk, number)
        record_self_report(desk, campaign.code, unit.code)

    return call.change(sent.whole, verb, _visit(number))
