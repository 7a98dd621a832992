"""Two senders that are wrong in the two usual ways; they stay here so that every campaign shows it would catch them."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

from flows.edge import Edge
from models.database import sqlite_module
from tests.proof.county import World

ACCEPTED = "UPDATE message SET state = 'accepted', smtp_reply = '250' WHERE id = ?"


def send_then_mark(_edge: Edge, world: World) -> object:
    """Send a mail, then write down that it was sent: a death in between sends it again."""
    for connection, server, number, message in _ready(world):
        _deliver(server, message)
        connection.execute(ACCEPTED, (number,))
        connection.commit()
    return {"left": 0}


def mark_then_send(_edge: Edge, world: World) -> object:
    """Write down that a mail was sent, then send it: a death in between loses it."""
    for connection, server, number, message in _ready(world):
        connection.execute(ACCEPTED, (number,))
        connection.commit()
        _deliver(server, message)
    return {"left": 0}


def _ready(world: World) -> Iterator[tuple[Any, smtplib.SMTP, int, str]]:
    address = urlsplit(world.smtp)
    query = "SELECT id, message_id FROM message WHERE state = 'ready' ORDER BY id"
    with closing(sqlite_module().connect(world.database)) as connection:
        connection.execute("pragma busy_timeout=10000")
        with smtplib.SMTP(address.hostname or "", address.port or 0) as server:
            for number, message in connection.execute(query).fetchall():
                yield connection, server, number, message


def _deliver(server: smtplib.SMTP, message: str) -> None:
    text = f"Message-ID: {message}\r\nSubject: test\r\n\r\ntest\r\n"
    server.sendmail("office@shilixian.example", ["unit@shilixian.example"], text)
