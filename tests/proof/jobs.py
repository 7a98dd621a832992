"""What a child does in its life: the real verbs, each committing as often as in service, each safe to begin again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlmodel import col, or_, select

from casework.paperwork.documents import seal_document, sign_documents
from casework.paperwork.numbering import take_number
from casework.rectification.evidence import keep_file
from casework.upkeep.backup import backup, restore
from flows.chat import run_chat
from flows.edge import Edge
from flows.jobs import run_sweep
from flows.reading import run_intake
from flows.sending import run_outbox
from models.campaign import Campaign
from models.document import Document
from models.rectification import Evidence, Rectification
from tests.cli.world import COUNTY, OFFICER
from tests.proof.county import AUTHORISED, World
from tests.proof.mutants import mark_then_send, send_then_mark

ARCHIVE = "备份.tar"
NUMBERS = 25
SIGNED_AT_ONCE = 4
BY_HAND = ("urging", "supervision", "rectification_order")
Job = Callable[[Edge, World], object]


def sweep(edge: Edge, _world: World) -> object:
    """Draft what is due, and sign and issue by standing authorisation."""
    return run_sweep(edge)


def send(edge: Edge, _world: World) -> object:
    """Send every mail that is ready."""
    return run_outbox(edge)


def sign(edge: Edge, _world: World) -> object:
    """Sign every draft that waits for a signature, a few in one act."""
    done = 0
    for ids in _groups(edge):
        with edge.desk(by=COUNTY) as desk:
            done += len(sign_documents(desk, ids))
    return {"signed": done}


def _groups(edge: Edge) -> Iterator[list[int]]:
    waiting = (
        select(Document.id)
        .join(Campaign, col(Campaign.id) == col(Document.campaign_id))
        .where(col(Document.state) == "draft", col(Document.kind).in_(BY_HAND))
        .where(or_(col(Document.kind) != "urging", col(Campaign.code) != AUTHORISED))
        .order_by(col(Document.id))
    )
    with edge.desk(readonly=True) as desk:
        ids = [number or 0 for number in desk.session.exec(waiting)]
    for start in range(0, len(ids), SIGNED_AT_ONCE):
        yield ids[start : start + SIGNED_AT_ONCE]


def seal(edge: Edge, world: World) -> object:
    """Bring the sealed scan of every signed document: it is issued, printed and mailed."""
    with edge.desk(readonly=True) as desk:
        signed = select(Document.id).where(col(Document.state) == "signed").order_by(col(Document.id))
        ids = [number or 0 for number in desk.session.exec(signed)]
    for number in ids:
        with edge.desk(by=OFFICER) as desk:
            seal_document(desk, number, world.path / "sealed.pdf")
    return {"sealed": len(ids)}


def file(edge: Edge, world: World) -> object:
    """Keep a file of evidence for every fifth case that has none."""
    with edge.desk(readonly=True) as desk:
        kept = set(desk.session.exec(select(Evidence.subject_id).where(col(Evidence.subject) == "case")))
        ids = [
            number
            for number in desk.session.exec(select(Rectification.id))
            if number % 5 == 0 and number not in kept
        ]
    for number in ids:
        proof = world.path / f"佐证{number}.pdf"
        proof.write_bytes(b"%PDF-1.7\n% proof of " + str(number).encode())
        with edge.desk(by=OFFICER) as desk:
            # Another child may file for the same case now: whoever holds the case looks again.
            desk.session.exec(
                select(Rectification.id).where(Rectification.id == number).with_for_update()
            ).one()
            found = select(Evidence.id).where(Evidence.subject == "case", Evidence.subject_id == number)
            if desk.session.exec(found).first() is None:
                keep_file(desk, "case", number, "apply_closure", proof)
    return {"kept": len(ids)}


def read(edge: Edge, _world: World) -> object:
    """Read the letters in the mailbox."""
    return run_intake(edge)


def tell(edge: Edge, _world: World) -> object:
    """Tell the chat groups what waits."""
    return run_chat(edge)


def number(edge: Edge, _world: World) -> object:
    """Take numbers of one series one by one; every fifth transaction takes its number and is rolled back."""
    taken = []
    for turn in range(NUMBERS):
        try:
            with edge.desk() as desk:
                serial = take_number(desk.session, desk.office_id, "并发", 2026)
                if turn % 5 == 4:
                    raise _ThinksBetterOfIt
        except _ThinksBetterOfIt:
            continue
        taken.append(serial)
    return {"taken": taken}


class _ThinksBetterOfIt(Exception):  # not an error: a person who cancels at the last moment
    """A signature that does not come about."""


def back_up(edge: Edge, world: World) -> object:
    """Write an archive of everything."""
    return backup(edge.engine, edge.settings, world.path / ARCHIVE, edge.clock.now())


def bring_back(edge: Edge, world: World) -> object:
    """Restore the archive over what there is."""
    return restore(world.path / ARCHIVE, edge.settings, edge.clock.now(), force=True)


# In the order in which a calm day does them.
DAY = ("sweep", "read", "tell", "sign", "seal", "file", "send")
JOBS: dict[str, Job] = {
    "sweep": sweep,
    "sign": sign,
    "seal": seal,
    "file": file,
    "send": send,
    "read": read,
    "tell": tell,
    "send_then_mark": send_then_mark,
    "mark_then_send": mark_then_send,
    "number": number,
    "backup": back_up,
    "restore": bring_back,
}
