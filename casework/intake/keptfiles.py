"""The files that came with the acts on a lead, a matter handed over, a meeting, a referral or a lawsuit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.rectification.evidence import content_path
from core.errors import NotFound
from models.base import key_of
from models.rectification import Evidence


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was kept, and the act it came with."""

    id: int
    name: str
    size: int
    act: str
    by: str
    on: date


def files_of(desk: Desk, subject: str, subject_id: int) -> list[KeptFile]:
    """Return the files of a thing, oldest first; who may see the thing is asked before."""
    query = select(Evidence).where(
        col(Evidence.office_id) == desk.office_id,
        col(Evidence.subject) == subject,
        col(Evidence.subject_id) == subject_id,
    )
    return [
        KeptFile(key_of(row), row.name, row.size, row.act, row.filed_by, row.filed_on)
        for row in desk.session.exec(query.order_by(col(Evidence.id)))
    ]


def read_kept(desk: Desk, subject: str, subject_id: int, file_id: int) -> tuple[str, bytes]:
    """Return name and content of a file of a thing; who may see the thing is asked before.

    raises   NotFound for a file of another thing, and where the content is gone or was changed
    """
    row = desk.session.get(Evidence, file_id)
    if row is None or (row.office_id, row.subject, row.subject_id) != (desk.office_id, subject, subject_id):
        raise NotFound("没有这个文件", found=str(file_id), expected="页面所列文件", remedy="返回页面重新选择")
    path = content_path(desk.files, row.sha256)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise NotFound(
            "文件内容已经缺失或被改动", found=row.name, expected="登记时的文件", remedy="告知系统管理人员核查"
        )
    return row.name, content
