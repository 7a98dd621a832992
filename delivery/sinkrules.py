"""What a scripted mail server does, so that every way a delivery can end is seen in tests and in the demo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

Stage = Literal["connect", "mail", "rcpt", "data", "settle"]


@dataclass(frozen=True, slots=True)
class Occasion:
    """A moment at which the server may answer otherwise than usual.

    recipient: lower case, empty before RCPT; nth counts this stage and recipient from 1, total this stage
    """

    stage: Stage
    recipient: str
    nth: int
    total: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server does: wait `delay` seconds, send `reply` (empty: the usual one), or drop the connection.

    drop with a reply: the reply first. keep: at `settle`, whether the message counts as taken all the same.
    """

    reply: str = ""
    drop: bool = False
    delay: float = 0.0
    keep: bool = True


Behaviour = Callable[[Occasion], Answer | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """An answer for the occasions that match; occasions are counted for each rule, from 1.

    to: shell pattern over the recipient, such as `*@a.test`; `connect` and `mail` know no recipient yet
    first, last, every: the rule answers matches number first, first+every, ... up to last
    """

    at: Stage
    to: str = "*"
    reply: str = ""
    drop: bool = False
    delay: float = 0.0
    keep: bool = True
    first: int = 1
    last: int | None = None
    every: int = 1


def follow(rules: Sequence[Rule]) -> Behaviour:
    """Return a behaviour that gives the answer of the first rule that applies."""
    seen = [0] * len(rules)

    def answer(occasion: Occasion) -> Answer | None:
        chosen: Rule | None = None
        for index, rule in enumerate(rules):
            if rule.at != occasion.stage or not fnmatchcase(occasion.recipient, rule.to.lower()):
                continue
            seen[index] += 1
            if chosen is None and _applies(rule, seen[index]):
                chosen = rule
        if chosen is None:
            return None
        refused = chosen.reply[:1] in ("4", "5")
        return Answer(chosen.reply, chosen.drop, chosen.delay, chosen.keep and not refused)

    return answer


def _applies(rule: Rule, nth: int) -> bool:
    if nth < rule.first or (rule.last is not None and nth > rule.last):
        return False
    return (nth - rule.first) % rule.every == 0
