"""Who may see what, said a second time in a few lines: the crawler compares it with every byte that the console sends.

It knows nothing of the code under test: no table, no query, no permission. Its rules are those of the office (roles,
compartments, three administrators) and of docs/decisions/0020.
"""

from __future__ import annotations

from dataclasses import dataclass

Places = frozenset[tuple[str, str]]  # visits: campaign and unit
DESKS = {"officer", "director", "reviewer", "linkage"}  # whoever works in the office sees its whole business
LEAD_DESKS, LINKED = {"officer", "director", "linkage"}, {"linkage", "director"}
COMPARTMENT = {"referral", "incoming", "meeting", "linkage"}


@dataclass(frozen=True)
class Who:
    """A user: what they are, whom they speak for, where they were, and what they were named for."""

    code: str
    roles: frozenset[str] = frozenset()
    unit: str = ""
    visits: Places = frozenset()
    named: frozenset[tuple[str, int]] = frozenset()
    outside: bool = (
        False  # a contact of a unit with a mailbox to which no work secret is sent, let in by its link
    )


@dataclass(frozen=True)
class Secret:
    """A token that stands in one text, name or file of a world."""

    token: str
    what: str  # in words, for whoever reads what went wrong
    kind: str = "business"  # or lead, own, or a part of the compartment
    units: frozenset[str] = frozenset()  # whose business it is; of no unit: of all
    told: bool = False  # they were served with it, or it was announced to them
    work_secret: bool = False
    places: Places = frozenset()  # the visits it belongs to
    waits: bool = False  # something of it waits for a verifier
    number: int = 0  # of the lead or the matter of the compartment
    closed: bool = False  # a lead of the compartment
    about: frozenset[int] = frozenset()  # the referrals that are about it
    people: frozenset[str] = frozenset()  # who wrote it, handles it, or of whom it tells
    doors: frozenset[str] = frozenset()  # the roles that have any page of it; none: all have
    shown: frozenset[str] | None = None  # the roles that must come across it; None: all who may see it


def may_see(who: Who, one: Secret) -> bool:
    """Tell whether somebody may see a secret."""
    if one.doors and not who.roles & one.doors:
        return who.code in one.people
    if one.kind in COMPARTMENT or one.closed:
        return bool(who.roles & LINKED) or (not who.unit and (one.kind, one.number) in who.named)
    if one.kind == "own":
        return True
    if one.kind == "lead":
        return bool(who.roles & LEAD_DESKS) or who.code in one.people
    if any(("referral", number) in who.named for number in one.about):
        return True  # what a referral is about is told to whoever was named for it
    if who.unit:
        return one.told and (not one.units or who.unit in one.units) and not (who.outside and one.work_secret)
    if who.roles & DESKS:
        return True
    return bool(one.places & who.visits) or ("verifier" in who.roles and one.waits) or who.code in one.people


def must_see(who: Who, one: Secret) -> bool:
    """Tell whether somebody has to come across a secret on their way through all pages."""
    return may_see(who, one) and (one.shown is None or bool(who.roles & one.shown))
