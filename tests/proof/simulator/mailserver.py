"""The mail server of a simulation: what it takes is the truth; its answers are drawn, and answers get lost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from core.errors import DeliveryFailed
from delivery.smtp import Outcome, Phase, Receipt
from tests.proof.simulator.fibers import Fiber
from tests.proof.simulator.mailbox import Mailbox
from tests.proof.simulator.office import SimulatedOffice

MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
SILENCE = 600.0  # seconds until a sender gives up waiting, as settings.smtp_data_timeout

# How a mail ends: (name, weight at usual roughness); what is left over is taken with 250.
ODDS = (
    ("gone", 0.02), ("busy", 0.04), ("no such user", 0.01), ("cut", 0.01), ("full", 0.01), ("unwanted", 0.005),
    ("silent", 0.01), ("taken and silent", 0.02),
)  # fmt: skip


@dataclass(slots=True)
class MailServer:
    """What was taken, and of which mails nobody can know for certain.

    taken      how often each Message-ID was taken
    doubtful   mails whose content went out and whose answer did not reach a sender that lived on to write it down
    """

    office: SimulatedOffice
    box: Mailbox
    taken: Counter[str] = field(default_factory=Counter)
    doubtful: set[str] = field(default_factory=set)
    down_until: float = -1.0
    handing: dict[Fiber | None, str] = field(default_factory=dict)
    answered: dict[Fiber | None, str] = field(default_factory=dict)

    def begun(self) -> None:
        """Hear that the running sender has written down that it begins with the content."""
        self.doubtful.add(self.handing[self.office.scheduler.running])

    def written_down(self) -> None:
        """Hear that the running sender has the last answer on its disk."""
        self.doubtful.discard(self.answered.pop(self.office.scheduler.running, ""))

    def arrived(self, name: str) -> bool:
        """Tell whether a mail is with its recipient: it was taken more often than it came back."""
        return self.taken[name] > self.box.returned[name]

    def is_down(self) -> bool:
        return self.office.scheduler.now < self.down_until and not self.office.calm

    def draw(self) -> str:
        """Return how the next mail ends."""
        if self.is_down():
            return "gone"
        for name, weight in ODDS:
            if self.office.happens(weight):
                return name
        return "taken"


class Session:
    """A connection, in the place of delivery.smtp.SmtpSession."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._office = server.office

    def __enter__(self) -> Self:
        self._wait(0.3)
        if self._server.is_down():
            raise DeliveryFailed("无法连接邮件服务器", retry=True, found="连接被拒绝")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to say goodbye to."""

    def send(
        self, _sender: str, recipient: str, mime: bytes, before_content: Callable[[], None] = lambda: None
    ) -> Receipt:
        """Take a mail, or not; the words are those of usual servers."""
        found = MESSAGE_ID.search(mime)
        assert found, "a mail without a Message-ID"
        name, how = found[1].decode(), self._server.draw()
        receipt = self._before(how)
        if receipt is None:
            self._server.handing[self._office.scheduler.running] = name
            before_content()
            receipt = self._content(name, recipient, how)
            if receipt.outcome is not Outcome.UNKNOWN:
                self._server.answered[self._office.scheduler.running] = name
        fiber = self._office.scheduler.running
        self._office.note(fiber.name if fiber else "", "mail", f"{name} {how}: {receipt.outcome}")
        return receipt

    def _before(self, how: str) -> Receipt | None:
        self._wait(0.5)
        return {
            "gone": Receipt(Outcome.DEFERRED, "连接断开", Phase.CONNECT),
            "busy": Receipt(Outcome.DEFERRED, "450 4.2.1 mailbox busy", Phase.RCPT),
            "no such user": Receipt(Outcome.REJECTED, "550 5.1.1 no such user", Phase.RCPT),
        }.get(how)

    def _content(self, name: str, recipient: str, how: str) -> Receipt:
        """Take the content; whoever dies before the end is written down leaves the mail in doubt."""
        self._wait(1.0)
        if how == "cut":
            return Receipt(Outcome.UNKNOWN, "连接在正文中断开", Phase.DATA)
        if how in ("full", "unwanted", "silent"):
            return self._not_taken(how)
        self._server.taken[name] += 1
        self._server.box.answer(name, recipient)
        if how == "taken and silent":
            self._wait(SILENCE)
            return Receipt(Outcome.UNKNOWN, "应答超时", Phase.SETTLE)
        self._wait(0.5)
        return Receipt(
            Outcome.ACCEPTED, f"250 2.0.0 Ok: queued as {len(self._server.taken):06X}", Phase.SETTLE
        )

    def _not_taken(self, how: str) -> Receipt:
        if how == "silent":
            self._wait(SILENCE)
            return Receipt(Outcome.UNKNOWN, "应答超时", Phase.SETTLE)
        if how == "full":
            return Receipt(Outcome.DEFERRED, "452 4.3.1 insufficient storage", Phase.SETTLE)
        return Receipt(Outcome.REJECTED, "554 5.7.1 rejected by policy", Phase.SETTLE)

    def _wait(self, most: float) -> None:
        self._office.scheduler.pause(most if most == SILENCE else self._office.dice.uniform(0.01, most))


def opener(server: MailServer) -> Callable[..., Any]:
    """Return what opens a session to this server, whatever account is named."""
    return lambda *_account, **_timeouts: Session(server)
