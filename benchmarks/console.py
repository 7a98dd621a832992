"""Pages of the console with many cases and twenty people at once, beside a bare FastAPI page over the ledger's query.

A real server in a process of its own; every user opens a page, reads for a moment, and opens it again. Run
`make bench BENCH_ARGS=console`; PostgreSQL is measured too where its package or TEST_POSTGRES_URL is there.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI

from benchmarks.atwork import at_work
from benchmarks.barepage import bare_app
from benchmarks.frame import Section, Table
from benchmarks.livedin import live_in
from benchmarks.world import NOW, TODAY, build
from casework.accounts.sessions import begin_session
from casework.desk import at_desk
from casework.rulesets.library import current_rules
from console.app import create_app
from console.opening import Opening
from console.serve import configure
from models.account import Account
from models.database import make_engine
from system.settings import Settings

CASES = 100_000
USERS, ROUNDS, READS = 20, 10, 1.0  # people, pages of a kind for each, seconds between two of them
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
WATCHED = ("今日待办", "整改台账", "亮灯看板", "整改事项", "统计指标", "本单位事项")


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of a page; milliseconds."""

    page: str
    status: int
    p50: float
    p95: float
    queries: int
    kilobytes: float


def measure(quick: bool) -> Section:
    """Measure the pages on every database that is at hand."""
    cases = 500 if quick else CASES
    found: dict[str, list[Row]] = {}
    meanwhile: dict[str, list[Row]] = {}
    works: dict[str, list[int]] = {}
    with tempfile.TemporaryDirectory() as name:
        for kind, url in _databases():
            folder = Path(name) / kind
            folder.mkdir()
            engine, settings = build(folder, cases=cases, due=cases // 20, url=url)
            live_in(engine)
            look = Look(engine, settings, _sign_in_all(engine, settings))
            found[kind] = look.at(PAGES)
            with at_work(settings, cases) as done:
                meanwhile[kind] = look.at({page: PAGES[page] for page in WATCHED})
            works[kind] = done
            engine.dispose()
    return Section(
        "console",
        f"Pages with {cases:,} cases and {USERS} people at once",
        f"""`make bench BENCH_ARGS=console`. A county that has been at work (`benchmarks/livedin.py`: cases in
every state and light, with their history), a server in a process of its own, {USERS} people of whom each opens the
page every
{READS:g} s, {ROUNDS} times, after the connections are open. Milliseconds; the queries are those of one page. The last
row is a FastAPI page with nothing but the ledger's query and a plain table. The clients run on the same cores, so that
the figures include their work.""",
        (_table(found), _table(meanwhile)),
        (NOTE, _busy_note(works)),
        versions=("fastapi", "uvicorn", "SQLAlchemy"),
        figures=_figures("", found) | _figures("at work/", meanwhile),
    )


NOTE = """A page of the console costs about ten times a bare one: it recognises who asks, reads what they may see, asks
five to nine times, and writes fifty rows with lights and links. What it took to get there: indexes for what pages list
([`models/rectification.py`](../models/rectification.py)), pages by key, counts that are kept until the history grows,
and a collector that is told after the start to leave alone what is loaded."""


def _figures(when: str, found: Mapping[str, Sequence[Row]]) -> dict[str, float]:
    return {f"{when}{kind}/{row.page}": row.p95 for kind, rows in found.items() for row in rows}


def _busy_note(works: Mapping[str, Sequence[int]]) -> str:
    """Say what was done while the pages of the second table were looked at."""
    told = "; ".join(
        f"{kind}: {swept:,} cases swept, {sent:,} mails sent" for kind, (swept, sent) in works.items()
    )
    return f"""The second table is the same for five of the pages while one more process on the same two cores
sweeps and sends without a pause, at `nice` 10 as the units in `deploy/systemd` run it ({told}).
An office does so for seconds a day."""


def _table(found: Mapping[str, Sequence[Row]]) -> Table:
    """Return one line a page with the times on each database."""
    times = [f"{kind} {what}" for kind in found for what in ("p50", "p95")]
    lines = []
    for rows in zip(*found.values(), strict=True):
        cells = [f"{value:.0f}" for row in rows for value in (row.p50, row.p95)]
        bad = "" if all(row.status == 200 for row in rows) else "（状态异常）"
        lines.append((f"{rows[0].page}{bad}", *cells, str(rows[0].queries), f"{rows[0].kilobytes:.0f}"))
    return Table(("page", *times, "queries", "kB"), tuple(lines))


def _databases() -> Iterator[tuple[str, str]]:
    yield "SQLite", ""
    from tests.databases import KINDS, database

    for kind in KINDS[1:2]:
        with tempfile.TemporaryDirectory() as name, database(kind, Path(name)) as url:
            yield kind, url


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody who looks at pages of a database; `tokens` are the sessions of the people."""

    engine: sa.Engine
    settings: Settings
    tokens: Mapping[str, str]

    def at(self, pages: Mapping[str, tuple[str, str]]) -> list[Row]:
        """Return the figures of some pages, the bare one last."""
        with self.engine.connect() as connection:  # what a server of its own does at night
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
        rows = []
        with _serving(self.settings, bare=False) as base:
            for page, (holder, address) in pages.items():
                cookies = {"ducha": self.tokens[holder]}
                found = address or _turn(base, cookies, 49)
                queries = _count_queries(self.engine, self.settings, found, cookies)
                rows.append(_hammer(page, f"{base}{found}", cookies, queries))
        with _serving(self.settings, bare=True) as base:
            rows.append(_hammer("裸 FastAPI 页面", f"{base}/ledger", {}, 1))
        return rows


def _sign_in_all(engine: sa.Engine, settings: Settings) -> dict[str, str]:
    return {
        holder: _sign_in(engine, settings, holder) for holder in {one for one, _address in PAGES.values()}
    }


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
    known = httpx.create_ssl_context()  # read once: twenty at a time would keep this process from measuring
    browsers = [httpx.Client(cookies=cookies, timeout=60, verify=known) for _ in range(USERS)]

    def one(number: int) -> list[tuple[float, int, int]]:
        times = []
        with browsers[number] as client:
            client.get(address)  # opens the connection
            time.sleep(READS + READS * number / USERS)
            for _ in range(ROUNDS):
                began = time.perf_counter()
                answer = client.get(address)
                took = time.perf_counter() - began
                times.append((took * 1000, answer.status_code, len(answer.content)))
                time.sleep(max(0.0, READS - took))
        return times

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

        def load() -> FastAPI:
            current_rules(settings.rules)
            return create_app(engine, settings, clock=lambda: NOW)

        opening = Opening(settings, load, sys.exit)
        uvicorn.Server(configure(opening, port=PORT)).run()
        return
    uvicorn.run(bare_app(engine), host="127.0.0.1", port=PORT, log_level="warning", access_log=False)


if __name__ == "__main__":
    serve(*sys.argv[2:5])
