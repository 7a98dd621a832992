"""The mailbox of a simulation: some of what was taken comes back hours later, and people and robots answer.

A return is dated when the receiving server refused the mail, and may lie around for days before it is there to be read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from email.utils import format_datetime
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from core.errors import DeliveryFailed
from core.inbound import InboundKind
from delivery.inbound.boxes import Waiting
from system.clock import civil_day
from tests.delivery.inbound.mailmaking import block, mail, report
from tests.proof.simulator.fibers import EPOCH
from tests.proof.simulator.office import DAY, SimulatedOffice

SHANGHAI = ZoneInfo("Asia/Shanghai")
AWAY = 0.03  # share of the times that the mailbox is opened
DELAYS = (60.0, 3_600.0, 0.5 * DAY, 2.0 * DAY)  # seconds at most until a mail lies in the mailbox
# What a mail that was taken brings about: (kind, weight at usual roughness); what is left over brings nothing.
ODDS = (
    (InboundKind.HARD_BOUNCE, 0.02), (InboundKind.SOFT_BOUNCE, 0.02), (InboundKind.AUTO_REPLY, 0.02),
    (InboundKind.HUMAN, 0.02),
)  # fmt: skip
BOUNCES = (InboundKind.HARD_BOUNCE, InboundKind.SOFT_BOUNCE)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that lies in the mailbox from `at` on, in seconds of the simulation."""

    key: str
    at: float
    kind: InboundKind
    mime: bytes


@dataclass(slots=True)
class Mailbox:
    """What came in, in the place of a maildir or an account.

    returned   how often each Message-ID was sent back, whether or not its return is there to be read
    """

    office: SimulatedOffice
    letters: list[Letter] = field(default_factory=list)
    returned: Counter[str] = field(default_factory=Counter)
    marked: set[str] = field(default_factory=set)
    name: str = "simulated"

    def answer(self, name: str, recipient: str) -> None:
        """Draw what a mail brings about that was taken just now."""
        for kind, weight in ODDS:
            if self.office.happens(weight):
                self._bring(kind, name, recipient)
                return

    def _bring(self, kind: InboundKind, name: str, recipient: str) -> None:
        key = f"{len(self.letters) + 1:05}"
        at = self.office.scheduler.now + self.office.dice.uniform(1.0, self.office.dice.choice(DELAYS))
        self.letters.append(Letter(key, at, kind, self._mime(kind, key, name, recipient)))
        self.returned[name] += kind in BOUNCES
        self.office.note("world", kind.value, f"{key} about {name}")

    def _mime(self, kind: InboundKind, key: str, name: str, recipient: str) -> bytes:
        when = format_datetime(self.office.scheduler.instant().astimezone(SHANGHAI))
        about = f"In-Reply-To: {name}\r\n"
        if kind is InboundKind.HUMAN:
            return mail(
                sender=recipient, subject="回复：督察文书", body=f"收到，正在整改（{key}）。", more=about
            )
        if kind is InboundKind.AUTO_REPLY:
            more = f"{about}Auto-Submitted: auto-replied\r\n"
            return mail(
                sender=recipient, subject="自动回复", body=f"外出学习，下周回复（{key}）。", more=more
            )
        status, why = ("5.1.1", "550 5.1.1 user unknown")
        if kind is InboundKind.SOFT_BOUNCE:
            status, why = "5.2.2", "552 5.2.2 mailbox full"
        return report(block("failed", status, why, recipient), message_id=name, date=when)

    # ---- as delivery.inbound.boxes.Box -----------------------------------------------------------------------

    def __enter__(self) -> Self:
        self.office.scheduler.pause(self.office.dice.uniform(0.01, 1.0))
        if self.office.happens(AWAY):
            raise DeliveryFailed("收信邮箱打不开", retry=True, found="连接被拒绝")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to say goodbye to."""

    def look(self, since: date) -> list[Waiting]:
        """Return what lies there since a day."""
        there = [
            one for one in self.letters if one.at <= self.office.scheduler.now and self._day(one) >= since
        ]
        return [Waiting(one.key, len(one.mime), one.key in self.marked) for one in there]

    def fetch(self, key: str, limit: int) -> bytes:
        """Return a mail."""
        self.office.scheduler.pause(self.office.dice.uniform(0.001, 0.2))
        return self.letters[int(key) - 1].mime[:limit]

    def mark(self, keys: Sequence[str]) -> None:
        """Note what was handled."""
        self.marked.update(keys)

    def _day(self, one: Letter) -> date:
        return civil_day(EPOCH + timedelta(seconds=one.at))
