"""What a run of the sender did, as outside programs and people read it."""

from __future__ import annotations

from dataclasses import dataclass, field

COUNTS = ("accepted", "rejected", "unknown", "deferred", "recovered", "digests")


@dataclass(slots=True)
class SendReport:
    """Counts of mails handed to the server, and why others still wait.

    recovered   of a dead sender: what its journal knew better than the database
    digests     made by this run, for people with more mails than they should get one by one
    waiting     why ready mails were not sent, in a few words each
    problems    mails that could not be made, or that the database refuses to change
    careful     whether each mail is written by itself, because the database refused one (casework/mail/refusals.py)
    refused     ids of those it refused
    """

    accepted: int = 0
    rejected: int = 0
    unknown: int = 0
    deferred: int = 0
    recovered: int = 0
    digests: int = 0
    left: int = 0
    held: str | None = None
    waiting: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    careful: bool = False
    refused: set[int] = field(default_factory=set)

    def add(self, other: SendReport) -> None:
        """Take in what another connection of the same run did."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for problem in other.problems:
            self.complain(problem)
        self.refused |= other.refused
        self.wait(*other.waiting)

    def counts(self) -> dict[str, int]:
        """Return the counts as they stand."""
        return {name: getattr(self, name) for name in COUNTS}

    def set_back(self, counts: dict[str, int]) -> None:
        """Count again what was counted before something that did not happen."""
        for name, count in counts.items():
            setattr(self, name, count)

    def wait(self, *reasons: str) -> None:
        """Note why mails wait, each reason once."""
        self.waiting += [reason for reason in reasons if reason not in self.waiting]

    def complain(self, problem: str) -> None:
        """Note what is wrong with a mail, once: several connections may find it."""
        if problem not in self.problems:
            self.problems.append(problem)

    def as_dict(self) -> dict[str, object]:
        return {
            **self.counts(),
            "left": self.left,
            "held": self.held,
            "waiting": self.waiting,
            "problems": self.problems,
        }
