"""The workbook of one visit coming back on its page: handed in at once, or read into the fields to go on there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from casework.desk import Desk
from casework.inspection.checkdrafts import HEADERS, Change, Place, drafts_of, require_filling, save_changes
from casework.inspection.checklists import import_checklists, meta_of
from casework.inspection.visitfile import VisitFile
from core.codes import CHECK_RESULT_LABELS, SEVERITY_LABELS, UNIT_OPINION_LABELS
from core.errors import InvalidInput, Refused
from delivery.sheets.checklist_return import ChecklistRow, read_checklist, read_checklist_meta


def import_workbook(desk: Desk, file: VisitFile, path: Path, *, submit: bool, replace: bool) -> int:
    """Take the filled workbook of a visit; return how many working papers it brought, or how many fields were read.

    submit    hand it in; else it is read into the fields of the page
    replace   what was typed on the page may be given up for it
    raises    InvalidInput for the workbook of another visit, and with every bad cell; Refused when something that was
              typed on the page would be lost and nobody said that it may
    """
    require_filling(desk, file)
    if read_checklist_meta(path, name=path.name).visit != str(file.key):
        raise InvalidInput(
            f"{path.name}不是本次督察的检查表",
            found="其他督察的检查表",
            expected=f"{file.campaign.code} {file.unit.name}的检查表",
            remedy="从本页导出的检查表填写",
        )
    typed = {place: kept for place, kept in drafts_of(desk, file.key).items() if kept.value}
    if typed and not replace:
        raise Refused(
            "网页上已经填写了内容",
            found=f"{len(typed)}栏",
            expected="确认以导入的检查表为准",
            remedy="勾选“以检查表文件为准”后重新导入；或先导出含已填内容的检查表核对",
        )
    if submit:
        return import_checklists(desk, [path])["papers"]
    meta = meta_of(desk, file.campaign, file.visit, file.unit)
    rows = read_checklist(path, today=desk.today, expected=meta, name=path.name).rows
    return _read_in(desk, file, rows)


def _read_in(desk: Desk, file: VisitFile, rows: tuple[ChecklistRow, ...]) -> int:
    """Write every field of the rows over what was typed; fields that the workbook leaves empty become empty."""
    known = drafts_of(desk, file.key)
    wanted: dict[Place, str] = {place: "" for place, kept in known.items() if kept.value}
    positions: dict[str, int] = {}
    for row in rows:
        positions[row.item] = position = positions.get(row.item, 0) + 1
        for name, value in _words(row).items():
            if name in HEADERS and value:
                wanted[Place(row.item, position, name)] = value
    changes = [
        Change(place, value, known[place].revision if place in known else 0)
        for place, value in sorted(wanted.items())
    ]
    save_changes(desk, file, changes)
    desk.record("visit", file.key, "read_workbook", unit_id=file.visit.unit_id, fields=len(changes))
    return len([value for value in wanted.values() if value])


def _words(row: ChecklistRow) -> dict[str, str]:
    return {
        "result": CHECK_RESULT_LABELS[row.result],
        "problem": row.problem,
        "facts": row.facts,
        "severity": SEVERITY_LABELS[row.severity] if row.severity else "",
        "materials": "、".join(row.evidence),
        "day": _day(row.checked_on),
        "inspector": row.inspector or "",
        "opinion": UNIT_OPINION_LABELS[row.opinion] if row.opinion else "",
        "note": row.opinion_note,
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
