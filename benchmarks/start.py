"""How soon the console answers after its start: the sign-in page, then any other, beside FastAPI and SQLModel alone.

Processes of their own, as `make serve` starts them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx

from benchmarks.frame import NONE, Section, Table, middle, told

ROUNDS, PORT = 5, 8479
DUCHA = (sys.executable, "-c", "from cli.app import main; main()")
# What a service with one page and a database library costs at the least.
BARE = f"""
import uvicorn
from fastapi import FastAPI
from sqlmodel import SQLModel, create_engine
app = FastAPI()
engine = create_engine("sqlite://")
@app.get("/sign-in")
def page() -> str:
    with engine.connect() as connection:
        return str(connection.exec_driver_sql("select 1").scalar_one())
uvicorn.run(app, host="127.0.0.1", port={PORT}, log_level="warning")
"""
# The page that is asked for in the second column: nobody is signed in, so the whole console has to be there to say so.
FIRST, OTHER = "/sign-in", "/ledger"


def measure(quick: bool) -> Section:
    """Start each service again and again, and ask for a page."""
    rounds = 1 if quick else ROUNDS
    with tempfile.TemporaryDirectory() as name:
        known = _settings(Path(name))
        subprocess.run([*DUCHA, "init"], env=known, check=True, stdout=subprocess.DEVNULL)
        serve = (*DUCHA, "serve", "--port", str(PORT))
        ours = [_seconds(serve, known, address, rounds) for address in (FIRST, OTHER)]
    bare = _seconds((sys.executable, "-c", BARE), os.environ, FIRST, rounds)
    return Section(
        "start",
        "From the start to the first page",
        """`make bench BENCH_ARGS=start`. Seconds from the start of the process to the answer. The other page is
one that needs the whole console to be loaded.""",
        (
            Table(
                ("", "sign-in page", "another page"),
                (("`ducha serve`", *map(told, ours)), ("bare FastAPI + SQLModel", told(bare), NONE)),
            ),
        ),
        versions=("fastapi",),
        figures={"first": middle(ours[0]), "other": middle(ours[1])},
    )


def _settings(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DUCHA_DATABASE_URL": f"sqlite:///{folder / 'ducha.db'}",
        "DUCHA_FILES": str(folder / "files"),
    }


def _seconds(command: Sequence[str], known: Mapping[str, str], address: str, rounds: int) -> list[float]:
    return [_once(command, known, address) for _ in range(rounds)]


def _once(command: Sequence[str], known: Mapping[str, str], address: str) -> float:
    began = time.perf_counter()
    process = subprocess.Popen(command, env=known, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{PORT}{address}", timeout=60)
            except httpx.TransportError:
                time.sleep(0.02)
            else:
                return time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(60)
