"""Linkage in a simulated week: screenings end without a transfer, or go all the way to a result."""

from __future__ import annotations

from functools import partial

from sqlmodel import col, select

from casework.desk import Desk
from casework.linkage.referrals import Outcome, approve, decline, receipt, result, screen, send, study
from casework.paperwork.documents import find_document, seal_document, sign_documents
from cli.simulation.county import DEPUTY, DIRECTOR, LINKAGE
from cli.simulation.shape import ODDS
from cli.simulation.world import World
from core.life.lives import DocumentState, ReferralState
from models.referral import Referral


def watch(world: World) -> None:
    """Put what follows from every new screening into the diaries."""
    with world.desk(readonly=True) as desk:
        new = desk.session.exec(
            select(Referral.id).where(col(Referral.state) == ReferralState.SCREENING.value)
        ).all()
    for number in new:
        if number is not None and f"referral/{number}" not in world.followed:
            world.followed.add(f"referral/{number}")
            world.later(2, LINKAGE, "初核意见", partial(_screen, world, number))


def _screen(world: World, number: int, desk: Desk) -> None:
    screen(desk, number, receiver="discipline", opinion="经初核，整改责任和作风问题需集体研究")
    if world.happens(ODDS.declined):
        world.later(2, DIRECTOR, "不予移送", partial(_decline, number))
    else:
        world.later(2, LINKAGE, "集体研究", partial(_study, world, number))


def _decline(number: int, desk: Desk) -> None:
    decline(desk, number, reason="属一般工作问题，继续督办整改")


def _study(world: World, number: int, desk: Desk) -> None:
    together = (LINKAGE, DIRECTOR, DEPUTY)
    study(desk, number, note="集体研究，建议移送", participants=together, file=world.proof)
    world.later(1, DIRECTOR, "批准移送", partial(_approve, world, number))


def _approve(world: World, number: int, desk: Desk) -> None:
    approve(desk, number, note="同意移送")
    world.later(1, DIRECTOR, "签发移送函", partial(_sign, world, number))


def _sign(world: World, number: int, desk: Desk) -> None:
    document = desk.session.get_one(Referral, number).document_id or 0
    if find_document(desk, document).state == DocumentState.DRAFT.value:
        sign_documents(desk, [document])
    world.later(1, LINKAGE, "移送函用印", partial(_seal, world, document))
    world.later(2, LINKAGE, "专人送达", partial(_send, world, number))


def _seal(world: World, document: int, desk: Desk) -> None:
    seal_document(desk, document, world.sealed)


def _send(world: World, number: int, desk: Desk) -> None:
    send(desk, number, channel="hand", file=world.proof)
    world.later(3, LINKAGE, "登记回执", partial(_receipt, world, number))


def _receipt(world: World, number: int, desk: Desk) -> None:
    receipt(desk, number, verdict="received", number=f"收{number}号", file=world.proof)
    world.later(world.between(10, 45), LINKAGE, "登记结果", partial(_result, world, number))


def _result(world: World, number: int, desk: Desk) -> None:
    found = Outcome(organisational=world.between(0, 2), disciplinary=world.between(0, 1))
    result(desk, number, note="已作出处理", outcome=found, file=world.proof)
