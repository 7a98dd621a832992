"""Delegation of signature (授权代签): registered by whoever lends or from a signed paper, used within its days only.

A post lends what it may sign itself; what was lent cannot be lent on, and nobody signs a draft of their own or of the
one for whom they sign. The decision on a referral is never lent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.moves import take
from casework.rectification.evidence import keep_file
from casework.staff.people import find_actor, join, require_role
from core.codes import DocumentContent
from core.errors import InvalidInput, NotAllowed, NotFound
from core.life.delegationlife import DELEGATION, DelegationAct, DelegationState
from core.life.rectification import CASE_ACT_LABELS, CaseAct
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.delegation import Delegation

EVERY = "*"
DECISIONS = (
    CaseAct.CLOSE, CaseAct.DECIDE_EXTENSION, CaseAct.DECIDE_LONG_TERM, CaseAct.DECIDE_OBJECTION, CaseAct.SUSPEND,
    CaseAct.WITHDRAW, CaseAct.RELEASE,
)  # fmt: skip
"""The decisions on cases that a post may lend."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A delegation as somebody registers it: `documents` are kinds or `*`, `acts` are acts on cases."""

    principal: str
    delegate: str
    documents: tuple[str, ...]
    acts: tuple[str, ...]
    from_on: date
    until_on: date
    reason: str
    file: Path | None = None


def add_delegation(desk: Desk, wish: Wish) -> Delegation:
    """Register a delegation: by the post that lends, or by an officer with the paper that it signed.

    raises   NotAllowed, NotFound, InvalidInput: nothing is written then
    """
    _check_registrar(desk, wish)
    _check_parties(desk, wish)
    _check_things(desk, wish)
    _check_days(desk, wish)
    row = Delegation(
        office_id=desk.office_id,
        principal=wish.principal,
        delegate=wish.delegate,
        documents=join(dict.fromkeys(wish.documents)),
        acts=join(dict.fromkeys(wish.acts)),
        from_on=wish.from_on,
        until_on=wish.until_on,
        reason=wish.reason.strip(),
        state=DELEGATION.start.value,
        registered_by=desk.actor.code,
        registered_on=desk.today,
    )
    desk.session.add(row)
    desk.session.flush()
    if wish.file is not None:
        row.file_sha256 = keep_file(desk, "delegation", key_of(row), "register", wish.file).sha256
        desk.session.add(row)
    desk.record(
        "delegation", key_of(row), "open", to_state=row.state, principal=row.principal, delegate=row.delegate,
        documents=row.documents, acts=row.acts, from_on=row.from_on, until_on=row.until_on, file=row.file_sha256,
    )  # fmt: skip
    return row


def _check_registrar(desk: Desk, wish: Wish) -> None:
    if desk.actor.code == wish.principal:
        return
    require_role(desk, ("officer", "director"), "代为登记授权")
    if wish.file is None:
        raise InvalidInput(
            "代为登记授权须附授权人签字的授权书",
            found="没有文件",
            expected="授权书扫描件",
            remedy="加上 --file 授权书，或由授权人本人登记（--by 授权人）",
        )
    if desk.actor.code == wish.delegate:
        raise NotAllowed(
            "被授权人不能登记给自己的授权",
            found=desk.actor.code,
            expected="授权人，或另一名经办人",
            remedy="换人登记",
        )


def _check_parties(desk: Desk, wish: Wish) -> None:
    if wish.principal not in desk.office_rules.leaders:
        raise InvalidInput(
            "授权人须是本单位岗位",
            found=wish.principal,
            expected="、".join(desk.office_rules.leaders),
            remedy="改正 --principal；代签的权限不能再转授",
        )
    if wish.delegate == wish.principal:
        raise InvalidInput("不能授权给本人", found=wish.delegate, expected="另一人", remedy="改正 --to")
    if find_actor(desk, wish.delegate).speaks_for_unit:
        raise InvalidInput(
            "被授权人须是本单位岗位或人才库人员",
            found=wish.delegate,
            expected="岗位编码或人员编号",
            remedy="改正 --to",
        )


def lendable(desk: Desk) -> tuple[dict[str, str], dict[str, str]]:
    """Return the kinds of document and the decisions that a post may lend, each with its name."""
    kinds = {
        code: rule.name
        for code, rule in desk.rules.documents.items()
        if rule.content is not DocumentContent.REFERRAL
    }
    return kinds, {act.value: CASE_ACT_LABELS[act] for act in DECISIONS}


def _check_things(desk: Desk, wish: Wish) -> None:
    kinds, _acts = lendable(desk)
    wrong = [kind for kind in wish.documents if kind != EVERY and kind not in kinds]
    wrong += [act for act in wish.acts if act not in {one.value for one in DECISIONS}]
    if wrong or not (wish.documents or wish.acts):
        raise InvalidInput(
            "授权的文书种类或者操作不正确",
            found="、".join(wrong) or "空",
            expected=f"文书代码或 {EVERY}；操作 {'、'.join(one.value for one in DECISIONS)}",
            remedy="改正 --document、--act；移送、移交不得代签",
        )


def _check_days(desk: Desk, wish: Wish) -> None:
    if not wish.reason.strip():
        raise InvalidInput("授权须写明理由", found="空", expected="一句理由", remedy="加上 --reason")
    refuse_state_secrets(wish.reason, "授权理由")
    if wish.until_on < wish.from_on or wish.until_on < desk.today:
        raise InvalidInput(
            "授权期限不合理",
            found=f"{wish.from_on} 至 {wish.until_on}",
            expected=f"先起后止，且不早于 {desk.today}",
            remedy="改正 --from、--until",
        )
    if wish.from_on < desk.today:
        raise InvalidInput(
            "授权不能追溯",
            found=wish.from_on.isoformat(),
            expected=f"不早于 {desk.today}",
            remedy="改正 --from；已经代签的须由有权人员重新签发",
        )


def revoke_delegation(desk: Desk, number: int, reason: str) -> Delegation:
    """Revoke a delegation from now on; what was signed under it stays."""
    row = desk.session.get(Delegation, number)
    if row is None or row.office_id != desk.office_id or desk.actor.speaks_for_unit:
        raise NotFound(
            "没有这项授权", found=str(number), expected="授权编号", remedy="运行 ducha delegation list 查看"
        )
    if not reason.strip():
        raise InvalidInput("撤回授权须写明理由", found="空", expected="一句理由", remedy="加上 --reason")
    refuse_state_secrets(reason, "撤回授权的理由")
    with desk.session.no_autoflush:
        take(desk, row, DELEGATION, DelegationAct.REVOKE, detail={"reason": reason})
        row.revoked_on, row.revoked_by, row.revoke_reason = desk.today, desk.actor.code, reason.strip()
    desk.session.add(row)
    return row


def list_delegations(desk: Desk, on: date | None = None) -> list[Delegation]:
    """Return the delegations, newest first; with a day only those that hold on it."""
    if desk.actor.speaks_for_unit:
        return []
    query = select(Delegation).where(col(Delegation.office_id) == desk.office_id)
    if on is not None:
        query = query.where(
            col(Delegation.state) == DelegationState.REGISTERED.value,
            col(Delegation.from_on) <= on,
            col(Delegation.until_on) >= on,
        )
    return list(desk.session.exec(query.order_by(col(Delegation.id).desc())))
