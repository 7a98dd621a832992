"""Repeat findings (屡查屡犯): whether two items of the catalogues are the same matter, and what came before.

An item goes on in those that replace it (`retired.replaced_by`), and an item of a special catalogue stands for those
it maps to (`maps_to`). Two items are one matter when what they stand for meets; two items that a third one maps to
are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.codes import Severity

Links = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A finding that was confirmed before."""

    id: int
    campaign_id: int
    item: str
    confirmed_on: date


def stands_for(item: str, links: Links) -> frozenset[str]:
    """Return an item with all it goes on in or maps to, however far; a circle ends where it closes.

    links   {id: the ids that replace it or that it maps to}
    """
    found, left = {item}, [item]
    while left:
        following = links.get(left.pop(), frozenset()) - found
        found |= following
        left += following
    return frozenset(found)


def same_matter(one: str, other: str, links: Links) -> bool:
    """Tell whether two items are the same matter."""
    return not stands_for(one, links).isdisjoint(stands_for(other, links))


def years_before(day: date, years: int) -> date:
    """Return the same day so many years before; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def repeats_of(
    item: str, campaign_id: int, on: date, years: int, past: Iterable[Earlier], links: Links
) -> list[Earlier]:
    """Return which findings of the same unit came before, oldest first: the same matter, in another campaign.

    on      the day on which the new finding is confirmed
    years   how far back a finding counts
    """
    since = years_before(on, years)
    found = [
        one
        for one in past
        if one.campaign_id != campaign_id
        and since < one.confirmed_on <= on
        and same_matter(item, one.item, links)
    ]
    return sorted(found, key=lambda one: (one.confirmed_on, one.id))


def raised(severity: Severity, order: Sequence[Severity] = tuple(Severity)) -> Severity:
    """Return the next graver severity; the gravest stays."""
    return order[min(order.index(severity) + 1, len(order) - 1)]
