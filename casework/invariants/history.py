"""INV-6 and INV-7: the audit chains verify, tell the present state, and hold only moves that the tables allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from casework.desk import Desk
from casework.invariants.checkpoints import broken_checkpoints
from casework.invariants.lives import LIVES
from casework.invariants.tally import Invariant, Tally
from core.life.lives import (
    CALENDAR_MOVES,
    CAMPAIGN_MOVES,
    DOCUMENT_MOVES,
    FINDING_MOVES,
    MESSAGE_MOVES,
    REFERRAL_MOVES,
)
from core.life.rectification import MOVES, VERDICTS, CaseAct, CaseState, effective_act
from models.audit import verify_chains
from models.base import table_of
from models.campaign import Campaign, Finding
from models.document import Document
from models.message import Message
from models.record import AuditEntry, CalendarProposal
from models.rectification import Rectification, SideRequest
from models.referral import Referral

ENTRY, CASE, CAMPAIGN = table_of(AuditEntry), table_of(Rectification), table_of(Campaign)
SUBJECTS: dict[str, sa.Table] = {
    "campaign": CAMPAIGN,
    "finding": table_of(Finding),
    "case": table_of(Rectification),
    "document": table_of(Document),
    "message": table_of(Message),
    "referral": table_of(Referral),
    "calendar": table_of(CalendarProposal),
    **{machine.code: table for machine, table in LIVES},
}
GUARDS = ("audit_entry_refuses_update", "audit_entry_refuses_delete")
Moves = set[tuple[str, str, str]]


def _triples(moves: Mapping[tuple[Any, Any], Any]) -> Moves:
    return {(start.value, act.value, end.value) for (start, act), end in moves.items()}


def _case_triples() -> Moves:
    """Return the moves of a case under the names people used: an act whose verdict says no ends elsewhere."""
    found = _triples(MOVES)
    for act, verdicts in VERDICTS.items():
        for verdict in verdicts:
            turned = effective_act(act, verdict)
            found |= {(s.value, act.value, end.value) for (s, a), end in MOVES.items() if a is turned}
    return found


ALLOWED: dict[str, Moves] = {
    "campaign": _triples(CAMPAIGN_MOVES),
    "finding": _triples(FINDING_MOVES),
    "case": _case_triples(),
    "document": _triples(DOCUMENT_MOVES),
    "message": _triples(MESSAGE_MOVES),
    "referral": _triples(REFERRAL_MOVES),
    "calendar": _triples(CALENDAR_MOVES),
    **{machine.code: _triples(machine.moves) for machine, _table in LIVES},
}
# What is noted about a case beside its moves: the state before and after is the same.
CASE_NOTES = {"set_due", "light"}


def check_history(desk: Desk) -> list[Invariant]:
    """Return INV-6 and INV-7."""
    return [_all_audited(desk), _only_legal(desk)]


def _all_audited(desk: Desk) -> Invariant:
    tally = Tally("INV-6", "一切变动有记录，记录链完整")
    checked, broken = verify_chains(desk.session, desk.office_id)
    tally.look_at(checked)
    tally.find_all(f"记录链{link.shard} 第{link.seq}条：{link.why}" for link in broken)
    tally.find_all(f"{day} 的检查点与记录链不符" for day in broken_checkpoints(desk))
    tally.find_all(f"缺少触发器 {name}" for name in GUARDS if name not in _triggers(desk))
    tally.find_all(_scattered(desk))
    for subject, table in SUBJECTS.items():
        _compare_states(desk, subject, table, tally)
    tally.find_all(_misremembered(desk))
    return tally.close()


def _scattered(desk: Desk) -> Iterator[str]:
    """Yield the lives told in more than one chain: their order could not be told for certain."""
    query = (
        sa.select(ENTRY.c.subject, ENTRY.c.subject_id)
        .where(ENTRY.c.office_id == desk.office_id, ENTRY.c.to_state != "")
        .group_by(ENTRY.c.subject, ENTRY.c.subject_id)
        .having(sa.func.min(ENTRY.c.shard) != sa.func.max(ENTRY.c.shard))
    )
    for row in desk.session.connection().execute(query):
        yield f"{row.subject} {row.subject_id} 的经过分在几条记录链上"


def _misremembered(desk: Desk) -> Iterator[str]:
    """Yield the cases whose last application for closure is not the one that the history tells."""
    newest_first = sa.func.row_number().over(partition_by=ENTRY.c.subject_id, order_by=ENTRY.c.seq.desc())
    told = (
        sa.select(ENTRY.c.subject_id, ENTRY.c.on_day, ENTRY.c.actor, newest_first.label("place"))
        .where(
            ENTRY.c.office_id == desk.office_id,
            ENTRY.c.subject == "case",
            ENTRY.c.act == CaseAct.APPLY_CLOSURE.value,
        )
        .subquery()
    )
    query = (
        sa.select(CASE.c.id)
        .select_from(CASE.outerjoin(told, sa.and_(told.c.subject_id == CASE.c.id, told.c.place == 1)))
        .where(
            CASE.c.office_id == desk.office_id,
            sa.or_(
                CASE.c.applied_on.is_distinct_from(told.c.on_day),
                CASE.c.applied_by.is_distinct_from(told.c.actor),
            ),
        )
    )
    for number in desk.session.connection().execute(query).scalars():
        yield f"case {number} 最近一次销号申请与记录不符"


def _compare_states(desk: Desk, subject: str, table: sa.Table, tally: Tally) -> None:
    """Compare the state of each row with the last state its history tells."""
    newest_first = sa.func.row_number().over(
        partition_by=ENTRY.c.subject_id, order_by=(ENTRY.c.shard.desc(), ENTRY.c.seq.desc())
    )
    told = (
        sa.select(ENTRY.c.subject_id, ENTRY.c.to_state, newest_first.label("place"))
        .where(ENTRY.c.office_id == desk.office_id, ENTRY.c.subject == subject, ENTRY.c.to_state != "")
        .subquery()
    )
    rows = table.outerjoin(told, sa.and_(told.c.subject_id == table.c.id, told.c.place == 1))
    differs = sa.or_(told.c.to_state.is_(None), told.c.to_state != table.c.state)
    if subject == "message":
        # A mail begins as ready and is cancelled with its document, which is what is noted then.
        differs = sa.and_(
            table.c.state != "cancelled", sa.func.coalesce(told.c.to_state, "ready") != table.c.state
        )
    ours = table.c.office_id == desk.office_id
    link = desk.session.connection()
    tally.look_at(link.execute(sa.select(sa.func.count()).select_from(table).where(ours)).scalar_one())
    query = sa.select(table.c.id, table.c.state, told.c.to_state).select_from(rows).where(ours, differs)
    for row in link.execute(query):
        tally.find(f"{subject} {row.id} 状态 {row.state}，记录为 {row.to_state or '无'}")


def _triggers(desk: Desk) -> set[str]:
    link = desk.session.connection()
    lite = link.dialect.name == "sqlite"
    text = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'" if lite else "SELECT tgname FROM pg_trigger"
    )
    return set(link.execute(sa.text(text)).scalars())


def _only_legal(desk: Desk) -> Invariant:
    tally = Tally("INV-7", "只有允许的变动，批准人不是经办人")
    link = desk.session.connection()
    query = (
        sa.select(
            ENTRY.c.subject, ENTRY.c.act, ENTRY.c.from_state, ENTRY.c.to_state, sa.func.count().label("times")
        )
        .where(
            ENTRY.c.office_id == desk.office_id, ENTRY.c.subject.in_(list(SUBJECTS)), ENTRY.c.to_state != ""
        )
        .group_by(ENTRY.c.subject, ENTRY.c.act, ENTRY.c.from_state, ENTRY.c.to_state)
    )
    for row in link.execute(query):
        tally.look_at(row.times)
        if not _is_legal(row):
            tally.find(f"{row.subject} {row.act}：{row.from_state or '无'} → {row.to_state}（{row.times}次）")
    tally.find_all(_gaps(desk))
    for said, broken in (*_same_person(desk), *_same_closer(desk)):
        tally.find_all(f"{said}：编号{number}" for number in link.execute(broken).scalars())
    return tally.close()


def _is_legal(row: Any) -> bool:
    if row.from_state == "":
        return True  # its birth; a second one is a gap
    if row.subject == "case" and row.act in CASE_NOTES:
        return bool(row.from_state == row.to_state and row.to_state in set(CaseState))
    return (row.from_state, row.act, row.to_state) in ALLOWED[row.subject]


def _gaps(desk: Desk) -> Iterator[str]:
    """Yield histories in which a move does not start where the one before it ended."""
    before = sa.func.lag(ENTRY.c.to_state).over(
        partition_by=(ENTRY.c.subject, ENTRY.c.subject_id), order_by=(ENTRY.c.shard, ENTRY.c.seq)
    )
    walked = (
        sa.select(
            ENTRY.c.subject, ENTRY.c.subject_id, ENTRY.c.act, ENTRY.c.from_state, before.label("before")
        )
        .where(
            ENTRY.c.office_id == desk.office_id, ENTRY.c.subject.in_(list(SUBJECTS)), ENTRY.c.to_state != ""
        )
        .subquery()
    )
    born = sa.case((walked.c.subject == "message", "ready"), else_="")
    query = sa.select(walked).where(walked.c.from_state != sa.func.coalesce(walked.c.before, born))
    for row in desk.session.connection().execute(query):
        step = f"{row.before or '无'} → {row.from_state or '无'}"
        yield f"{row.subject} {row.subject_id} 在 {row.act} 之前缺少记录（{step}）"


def _same_person(desk: Desk) -> Iterator[tuple[str, sa.Select[Any]]]:
    """Yield the rules that want two people, each with the query of the rows that break it."""
    pairs = (
        (CAMPAIGN, "approved_by", "planned_by", "批准督察方案的人是拟订人"),
        (table_of(Finding), "confirmed_by", "found_by", "认定问题的人是发现人"),
        (table_of(Document), "signed_by", "drafted_by", "签发人是拟稿人"),
        (table_of(Document), "signed_for", "drafted_by", "被代签的人是拟稿人"),
        (table_of(Referral), "approved_by", "opinion_by", "批准移送的人是提出意见的人"),
        (table_of(SideRequest), "decided_by", "asked_by", "审批人是申请人"),
    )
    for table, one, other, said in pairs:
        query = sa.select(table.c.id).where(
            table.c.office_id == desk.office_id, table.c[one] == table.c[other]
        )
        if table.name == "side_request":  # whoever asked may take the request back
            query = query.where(table.c.kind != "suspension", table.c.state != "withdrawn")
        yield said, query
    # A plan may be taken back and stored anew by somebody else: whoever had a hand in it does not approve it.
    planned = sa.exists().where(
        ENTRY.c.office_id == desk.office_id, ENTRY.c.subject == "campaign", ENTRY.c.act == "plan",
        ENTRY.c.subject_id == CAMPAIGN.c.id, ENTRY.c.actor == CAMPAIGN.c.approved_by,
    )  # fmt: skip
    yield (
        "批准督察方案的人编制过方案",
        sa.select(CAMPAIGN.c.id).where(CAMPAIGN.c.office_id == desk.office_id, planned),
    )


def _same_closer(desk: Desk) -> Iterator[tuple[str, sa.Select[Any]]]:
    """Yield the rules of closing: whoever applied does not verify, whoever verified does not close."""
    chain = ("apply_closure", "verify", "close")

    def before_it(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        return sa.func.lag(column).over(
            partition_by=ENTRY.c.subject_id, order_by=(ENTRY.c.shard, ENTRY.c.seq)
        )

    walked = (
        sa.select(
            ENTRY.c.subject_id,
            ENTRY.c.actor,
            ENTRY.c.act,
            before_it(ENTRY.c.actor).label("actor_before"),
            before_it(ENTRY.c.act).label("act_before"),
        )
        .where(ENTRY.c.office_id == desk.office_id, ENTRY.c.subject == "case", ENTRY.c.act.in_(chain))
        .subquery()
    )
    for before, act, said in (
        ("apply_closure", "verify", "核查人是申请人"),
        ("verify", "close", "批准销号的人是核查人"),
    ):
        yield (
            said,
            sa.select(walked.c.subject_id).where(
                walked.c.act == act, walked.c.act_before == before, walked.c.actor == walked.c.actor_before
            ),
        )
