"""The schema that this program was written for, so that an old program does nothing on a database that moved on."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session

from core.errors import Refused

# It stands in the code and not only in migrations/: a process that has been running since before an upgrade of the
# files still knows what it is. Goes up with each migration; a test compares them.
REVISION = "0001"
REVISION_OF = sa.text("SELECT version_num FROM alembic_version")


def has_schema(session: Session) -> bool:
    """Return whether the database has the schema of this program."""
    return session.connection().execute(REVISION_OF).scalars().all() == [REVISION]


def require_schema(session: Session) -> None:
    """Raise Refused unless the database has the schema of this program, which then may claim work."""
    found = session.connection().execute(REVISION_OF).scalars().all()
    if list(found) != [REVISION]:
        raise Refused(
            "程序版本与数据库结构不一致，未领取任何工作",
            found="、".join(found) or "没有结构版本",
            expected=REVISION,
            remedy="数据库已升级的，升级并重新启动本机的程序；程序已升级的，运行 ducha init",
        )
