"""The parts in which rules are shown."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field, JsonValue

from console.api.shown import Shown


class CatalogLine(Shown):
    """A catalogue in a list."""

    key: str
    name: str
    classes: int
    items: int


class BasisShown(Shown):
    """A basis in law; only verified ones are printed."""

    document: str
    article: str | None
    verified: bool


class ItemShown(Shown):
    """An item of a catalogue."""

    code: str
    title: str
    weight: float | int | None
    bases: list[BasisShown]

    @classmethod
    def of(cls, item: Any) -> ItemShown:
        """Return an item of a rule file as the interface shows it."""
        bases = [
            BasisShown(document=one.document, article=one.article, verified=bool(one.verified))
            for one in item.legal_basis
        ]
        return cls(code=item.id, title=item.title, weight=item.weight, bases=bases)


class CatalogShown(Shown):
    """A catalogue with its items."""

    key: str
    name: str
    items: list[ItemShown]


class RungRule(Shown):
    """One rung: its day, light and document."""

    code: str
    light: str
    when: str
    document: str
    document_name: str
    recipients: str
    signer: str
    offset: int
    unit: str


class ProfileShown(Shown):
    """The rungs of one severity."""

    severity: str
    name: str
    rectify_workdays: int
    plan_workdays: int
    rungs: list[RungRule]


class LadderShown(Shown):
    """A ladder; `chosen` is the one the office uses."""

    key: str
    name: str
    chosen: bool
    profiles: list[ProfileShown]


class KindShown(Shown):
    """A kind of document."""

    code: str
    name: str
    line: str
    signer: str
    numbered: str
    reply: str
    sealed: bool
    mailed: bool
    laws: int
    usable: int


class MarkShown(Shown):
    """One basis of one rule."""

    address: str
    kind: str
    title: str
    document: str
    article: str | None
    verified: bool
    checked: str | None
    source: str | None
    region: str | None
    in_force_from: date | None
    in_force_until: date | None


class LossShown(Shown):
    """A rule without a valid basis, and since when."""

    address: str
    kind: str
    title: str
    from_on: date | None
    last: list[str]


class LawShown(Shown):
    """What is to be known about the law on a day."""

    on: date
    until: date
    region: str
    carriers: int
    bases: int
    unverified: list[MarkShown]
    expired: list[MarkShown]
    expiring: list[MarkShown]
    not_yet: list[MarkShown]
    elsewhere: list[MarkShown]
    baseless_now: list[LossShown]
    baseless_soon: list[LossShown]


class Mistake(Shown):
    """One mistake or warning with its place."""

    file: str
    line: int
    column: int
    code: str
    message: str


class Checked(Shown):
    """What the check of rules and templates says; `problems` are the first ones."""

    ok: bool
    count: int
    sha256: str | None
    problems: list[Mistake]


class FrozenShown(Shown):
    """A rule set that campaigns froze."""

    sha256: str
    frozen_at: datetime
    campaigns: list[str]


class SideShown(Shown):
    """One of two rule sets that are compared."""

    name: str
    sha256: str


class DifferenceShown(Shown):
    """One difference at an address; `before` and `after` are the rule as data."""

    address: str
    kind: str
    before: JsonValue
    after: JsonValue


class Compared(Shown):
    """What differs between two rule sets, as data and in words."""

    a: SideShown
    b: SideShown
    changes: list[DifferenceShown]
    text: list[str]


class RungAhead(Shown):
    """The next rung of a case."""

    code: str
    document: str
    light: str
    day: date | None
    waits: bool


class CaseImpact(Shown):
    """A case under the rules it has and under the others."""

    campaign: str = ""
    case: str
    unit: str
    item: str
    severity: str
    light: str
    due_on: date | None
    due_then: date | None
    light_by_lateness: str
    light_then: str
    next_now: RungAhead | None = Field(alias="next")
    next_then: RungAhead | None
    text_changes: bool


class CampaignImpact(Shown):
    """A campaign that could move to other rules."""

    campaign: str
    title: str
    rules_sha256: str | None
    to: str
    open_cases: int
    differ: int
    drafts: int
    problems: list[str]
