"""The floor beside the pages of the console: one query and a plain table in a bare FastAPI application."""

from __future__ import annotations

from html import escape

import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from core.life.rectification import SETTLED, CaseState
from models.base import table_of
from models.tables import Finding, Rectification, Unit


def bare_app(engine: sa.Engine) -> FastAPI:
    """Return an application that shows the same fifty rows and nothing else: no account, no template, no light."""
    app = FastAPI()
    case, finding, unit = table_of(Rectification), table_of(Finding), table_of(Unit)
    running = [one.value for one in CaseState if one not in SETTLED]
    first = (  # as the ledger asks for its first page, see casework/paging.py
        sa.select(case.c.id, case.c.unit_id, case.c.state, case.c.due_on)
        .where(case.c.office_id == 1, case.c.state.in_(running), case.c.due_on.is_not(None))
        .order_by(case.c.due_on, case.c.id)
        .limit(50)
        .subquery()
    )
    query = (
        sa.select(finding.c.code, unit.c.name, finding.c.problem, first.c.state, first.c.due_on)
        .select_from(first.join(finding, finding.c.id == first.c.id).join(unit, unit.c.id == first.c.unit_id))
        .order_by(first.c.due_on, first.c.id)
    )

    @app.get("/ledger")
    def ledger() -> HTMLResponse:
        with engine.connect() as connection:
            rows = connection.execute(query).all()
        cells = ("".join(f"<td>{escape(str(value))}</td>" for value in row) for row in rows)
        return HTMLResponse("<table>" + "".join(f"<tr>{line}</tr>" for line in cells) + "</table>")

    return app
