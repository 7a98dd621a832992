"""How fast mail may go now: the buckets of the account and of receiving domains, and the budget of the day.

Whatever has no limit has no row: an office with a relay of its own writes nothing here until somebody complains.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.turns import take_turn
from core.mail.pacing import UNLIMITED, Bucket, full_bucket
from models.base import table_of
from models.dialects import add_up, put
from models.message import MailDay, MailPace

ACCOUNT = ""
TURN = "mail pace"
PACE, DAY = table_of(MailPace), table_of(MailDay)


@dataclass(slots=True)
class Pace:
    """The buckets of one transaction; `save` writes what changed."""

    desk: Desk
    buckets: dict[str, Bucket]
    left_today: int | None
    _before: dict[str, Bucket] = field(default_factory=dict)

    def closed(self) -> list[str]:
        """Return the domains to which nothing may go now."""
        now = self.desk.now
        return sorted(domain for domain, bucket in self.buckets.items() if domain and bucket.room(now) == 0)

    def room(self) -> int | None:
        """Return how many mails the account and the budget of the day allow now; None for any number."""
        limits = [self.left_today, self._bucket(ACCOUNT).room(self.desk.now)]
        return min((limit for limit in limits if limit is not None), default=None)

    def lets(self, domain: str) -> bool:
        """Tell whether one more mail may go to a domain, and count it if so."""
        now = self.desk.now
        if self.room() == 0 or self._bucket(domain).room(now) == 0:
            return False
        for name in (ACCOUNT, domain):
            self.buckets[name] = self._bucket(name).less(1, now)
        if self.left_today is not None:
            self.left_today -= 1
        return True

    def slow_down(self, domain: str) -> None:
        """Note that a server asked to slow down: the account's, or a domain's."""
        self.buckets[domain] = self._bucket(domain).slowed(self.desk.now)

    def please(self, domain: str) -> None:
        """Note that a mail to a domain was taken."""
        for name in (ACCOUNT, domain):
            self.buckets[name] = self._bucket(name).pleased(1)

    def save(self) -> None:
        """Write the buckets that changed; one that lost its limit goes."""
        link = self.desk.session.connection()
        for name, bucket in self.buckets.items():
            keys = {"office_id": self.desk.office_id, "domain": name}
            if bucket.rate == UNLIMITED:
                if name in self._before:
                    link.execute(sa.delete(PACE).filter_by(**keys))
            elif bucket != self._before.get(name):
                put(link, PACE, keys, {
                    "rate": bucket.rate, "ceiling": bucket.ceiling, "tokens": bucket.tokens, "taken": bucket.taken,
                    "counted_at": bucket.counted_at, "held_until": bucket.held_until,
                })  # fmt: skip

    def _bucket(self, name: str) -> Bucket:
        if name not in self.buckets:
            settings = self.desk.settings
            rate = settings.smtp_domain_per_minute if name else settings.smtp_per_minute
            self.buckets[name] = full_bucket(rate, self.desk.now)
        return self.buckets[name]


def read_pace(desk: Desk, *, lock: bool = True) -> Pace:
    """Return the pace as it stands; where there are limits, other senders of the office wait for this transaction.

    lock   false for whoever only looks
    """
    settings = desk.settings
    a_day = desk.office_rules.mail.daily_limit
    if lock and (settings.smtp_per_minute or settings.smtp_domain_per_minute or a_day):
        take_turn(desk, TURN)
    query = select(MailPace).where(col(MailPace.office_id) == desk.office_id).order_by(col(MailPace.domain))
    buckets = {
        row.domain: Bucket(row.rate, row.ceiling, row.tokens, row.counted_at, row.held_until, row.taken)
        for row in desk.session.exec(query.with_for_update() if lock else query)
    }
    return Pace(desk, buckets, _left_today(desk), dict(buckets))


def _left_today(desk: Desk) -> int | None:
    """Return what is left of the budget."""
    limit = desk.office_rules.mail.daily_limit
    if limit is None:
        return None
    sent = sa.select(DAY.c.sent).where(DAY.c.office_id == desk.office_id, DAY.c.on_day == desk.today)
    return max(0, limit - (desk.session.connection().execute(sent).scalar() or 0))


def count_today(desk: Desk, mails: int) -> None:
    """Count mails that leave, or with a negative number some that did not after all; nothing without a budget."""
    if mails and desk.office_rules.mail.daily_limit is not None:
        keys = {"office_id": desk.office_id, "on_day": desk.today}
        add_up(desk.session.connection(), DAY, keys, "sent", mails)
