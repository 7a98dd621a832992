"""Offices apart by row: PostgreSQL shows and takes only rows of the office that a transaction has entered.

This is the second lock behind the queries, which name the office themselves: a query that forgets it finds nothing of
others. It holds for the role of the application (models/roles.py), not for a superuser or a role that bypasses it.
SQLite has no such lock; there one office has a file of its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session

# Tables of the whole installation: who the offices are, what the rules said, and whether the system is on hold.
SHARED = frozenset({"office", "rule_set", "note"})
SETTING = "ducha.office_id"
# A setting that was local to an earlier transaction of the connection comes back as an empty text. The sub-select is
# worked out once a statement, so that an index serves.
OWN = f"office_id = (SELECT nullif(current_setting('{SETTING}', true), '')::integer)"
POLICY = "own_office"


def condition_of(table: sa.Table) -> str | None:
    """Return which rows of a table belong to the office that was entered; None for what all offices share.

    A table without an office of its own is reached through the row that it hangs on, which is hidden or shown itself.
    raises   LookupError for a table that hangs on nothing of an office
    """
    if table.name in SHARED:
        return None
    if "office_id" in table.columns:
        return OWN
    keys = [key for key in table.foreign_keys if key.column.table.name not in SHARED]
    firm = sorted((key for key in keys if not key.parent.nullable), key=lambda key: key.parent.name)
    if not keys:
        raise LookupError(f"{table.name} belongs to no office: give it office_id, or name it in SHARED")
    through = firm[:1] or sorted(keys, key=lambda key: key.parent.name)
    return " OR ".join(
        f'EXISTS (SELECT 1 FROM "{key.column.table.name}" AS owner '  # noqa: S608  # names of our own tables
        f'WHERE owner.{key.column.name} = "{table.name}".{key.parent.name})'
        for key in through
    )


def statements(table: str, condition: str) -> list[str]:
    """Return the SQL that shuts a table to other offices, for its owner too."""
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY {POLICY} ON "{table}" USING ({condition})',
    ]


def enter_office(session: Session, office_id: int) -> None:
    """Enter an office until the end of the transaction."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.set_config(SETTING, str(office_id), True)))


def sees_everything(session: Session) -> bool:
    """Return whether the role of this connection is above the lock, as a superuser or the role of backups is."""
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        return True
    query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    return bool(connection.exec_driver_sql(query).scalar())
