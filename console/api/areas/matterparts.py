"""What lies in the file of a dispute."""

from __future__ import annotations

from datetime import date

from console.api.shown import Shown


class ClockShown(Shown):
    """A day of a matter with its derivation; `left_workdays` is negative once it is past."""

    code: str
    name: str
    on: date
    version: int
    provisional: bool
    steps: list[str]
    left_workdays: int | None
    clock: str | None = None
    period: str
    law: str
    start_on: date | None
    reason: str | None
    calendar: str | None = None


class FactShown(Shown):
    """Something that was done."""

    code: str
    fact: str
    since: date
    basis: str


class EventShown(Shown):
    """Something that happened and bears on the light."""

    code: str
    event: str
    on: date
    basis: str


class AssessmentShown(Shown):
    """An assessment of the risk."""

    number: int
    on: date
    points: int
    light: str
    factors: str
    reasons: dict[str, str]
    by: str


class OnesShown(Shown):
    """三个一: a leader, a group, a plan."""

    leader: str
    post: str
    members: str
    plan: str
    set_for: str
    set_on: date
    set_by: str


class SubmittedShown(Shown):
    """A paper that was handed in."""

    paper: str
    code: str
    on: date
    text: str
    next: str
    copied_to: str
    by: str


class SheetShown(Shown):
    """A sheet that went out when the light changed."""

    light: str
    round: int
    on: date
    document: int | None
    name: str = ""
    number: str | None = None
    document_state: str = ""


class LinkShown(Shown):
    """A rectification case that a matter is linked with."""

    case: str
    reason: str


class TurnShown(Shown):
    """A change of the light and why."""

    on: date
    cause: str
    before: str
    after: str
    why: str


class FactorShown(Shown):
    """A factor that follows from the file, whether it holds and why."""

    code: str
    holds: bool
    why: str
