"""The paper work of a simulated day: drafts are signed, sealed and served, some late."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlmodel import col, select

from casework.desk import Desk
from casework.paperwork.documents import find_document, seal_document, sign_documents
from casework.paperwork.kinds import rule_of_kind
from casework.paperwork.serving import serve_document
from casework.paperwork.signing import signing_level
from cli.simulation.agenda import Entry
from cli.simulation.county import COUNTY, DEPUTY, DIRECTOR, OFFICERS
from cli.simulation.shape import ODDS
from cli.simulation.world import World
from core.codes import DocumentContent
from core.life.lives import DocumentState
from core.rulebook import LeaderRole
from models.document import Document

OFFICER = OFFICERS[0]
SIGNERS = {LeaderRole.SECTION: DEPUTY, LeaderRole.DEPUTY: DEPUTY, LeaderRole.DIRECTOR: DIRECTOR}


def work(world: World) -> None:
    """Sign what was drafted, seal what was signed, and put the service of what went out into the diaries."""
    with world.desk(readonly=True) as desk:
        drafts = _numbers(desk, DocumentState.DRAFT, DocumentState.IN_REVIEW)
        signers = {number: _signer(desk, number) for number in drafts}
    for signer in sorted(set(signers.values())):
        mine = [number for number in drafts if signers[number] == signer]
        with world.desk(by=signer) as desk:
            world.agenda.carry_out(desk, [_entry(world, signer, "签发", _sign, n) for n in mine])
    with world.desk(by=OFFICER) as desk:
        signed = _numbers(desk, DocumentState.SIGNED)
        world.agenda.carry_out(
            desk, [_entry(world, OFFICER, "用印", partial(_seal, world), number) for number in signed]
        )
        for number in _numbers(desk, DocumentState.ISSUED):
            if f"document/{number}" not in world.followed:
                world.followed.add(f"document/{number}")
                lag = world.between(4, 12) if world.happens(ODDS.late_service) else 1
                world.later(lag, OFFICER, "送达", partial(_serve, number))


def _entry(world: World, by: str, what: str, do: Callable[[int, Desk], object], number: int) -> Entry:
    return Entry(world.today, number, by, what, partial(do, number))


def _numbers(desk: Desk, *states: DocumentState) -> list[int]:
    """Return the documents in some states; letters of linkage go another way."""
    query = (
        select(Document.id)
        .where(
            col(Document.office_id) == desk.office_id,
            col(Document.state).in_([state.value for state in states]),
            col(Document.content_kind) != DocumentContent.REFERRAL.value,
        )
        .order_by(col(Document.id))
    )
    return [number for number in desk.session.exec(query) if number is not None]


def _signer(desk: Desk, number: int) -> str:
    document = find_document(desk, number)
    return SIGNERS.get(signing_level(desk, document, rule_of_kind(desk, document)), COUNTY)


def _sign(number: int, desk: Desk) -> None:
    sign_documents(desk, [number])


def _seal(world: World, number: int, desk: Desk) -> None:
    seal_document(desk, number, world.sealed)


def _serve(number: int, desk: Desk) -> None:
    document = find_document(desk, number)
    if document.serial is not None and document.state == DocumentState.ISSUED.value:
        serve_document(desk, number, "hand", desk.today)
