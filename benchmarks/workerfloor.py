"""The floor of B8: a program that knows beforehand what to write and does nothing but write and send it.

`python -m benchmarks.workerfloor FROM INTO SMTP_PORT OFFICE...` reads from one database the rows that a run wrote, says
that it is ready, and writes them into another one: `sweep` the rows of the sweep, `send` those of the mails.
"""

from __future__ import annotations

import json
import smtplib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

BATCH, CLAIM = 500, 20
# The rows that a sweep writes, for an office, in an order that foreign keys allow.
WRITTEN = {
    "document": "by_sweep AND office_id = %s",
    "document_case": "document_id IN (SELECT id FROM document WHERE by_sweep AND office_id = %s)",
    "rung": "case_id IN (SELECT id FROM rectification WHERE office_id = %s)",
    "message": "office_id = %s",
    "audit_entry": "subject <> 'message' AND office_id = %s",
}
BODIES = "SELECT body.* FROM message_body AS body JOIN message ON message.id = body.message_id WHERE office_id = %s"
OF_MAILS = "SELECT * FROM audit_entry WHERE subject = 'message' AND office_id = %s ORDER BY shard, seq"
CASES = "light, highest_light, last_rung_id, next_due_on, id"
TAKEN = """UPDATE message SET state = 'sending', attempts = 1, token = 'bare', lease_until = now() WHERE id IN
(SELECT id FROM message WHERE state = 'ready' AND office_id = %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id"""
ENDED = """UPDATE message SET state = 'accepted', smtp_reply = '250 ok', token = NULL, settled_at = now()
WHERE id = ANY(%s)"""
CHANGED = "UPDATE rectification SET light=%s, highest_light=%s, last_rung_id=%s, next_due_on=%s WHERE id=%s"
Rows = list[tuple[Any, ...]]
Batch = list[tuple[str, Rows]]


@dataclass(frozen=True, slots=True)
class Office:
    """What one office got: the statements and rows of each commit of its sweep, mails with their bytes."""

    id: int
    parts: list[Batch]
    cases: int
    bodies: dict[int, tuple[Any, ...]]
    insert_body: str
    audits: Rows


def read(link: psycopg.Connection[Any], code: str) -> Office:
    """Read what a run wrote for an office."""
    number = link.execute("SELECT id FROM office WHERE code = %s", [code]).fetchone()[0]  # type: ignore[index]  # it is there
    cases = link.execute(
        f"SELECT {CASES} FROM rectification WHERE last_rung_id IS NOT NULL AND office_id = %s", [number]
    ).fetchall()
    bodies = link.execute(BODIES, [number])
    key = _place(bodies, "message_id")
    return Office(
        number,
        _read_sweep(link, number, cases),
        len(cases),
        {row[key]: row for row in bodies},
        _insert("message_body", bodies),
        link.execute(OF_MAILS, [number]).fetchall(),
    )


def _read_sweep(link: psycopg.Connection[Any], office: int, cases: Rows) -> list[Batch]:
    """Return the rows of each commit of a sweep; what hangs on a document goes with it."""
    parts: list[Batch] = [[] for _ in range(max(1, -(-len(cases) // BATCH)))]
    part_of: dict[int, int] = {}  # of documents
    rungs: dict[int, int] = {}
    for table, which in WRITTEN.items():
        found = link.execute(f"SELECT * FROM {table} WHERE {which}", [office])  # type: ignore[arg-type]  # our own names
        rows = [_as_queued(table, found, row) for row in found]
        if table == "document":
            part_of = {row[_place(found, "id")]: at * len(parts) // len(rows) for at, row in enumerate(rows)}
        name = {"document": "id", "audit_entry": "seq"}.get(table, "document_id")
        where = [part_of.get(row[_place(found, name)], 0) for row in rows]
        if table == "audit_entry":
            where = [at * len(parts) // len(rows) for at in range(len(rows))]
        if table == "rung":
            rungs = {row[_place(found, "id")]: at for row, at in zip(rows, where, strict=True)}
        _spread(parts, _insert(table, found), rows, where)
    _spread(parts, CHANGED, cases, [rungs[row[2]] for row in cases])
    return parts


def _spread(parts: list[Batch], statement: str, rows: Rows, where: Sequence[int]) -> None:
    for number, part in enumerate(parts):
        part.append((statement, [row for row, at in zip(rows, where, strict=True) if at == number]))


def _place(found: psycopg.Cursor[Any], name: str) -> int:
    return [one.name for one in found.description or ()].index(name)


def _insert(table: str, found: psycopg.Cursor[Any]) -> str:
    names = [one.name for one in found.description or ()]
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"


def _as_queued(table: str, found: psycopg.Cursor[Any], row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a mail as the sweep queued it: it has not been sent."""
    if table != "message":
        return row
    names = [one.name for one in found.description or ()]
    fresh = {"state": "ready", "attempts": 0, "smtp_reply": "", "settled_at": None, "token": None}
    return tuple(fresh.get(name, value) for name, value in zip(names, row, strict=True))


def sweep(link: psycopg.Connection[Any], office: Office) -> int:
    """Write the rows of the sweep, a commit for each 500 cases."""
    for part in office.parts:
        with _inside(link, office), link.cursor() as cursor:
            for statement, rows in part:
                cursor.executemany(statement, rows)
    return office.cases


def _inside(link: psycopg.Connection[Any], office: Office) -> Any:
    """Open a transaction; the office is entered by the connection once."""
    link.execute("SELECT set_config('ducha.office_id', %s, false)", [str(office.id)])
    link.commit()
    return link.transaction()


def _share(rows: Sequence[Any], part: int, parts: int) -> Sequence[Any]:
    size = -(-len(rows) // parts)
    return rows[part * size : (part + 1) * size]


def send(link: psycopg.Connection[Any], office: Office, server: smtplib.SMTP, at: dict[str, int]) -> int:
    """Claim, send and settle, 20 mails a time, two commits each."""
    count = 0
    for ids in _claims(link, office):
        for number in ids:
            server.sendmail("a@bare.example", ["b@bare.example"], office.bodies[number][at["mime"]])
        with _inside(link, office):
            link.execute(ENDED, [ids])
        count += len(ids)
    return count


def _claims(link: psycopg.Connection[Any], office: Office) -> Iterator[list[int]]:
    parts = max(1, -(-len(office.bodies) // CLAIM))
    audit = "INSERT INTO audit_entry VALUES (" + ", ".join(["%s"] * len(office.audits[0])) + ")"
    for part in range(parts):
        with _inside(link, office), link.cursor() as cursor:
            ids = [row[0] for row in link.execute(TAKEN, [office.id, CLAIM])]
            cursor.executemany(office.insert_body, [office.bodies[number] for number in ids])
            cursor.executemany(audit, _share(office.audits, part, parts))
        yield ids


def main() -> None:
    """Read, say that all is ready, and do what the lines say."""
    source, target, port, *codes = sys.argv[1:]
    with psycopg.connect(source.replace("+psycopg", "")) as link:
        offices = [read(link, code) for code in codes]
        names = [one.name for one in link.execute("SELECT * FROM message_body LIMIT 0").description or ()]
    at = {name: place for place, name in enumerate(names)}
    with (
        psycopg.connect(target.replace("+psycopg", "")) as link,
        smtplib.SMTP("127.0.0.1", int(port)) as server,
    ):
        print("ready", flush=True)
        for line in sys.stdin:
            if line.strip() == "sweep":
                print(json.dumps({"cases": sum(sweep(link, one) for one in offices)}), flush=True)
            else:
                print(json.dumps({"mails": sum(send(link, one, server, at) for one in offices)}), flush=True)


if __name__ == "__main__":
    main()
