"""`op.isolate`: a migration shuts each table that it makes to other offices (models/isolation.py)."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import CreateTableOp, MigrationScript
from sqlmodel import SQLModel

from models.isolation import condition_of, statements


@Operations.register_operation("isolate")
class IsolateOp(MigrateOperation):
    """`op.isolate("unit", "office_id = ...")`: on PostgreSQL only these rows are seen and taken from now on.

    The condition is written out, so that an old migration does what it did.
    """

    def __init__(self, table: str, condition: str) -> None:
        self.table = table
        self.condition = condition

    @classmethod
    def isolate(cls, operations: Operations, table: str, condition: str) -> Any:
        """Add the policy."""
        return operations.invoke(cls(table, condition))


@Operations.implementation_for(IsolateOp)
def _add_policy(operations: Operations, operation: IsolateOp) -> None:
    if operations.get_context().dialect.name == "postgresql":
        for statement in statements(operation.table, operation.condition):
            operations.execute(statement)


@renderers.dispatch_for(IsolateOp)
def _render(_context: object, operation: IsolateOp) -> str:
    return f'op.isolate("{operation.table}", {operation.condition!r})'


def isolate_new_tables(scripts: list[MigrationScript]) -> None:
    """Add the policies to a migration that makes tables; called by `alembic revision --autogenerate`.

    A migration that changes rows of such tables as their owner opens them first (ALTER TABLE ... NO FORCE ROW LEVEL
    SECURITY) and shuts them again at its end.
    """
    for script in scripts:
        made = script.upgrade_ops
        for operation in list(made.ops) if made else ():
            if isinstance(operation, CreateTableOp) and made:
                condition = condition_of(SQLModel.metadata.tables[operation.table_name])
                if condition is not None:
                    made.ops.append(IsolateOp(operation.table_name, condition))
