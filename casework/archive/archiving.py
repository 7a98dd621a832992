"""Archiving (归档): pack the record of what ended, file it under its number, hand it over, appraise it at its term."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import col, select

from casework.archive.dossiers import Record, record_of
from casework.archive.endings import Ending, ending_of
from casework.desk import Desk
from casework.linkage.compartment import knows_all
from casework.moves import take
from casework.staff.people import require_other, require_role
from core.errors import InvalidInput, NotFound, Refused
from core.life.archivelife import ARCHIVE, ArchiveAct, ArchiveState
from core.retention import kept_until, transfer_due, write_archive_no
from core.rulebook.archives import RETENTION_LABELS, ArchiveClass, ArchiveRules, Retention
from delivery.dossier import Dossier, Packed, write_dossier
from models.archive import ArchiveFile
from models.base import key_of


def plan_of_office(desk: Desk) -> ArchiveRules:
    """Return the file plan the office uses; raise Refused when there is none."""
    plans = desk.rules.archives
    wanted = desk.office_rules.choices.archives
    found = plans.get(wanted) if wanted else next(iter(plans.values()), None)
    if found is None:
        raise Refused(
            "没有归档范围和保管期限表",
            found=wanted or "rules/archives/ 中没有文件",
            expected="rules/archives/ 中的一份表",
            remedy="补充该文件，或在单位文件 choices.archives 中指明",
        )
    return found


def pack(desk: Desk, subject: str, code: str, folder: Path) -> ArchiveFile:
    """Write the whole record of something that has ended as one package, and register it; packing again replaces it.

    raises   Refused while it has not ended, when no line of the file plan covers it, or after it was filed
    """
    require_role(desk, ("officer", "director"), "装卷归档")
    ending = ending_of(desk, subject, code)
    record = record_of(desk, subject, ending.subject_id)
    line = _line(desk, subject, record)
    known = _known(desk, subject, ending.subject_id)
    if known is not None:
        ARCHIVE.step(known.state, ArchiveAct.PACK_AGAIN)
    folder.mkdir(parents=True, exist_ok=True)
    packed = write_dossier(_dossier(desk, ending, record, line), folder / f"{subject}-{code}.zip")
    return _register(desk, ending, line, packed, known)


def _line(desk: Desk, subject: str, record: Record) -> ArchiveClass:
    line = plan_of_office(desk).class_for(subject, record.kinds)
    if line is None:
        raise Refused(
            "归档范围和保管期限表中没有这类案卷",
            found=subject,
            expected="表中某一类的 subjects 含有它",
            remedy="在 rules/archives/ 的表中补充一类",
        )
    return line


def _dossier(desk: Desk, ending: Ending, record: Record, line: ArchiveClass) -> Dossier:
    plan = plan_of_office(desk)
    retention = RETENTION_LABELS[line.retention]
    facts = {
        "立档单位": desk.office_rules.name,
        "全宗号": plan.fonds or "未给定",
        "案卷": f"{ending.code} {ending.title}",
        "类别": line.name,
        "保管期限": retention if plan.approval else f"{retention}（建议，保管期限表尚未审核同意）",
        "年度": str(ending.year),
        "办结状态": ending.state,
        "规则版本": ending.rules_sha256 or "",
        "装卷日期": desk.today.isoformat(),
        "装卷人": desk.actor.code,
        "卷内文件": f"{len(record.members)}件",
        "过程记录": f"{len(record.steps)}条",
    }
    return Dossier(f"{ending.code} {ending.title}", facts, record.members, record.steps, record.warnings)


def _register(
    desk: Desk, ending: Ending, line: ArchiveClass, packed: Packed, known: ArchiveFile | None
) -> ArchiveFile:
    told: dict[str, Any] = {
        "code": ending.code,
        "title": ending.title,
        "year": ending.year,
        "class_code": line.code,
        "retention": line.retention,
        "kept_until": kept_until(line.retention, ending.year),
        "transfer_due_on": transfer_due(ending.year, plan_of_office(desk).transfer_years),
        "members": packed.members,
        "size": packed.size,
        "sha256": packed.sha256,
        "packed_on": desk.today,
        "packed_by": desk.actor.code,
    }
    said = {"sha256": packed.sha256, "members": packed.members}
    if known is None:
        known = ArchiveFile(
            office_id=desk.office_id, subject=ending.subject, subject_id=ending.subject_id,
            state=ARCHIVE.start.value, **told,
        )  # fmt: skip
        desk.session.add(known)
        desk.session.flush()
        desk.record("archive", key_of(known), "pack", to_state=known.state, detail=said)
    else:
        known.sqlmodel_update(told)
        take(desk, known, ARCHIVE, ArchiveAct.PACK_AGAIN, detail=said)
    return _kept(desk, known)


def _known(desk: Desk, subject: str, subject_id: int) -> ArchiveFile | None:
    query = select(ArchiveFile).where(
        col(ArchiveFile.office_id) == desk.office_id,
        col(ArchiveFile.subject) == subject,
        col(ArchiveFile.subject_id) == subject_id,
    )
    return desk.session.exec(query).first()


def file_away(desk: Desk, archive_id: int) -> ArchiveFile:
    """Give a packed file its archive number, the next of its year, class and term.

    raises   Refused until the archive authority agreed to the file plan and the fonds number is known
    source   档案法实施条例 第十九条; DA/T 22-2015
    """
    row = find_file(desk, archive_id)
    plan = plan_of_office(desk)
    if plan.approval is None or plan.fonds is None:
        raise Refused(
            "归档范围和保管期限表未经审核同意，不能编号归档",
            found="approval 或 fonds 未填写",
            expected="同级档案主管部门的审核同意和全宗号",
            remedy=f"报请审核同意后，在 rules/archives/{plan.key}.yaml 中填写 approval 和 fonds",
        )
    with desk.session.no_autoflush:
        row.piece = _next_piece(desk, row)
        row.archive_no = write_archive_no(
            plan.fonds, row.year, cast("Retention", row.retention), row.class_code, row.piece
        )
        row.filed_on = desk.today
        take(desk, row, ARCHIVE, ArchiveAct.FILE, detail={"archive_no": row.archive_no})
    return _kept(desk, row)


def _next_piece(desk: Desk, row: ArchiveFile) -> int:
    query = select(sa.func.max(ArchiveFile.piece)).where(
        col(ArchiveFile.office_id) == desk.office_id,
        col(ArchiveFile.year) == row.year,
        col(ArchiveFile.class_code) == row.class_code,
        col(ArchiveFile.retention) == row.retention,
    )
    return (desk.session.exec(query).one() or 0) + 1


def transfer(desk: Desk, archive_ids: list[int], note: str) -> list[ArchiveFile]:
    """Record that files were handed to the archive with their transfer list."""
    rows = [find_file(desk, one) for one in archive_ids]
    for row in rows:
        take(desk, row, ARCHIVE, ArchiveAct.TRANSFER, detail={"note": note})
        row.transferred_on, row.note = desk.today, note
    return [_kept(desk, row) for row in rows]


def appraise(desk: Desk, archive_id: int, note: str) -> ArchiveFile:
    """Give the opinion on a file whose term has ended; whether it is destroyed is decided by somebody else.

    raises   Refused before its term ends, and for what is kept for ever
    """
    row = find_file(desk, archive_id)
    if row.kept_until is None or row.kept_until >= desk.today:
        raise Refused(
            "保管期限尚未届满，不作鉴定",
            found=row.kept_until.isoformat() if row.kept_until else "永久",
            expected=f"{desk.today} 以前届满",
            remedy="期满后再鉴定",
        )
    _need_note(note, "鉴定意见")
    take(desk, row, ARCHIVE, ArchiveAct.APPRAISE, detail={"note": note})
    row.appraised_by, row.note = desk.actor.code, note
    return _kept(desk, row)


def decide(desk: Desk, archive_id: int, *, destroy: bool, note: str) -> ArchiveFile:
    """Decide on an appraised file: keep it on, or have it destroyed; the register keeps its line either way.

    source   档案法实施条例 第二十四条: appraisal before destruction
    """
    row = find_file(desk, archive_id)
    require_other(desk, row.appraised_by, "批准")
    _need_note(note, "批准意见")
    with desk.session.no_autoflush:
        if destroy:
            row.decided_by = desk.actor.code
        take(desk, row, ARCHIVE, ArchiveAct.DESTROY if destroy else ArchiveAct.KEEP, detail={"note": note})
        if not destroy:
            row.appraised_by = None
            row.kept_until = kept_until("years_10", desk.today.year)
    return _kept(desk, row)


def _need_note(note: str, what: str) -> None:
    if not note.strip():
        raise InvalidInput(f"{what}不能为空", found="空", expected="一句说明", remedy="加上 --note")


def find_file(desk: Desk, archive_id: int) -> ArchiveFile:
    """Return a file of this office that the actor may see; raise NotFound."""
    row = desk.session.get(ArchiveFile, archive_id)
    hidden = row is not None and row.subject == "referral" and not knows_all(desk)
    if row is None or row.office_id != desk.office_id or hidden or desk.actor.speaks_for_unit:
        raise NotFound(
            "没有这个案卷", found=str(archive_id), expected="案卷编号", remedy="运行 ducha archive list 查看"
        )
    return row


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files a list shows: all, those to hand over by a day, or those whose term has ended."""

    state: str | None = None
    transfer_by: date | None = None
    expired: bool = False


def list_files(desk: Desk, wanted: Wanted = Wanted()) -> list[ArchiveFile]:  # frozen
    """Return the archived files in the order of their numbers; referrals only to whoever is named for them."""
    require_role(desk, ("officer", "director", "linkage"), "查看归档目录")
    query = select(ArchiveFile).where(col(ArchiveFile.office_id) == desk.office_id)
    if wanted.state:
        query = query.where(col(ArchiveFile.state) == wanted.state)
    if wanted.transfer_by:
        query = query.where(
            col(ArchiveFile.state) == ArchiveState.FILED.value,
            col(ArchiveFile.transfer_due_on) <= wanted.transfer_by,
        )
    if wanted.expired:
        query = query.where(
            col(ArchiveFile.state) == ArchiveState.FILED.value, col(ArchiveFile.kept_until) < desk.today
        )
    if not knows_all(desk):
        query = query.where(col(ArchiveFile.subject) != "referral")
    return list(
        desk.session.exec(
            query.order_by(
                col(ArchiveFile.year),
                col(ArchiveFile.class_code),
                col(ArchiveFile.piece),
                col(ArchiveFile.id),
            )
        )
    )


def _kept(desk: Desk, row: ArchiveFile) -> ArchiveFile:
    desk.session.add(row)
    desk.session.flush()
    return row
