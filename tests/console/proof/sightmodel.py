"""Who may see what, said a second time in a few lines: the crawler compares it with every byte that the console sends.

It knows nothing of the code under test: no table, no query, no permission.
"""

from __future__ import annotations

from dataclasses import dataclass, field

DESKS = {"officer", "director", "reviewer", "linkage"}  # whoever works in the office sees its whole business
LEAD_DESKS = {"officer", "director", "linkage"}
WAITING = {"closure_applied", "verified", "look_back"}  # what a verifier sees beyond their own visits


@dataclass(frozen=True)
class Who:
    """A user: what they are, whom they speak for, where they were, and what they were named for."""

    code: str
    roles: frozenset[str] = frozenset()
    unit: str = ""
    visits: frozenset[tuple[str, str]] = frozenset()
    named: frozenset[tuple[str, int]] = frozenset()


@dataclass(frozen=True)
class Secret:
    """A token that stands in one text, name or file of a world."""

    token: str
    kind: str  # case | paper | document | campaign | referral | lead | contact
    unit: str = ""
    campaign: str = ""
    state: str = ""
    told: bool = False  # the unit has been served with it, or the campaign was announced to it
    number: int = 0  # of the referral or lead; of a case's problem: the referral that is about it
    handler: str = ""
    closed: bool = False  # in the compartment
    shown: bool = True  # whether some page must show it to whoever may see it
    places: frozenset[tuple[str, str]] = field(default_factory=frozenset)  # the visits it belongs to


def may_see(who: Who, secret: Secret) -> bool:
    """Tell whether somebody may see a secret."""
    linked = bool(who.roles & {"linkage", "director"})
    if secret.kind == "referral" or secret.closed:
        return linked or ("unit" not in who.roles and (secret.kind, secret.number) in who.named)
    if secret.kind == "lead":
        return bool(who.roles & LEAD_DESKS) or secret.handler == who.code
    if secret.kind == "case" and ("referral", secret.number) in who.named:
        return True  # what a referral is about is told to whoever was named for it
    if who.unit:
        return secret.kind != "paper" and secret.unit in ("", who.unit) and secret.told
    if who.roles & DESKS:
        return True
    waits = secret.kind in ("case", "document", "campaign") and secret.state in WAITING
    return bool(secret.places & who.visits) or ("verifier" in who.roles and waits)
