"""The numbers an office must give (份, 条, 人次, 件 are different units), counted by the database.

In a period everything counts on its own day: a visit when it begins, a problem when it was found, a document when it
was signed, a light when it was lit, an extension when it was asked for or decided. What says how things stand (shares,
states, overdue) is told of the problems found in the period. Every number is defined in casework/counts/.
"""

from __future__ import annotations

from datetime import date

from casework.counts.countscope import count_scope, scope_of
from casework.counts.problems import class_of
from casework.counts.tallies import Statistics
from casework.desk import Desk
from casework.reports.periods import settled_numbers

__all__ = ["class_of", "count"]


def count(
    desk: Desk,
    *,
    campaign: str | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
    unit: str | None = None,
    area: str | None = None,
    kind: str | None = None,
) -> Statistics:
    """Count everything for the office, or one campaign, period (both days included), unit, area, kind of campaign.

    The numbers of a closed period are those that were closed; those of the period after it contain what came late.
    raises   NotFound for an unknown campaign or unit; InvalidInput for an unknown kind; NotAllowed for a unit
    """
    scope = scope_of(desk, campaign=campaign, from_on=from_on, to_on=to_on, unit=unit, area=area, kind=kind)
    if from_on and to_on and not any((campaign, unit, area, kind)):
        settled = settled_numbers(desk, from_on, to_on)
        if settled is not None:
            return settled
    return count_scope(scope)
