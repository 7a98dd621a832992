"""Pages of the console with many cases and twenty people at once, beside a bare FastAPI page over the ledger's query.

A real server in a process of its own; every user opens a page, reads for a moment, and opens it again. Run
`python -m benchmarks.console [CASES]`; PostgreSQL is measured too where its package or TEST_POSTGRES_URL is there.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path

import httpx
import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from rich.console import Console
from rich.table import Table

from benchmarks.world import NOW, TODAY, build
from casework.accounts.sessions import begin_session
from casework.desk import at_desk
from console.app import create_app
from console.serve import make_server
from models.account import Account
from models.base import table_of
from models.database import make_engine
from models.tables import Finding, Rectification, Unit
from system.settings import Settings

USERS, ROUNDS, READS = 20, 5, 1.0  # people, pages of a kind for each, seconds between two of them
PORT = 8478
CASE = "2026-BM-01-000007"
PAGES: Mapping[str, tuple[str, str]] = {
    "今日待办": ("L-DIRECTOR", "/"),
    "整改台账": ("L-DIRECTOR", "/ledger"),
    "台账 第50页": ("L-DIRECTOR", ""),  # the address is found by turning pages
    "台账 按灯": ("L-DIRECTOR", "/ledger?light=yellow"),
    "亮灯看板": ("L-DIRECTOR", "/lights"),
    "整改事项": ("L-DIRECTOR", f"/cases/{CASE}"),
    "文书": ("L-DIRECTOR", "/documents"),
    "检索": ("L-DIRECTOR", "/search?q=示例单位7"),
    "统计指标": ("L-DIRECTOR", "/statistics"),
    "本单位事项": ("D0008:liaison", "/portal"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of a page; milliseconds."""

    page: str
    status: int
    p50: float
    p95: float
    queries: int
    kilobytes: float


def main() -> None:
    """Print the table of every database that is at hand."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    cases = numbers[0] if numbers else 100_000
    with tempfile.TemporaryDirectory() as name:
        for kind, url in _databases():
            folder = Path(name) / kind
            folder.mkdir()
            engine, settings = build(folder, cases=cases, due=cases // 20, url=url)
            _print(kind, cases, measure(engine, settings))
            engine.dispose()


def _databases() -> Iterator[tuple[str, str]]:
    yield "SQLite", ""
    from tests.databases import KINDS, database

    for kind in KINDS[1:]:
        with tempfile.TemporaryDirectory() as name, database(kind, Path(name)) as url:
            yield kind, url


def measure(engine: sa.Engine, settings: Settings) -> list[Row]:
    """Return the figures of every page, the bare one last."""
    with engine.connect() as connection:  # what a server of its own does at night
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
    tokens = {
        holder: _sign_in(engine, settings, holder) for holder in {one for one, _address in PAGES.values()}
    }
    rows = []
    with _serving(settings, bare=False) as base:
        for page, (holder, address) in PAGES.items():
            cookies = {"ducha": tokens[holder]}
            found = address or _turn(base, cookies, 49)
            queries = _count_queries(engine, settings, found, cookies)
            rows.append(_hammer(page, f"{base}{found}", cookies, queries))
    with _serving(settings, bare=True) as base:
        rows.append(_hammer("裸 FastAPI 页面", f"{base}/ledger", {}, 1))
    return rows


def _sign_in(engine: sa.Engine, settings: Settings, holder: str) -> str:
    with at_desk(engine, settings, by=None, today=TODAY, now=NOW) as desk:
        account = Account(
            office_id=desk.office_id, login=holder.lower(), name=holder, state="active", holder=holder,
            opened_by="bench", opened_on=TODAY,
        )  # fmt: skip
        desk.session.add(account)
        desk.session.flush()
        return begin_session(desk, account, second_factor=False)


def _turn(base: str, cookies: dict[str, str], times: int) -> str:
    """Return the address of a later page of the ledger, found as a reader finds it."""
    import re
    from html import unescape

    address = "/ledger"
    with httpx.Client(base_url=base, cookies=cookies, timeout=60) as client:
        for _ in range(times):
            links = re.findall(r'href="(/ledger[^"]*)">下一页', client.get(address).text)
            if not links:
                break
            address = unescape(links[0])
    return address


def _count_queries(engine: sa.Engine, settings: Settings, address: str, cookies: dict[str, str]) -> int:
    from fastapi.testclient import TestClient

    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    with TestClient(create_app(engine, settings, clock=lambda: NOW), base_url="http://127.0.0.1") as client:
        client.cookies.update(cookies)
        client.get(address)  # rules are read once
        sa.event.listen(engine, "before_cursor_execute", note)
        client.get(address)
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def _hammer(page: str, address: str, cookies: dict[str, str], queries: int) -> Row:
    """Let everybody open a page again and again, each beginning a little later than the one before."""

    def one(number: int) -> list[tuple[float, int, int]]:
        times = []
        with httpx.Client(cookies=cookies, timeout=60) as client:
            time.sleep(READS * number / USERS)
            for _ in range(ROUNDS):
                began = time.perf_counter()
                answer = client.get(address)
                took = time.perf_counter() - began
                times.append((took * 1000, answer.status_code, len(answer.content)))
                time.sleep(max(0.0, READS - took))
        return times[1:]  # the first opens the connection

    with ThreadPoolExecutor(USERS) as pool:
        found = [row for rows in pool.map(one, range(USERS)) for row in rows]
    took = sorted(row[0] for row in found)
    cuts = statistics.quantiles(took, n=20)
    return Row(
        page, max(row[1] for row in found), cuts[9], cuts[18], queries, max(row[2] for row in found) / 1000
    )


@contextmanager
def _serving(settings: Settings, *, bare: bool) -> Iterator[str]:
    """Serve in a process of its own until the block ends."""
    words = ["bare" if bare else "console", settings.database_url, str(settings.files)]
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.console", "serve", *words])
    base = f"http://127.0.0.1:{PORT}"
    try:
        for _ in range(300):
            try:
                httpx.get(f"{base}/sign-in", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield base
    finally:
        process.terminate()
        process.wait(20)


def serve(kind: str, url: str, files: str) -> None:
    """Serve the console, or the bare page, on the benchmark's day."""
    settings = Settings(database_url=url, files=Path(files))
    engine = make_engine(url)
    if kind == "console":
        make_server(engine, settings, port=PORT, clock=lambda: NOW).run()
        return
    uvicorn.run(bare_app(engine), host="127.0.0.1", port=PORT, log_level="warning", access_log=False)


def bare_app(engine: sa.Engine) -> FastAPI:
    """Return an application that shows the same fifty rows and nothing else: no account, no template, no light."""
    app = FastAPI()
    case, finding, unit = table_of(Rectification), table_of(Finding), table_of(Unit)
    query = (
        sa.select(finding.c.code, unit.c.name, finding.c.problem, case.c.state, case.c.due_on)
        .select_from(case.join(finding, finding.c.id == case.c.id).join(unit, unit.c.id == case.c.unit_id))
        .where(case.c.office_id == 1, case.c.state.not_in(("closed", "archived", "withdrawn")))
        .order_by(case.c.due_on, case.c.id)
        .limit(50)
    )

    @app.get("/ledger")
    def ledger() -> HTMLResponse:
        with engine.connect() as connection:
            rows = connection.execute(query).all()
        cells = ("".join(f"<td>{escape(str(value))}</td>" for value in row) for row in rows)
        return HTMLResponse("<table>" + "".join(f"<tr>{line}</tr>" for line in cells) + "</table>")

    return app


def _print(kind: str, cases: int, rows: list[Row]) -> None:
    title = f"控制台页面（{kind}，{cases:,} 件，{USERS} 人同时，每人每{READS:g}秒一页）"
    table = Table(title=title)
    for head in ("页面", "状态", "p50 毫秒", "p95 毫秒", "查询", "千字节"):
        table.add_column(head, justify="left" if head == "页面" else "right")
    for row in rows:
        table.add_row(
            row.page,
            str(row.status),
            f"{row.p50:.0f}",
            f"{row.p95:.0f}",
            str(row.queries),
            f"{row.kilobytes:.1f}",
        )
    Console().print(table)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(*sys.argv[2:5])
    else:
        main()
