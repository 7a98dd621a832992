"""Who sees which findings where two bodies inspect together: each keeps its own unless it shares them."""

from __future__ import annotations

from collections.abc import Iterable

OWN_PEOPLE = frozenset(
    {"officer", "inspector", "leader", "reviewer", "verifier", "director", "section", "deputy", "committee"}
)
PARTNER = "linkage"


def sees_finding(roles: Iterable[str], visibility: str, sharing: str) -> bool:
    """Tell whether somebody with these roles sees a finding.

    visibility   office: our own; joint: shared with the partner
    sharing      what the campaign's plan says: shared (all findings), separate (those marked joint), none (not joint)
    """
    held = frozenset(roles)
    if held & OWN_PEOPLE:
        return True
    if PARTNER not in held or sharing == "none":
        return False
    return sharing == "shared" or visibility == "joint"
