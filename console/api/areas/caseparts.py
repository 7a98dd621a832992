"""What lies beside a case: plans with measures, requests, verifications, complaints, freezes, rungs, its history."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from console.api.shown import Shown


class Happened(Shown):
    """One entry of a history; `detail` is JSON text."""

    on: date
    at: datetime | None = None
    actor: str
    act: str
    before: str = Field(alias="from")
    after: str = Field(alias="to")
    detail: str
    late: bool = False


class MeasureShown(Shown):
    """One measure of a plan."""

    number: int
    text: str
    owner: str
    due_on: date | None
    horizon: str
    done_on: date | None


class PlanShown(Shown):
    """One version of a rectification plan."""

    version: int
    state: str
    state_word: str
    subject: str
    goal: str
    owner: str
    until_on: date | None
    verifier_unit: str
    submitted_on: date
    decided_on: date | None
    decided_by: str | None
    note: str | None
    measures: list[MeasureShown]


class StageShown(Shown):
    """A goal on the way of a long-term rectification."""

    number: int
    goal: str
    review_on: date
    verdict: str | None


class RequestShown(Shown):
    """An extension, objection, suspension or long-term request beside a case."""

    kind: str
    number: int
    state: str
    asked_on: date
    reason: str
    until_on: date | None
    endorsed_on: date | None
    answer_due_on: date | None
    verdict: str | None
    decided_on: date | None
    granted_until_on: date | None
    basis: str | None
    stages: list[StageShown]


class VerificationShown(Shown):
    """What somebody else found when a case was verified."""

    number: int
    on: date
    manner: str
    verdict: str
    by: str
    opinion: str
    notice_until: date | None


class ComplaintShown(Shown):
    """A complaint about a case."""

    number: int
    on: date
    state: str
    text: str


class FreezeShown(Shown):
    """What holds a case back until somebody releases it; a unit is told only that something does."""

    code: str = ""
    why: str
    missed_on: date | None = None
    since: date | None = None
    releases: str = ""


class RungShown(Shown):
    """One rung of the ladder of a case."""

    code: str
    light: str
    document: str
    rule: str
    status: str
    day: date | None
    note: str
    issued_on: date | None
    served_on: date | None
    number: str | None
