"""Offices apart by row: every table of the business is shut on PostgreSQL, and the application cannot open it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session, SQLModel

from core.errors import InvalidInput, Refused
from migrations.guards import GUARDED
from models.isolation import SHARED, condition_of, enter_office, sees_everything
from models.roles import ACTS, APPEND_ONLY, grant_role
from tests.databases import RESTRICTED, ROLE, open_database
from tests.models.test_schema import fill, good_row

TABLES = SQLModel.metadata.sorted_tables
APART = [table for table in TABLES if condition_of(table) is not None]
POLICIES = "SELECT tablename, cmd, permissive, roles::text, qual, with_check FROM pg_policies"
LOCKED = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
AND relrowsecurity AND relforcerowsecurity
"""


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[sa.Engine]:
    """Give a PostgreSQL database as its owner sees it, who is a superuser."""
    with open_database("postgresql", tmp_path) as engine:
        yield engine


@pytest.fixture
def two_offices(owner: sa.Engine) -> Iterator[sa.Engine]:
    """Give the application's view of a database in which every table has one row, of office 1; office 2 is empty."""
    with owner.begin() as connection:
        for table in TABLES:
            fill(connection, table)
        connection.execute(
            sa.insert(SQLModel.metadata.tables["office"]), {"id": 2, "code": "B", "name": "乙"}
        )
    grant_role(owner, ROLE)
    engine = sa.create_engine(owner.url.set(username=ROLE))
    yield engine
    engine.dispose()


def test_every_table_is_either_shared_on_purpose_or_shut() -> None:
    assert {table.name for table in TABLES} - {table.name for table in APART} == SHARED


def test_a_table_that_belongs_to_no_office_is_not_forgotten() -> None:
    orphan = sa.Table("orphan", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))
    with pytest.raises(LookupError, match="give it office_id"):
        condition_of(orphan)


def test_every_shut_table_has_its_policy_for_its_owner_too(owner: sa.Engine) -> None:
    with owner.connect() as connection:
        locked = set(connection.exec_driver_sql(LOCKED).scalars())
        policies = {row.tablename: row for row in connection.exec_driver_sql(POLICIES)}

    assert locked == set(policies) == {table.name for table in APART}
    for table in APART:
        row = policies[table.name]
        assert (row.cmd, row.permissive, row.roles, row.with_check) == ("ALL", "PERMISSIVE", "{public}", None)
        wanted = "office_id" if "office_id" in table.columns else "owner"
        assert wanted in row.qual


def test_without_an_office_there_are_no_rows(two_offices: sa.Engine) -> None:
    with two_offices.connect() as connection:
        seen = {t.name: connection.execute(sa.select(sa.func.count()).select_from(t)).scalar() for t in APART}
    assert {name: count for name, count in seen.items() if count} == {}


def test_an_office_sees_its_own_rows_of_every_table_and_no_other_office_does(two_offices: sa.Engine) -> None:
    for office, seen in ((1, True), (2, False)):
        with Session(two_offices) as session:
            enter_office(session, office)
            for table in APART:
                count = session.connection().execute(sa.select(sa.func.count()).select_from(table)).scalar()
                assert bool(count) is seen, table.name


def test_an_office_that_was_entered_is_left_with_the_transaction(two_offices: sa.Engine) -> None:
    unit = SQLModel.metadata.tables["unit"]
    with Session(two_offices) as session:
        enter_office(session, 1)
        assert session.connection().execute(sa.select(unit)).all()
        session.commit()
        assert session.connection().execute(sa.select(unit)).all() == []


def test_a_row_of_another_office_is_refused_in_every_table(two_offices: sa.Engine) -> None:
    for table in APART:
        with Session(two_offices) as session:
            enter_office(session, 2)
            row = good_row(table)  # of office 1, or hanging on a row of it
            with pytest.raises(ProgrammingError, match="row-level security"):
                session.connection().execute(sa.insert(table), row)


def test_a_row_is_neither_changed_nor_removed_from_another_office(two_offices: sa.Engine) -> None:
    for table in APART:
        for act in ("update", "delete"):
            if act.upper() not in APPEND_ONLY.get(table.name, ACTS):
                continue
            with Session(two_offices) as session:
                enter_office(session, 2)
                key = next(iter(table.primary_key))
                change = sa.delete(table) if act == "delete" else sa.update(table).values({key.name: key})
                assert session.connection().execute(change).rowcount == 0, table.name


def test_the_application_is_not_above_the_lock_and_its_owner_says_whether_it_is(
    owner: sa.Engine, two_offices: sa.Engine
) -> None:
    with Session(owner) as session:
        assert sees_everything(session)
    with Session(two_offices) as session:
        assert not sees_everything(session)


@pytest.mark.parametrize(
    "attempt",
    [
        "ALTER TABLE unit DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own_office ON unit",
        "TRUNCATE unit",
        "DELETE FROM audit_entry",
        "UPDATE alembic_version SET version_num = 'x'",
        "CREATE TABLE mine (id integer)",
        "UPDATE message_body SET subject = 'x'",
    ],
)
def test_the_application_can_change_no_table_and_nothing_that_is_written_once(
    two_offices: sa.Engine, attempt: str
) -> None:
    with (
        two_offices.connect() as connection,
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
    ):
        connection.exec_driver_sql(attempt)


def test_what_is_written_once_is_the_same_in_triggers_and_grants() -> None:
    withheld = {table: set(ACTS) - set(acts) for table, acts in APPEND_ONLY.items()}
    assert withheld == {table: set(acts) for table, acts in GUARDED.items()}


@pytest.mark.parametrize("name", ["x; DROP TABLE unit", "Großes", "", "1x"])
def test_a_name_that_is_none_is_refused(owner: sa.Engine, name: str) -> None:
    with pytest.raises(InvalidInput, match="角色名不正确"):
        grant_role(owner, name)


def test_a_role_above_the_lock_is_refused(owner: sa.Engine) -> None:
    with pytest.raises(Refused, match="不受行级隔离约束"):
        grant_role(owner, str(owner.url.username))


def test_granting_again_changes_nothing(owner: sa.Engine) -> None:
    grant_role(owner, ROLE)
    grant_role(owner, ROLE)


def test_sqlite_has_no_roles(tmp_path: Path) -> None:
    with open_database("sqlite", tmp_path) as engine, pytest.raises(InvalidInput, match="只有 PostgreSQL"):
        grant_role(engine, ROLE)


def test_a_role_without_the_right_to_make_roles_is_told_what_to_ask_for(tmp_path: Path) -> None:
    with open_database(RESTRICTED, tmp_path) as engine, pytest.raises(Refused, match="无权新建角色"):
        grant_role(engine, "another_role")
