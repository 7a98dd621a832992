"""The register of matters by .xlsx: all or nothing, every bad cell named; known numbers are updated."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.litigation.clocks import Counting, set_counted, set_given
from casework.litigation.ending import Outcome, conclude
from casework.litigation.files import MatterFile, find_matter, load_files, may_read, units_of
from casework.litigation.filing import close, perform
from casework.litigation.lights import refresh
from casework.litigation.recording import note_fact
from casework.litigation.registering import Entry, describe, register
from casework.rulesets.library import freeze_current
from casework.staff.people import find_unit, require_role
from core.errors import BadCell, DuchaError, InvalidInput
from core.life.matterlife import (
    FIRST_CLOCK,
    MATTER,
    OVER,
    Instance,
    MatterAct,
    MatterKind,
    MatterState,
    Plaintiff,
    Result,
)
from delivery.sheets.matters import WHAT, MatterRow, read_matters, write_matters
from models.matter import LitigationMatter, MatterParty
from models.organisation import Unit

KEEPERS = ("officer", "leader", "director")
REASON = "台账导入更新"
FIXED = (("案件类型", "kind"), ("审级", "instance"), ("收到日期", "received_on"))


def import_matters(desk: Desk, path: Path) -> dict[str, int]:
    """Add or update the matters of a file; return {added, updated, unchanged}.

    A row with 办结日 is a matter of the past: it is kept as closed, without tasks or sheets.
    raises   NotAllowed; InvalidInput naming every bad cell; nothing is written then
    """
    require_role(desk, KEEPERS, "导入行政争议台账")
    units = tuple(desk.session.exec(select(Unit.code).where(col(Unit.office_id) == desk.office_id)))
    items = tuple(item.id for catalog in desk.rules.catalogs.values() for item in catalog.items)
    rows = read_matters(path, known_units=units, known_items=items, name=path.name)
    digest = freeze_current(desk.session, desk.rules, {}, desk.now)
    known = set(
        desk.session.exec(
            select(LitigationMatter.number).where(col(LitigationMatter.office_id) == desk.office_id)
        )
    )
    done = {"added": 0, "updated": 0, "unchanged": 0}
    bad: list[BadCell] = []
    for row in rows:
        try:
            if row.number in known:
                done["updated" if _update(desk, row) else "unchanged"] += 1
            else:
                _add(desk, row, digest, path.name)
                done["added"] += 1
        except DuchaError as error:
            # Every row is tried, so that a person gets all mistakes at once; the transaction is thrown away below.
            bad.append(_bad_cell(row, error))
    if bad:
        raise InvalidInput(f"{WHAT}有{len(bad)}处填写错误", cells=bad)
    return done


def _bad_cell(row: MatterRow, error: DuchaError) -> BadCell:
    header = getattr(error, "header", "案号")
    found = f"{row.number} {error.what}" + (f"（{error.found}）" if error.found else "")
    return BadCell(
        row.sheet, row.cells.get(header, row.cells["案号"]), found, error.expected or "改正后重新导入"
    )


class _CellWrong(InvalidInput):
    """A cell of a row that does not go with what is registered."""

    def __init__(self, header: str, what: str, *, found: str, expected: str) -> None:
        super().__init__(what, found=found, expected=expected)
        self.header = header


def _add(desk: Desk, row: MatterRow, digest: str, name: str) -> None:
    past = row.closed_on is not None
    entry = Entry(
        number=row.number,
        kind=row.kind,
        unit=row.unit,
        forum=row.forum,
        cause=row.cause,
        received_on=row.received_on,
        instance=row.instance,
        plaintiff=row.plaintiff or Plaintiff.PERSON,
        item=row.item or None,
        parties=row.parties,
        start_on=row.start_on,
        handler=row.handler,
        agent=row.agent,
        attendee=row.attendee,
        note=row.note,
    )
    file = register(desk, entry, rules_sha256=digest, quietly=past)
    if row.attendee:
        # When the person was named is not told; a ledger that names one is taken at its word from the start.
        note_fact(desk, file, "attendee_named", row.received_on, f"台账载明：{row.attendee}")
    if row.hearing_on is not None:
        set_given(desk, file, "hearing", row.hearing_on)
    _result(desk, file, row, name, quietly=past)
    if past:
        _put_away(desk, file, row)
    else:
        _perform(desk, file, row)
        refresh(desk, file)


def _put_away(desk: Desk, file: MatterFile, row: MatterRow) -> None:
    assert row.closed_on is not None
    if row.closed_on > desk.today:
        raise _CellWrong(
            "办结日", "办结日在今天之后", found=row.closed_on.isoformat(), expected=f"不晚于{desk.today}"
        )
    if MatterState(file.row.state) is MatterState.REGISTERED:  # a duty to perform has no result of its own
        perform(desk, file, row.performance_on or row.closed_on, note="台账载明", quietly=True)
    elif row.performance_on is not None:
        set_given(desk, file, "performance_due", row.performance_on)
    close(desk, file, "历史案件导入", on=row.closed_on, quietly=True)


def _result(desk: Desk, file: MatterFile, row: MatterRow, name: str, *, quietly: bool) -> bool:
    """Register the result of a row; return whether there was one to register."""
    if row.result is None:
        if row.served_on is not None and "judgment_served" not in file.dates:
            return set_given(desk, file, "judgment_served", row.served_on) is not None
        return False
    day = row.decided_on or row.served_on
    assert day is not None  # the reader asked for one of them
    outcome = Outcome(row.result, day, row.served_on, source=f"台账导入：{name}")
    conclude(desk, file, outcome, quietly=quietly)
    return True


def _perform(desk: Desk, file: MatterFile, row: MatterRow) -> bool:
    """Note the day to perform of a row; return whether it is new or moved."""
    if row.performance_on is None:
        return False
    if "performance_due" in file.dates:
        return set_given(desk, file, "performance_due", row.performance_on, REASON) is not None
    if (MatterState(file.row.state), MatterAct.PERFORM) in MATTER.moves:
        perform(desk, file, row.performance_on, note="台账载明")
        return True
    return set_given(desk, file, "performance_due", row.performance_on) is not None


def _update(desk: Desk, row: MatterRow) -> bool:
    """Bring a known matter up to a row; return whether anything changed."""
    file = find_matter(desk, row.number)
    _check_fixed(desk, file, row)
    if MatterState(file.row.state) in OVER:
        return False
    changed = _describe(desk, file, row)
    changed |= _dates(desk, file, row)
    if row.result is not None and file.result is None:
        changed |= _result(desk, file, row, "更新", quietly=False)
    changed |= _perform(desk, file, row)
    if row.closed_on is not None:
        close(desk, file, REASON, on=row.closed_on)
        changed = True
    if changed:
        refresh(desk, file)
    return changed


def _check_fixed(desk: Desk, file: MatterFile, row: MatterRow) -> None:
    """Refuse what an import may not change: what kind of matter it is, whose, since when, and how it ended."""
    for header, name in FIXED:
        stored, given = getattr(file.row, name), getattr(row, name)
        told = given.value if hasattr(given, "value") else given
        if stored != told:
            raise _CellWrong(
                header, "与已登记的不一致", found=str(told or "空"), expected=f"已登记的 {stored or '空'}"
            )
    if find_unit(desk, row.unit).id != file.row.unit_id:
        raise _CellWrong("被告单位编码", "与已登记的不一致", found=row.unit, expected="已登记的被告单位")
    if row.result is not None and file.result is not None and row.result.value != file.result.result:
        raise _CellWrong(
            "结果",
            "与已登记的结果不一致",
            found=row.result.value,
            expected=f"已登记的 {file.result.result}；更正用 ducha matter revise",
        )


def _describe(desk: Desk, file: MatterFile, row: MatterRow) -> bool:
    given = {name: getattr(row, name) for name in ("forum", "cause", "handler", "agent", "attendee", "note")}
    wanted = {name: text for name, text in given.items() if text and text != getattr(file.row, name)}
    if wanted:
        describe(desk, file, **wanted)
    if row.item and row.item != file.row.item:
        desk.record(
            "matter", file.id, "describe", unit_id=file.row.unit_id, item=row.item, before=file.row.item
        )
        file.row.item = row.item
        desk.session.add(file.row)
        wanted["item"] = row.item
    return bool(wanted)


def _dates(desk: Desk, file: MatterFile, row: MatterRow) -> bool:
    changed = False
    if row.hearing_on is not None:
        changed |= set_given(desk, file, "hearing", row.hearing_on, REASON) is not None
    usual = FIRST_CLOCK.get((row.kind, row.instance))
    if row.start_on is not None and usual is not None:
        known = file.dates.get(usual[0])
        if known is None or known.start_on != row.start_on:
            clock = known.clock if known and known.clock else usual[1]
            counting = Counting(row.start_on, clock, known.variant if known else "")
            changed |= set_counted(desk, file, usual[0], counting, REASON) is not None
    return changed


def export_matters(desk: Desk) -> bytes:
    """Return the register of all matters but the annulled as .xlsx; a unit gets its own."""
    query = select(LitigationMatter).where(
        col(LitigationMatter.office_id) == desk.office_id,
        col(LitigationMatter.state) != MatterState.ANNULLED.value,
    )
    if desk.actor.speaks_for_unit:
        unit_id = find_unit(desk, desk.actor.unit_code or "").id
        sued = select(MatterParty.matter_id).where(col(MatterParty.unit_id) == unit_id)
        query = query.where(
            (col(LitigationMatter.unit_id) == unit_id) | col(LitigationMatter.id).in_(sued), may_read(desk)
        )
    order = query.order_by(col(LitigationMatter.received_on), col(LitigationMatter.id))
    files = load_files(desk, list(desk.session.exec(order)))
    wanted = {number for file in files for number in (file.row.unit_id, *file.parties)}
    units = units_of(desk, wanted)
    rows = [_row_of(file, units) for file in files]
    return write_matters(rows, office=desk.office.name, made_on=desk.today)


def _row_of(file: MatterFile, units: dict[int, Unit]) -> MatterRow:
    row = file.row
    usual = FIRST_CLOCK.get((MatterKind(row.kind), Instance(row.instance) if row.instance else None))
    first = file.dates.get(usual[0]) if usual else None
    return MatterRow(
        number=row.number,
        kind=MatterKind(row.kind),
        forum=row.forum,
        unit=units[row.unit_id].code,
        cause=row.cause,
        received_on=row.received_on,
        instance=Instance(row.instance) if row.instance else None,
        parties=tuple(units[one].code for one in file.parties),
        plaintiff=Plaintiff(row.plaintiff),
        start_on=first.start_on if first else None,
        hearing_on=_day(file, "hearing"),
        decided_on=file.result.decided_on if file.result else None,
        served_on=file.result.served_on if file.result else _day(file, "judgment_served"),
        result=Result(file.result.result) if file.result else None,
        performance_on=_day(file, "performance_due"),
        attendee=row.attendee,
        handler=row.handler,
        agent=row.agent,
        item=row.item or "",
        closed_on=row.closed_on,
        note=row.note,
    )


def _day(file: MatterFile, code: str) -> date | None:
    found = file.dates.get(code)
    return found.on_day if found else None
