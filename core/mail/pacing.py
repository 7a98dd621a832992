"""How fast mail may go to one mail server or one receiving domain: a bucket of tokens that learns from refusals.

The limits of mail services are secret and move with the quality of what is sent. So a bucket halves its rate when it is
told to slow down, waits, and grows again slowly while everything is taken.

source   reliability.md M9
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

UNLIMITED = 0  # a rate: no tokens are counted
FIRST_RATE = 30  # mails a minute for a bucket that was unlimited until somebody complained
LOWEST_RATE = 1
HOLD = timedelta(minutes=2)  # after a complaint nothing goes there for so long
SATISFIED = 5  # so many minutes' worth of mails taken without a complaint raise the rate
_SLOW_DOWN = ("421", "450", "451", "452", "454")
_WORDS = re.compile(
    r"frequen|too many|too fast|rate limit|exceeded|throttl|频率|频繁|超过.{0,6}(限制|上限)|过多",
    re.IGNORECASE,
)
_GREY = re.compile(
    r"gr[ae]y", re.IGNORECASE
)  # greylisting is about one mail: it asks for patience, not for a slower pace


@dataclass(frozen=True, slots=True)
class Bucket:
    """The pace of one mail account or one receiving domain.

    rate         mails a minute, UNLIMITED for no limit
    ceiling      the rate it may grow to, UNLIMITED where it may lose its limit again
    tokens       mails that may go at `counted_at`, at most one minute's worth
    held_until   nothing goes before
    taken        mails taken since the rate was last changed
    """

    rate: int
    ceiling: int
    tokens: float
    counted_at: datetime
    held_until: datetime | None = None
    taken: int = 0

    def at(self, now: datetime) -> Bucket:
        """Return the bucket with the tokens that have come since; a clock set back brings none."""
        minutes = max(0.0, (now - self.counted_at).total_seconds() / 60)
        return replace(self, tokens=min(float(self.rate), self.tokens + self.rate * minutes), counted_at=now)

    def room(self, now: datetime) -> int | None:
        """Return how many mails may go now; None for any number."""
        if self.held_until is not None and now < self.held_until:
            return 0
        return None if self.rate == UNLIMITED else int(self.at(now).tokens)

    def less(self, count: int, now: datetime) -> Bucket:
        """Return the bucket after some mails were let go."""
        bucket = self.at(now)
        return replace(bucket, tokens=max(0.0, bucket.tokens - count))

    def slowed(self, now: datetime) -> Bucket:
        """Return the bucket after a complaint: half as fast, and silent for a while."""
        rate = FIRST_RATE if self.rate == UNLIMITED else max(LOWEST_RATE, self.rate // 2)
        return replace(self, rate=rate, tokens=0.0, counted_at=now, held_until=now + HOLD, taken=0)

    def pleased(self, count: int) -> Bucket:
        """Return the bucket after some mails were taken: a tenth faster when that has gone well for some minutes."""
        if self.rate == UNLIMITED:
            return self
        taken = self.taken + count
        if taken < SATISFIED * self.rate:
            return replace(self, taken=taken)
        faster = self.rate + max(1, self.rate // 10)
        if self.ceiling != UNLIMITED:
            faster = min(faster, self.ceiling)
        elif faster > 20 * FIRST_RATE:  # ten a second without a complaint: there is no limit worth counting
            faster = UNLIMITED
        return replace(self, rate=faster, taken=0, held_until=None)


def full_bucket(rate: int, now: datetime) -> Bucket:
    """Return a bucket that nobody has used yet."""
    return Bucket(rate, rate, float(rate), now)


def asks_to_slow_down(reply: str) -> bool:
    """Tell whether a server's refusal is about the pace: a 4xx of the kinds that mean it, or words that say so."""
    if _GREY.search(reply):
        return False
    return reply.startswith(_SLOW_DOWN) or (reply[:1] in "45" and bool(_WORDS.search(reply)))
