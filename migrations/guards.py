"""Triggers that refuse to change what must stay as it was written; a migration adds them with the table they guard."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import CreateTableOp, MigrationScript

# table -> acts that are refused
GUARDED: dict[str, tuple[str, ...]] = {
    "audit_entry": ("UPDATE", "DELETE"),
    "rule_set": ("UPDATE", "DELETE"),
    "document_file": ("UPDATE",),
    "message_body": ("UPDATE",),
}
FUNCTION = (
    "CREATE OR REPLACE FUNCTION ducha_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '% refused: % is append-only', TG_OP, TG_TABLE_NAME; END $$"
)


def statements(dialect: str, table: str, acts: tuple[str, ...]) -> list[str]:
    """Return the SQL that makes a table refuse these acts."""
    names = [(act, f"{table}_refuses_{act.lower()}") for act in acts]
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{act} refused: {table} is append-only'); END"
            for act, name in names
        ]
    triggers = [
        f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION ducha_refuse()"
        for act, name in names
    ]
    if "DELETE" in acts:
        triggers.append(
            f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ducha_refuse()"
        )
    return [FUNCTION, *triggers]


@Operations.register_operation("guard")
class GuardOp(MigrateOperation):
    """`op.guard("audit_entry", "UPDATE", "DELETE")`: the table refuses these acts from now on."""

    def __init__(self, table: str, acts: tuple[str, ...]) -> None:
        self.table = table
        self.acts = acts

    @classmethod
    def guard(cls, operations: Operations, table: str, *acts: str) -> Any:
        """Add the triggers."""
        return operations.invoke(cls(table, acts))


@Operations.implementation_for(GuardOp)
def _add_triggers(operations: Operations, operation: GuardOp) -> None:
    dialect = operations.get_context().dialect.name
    for statement in statements(dialect, operation.table, operation.acts):
        operations.execute(statement)


@renderers.dispatch_for(GuardOp)
def _render(_context: object, operation: GuardOp) -> str:
    acts = ", ".join(f'"{act}"' for act in operation.acts)
    return f'op.guard("{operation.table}", {acts})'


def guard_new_tables(_context: object, _revision: object, scripts: list[MigrationScript]) -> None:
    """Add the guards to a migration that makes a guarded table; called by `alembic revision --autogenerate`.

    A batch that rebuilds a guarded table on SQLite loses its triggers: such a migration calls `op.guard` again.
    """
    for script in scripts:
        made = script.upgrade_ops
        if made is None:
            continue
        for operation in list(made.ops):
            if isinstance(operation, CreateTableOp) and operation.table_name in GUARDED:
                made.ops.append(GuardOp(operation.table_name, GUARDED[operation.table_name]))
