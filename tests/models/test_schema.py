"""The migrated database is the one the models describe, and its constraints refuse what the law does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import SQLModel

from core.errors import DatabaseFailed
from migrations.columns import compare_type
from models import schema
from models.base import table_of
from models.database import make_engine
from models.record import Tick
from models.tables import __all__ as all_models
from tests.databases import open_database

TABLES = [table.name for table in SQLModel.metadata.sorted_tables]
DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HASH = "0" * 64
# What a row needs besides its own columns: what its CHECKs ask for, and what makes its uniqueness count
# (NULL is never equal to NULL).
WHOLE = {
    "annual_plan": {"year": 2026},
    "api_call": {"status": 200},
    "archive_file": {"piece": 1, "archive_no": "x"},
    "calendar_table": {"confirmed_by": "y"},  # two persons
    "campaign": {"rules_sha256": HASH},
    "campaign_original": {"original_id": 2},
    "complaint": {"settled_by": "x"},
    "delegation": {"delegate": "y"},  # two persons
    "document": {
        "campaign_id": 1,
        "series": "示法督",
        "year": 2026,
        "serial": 1,
        "number": "x",
        "content_sha256": HASH,
    },
    "document_item": {"done_on": DAY, "result": "done"},
    "half_report": {"period_to": DAY + timedelta(1), "due_on": DAY + timedelta(2)},
    "litigation_matter": {"instance": "first"},
    "occurrence": {"ended_on": DAY, "ended_by": "x"},
    "plan_reference": {"item": "x"},
    "pool_member": {"exited_on": DAY},
    "rectification": {"due_version": 2},  # one of them an extension
    "recusal_declaration": {"relation": "kin", "unit_id": 1},
    "rectification_plan": {"verifier_unit": "y"},  # others verify
    "replacement": {"in_person_id": 2},
    "report": {"issue": 1},
    "scope_change": {"state": "refused", "decided_by": "y"},
    "stage_goal": {"verdict": "met", "reviewed_on": DAY},
    "unit": {"valid_until": DAY},
    "unit_change": {"kind": "merge"},  # a merger renames nobody
    "web_session": {"account_id": 1},  # of an account or of a link of the portal
}
# What a row needs besides so that only the code of one column is wrong.
BESIDES: dict[tuple[str, str], dict[str, Any]] = {
    ("litigation_matter", "kind"): {"instance": None},
    ("web_session", "portal_link_id"): {"account_id": None},
    ("inbound_mail", "message_row"): {"basis": "message_id"},
    ("inbound_mail", "document_id"): {"basis": "message_id"},
    ("inbound_mail", "case_id"): {"basis": "person"},
}
# The tables of which some row names two rows.
SECOND = {"campaign": {"id": 2, "code": "y"}, "person": {"id": 2, "code": "y"}}


def kind_of(column: sa.Column[Any]) -> type[Any]:
    """Return the Python type of a column's values; SQLModel's own types wrap the one that knows."""
    kind = column.type
    return kind.impl_instance.python_type if isinstance(kind, sa.TypeDecorator) else kind.python_type


def codes_of(table: sa.Table) -> dict[str, tuple[str, str]]:
    """Return {column: (constraint, first code)} of every `one_of` CHECK."""
    found = {}
    for constraint in table.constraints:
        if isinstance(constraint, sa.CheckConstraint) and str(constraint.name).endswith("_code"):
            text = str(constraint.sqltext)
            column, _, rest = text.rpartition(" IN (")
            found[column.split()[-1]] = (f"ck_{table.name}_{column.split()[-1]}_code", rest.split("'")[1])
    return found


def good_value(table: sa.Table, column: sa.Column[Any]) -> Any:
    """Return a value a column takes; whatever points somewhere points to row 1."""
    kind = kind_of(column)
    if column.name in codes_of(table):
        return codes_of(table)[column.name][1]
    if "sha256" in column.name:
        return HASH
    return {int: 1, float: 1.0, str: "x", bytes: b"x", bool: False, date: DAY, datetime: NOW}[kind]


def good_row(table: sa.Table, **changed: Any) -> dict[str, Any]:
    """Return the smallest row a table takes."""
    row = {c.name: None if c.nullable else good_value(table, c) for c in table.columns}
    return row | WHOLE.get(table.name, {}) | changed


def fill_parents(connection: sa.Connection, table: sa.Table) -> None:
    """Write row 1 of every table before this one, and row 2 where a row may name two."""
    for parent in SQLModel.metadata.sorted_tables:
        if parent is table:
            return
        fill(connection, parent)


def fill(connection: sa.Connection, table: sa.Table) -> None:
    """Write row 1 of a table, and row 2 where a row may name two."""
    connection.execute(sa.insert(table), good_row(table))
    if table.name in SECOND:
        connection.execute(sa.insert(table), good_row(table, **SECOND[table.name]))


def each_table(engine: sa.Engine) -> Iterator[tuple[sa.Connection, sa.Table]]:
    """Give every table in turn, with row 1 of the tables before it; nothing is kept."""
    for table in SQLModel.metadata.sorted_tables:
        with engine.connect() as connection:
            fill_parents(connection, table)
            yield connection, table


def refusal(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> str:
    """Return what the database says to a bad row."""
    with pytest.raises(IntegrityError) as caught, connection.begin_nested():
        connection.execute(sa.insert(table), row)
    return str(caught.value.orig)


def test_every_model_has_a_table() -> None:
    assert len(all_models) == len(TABLES)


def test_the_migrated_database_has_no_difference_to_the_models(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": compare_type})

        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_migrated_database_has_every_constraint_and_index_of_the_models(
    engine: sa.Engine, tmp_path: Path
) -> None:
    made = make_engine(f"sqlite:///{tmp_path / 'made.db'}")
    SQLModel.metadata.create_all(made)
    wanted, found = sa.inspect(made), sa.inspect(engine)

    for table in TABLES:
        for ask in ("get_check_constraints", "get_unique_constraints", "get_foreign_keys", "get_indexes"):
            names = [{row["name"] for row in getattr(where, ask)(table)} for where in (found, wanted)]
            assert names[0] >= names[1], (table, ask)


def test_a_code_that_is_none_is_refused(engine: sa.Engine) -> None:
    for connection, table in each_table(engine):
        for column, (constraint, _first) in codes_of(table).items():
            besides = BESIDES.get((table.name, column), {})
            assert constraint in refusal(connection, table, good_row(table, **besides, **{column: "zzz"}))


def test_a_missing_value_is_refused(engine: sa.Engine) -> None:
    for connection, table in each_table(engine):
        for column in table.columns:
            if not column.nullable and not column.primary_key:
                said = refusal(connection, table, good_row(table, **{column.name: None})).lower()
                assert "null" in said
                assert column.name in said


def test_a_row_that_points_to_nothing_is_refused(engine: sa.Engine) -> None:
    for connection, table in each_table(engine):
        for key in table.foreign_keys:
            nowhere = "f" * 64 if kind_of(key.parent) is str else 999
            besides = BESIDES.get((table.name, key.parent.name), {})
            said = refusal(connection, table, good_row(table, **besides, **{key.parent.name: nowhere}))
            assert "foreign key" in said.lower()


def test_the_same_thing_twice_is_refused(engine: sa.Engine) -> None:
    for connection, table in each_table(engine):
        connection.execute(sa.insert(table), good_row(table))
        assert "unique" in refusal(connection, table, good_row(table)).lower()
        if any(isinstance(one, sa.UniqueConstraint) for one in table.constraints) and "id" in table.columns:
            assert "unique" in refusal(connection, table, good_row(table, id=2)).lower()


def test_only_one_request_of_a_kind_is_open(engine: sa.Engine) -> None:
    table = SQLModel.metadata.tables["side_request"]
    with engine.begin() as connection:
        fill_parents(connection, table)
        connection.execute(sa.insert(table), good_row(table, state="requested"))
        connection.execute(sa.insert(table), good_row(table, id=2, number=2, state="refused"))

        assert refusal(connection, table, good_row(table, id=3, number=3, state="requested"))


@pytest.mark.parametrize(
    ("name", "bad", "constraint"),
    [
        ("rectification", {"percent": 101}, "percent_range"),
        ("rectification", {"signed_on": DAY}, "notified_has_due"),
        ("campaign", {"period_to": DAY - timedelta(1)}, "period_order"),
        ("campaign", {"state": "open", "rules_sha256": None}, "open_has_rules"),
        ("campaign", {"approved_by": "x"}, "approved_by_other"),
        ("document", {"number": None}, "number_is_whole"),
        ("document", {"content_sha256": None}, "numbered_is_frozen"),
        ("document", {"signed_by": "x"}, "signer_is_not_author"),
        ("document", {"serial": 0}, "serial_counts"),
        ("message", {"state": "accepted"}, "accepted_has_reply"),
        ("message", {"state": "bounced"}, "bounced_has_reply"),
        ("message", {"state": "sending"}, "sending_has_token"),
        ("inbound_mail", {"document_id": 1}, "match_has_basis"),
        ("inbound_mail", {"state": "filed"}, "filed_has_place"),
        ("inbound_mail", {"state": "dismissed", "note": ""}, "dismissed_has_reason"),
        ("inbound_mail", {"outcome": "retry_planned"}, "planned_has_day"),
        ("referral", {"approved_by": "x", "opinion_by": "x"}, "approver_is_not_author"),
        ("calendar_table", {"confirmed_by": "x"}, "two_persons"),
        (
            "calendar_proposal",
            {"state": "in_force", "decided_by": "x", "proposed_by": "x"},
            "two_persons",
        ),
        ("calendar_proposal", {"state": "rejected"}, "decided_by_somebody"),
        ("calendar_proposal", {"decided_by": "y"}, "open_is_undecided"),
        ("evidence", {"sha256": "0" * 63}, "sha256_hex"),
        ("web_session", {"portal_link_id": 1}, "one_holder"),
        ("web_session", {"account_id": None}, "one_holder"),
    ],
)
def test_a_rule_of_the_law_is_a_constraint(
    engine: sa.Engine, name: str, bad: dict[str, Any], constraint: str
) -> None:
    table = SQLModel.metadata.tables[name]
    with engine.begin() as connection:
        fill_parents(connection, table)

        assert f"ck_{name}_{constraint}" in refusal(connection, table, good_row(table, **bad))


@pytest.mark.parametrize(
    ("table", "acts"),
    [
        ("audit_entry", ("UPDATE audit_entry SET actor = 'y'", "DELETE FROM audit_entry")),
        ("rule_set", ("UPDATE rule_set SET content = content", "DELETE FROM rule_set")),
        ("document_file", ("UPDATE document_file SET name = 'y'",)),
        ("message_body", ("UPDATE message_body SET subject = 'y'",)),
    ],
)
def test_what_was_written_for_good_is_never_changed(
    engine: sa.Engine, table: str, acts: tuple[str, ...]
) -> None:
    with engine.begin() as connection:
        for each in SQLModel.metadata.sorted_tables:
            fill(connection, each)
    for act in acts:
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.exec_driver_sql(act)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/Los_Angeles", "Asia/Kathmandu"])
def test_an_instant_comes_back_in_utc(engine: sa.Engine, zone: str) -> None:
    tick = table_of(Tick)
    instant = datetime(2026, 3, 29, 9, 30, 15, 123456, tzinfo=ZoneInfo(zone))
    with engine.begin() as connection:
        fill_parents(connection, tick)
        connection.execute(sa.insert(tick), good_row(tick, at=instant))
        stored = connection.execute(sa.select(tick.c.at)).scalar_one()

    assert stored == instant
    assert stored.utcoffset() == timedelta(0)


def test_an_instant_without_a_zone_is_refused(engine: sa.Engine) -> None:
    tick = table_of(Tick)
    naive = datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=8))).replace(tzinfo=None)
    with pytest.raises(sa.exc.StatementError), engine.begin() as connection:
        connection.execute(sa.insert(tick), good_row(tick, at=naive))


def test_every_instant_column_keeps_its_zone() -> None:
    kinds = {
        type(column.type).__name__
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if kind_of(column) is datetime
    }

    assert kinds == {"Instant", "UTCDateTime"}


def test_on_sqlite_every_table_is_strict(tmp_path: Path) -> None:
    with open_database("sqlite", tmp_path) as engine, engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'")
        strict = dict(rows.tuples().all())

        assert {name for name in TABLES if not strict[name]} == set()
        with pytest.raises(IntegrityError, match="cannot store TEXT value in INTEGER column"):
            connection.exec_driver_sql("INSERT INTO number_series VALUES (1, 'x', 2026, 'one')")


def test_upgrading_again_changes_nothing_and_the_way_back_is_open(engine: sa.Engine) -> None:
    assert schema.upgrade(engine) == schema.head_revision() == schema.current_revision(engine)

    with schema._migrating(engine) as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")

    assert set(sa.inspect(engine).get_table_names()) == {"alembic_version"}
    assert schema.upgrade(engine) == schema.head_revision()


def test_a_database_that_is_not_there_is_made_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "a b%" / "var" / "ducha.db"
    engine = make_engine(f"sqlite:///{path}")

    assert schema.current_revision(engine) is None
    assert not path.exists()
    assert schema.upgrade(engine) == schema.current_revision(engine)
    engine.dispose()


def test_a_database_of_a_newer_version_is_refused(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(DatabaseFailed, match="9999"):
        schema.upgrade(engine)
