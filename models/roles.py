"""The role of the application on PostgreSQL: it reads and writes rows of one office, and can change no table."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError
from sqlmodel import SQLModel

from core.errors import InvalidInput, Refused

NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
ACTS = ("SELECT", "INSERT", "UPDATE", "DELETE")
# What is written once is not even granted; the triggers of migrations/guards.py refuse it to everybody.
APPEND_ONLY = {
    "audit_entry": ("SELECT", "INSERT"),
    "rule_set": ("SELECT", "INSERT"),
    "document_file": ("SELECT", "INSERT", "DELETE"),
    "message_body": ("SELECT", "INSERT", "DELETE"),
}


def grant_role(engine: sa.Engine, role: str) -> None:
    """Give a role what the application needs, and make it when it is not there; for the owner of the tables.

    Run again after every upgrade, for the new tables. The password is the administrator's to set.
    raises   InvalidInput for a name that is none; Refused for a role above the lock between offices, or no right to
    """
    if engine.dialect.name != "postgresql":
        raise InvalidInput("只有 PostgreSQL 有数据库角色", found=engine.dialect.name, expected="postgresql",
                           remedy="去掉 --role，或改用 PostgreSQL")  # fmt: skip
    if not NAME.fullmatch(role):
        raise InvalidInput("角色名不正确", found=role, expected="小写字母、数字和下划线", remedy="换一个名称")
    with engine.begin() as connection:
        _make(connection, role)
        for table in SQLModel.metadata.sorted_tables:
            acts = ", ".join(APPEND_ONLY.get(table.name, ACTS))
            connection.exec_driver_sql(f'REVOKE ALL ON "{table.name}" FROM {role}')
            connection.exec_driver_sql(f'GRANT {acts} ON "{table.name}" TO {role}')
        connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {role}")
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {role}")
        connection.exec_driver_sql(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")


def _make(connection: sa.Connection, role: str) -> None:
    query = sa.text(
        "SELECT rolsuper OR rolbypassrls OR pg_has_role(rolname, current_user, 'MEMBER') "
        "FROM pg_roles WHERE rolname = :role"
    )
    above = connection.execute(query, {"role": role}).scalar()
    if above is None:
        _create(connection, role)
    elif above:
        raise Refused(
            "该角色不受行级隔离约束，不能给程序使用", found=role,
            expected="不是超级用户、没有 BYPASSRLS、不属于表的所有者的角色", remedy="换一个角色名，由本命令新建",
        )  # fmt: skip


def _create(connection: sa.Connection, role: str) -> None:
    try:
        connection.exec_driver_sql(
            f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT"
        )
    except ProgrammingError as error:
        raise Refused(
            "当前账号无权新建角色", found=str(error.orig).splitlines()[0], expected="CREATEROLE",
            remedy=f"由数据库管理员运行 CREATE ROLE {role} LOGIN NOINHERIT，再运行本命令",
        ) from error  # fmt: skip
