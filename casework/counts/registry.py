"""Every number of the office in the order in which they are read, and the way from a code to its definition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from casework.counts.fieldwork import FIELDWORK, STAFF, TALKS
from casework.counts.filing import ENFORCEMENT, ISSUES, MADE, YEARLY
from casework.counts.following import REPEATS
from casework.counts.intake import (
    CHECKED_LEADS,
    DISPUTES,
    FROM_ABOVE,
    HALF_MONTHS,
    POINTS_OF_LETTERS,
)
from casework.counts.linking import LINKAGE
from casework.counts.papers import BULLETINS, PAPERS, POST
from casework.counts.problems import CHECKED, FOUND
from casework.counts.rectifying import CLOSING
from casework.counts.rounds import FORCES, ROUNDS
from casework.counts.scored import SCORED
from casework.counts.terms import Entry, Family, Section
from casework.counts.warnings import EXTENSIONS, LIGHTS, OBJECTIONS


def _with(section: Section, *entries: Entry) -> Section:
    return replace(section, entries=(*section.entries, *entries))


REPORTS_IN = Section(17, "半月报", HALF_MONTHS)
SECTIONS: tuple[Section, ...] = tuple(
    sorted(
        (
            *(_with(FORCES, *STAFF), ROUNDS, _with(CHECKED, *FIELDWORK), _with(FOUND, *REPEATS), TALKS),
            *(_with(PAPERS, *POINTS_OF_LETTERS), FROM_ABOVE, CHECKED_LEADS, LINKAGE, ENFORCEMENT),
            *(_with(BULLETINS, *ISSUES), LIGHTS, EXTENSIONS, CLOSING, OBJECTIONS, MADE, REPORTS_IN, YEARLY),
            *(POST, SCORED, DISPUTES),
        ),
        key=lambda section: section.number,
    )
)


def every_entry() -> Iterator[Entry]:
    """Yield every definition, shares included, in the order in which they are read."""
    for section in SECTIONS:
        yield from section.entries


def entry_of(code: str) -> Entry | None:
    """Return the definition of a number; for the codes of a family the family whose prefix is the longest."""
    best: Entry | None = None
    for entry in every_entry():
        if isinstance(entry, Family):
            better = not isinstance(best, Family) or len(entry.prefix) > len(best.prefix)
            if code.startswith(f"{entry.prefix}.") and better:
                best = entry
        elif entry.code == code:
            return entry
    return best


def families_of(code: str) -> list[Family]:
    """Return the families that may hold a code."""
    return [one for one in every_entry() if isinstance(one, Family) and code.startswith(f"{one.prefix}.")]
