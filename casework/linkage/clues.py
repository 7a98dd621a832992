"""What every verb on a screening or transfer shares: finding it, its case and rules, an act, its files, its tasks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import rules_of
from casework.linkage.compartment import contact_of_linkage, may_know
from casework.moves import take
from casework.rectification.evidence import keep_file
from casework.tasks import finish_for, open_task
from core.errors import InvalidInput, NotFound, Refused
from core.life.lives import ReferralAct
from core.life.rectification import REQUEST_LABELS, RequestKind, RequestState
from core.life.referrallife import REFERRAL
from core.rulebook.linkage import LinkageRules
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.campaign import Finding
from models.rectification import Rectification, SideRequest
from models.referral import Referral


def find_referral(desk: Desk, referral_id: int) -> Referral:
    """Return a referral for a person who may know of it; raise NotFound for everybody else too."""
    row = desk.session.get(Referral, referral_id)
    if row is None or row.office_id != desk.office_id or not may_know(desk, "referral", referral_id):
        raise NotFound(
            "没有这件线索",
            found=str(referral_id),
            expected="线索编号",
            remedy="运行 ducha referral list 查看",
        )
    return row


def case_of(desk: Desk, row: Referral) -> Rectification:
    """Return the case of a referral."""
    return desk.session.get_one(Rectification, row.case_id)


def linkage_of(desk: Desk, row: Referral) -> LinkageRules:
    """Return the linkage rules that the campaign of a referral froze."""
    return rules_of(desk, case_of(desk, row).campaign_id).linkage


def act(desk: Desk, row: Referral, what: ReferralAct, *, on: date | None = None, **detail: object) -> None:
    """Carry out an act on a referral; call it under `no_autoflush` where the new state needs other columns."""
    take(desk, row, REFERRAL, what, unit_id=case_of(desk, row).unit_id, on=on, detail=detail)


def check_ripe(desk: Desk, case: Rectification) -> None:
    """Refuse a transfer while service is not proved, a request is pending, or the case is suspended.

    source   整改通知须先送达；异议、延期未决和中止期间暂缓移送
    """
    if case.served_on is None:
        raise Refused(
            "整改通知未证明送达，不能移送",
            found="未送达",
            expected="有送达记录",
            remedy="先运行 ducha notice serve 登记送达",
        )
    if case.suspended_on is not None:
        raise Refused(
            "整改事项中止期间，暂缓移送",
            found=f"{case.suspended_on}起中止",
            expected="已恢复计时的事项",
            remedy="恢复后再办（ducha case act … resume）",
        )
    pending = desk.session.exec(
        select(SideRequest.kind).where(
            col(SideRequest.case_id) == case.id, col(SideRequest.state) == RequestState.REQUESTED.value
        )
    ).all()
    if pending:
        raise Refused(
            "尚有未办结的申请，暂缓移送",
            found="、".join(REQUEST_LABELS[RequestKind(kind)] for kind in pending),
            expected="延期、异议均已办结",
            remedy="先办结申请",
        )


def words(text: str, what: str, option: str) -> None:
    """Refuse an empty text, and one that carries the mark of a state secret."""
    if not text.strip():
        raise InvalidInput(f"{what}不能为空", found="空", expected="一句说明", remedy=f"加上 {option}")
    refuse_state_secrets(text, what)


def keep(desk: Desk, row: Referral, what: str, file: Path | None) -> str | None:
    """Keep a file that came with an act; return its SHA-256."""
    return keep_file(desk, "referral", key_of(row), what, file).sha256 if file is not None else None


def kept(desk: Desk, row: Referral) -> Referral:
    """Write a referral back."""
    desk.session.add(row)
    desk.session.flush()
    return row


def open_clue_task(desk: Desk, row: Referral, what: str, title: str, due_on: date | None) -> None:
    """Open a confidential task for our named contact; no unit is named in it and nobody outside hears of it."""
    open_task(
        desk,
        task_key(row, what),
        kind=f"referral_{what.partition(':')[0]}",
        title=f"线索{row.id}{title}",
        subject="referral",
        subject_id=key_of(row),
        role="linkage",
        due_on=due_on,
        owner=contact_of_linkage(desk),
        confidential=True,
    )


def finish_clue_task(desk: Desk, row: Referral, what: str, note: str = "") -> None:
    """Finish the task of a cause, if it is open."""
    finish_for(desk, task_key(row, what), note)


def task_key(row: Referral, what: str) -> str:
    """Return the cause of a task of a referral."""
    return f"referral:{row.id}:{what}"


def code_of_case(desk: Desk, row: Referral) -> str:
    """Return the number of the problem that a referral is about."""
    return desk.session.get_one(Finding, row.case_id).code


def act_note(desk: Desk, row: Referral, what: str, **detail: object) -> None:
    """Note something about a referral that moves no state."""
    desk.record("referral", key_of(row), what, unit_id=case_of(desk, row).unit_id, detail=detail)
