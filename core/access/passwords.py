"""What a password must be and when an account is locked: the profile of the office, by default that of 等保.

source   GB/T 22239-2019, 8.1.4.1: complexity, periodic change, handling of failed attempts. OWASP ASVS 5.0, 6.2.5 and
         6.2.10 advise against composition and expiry; an office that follows ASVS sets both to nothing.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

LONGEST = 128
FEW_DIFFERENT = 4
# The beginnings of what is guessed first; a password that holds one of them is refused whatever surrounds it.
GUESSED = (
    "password", "passw0rd", "admin", "qwerty", "123456", "abc123", "111111", "000000", "iloveyou", "welcome",
    "letmein", "1q2w3e", "ducha", "fazhi", "sifa",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """How passwords are and how failures are dealt with.

    classes     how many of lower, upper, digit, other must occur; 1 asks for nothing
    valid_days  after this many days a new one is asked for; 0 for never
    kept        the last passwords that may not be used again
    """

    length: int = 10
    classes: int = 3
    valid_days: int = 90
    kept: int = 5
    attempts: int = 5
    lock_minutes: int = 10


def weaknesses(policy: PasswordPolicy, password: str, *about: str) -> list[str]:
    """Return everything that is wrong with a new password, in Chinese; nothing when it will do.

    about   login, name, unit: what somebody knows of its owner must not occur in it
    """
    text = unicodedata.normalize("NFKC", password)
    folded = text.casefold()
    found = []
    if not policy.length <= len(text) <= LONGEST:
        found.append(f"长度应为{policy.length}至{LONGEST}位")
    if count_classes(text) < policy.classes:
        found.append(f"应含大写字母、小写字母、数字、符号中的{policy.classes}类")
    if any(len(one) > 2 and one.casefold() in folded for one in about):
        found.append("不得含登录名、姓名")
    if any(guess in folded for guess in GUESSED):
        found.append("含有容易被猜到的字串")
    if len(set(folded)) < FEW_DIFFERENT:
        found.append("重复的字符过多")
    return found


def count_classes(text: str) -> int:
    """Return how many kinds of characters occur: lower case, upper case, digits, others."""
    kinds = {
        "lower" if one.islower() else "upper" if one.isupper() else "digit" if one.isdigit() else "other"
        for one in text
    }
    return len(kinds)


def must_change(policy: PasswordPolicy, set_on: date, today: date) -> bool:
    """Tell whether a password has become too old on a civil day."""
    return bool(policy.valid_days) and today > set_on + timedelta(policy.valid_days)


def lock_until(policy: PasswordPolicy, failures: int, now: datetime) -> datetime | None:
    """Return until which instant an account is locked after so many failures in a row; None while it is not.

    Each further round of failures locks for twice as long, at most for a day.
    """
    if failures < policy.attempts or failures % policy.attempts:
        return None
    rounds = failures // policy.attempts - 1
    minutes = min(policy.lock_minutes * 2**rounds, 24 * 60)
    return now + timedelta(minutes=minutes)
