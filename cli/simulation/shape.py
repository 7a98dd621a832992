"""How large a simulated county is and how its people behave; the same seed gives the same years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a simulation.

    units      inspected units; one in a hundred is reached by mail, so that files are made for about 1 %
    campaigns  campaigns a year; each visits `visited` units and checks `items` items there
    failed     share of checks that find a problem: about 36 a campaign, as one published campaign had 37
    """

    years: int = 3
    units: int = 300
    campaigns: int = 20
    visited: int = 30
    items: int = 12
    failed: float = 0.1
    seed: int = 20260105
    first: date = date(2026, 1, 5)

    @property
    def last(self) -> date:
        """The last simulated day."""
        return date(self.first.year + self.years - 1, 12, 31)


@dataclass(frozen=True, slots=True)
class Odds:
    """What units and officers do, as shares of all cases."""

    silent: float = 0.05  # never answers by itself
    late: float = 0.15  # applies for closure after the due date
    on_spot: float = 0.02  # corrected while the team is there
    plan_returned: float = 0.10
    extension: float = 0.12
    extension_granted: float = 0.70
    objection: float = 0.05
    objection_upheld: float = 0.30
    suspension: float = 0.02
    withdrawn: float = 0.01
    verification_failed: float = 0.10
    rebound: float = 0.06
    declined: float = 0.60  # screenings that end without a transfer
    late_service: float = 0.10
    late_list: float = 0.10  # lists that come back after their day
    late_report: float = 0.20  # half-month reports that come only when somebody calls


ODDS = Odds()
