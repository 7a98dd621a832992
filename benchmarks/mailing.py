"""B5: ten thousand notices with an attachment from the outbox to a mail server, beside bare smtplib.

The server is a process of its own on loopback and answers at once or after 20 ms.
"""

from __future__ import annotations

import resource
import shutil
import smtplib
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from hashlib import sha256
from pathlib import Path
from random import Random

import sqlalchemy as sa
from pydantic import SecretStr
from sqlmodel import col, select

from benchmarks.frame import Section, Table, clocked
from benchmarks.sweep import FixedClock
from benchmarks.world import SIGNED_ON, build
from casework.desk import Desk
from casework.mail.queueing import Recipient, message_row
from flows.edge import Edge
from flows.sending import run_outbox
from models.base import table_of
from models.tables import Document, DocumentFile, Message
from system.paths import ROOT, RULES_DIR

MAILS, QUICK = 10_000, 40
ATTACHED = 70_000  # bytes: as large as the sheets of the demo
SIDES = ((0, 2), (20, 8))  # the answer of the server in ms, and the connections of both sides
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Run:
    """How one side did: seconds, mails that arrived and that arrived twice, and the growth of its memory in MB."""

    seconds: float
    arrived: int
    twice: int
    grown: float

    def cells(self, wanted: int) -> tuple[str, ...]:
        return (
            f"{self.seconds:.1f}", f"{wanted / self.seconds:,.0f}", f"{wanted - self.arrived:,}", f"{self.twice:,}",
            f"{self.grown:.0f}",
        )  # fmt: skip


@contextmanager
def sink(delay: int) -> Iterator[tuple[int, list[int]]]:
    """Give the port of a server, and a list that holds (taken, different) once it has ended."""
    counts: list[int] = []
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sinkserver", str(delay)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        assert server.stdout is not None  # a pipe, as asked for
        try:
            yield int(server.stdout.readline()), counts
        finally:
            said, _nothing = server.communicate()
            counts += [int(word) for word in said.split()]


def measure(quick: bool) -> Section:
    """Measure both delays on both sides."""
    mails = QUICK if quick else MAILS
    rows, figures = [], {}
    for delay, connections in SIDES:
        ours, theirs = ours_to(delay, connections, mails), bare_to(delay, connections, mails)
        rows += [
            (f"ducha, {connections} connections, {delay} ms", *ours.cells(mails)),
            (f"bare smtplib, {connections} connections, {delay} ms", *theirs.cells(mails)),
        ]
        figures |= {
            f"seconds/{delay}": ours.seconds,
            f"lost/{delay}": float(mails - ours.arrived),
            f"twice/{delay}": float(ours.twice),
            f"grown/{delay}": ours.grown,
        }
    return Section(
        "mailing",
        "B5: ten thousand notices with an attachment",
        f"""`make bench BENCH_ARGS=mailing`. {mails:,} notices, each with a PDF of {ATTACHED // 1000} kB, wait
in the outbox (SQLite, `synchronous=full`). ducha: one run of the sender; texts and MIME are made, stored and hashed,
each mail is claimed, written to the journal before and after its content (on disk), and settled. The server is a
process of its own on the same machine and answers each step at once, or after 20 ms. Bare smtplib: the same number of
connections, the same size of mail built by the standard library, nothing stored, nothing proved.""",
        (Table(("", "s", "mails/s", "lost", "twice", "memory grown, MB"), tuple(rows)),),
        (
            """ducha asks for everything before the content at once (PIPELINING), smtplib in turn: two round trips
instead of four, which is what the 20 ms show.""",
        ),
        ("sqlmodel",),
        figures,
    )


def ours_to(delay: int, connections: int, mails: int) -> Run:
    """Send from an outbox."""
    with tempfile.TemporaryDirectory() as name, sink(delay) as (port, counts):
        engine, settings = build(Path(name), cases=500, due=10)
        told = {
            "smtp_url": SecretStr(f"smtp://127.0.0.1:{port}"),
            "smtp_connections": connections,
            "rules": rules_without_budget(Path(name) / "rules"),
        }
        edge = Edge(engine, settings.model_copy(update=told), FixedClock())
        with edge.desk() as desk:
            fill_outbox(desk, mails)
        run_outbox(edge, limit=connections)  # warm: rules and templates are read once in a running process
        before = _peak()
        seconds, report = clocked(lambda: run_outbox(edge))
        grown = _peak() - before
        assert report["left"] == 0
        engine.dispose()
    return Run(seconds, counts[1], counts[0] - counts[1], grown)


def rules_without_budget(folder: Path) -> Path:
    """Copy the shipped rules, for an office whose mail account has no budget a day."""
    shutil.copytree(RULES_DIR, folder)
    (file,) = (folder / "offices").glob("*.yaml")
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(one for one in lines if "daily_limit" not in one) + "\n", encoding="utf-8")
    return folder


def fill_outbox(desk: Desk, mails: int) -> None:
    """Write documents with a PDF each and a mail for each of them; every person gets few enough for no digest."""
    link = desk.session.connection()
    pattern = desk.session.exec(select(Document).order_by(col(Document.id))).first()
    assert pattern is not None  # the world has notices
    plain = pattern.model_dump(exclude={"id"})
    content = b"%PDF-1.7\n" + Random(5).randbytes(ATTACHED)
    digest = sha256(content).hexdigest()
    for start in range(1, mails + 1, CHUNK):
        numbers = range(start, min(start + CHUNK, mails + 1))
        rows = [
            plain | {"id": 10_000 + n, "kind": "urging", "content_kind": "sheet", "series": "示法督办",
             "year": 2026, "serial": n, "number": f"示法督办〔2026〕{n}号", "title": "催办单", "state": "issued",
             "served_on": None, "signed_on": SIGNED_ON}
            for n in numbers
        ]  # fmt: skip
        link.execute(sa.insert(table_of(Document)), rows)
        link.execute(
            sa.insert(table_of(DocumentFile)),
            [
                {"document_id": 10_000 + n, "role": "pdf", "position": 1, "name": "催办单.pdf", "sha256": digest,
                 "content": content}
                for n in numbers
            ],
        )  # fmt: skip
        link.execute(sa.insert(table_of(Message)), [_mail(desk, n) for n in numbers])


def _mail(desk: Desk, number: int) -> dict[str, object]:
    to = Recipient("liaison", f"联络员{number}", f"d{number}@shilixian.example")
    return message_row(desk, "document", f"document/{10_000 + number}", to, document_id=10_000 + number)


def bare_to(delay: int, connections: int, mails: int) -> Run:
    """Send with the standard library alone."""
    with sink(delay) as (port, counts):
        before = _peak()
        shares = [range(first, mails, connections) for first in range(connections)]
        with ThreadPoolExecutor(connections) as threads:
            seconds, _done = clocked(lambda: list(threads.map(lambda share: _send_bare(port, share), shares)))
        grown = _peak() - before
    return Run(seconds, counts[1], counts[0] - counts[1], grown)


def _send_bare(port: int, numbers: Sequence[int]) -> None:
    content = b"%PDF-1.7\n" + Random(5).randbytes(ATTACHED)
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number in numbers:
            mail = EmailMessage(policy=SMTP_POLICY)
            mail["From"], mail["To"] = "ducha@sfj.shilixian.example", f"d{number}@shilixian.example"
            mail["Subject"], mail["Message-ID"] = (
                f"催办单（示法督办〔2026〕{number}号）",
                f"<{number}@bare.example>",
            )
            mail.set_content("现送达催办单，请查收附件并签收。\n" * 20)
            mail.add_attachment(
                content, maintype="application", subtype="pdf", filename=f"notice-{number}.pdf"
            )
            server.sendmail("ducha@sfj.shilixian.example", [str(mail["To"])], mail.as_bytes())


def _peak() -> float:
    """Return the largest memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
