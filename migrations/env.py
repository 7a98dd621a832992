"""How Alembic reaches the database: through the connection it is handed, else through DUCHA_DATABASE_URL.

`ducha init` hands over a connection (models/schema.py); `make migration m="说明"` writes a new migration.
Until the first release 0001 is written anew from the models instead of being followed by a 0002:

    rm -f migrations/versions/0001_*.py build/migration.db* && mkdir -p build
    DUCHA_DATABASE_URL=sqlite:///build/migration.db alembic revision --autogenerate --rev-id 0001 -m spine
    ruff check --fix migrations && ruff format migrations

Once an office runs it, 0001 is history and is never touched again.
"""

from __future__ import annotations

import os

import sqlalchemy as sa
from alembic import context
from alembic.operations.ops import MigrationScript

import models.tables  # noqa: F401  # fills the metadata
from migrations.columns import compare_type, render_item
from migrations.guards import guard_new_tables
from migrations.isolation import isolate_new_tables
from models.base import SQLModel
from models.database import make_engine


def _protect(context: object, revision: object, scripts: list[MigrationScript]) -> None:
    """Let new tables be guarded and shut to other offices."""
    guard_new_tables(context, revision, scripts)
    isolate_new_tables(scripts)


def run(connection: sa.Connection) -> None:
    """Run the migrations on an open connection; the caller owns the transaction."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_type=compare_type,
        render_item=render_item,
        process_revision_directives=_protect,
    )
    with context.begin_transaction():
        context.run_migrations()


given: sa.Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with make_engine(os.environ["DUCHA_DATABASE_URL"]).begin() as own:
        run(own)
