"""What must hold at the end of each simulated day, and when everything is settled at last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.invariants.tally import Invariant
from casework.lights.deadlines import due_cases
from casework.lights.rederiving import look_days
from casework.upkeep.doctor import examine
from models.audit import verify_chains
from models.campaign import Campaign
from models.document import Document
from models.inbound import InboundMail
from models.message import JournalledMail, Message
from models.record import AuditEntry, AuditHead
from models.rectification import Rectification, Rung
from tests.casework.oracle import disagreements
from tests.proof.simulator.county import OLD
from tests.proof.simulator.mailserver import MailServer
from tests.proof.simulator.office import SimulatedOffice

OPEN = ("ready", "sending")
Noted = Sequence[tuple[str, int, str]]  # subject, its number, act


@dataclass(slots=True)
class Judge:
    """Compares what is in the books with what the simulation knows to be true.

    expected   cases that the ladder wants a rung for today, worked out before anybody did anything
    heads      lengths of the chains this morning: what people noted since is told by its place, as a clock may be wrong
    numbers    of documents that have left the house, with what they stand on
    unknown    mails that were in doubt at some time
    """

    office: SimulatedOffice
    server: MailServer
    expected: set[int] = field(default_factory=set)
    heads: dict[int, int] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    days: int = 0
    rungs: int = 0

    def morning(self) -> None:
        """Work out which cases must get a rung today: the pure ladder over the facts as they stand."""
        with self.office.desk(readonly=True) as desk:
            self.heads = dict(desk.session.exec(select(AuditHead.shard, AuditHead.length)).all())
            self.expected = set()
            if desk.calendar.is_workday(desk.today):
                self.expected = {
                    day.case_id for day in look_days(desk) if day.derived == desk.today and day.cached
                }

    def evening(self) -> None:
        """Look up everything that must hold at the end of a day."""
        self.days += 1
        # A clock that ran ahead is what INV-13 is there to tell, and days to look at a case that were worked out from
        # papers dated tomorrow are right tomorrow; a restore brings old doubts back with their age.
        known = {"INV-13", "INV-5"} if self.office.ahead_until > self.office.scheduler.now else set()
        known |= {"INV-3"} if self.office.today() in self.office.held_days else set()
        with self.office.desk(readonly=True) as desk:
            broken = [one for one in examine(desk).invariants if one.broken and one.id not in known]
            broken = [one for one in broken if not self._is_of_a_clock_ahead(one)]
            wrong = [f"{one.id}: {one.examples[:3]}" for one in broken]
            wrong += [*self._mails(desk), *self._numbers(desk), *self._rungs(desk)]
        for one in wrong:
            self.office.fail(one)

    def _is_of_a_clock_ahead(self, one: Invariant) -> bool:
        """Tell whether an invariant names papers that were dated tomorrow, which stay so: that is what it is for."""
        dated = all(example.endswith("签发日期早于前一号") for example in one.examples)
        return one.id == "INV-4" and dated and self.office.ahead_until > 0

    def the_end(self) -> None:
        """Look up what must hold when every mail was settled and every process has ended."""
        with self.office.desk(readonly=True) as desk:
            old = {f"case {number}:" for number in desk.session.exec(_of_the_old_ledger())}
            # The due dates of an old ledger were set by nobody here.
            told = [one for one in disagreements(desk) if " ".join(one.split()[:2]) not in old]
            wrong = [f"derived otherwise: {one}" for one in told]
            wrong += [f"chain: {one}" for one in verify_chains(desk.session, desk.office_id)[1]]
            wrong += [*self._books(desk), *self._letters(desk)]
            heads = desk.session.exec(select(AuditHead.shard, AuditHead.length, AuditHead.hash))
            head = [(shard, length, bytes(link).hex()) for shard, length, link in heads]
            self.rungs = desk.session.exec(select(sa.func.count()).select_from(Rung)).one()
        for one in wrong:
            self.office.fail(one)
        self.office.note("judge", "audit heads", repr(sorted(head)))

    # ---- mails -----------------------------------------------------------------------------------------------

    def _mails(self, desk: Desk) -> Iterator[str]:
        """Say what was taken twice, and what is in doubt though the server gave a clear answer."""
        yield from (
            f"{name} was taken {times} times"
            for name, times in self.server.taken.items()
            if times > 1 + self.server.box.returned[name]
        )
        for name, carrier in desk.session.connection().execute(_unknown()):
            self.unknown.add(name)
            # What another machine had claimed is in doubt until that machine reads its journal to us.
            if self.office.plan.hosts == 1 and (carrier or name) not in self.server.doubtful:
                yield f"{name} is in doubt without a reason"

    def _books(self, desk: Desk) -> Iterator[str]:
        """Say what was taken and is not in the books as accepted, and what is in the books and was never taken."""
        rows = {row.message_id: row for row in desk.session.exec(select(Message))}
        names = {row.id: name for name, row in rows.items()}
        kept = set(desk.session.exec(select(JournalledMail.message_id)))
        for name, row in rows.items():
            carrier = names[row.carried_by] if row.carried_by else name
            taken, returned = self.server.taken[carrier], self.server.box.returned[carrier]
            if row.state in OPEN or row.state == "unknown":
                yield f"{name} is {row.state} when all is over"
            # Which of several sendings came back, not even its return can always tell.
            elif (row.state == "accepted") != (taken > returned) and not taken > returned > 0:
                yield f"{name} is {row.state}, and the server took it {taken} times, of which {returned} came back"
        yield from (
            f"{name} was taken and nobody knows it" for name in set(self.server.taken) - set(rows) - kept
        )

    def _letters(self, desk: Desk) -> Iterator[str]:
        """Say which letter was not read, or was read as what it is not."""
        read = dict(desk.session.exec(select(InboundMail.key, InboundMail.kind)).all())
        for letter in self.server.box.letters:
            if read.get(letter.key) != letter.kind.value:
                yield f"letter {letter.key} is {letter.kind.value} and was read as {read.get(letter.key)}"
        failed = desk.session.exec(select(InboundMail.key).where(col(InboundMail.outcome) == "failed"))
        yield from (f"letter {key} was set aside" for key in failed)

    # ---- papers ----------------------------------------------------------------------------------------------

    def _numbers(self, desk: Desk) -> Iterator[str]:
        """Say which number stands on two documents, also when a restore made one of them forgotten."""
        query = select(Document.number, Document.content_sha256).where(col(Document.number).is_not(None))
        for number, digest in desk.session.exec(query):
            assert number is not None  # asked for
            if self.numbers.setdefault(number, digest or "") != digest:
                yield f"{number} stands on two documents"
                self.numbers[number] = digest or ""

    # ---- lights ----------------------------------------------------------------------------------------------

    def _rungs(self, desk: Desk) -> Iterator[str]:
        """Say which case got no rung though the ladder wanted one this morning and nobody touched the case since."""
        if not self.expected or desk.today in self.office.held_days or not _was_swept(desk, desk.today):
            return
        noted = self._noted(desk)
        if any(subject == "calendar" and act == "confirm" for subject, _number, act in noted):
            return  # with other working days the ladder wants something else than in the morning
        fired = set(desk.session.exec(select(Rung.case_id).where(col(Rung.fired_on) >= desk.today)))
        touched = _touched(desk, noted)
        late = self.expected - fired - touched
        yield from (f"case {number} got no rung on {desk.today}" for number in sorted(late))
        waiting = {number for number, _unit in due_cases(desk.session, desk.office_id, desk.today)}
        yield from (f"case {number} was not looked at" for number in sorted(waiting - touched))

    def _noted(self, desk: Desk) -> Noted:
        """Return what people noted since this morning."""
        since = [
            sa.and_(col(AuditEntry.shard) == shard, col(AuditEntry.seq) > length)
            for shard, length in self.heads.items()
        ]
        query = select(AuditEntry.subject, AuditEntry.subject_id, AuditEntry.act)
        return desk.session.exec(query.where(col(AuditEntry.actor) != "system", sa.or_(*since))).all()


def _of_the_old_ledger() -> Any:
    cases = select(Rectification.id).join(Campaign, col(Campaign.id) == col(Rectification.campaign_id))
    return cases.where(col(Campaign.code) == OLD)


def _unknown() -> sa.Select[tuple[str, str | None]]:
    carrier = sa.orm.aliased(Message)
    return (
        sa.select(Message.message_id, carrier.message_id)
        .outerjoin(carrier, col(carrier.id) == col(Message.carried_by))
        .where(col(Message.state) == "unknown")
    )


def _was_swept(desk: Desk, day: date) -> bool:
    """Tell whether the sweep of a day was done to its end, as the job itself has written down."""
    from models.record import Tick

    tick = desk.session.get(Tick, (desk.office_id, "deadlines"))
    return tick is not None and tick.on_day == day


def _touched(desk: Desk, noted: Noted) -> set[int]:
    """Return the cases about which something else than a rung was noted, or about a paper of which."""
    from models.document import DocumentCase

    cases = {number for subject, number, _act in noted if subject == "case"}
    papers = [number for subject, number, _act in noted if subject == "document"]
    on_papers = select(DocumentCase.case_id).where(col(DocumentCase.document_id).in_(papers))
    return cases | set(desk.session.exec(on_papers))
