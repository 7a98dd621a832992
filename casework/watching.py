"""The daily watch: what time alone brings about, beside the lights of the cases; every watcher may run twice.

A watcher opens tasks, drafts documents or counts what is overdue. It decides nothing about a person or a unit.
"""

from __future__ import annotations

from collections.abc import Callable

from casework.desk import Desk
from casework.inspection.inquiryviews import watch_inquiries
from casework.inspection.milestones import watch_milestones
from casework.inspection.occurrences import watch_occurrences
from casework.linkage.linkagewatch import watch_leads, watch_linkage
from casework.litigation.watch import watch_matters
from casework.paperwork.unanswered import watch_replies
from casework.rectification.freezing import watch_freezes
from casework.rectification.halfmails import ask_units
from casework.rectification.halfwatch import watch_half_reports
from casework.rectification.lookbacks import watch_look_backs
from casework.rectification.plans import watch_plans
from casework.rectification.suspending import watch_suspensions
from casework.reports.periodwatch import watch_periods
from casework.staff.poolwatch import watch_people
from casework.tasks import remember_causes
from casework.units.unitwatch import watch_units

Watcher = Callable[[Desk], dict[str, object]]
WATCHERS: tuple[tuple[str, Watcher], ...] = (
    ("units", watch_units),  # first: what the others tell goes to the unit of today
    ("leads", watch_leads),
    ("linkage", watch_linkage),
    ("half_reports", watch_half_reports),
    ("freezes", watch_freezes),
    ("inquiries", watch_inquiries),
    ("look_backs", watch_look_backs),
    ("matters", watch_matters),
    ("half_mails", ask_units),  # after both that open reports
    ("milestones", watch_milestones),
    ("occurrences", watch_occurrences),
    ("people", watch_people),
    ("periods", watch_periods),
    ("plans", watch_plans),
    ("replies", watch_replies),
    ("suspensions", watch_suspensions),
)


def watch_over(desk: Desk) -> dict[str, object]:
    """Run every watcher for the day of the desk; return what each found, by its name."""
    remember_causes(desk)
    return {"today": desk.today.isoformat(), **{name: watcher(desk) for name, watcher in WATCHERS}}
