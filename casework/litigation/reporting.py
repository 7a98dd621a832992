"""Reports of progress (实时+半月): when the next is due, what was handed in, and to whom it is copied in writing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.litigation.files import MatterFile
from casework.rectification.evidence import keep_file
from casework.tasks import finish_for, open_task
from core.codes import Light
from core.errors import IllegalMove, InvalidInput, NotAllowed
from core.ladders.guardrails import keep_guardrails
from core.ladders.litigation import report_due
from core.ladders.matters import MatterStanding
from core.life.matterlife import OVER, PAPER_KIND_LABELS, Fault, MatterState, PaperKind
from core.rulebook.litigation import LitigationLadder
from core.rulebook.risks import Band
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.matterwork import MatterPaper
from models.task import Task

FILERS = frozenset({"officer", "leader", "director", "unit"})
PROGRESS_FILERS = frozenset({"officer", "unit"})  # as for every half-month report (core/life/halflife.py)


def cc_of(ladder: LitigationLadder, band: Band | None) -> tuple[str, ...]:
    """Return to whom reports of a colour are copied in writing: as its band says, else as the half-month rule says."""
    return (band.report.cc if band else ()) or ladder.half_month_report.cc


def next_due(desk: Desk, file: MatterFile, band: Band | None, standing: MatterStanding) -> date | None:
    """Return the day by which the next report is due where a colour asks for one every few working days, else None.

    What is reported by the half month is owed by casework/litigation/halves.py.
    raises   CalendarMissing
    """
    if band is None or band.report.every != "workdays":
        return None
    reached = next(
        (one.on for one in reversed(standing.turns) if one.before != one.after), file.row.received_on
    )
    query = (
        select(col(MatterPaper.on_day))
        .where(col(MatterPaper.matter_id) == file.id, col(MatterPaper.kind) == PaperKind.PROGRESS.value)
        .order_by(col(MatterPaper.on_day))
    )
    return report_due(band.report, reached, list(desk.session.exec(query)), desk.calendar)


def owe_progress(desk: Desk, file: MatterFile, band: Band | None, standing: MatterStanding) -> None:
    """Keep one open task for the next report of progress, due as the present colour asks."""
    due_on = next_due(desk, file, band, standing)
    wanted = f"matter:{file.id}:progress:{due_on}"
    for key in open_keys(desk, file, "matter_progress"):
        if key != wanted:
            finish_for(desk, key, "灯色变化，按新的频次报告" if due_on else "已熄灯，不再报告")
    if due_on is None:
        return
    contents = "、".join(file.ladder.half_month_report.contents)
    open_task(
        desk,
        wanted,
        kind="matter_progress",
        title=f"{file.row.number} 报送化解进展（{contents}），抄送{'、'.join(cc_of(file.ladder, band))}",
        subject="matter",
        subject_id=file.id,
        role="officer",
        due_on=due_on,
        unit_id=file.row.unit_id,
    )


def owe_node_report(desk: Desk, file: MatterFile, node: str, why: str) -> None:
    """Ask for a report at once at a key node (实时报告)."""
    cc = "、".join(cc_of(file.ladder, file.ladder.band(Light(file.row.light))))
    open_task(
        desk,
        f"matter:{file.id}:node:{node}",
        kind="matter_node",
        title=f"{file.row.number} 关键节点即时报告，抄送{cc}：{why}",
        subject="matter",
        subject_id=file.id,
        role="officer",
        due_on=desk.today,
        unit_id=file.row.unit_id,
    )


def open_keys(desk: Desk, file: MatterFile, kind: str = "") -> list[str]:
    """Return the keys of the open tasks about a matter, of one kind when it is given; none of the compartment."""
    query = select(Task.key).where(
        col(Task.office_id) == desk.office_id,
        col(Task.subject) == "matter",
        col(Task.subject_id) == file.id,
        col(Task.state) == "open",
        col(Task.confidential).is_(False),  # what belongs to the compartment of linkage is not ours to end
    )
    if kind:
        query = query.where(col(Task.kind) == kind)
    return list(desk.session.exec(query))


def store_paper(
    desk: Desk,
    file: MatterFile,
    kind: PaperKind,
    content: str,
    *,
    on: date | None = None,
    next_steps: str = "",
    fault: Fault | None = None,
    files: Sequence[Path] = (),
) -> MatterPaper:
    """Store what was handed in about a matter: its texts keep the guardrails, its files are kept.

    raises   NotAllowed; IllegalMove for a matter that is over; InvalidInput for an empty text, a day to come,
             a recap without a word on responsibility, or a text that breaks a guardrail
    """
    day = on or desk.today
    _check_paper(desk, file, kind, content, fault)
    _check_words(desk, file, kind, day, (content, next_steps))
    band = file.ladder.band(Light(file.row.light))
    row = MatterPaper(
        matter_id=file.id,
        kind=kind.value,
        on_day=day,
        content=content.strip(),
        next_steps=next_steps.strip(),
        fault=fault.value if fault else None,
        copied_to="、".join(cc_of(file.ladder, band)) if kind is PaperKind.PROGRESS else "",
        recorded_by=desk.actor.code,
        recorded_on=desk.today,
    )
    desk.session.add(row)
    desk.session.flush()
    for path in files:
        keep_file(desk, "matter", file.id, kind.value, path)
    desk.record("matter", file.id, f"paper_{kind.value}", unit_id=file.row.unit_id, on=day, paper=key_of(row))
    if kind is PaperKind.PROGRESS:
        _copy_progress(desk, file, row)
    return row


def _check_words(desk: Desk, file: MatterFile, kind: PaperKind, day: date, texts: Sequence[str]) -> None:
    if day > desk.today or day < file.row.received_on:
        raise InvalidInput(
            "材料日期不正确",
            found=day.isoformat(),
            expected=f"{file.row.received_on}至{desk.today}之间",
            remedy="改正 --on",
        )
    label = PAPER_KIND_LABELS[kind]
    for text in texts:
        refuse_state_secrets(text, label)
        # An appeal may say what is wrong with a judgment; nothing else of this line may.
        if kind is not PaperKind.APPEAL_OPINION:
            keep_guardrails(text, label)


def _check_paper(desk: Desk, file: MatterFile, kind: PaperKind, content: str, fault: Fault | None) -> None:
    label = PAPER_KIND_LABELS[kind]
    if not (PROGRESS_FILERS if kind is PaperKind.PROGRESS else FILERS) & desk.actor.roles:
        raise NotAllowed(
            f"无权报送{label}",
            found=desk.actor.code,
            expected="本单位承办人员或被诉单位",
            remedy="换人操作（--by）",
        )
    if MatterState(file.row.state) in OVER:
        raise IllegalMove("行政争议事项", file.row.state, f"报送{label}", ())
    if not content.strip():
        raise InvalidInput(f"{label}没有内容", found="空", expected="一段文字", remedy="加上 --text")
    if (kind is PaperKind.RECAP) is not (fault is not None):
        raise InvalidInput(
            "责任认定只写在复盘报告中，复盘报告须写明",
            found=fault.value if fault else "未写",
            expected="none 无责任、slight 一般过失、grave 故意或重大过失",
            remedy="复盘加上 --fault，其他材料不写",
        )
    if kind is PaperKind.RECAP and desk.actor.speaks_for_unit:
        raise NotAllowed(
            "责任认定不由被诉单位自己登记",
            found=desk.actor.code,
            expected="督察单位人员",
            remedy="换人操作（--by）",
        )


def _copy_progress(desk: Desk, file: MatterFile, row: MatterPaper) -> None:
    """Settle the reports that were owed, and ask for the copy in writing to the leaders of the county."""
    for key in (*open_keys(desk, file, "matter_progress"), *open_keys(desk, file, "matter_node")):
        finish_for(desk, key, f"已于{row.on_day}报告")
    if row.copied_to:
        open_task(
            desk,
            f"matter:{file.id}:copy:{row.id}",
            kind="matter_copy",
            title=f"{file.row.number} {row.on_day}化解进展报告书面抄送：{row.copied_to}",
            subject="matter",
            subject_id=file.id,
            role="officer",
            due_on=desk.calendar.after(desk.today, 1),
            unit_id=file.row.unit_id,
        )
