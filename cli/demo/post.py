"""The post: a mail server of the demo's own on loopback, which has bad days, and the officer who sorts out the rest."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from casework.mail.outbox import list_messages, resolve
from cli.demo.clock import DemoClock
from cli.demo.world import World
from delivery.sink import MailSink, Rule
from flows.sending import run_outbox

OFFICER = "P054"
REPAIRS = (date(2026, 3, 11), date(2026, 4, 22))  # days on which the server takes nothing

RULES = (
    Rule(at="rcpt", to="zhen02@*", reply="451 4.2.1 mailbox busy, try again later", last=2),
    Rule(at="rcpt", to="zhen1?@*", reply="450 4.7.1 greylisted, try again later", last=1),
    Rule(at="rcpt", to="slj@*", reply="550 5.1.1 mailbox unavailable", last=1),
    Rule(at="rcpt", to="dcy31@*", reply="552 5.2.2 mailbox full", last=1),
    Rule(at="data", to="wjj@*", reply="452 4.3.1 insufficient system storage", last=1),
    Rule(at="settle", to="jtj@*", drop=True, first=2, last=2),  # taken, but the reply is lost
    Rule(at="settle", to="lyj@*", drop=True, keep=False, first=2, last=2),  # not taken, and nobody can know
)


def open_sink(folder: Path, clock: DemoClock) -> MailSink:
    """Return the server, not yet listening; it writes every mail it takes to the folder."""
    return MailSink(folder, clock=clock.now, behaviour=RULES)


def deliver(world: World, sink: MailSink) -> None:
    """Send what is ready; on a repair day the server answers every mail with 451."""
    if world.today in REPAIRS:
        sink.refuse_all()
    else:
        sink.accept_all()
    run_outbox(world.edge)


def sort_out(world: World, sink: MailSink) -> None:
    """Resolve mails whose end is unknown by asking the recipient, and send refused ones again after a call."""
    taken = {entry.message_id for entry in sink.journal}
    with world.desk(readonly=True) as desk:
        unknown = list_messages(desk, state="unknown")
        rejected = list_messages(desk, state="rejected")
    for message in unknown:
        verdict = "accepted" if message["message_id"] in taken else "resend"
        with world.desk(by=OFFICER) as desk:
            resolve(desk, int(str(message["id"])), verdict)
    for message in rejected:
        if world.turn(f"rejected {message['id']}") >= 2:
            with world.desk(by=OFFICER) as desk:
                resolve(desk, int(str(message["id"])), "resend")
