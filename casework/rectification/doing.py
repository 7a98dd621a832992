"""Acts on rows that somebody reaches by an address: what is out of their sight is told like a number never given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from casework.desk import Desk
from casework.history import last_of, require_unchanged
from casework.rectification.cases import act_on_case, find_case, no_such_case
from casework.rectification.evidence import content_path
from casework.sight import is_case_in_sight
from core.errors import NotFound, Refused
from core.life.rectification import CaseAct, RequestKind, RequestState
from models.rectification import Evidence, Rectification, SideRequest

DECIDING = {
    RequestKind.EXTENSION: CaseAct.DECIDE_EXTENSION,
    RequestKind.OBJECTION: CaseAct.DECIDE_OBJECTION,
    RequestKind.LONG_TERM: CaseAct.DECIDE_LONG_TERM,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done to a case; `values` are keys of the act, empty ones left out.

    seen   the mark of the case on the page that asks; empty where it carries none
    """

    act: str
    on: date | None = None
    note: str = ""
    files: Sequence[Path] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    seen: str = ""


def act_in_sight(desk: Desk, code: str, wish: Wish) -> Rectification:
    """Carry out an act on a case that the actor sees; raise NotFound for any other, whatever the act."""
    require_unchanged(desk, "case", need_in_sight(desk, code).id, wish.seen)
    return act_on_case(desk, code, wish.act, on=wish.on, note=wish.note, files=wish.files, values=wish.values)


def need_in_sight(desk: Desk, code: str) -> Rectification:
    """Return a case that the actor sees; raise NotFound in the words of a number never given."""
    case, _finding = find_case(desk, code)
    if not is_case_in_sight(desk, case.id):
        raise no_such_case(code)
    return case


def open_evidence(desk: Desk, code: str, number: int) -> tuple[Evidence, bytes]:
    """Return a file kept for a case in sight with its content; raise NotFound."""
    case = need_in_sight(desk, code)
    row = desk.session.get(Evidence, number)
    if row is None or (row.subject, row.subject_id) != ("case", case.id):
        raise NotFound(
            "没有这份材料", found=str(number), expected="本事项的佐证材料", remedy="回到整改事项重选"
        )
    path = content_path(desk.files, row.sha256)
    if not path.is_file():
        raise NotFound(
            "材料的内容不在本机",
            found=row.name,
            expected="文件库中的文件",
            remedy="告知系统管理人员核对文件库",
        )
    return row, path.read_bytes()


def find_request(desk: Desk, number: int) -> tuple[SideRequest, CaseAct]:
    """Return a request of a case in sight with the act that decides it; raise NotFound."""
    row = desk.session.get(SideRequest, number)
    act = DECIDING.get(RequestKind(row.kind)) if row is not None else None
    if (
        row is None
        or act is None
        or row.office_id != desk.office_id
        or not is_case_in_sight(desk, row.case_id)
    ):
        raise NotFound("没有这件申请", found=str(number), expected="待办理的申请", remedy="回到延期异议重选")
    if row.state != RequestState.REQUESTED:
        latest = last_of(desk, "case", [row.case_id])
        raise Refused(
            "这件申请已经办理，您的操作没有办理", found=f"整改事项{latest}" if latest else row.state,
            expected="待办理的申请", remedy="到整改事项页面查看；所填文字在下面，可以复制",
        )  # fmt: skip
    return row, act
