"""A sender that is killed: `python -m benchmarks.crashchild FOLDER PORT ducha|send-then-mark|mark-then-send`.

Prints `ready` once everything is loaded, and `done` when nothing is left to send.
"""

from __future__ import annotations

import smtplib
import sys
from pathlib import Path

from pydantic import SecretStr

from benchmarks.sweep import FixedClock
from flows.edge import Edge
from flows.sending import run_outbox
from models.database import make_engine, sqlite_module
from system.settings import Settings

ACCEPTED = "UPDATE message SET state = 'accepted', smtp_reply = '250' WHERE id = ?"
READY = """SELECT message.id, message.message_id, recipient FROM message WHERE state = 'ready' ORDER BY id"""


def edge_on(folder: Path, port: int) -> Edge:
    """Return the edge of the office in a folder."""
    settings = Settings(
        database_url=f"sqlite:///{folder / 'bench.db'}", files=folder / "files", rules=folder / "rules",
        smtp_url=SecretStr(f"smtp://127.0.0.1:{port}"),
    )  # fmt: skip
    return Edge(make_engine(settings.database_url), settings, FixedClock())


def send_wrongly(folder: Path, port: int, *, mark_first: bool) -> None:
    """Send and mark one mail after the other, in one of the two usual orders."""
    connection = sqlite_module().connect(str(folder / "bench.db"), isolation_level=None)
    connection.execute("PRAGMA busy_timeout=10000")
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number, message_id, recipient in connection.execute(READY).fetchall():
            text = f"Message-ID: {message_id}\r\nSubject: notice\r\n\r\nplease acknowledge\r\n"
            acts = [
                lambda who=recipient, said=text: server.sendmail("ducha@shilixian.example", [who], said),
                lambda which=number: connection.execute(ACCEPTED, (which,)),
            ]
            for act in reversed(acts) if mark_first else acts:
                act()


def main() -> None:
    """Send until nothing is left."""
    folder, port, name = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    edge = edge_on(folder, port)
    with edge.desk(readonly=True) as desk:
        desk.calendar.is_workday(desk.today)  # rules and calendar are read once in a running process
    print("ready", flush=True)
    if name == "ducha":
        run_outbox(edge)
    else:
        send_wrongly(folder, port, mark_first=name == "mark-then-send")
    print("done", flush=True)


if __name__ == "__main__":
    main()
