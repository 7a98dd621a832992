"""The state of the law under the rules: what is unverified, has expired or soon will, and what stands on nothing.

A basis is valid on a day when it is verified and in force there; a rule that had one and has none left may no longer be
cited by any document, whatever else it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.codes import LINE_LABELS, Line
from core.rulebook.book import Rulebook
from core.rulebook.catalog import Basis
from core.rulebook.clocks import StatutoryClock
from core.rulebook.documents import DocumentRule
from core.rulebook.entries import KINDS, name_of_rule, step_of, title_of_rule
from core.rulebook.fields import RuleModel, within

# Parts that carry no law of their own: examples, records of changes, what is no longer used.
PASSED_OVER = frozenset({"examples", "changes", "retired"})


@dataclass(frozen=True, slots=True)
class Carrier:
    """A rule that stands on bases; `address` is where it lies in the rule book.

    lines   of a document kind: the lines that issue it, each of which needs a basis of its own
    """

    address: str
    kind: str
    title: str
    bases: tuple[Basis, ...]
    lines: tuple[Line, ...] = ()

    def by_line(self) -> Iterator[Carrier]:
        """Yield the carrier as each line sees it; a rule that knows no lines as it is."""
        for line in self.lines:
            bases = tuple(one for one in self.bases if getattr(one, "line", None) in (None, line))
            yield Carrier(self.address, self.kind, f"{self.title}（{LINE_LABELS[line]}条线）", bases)
        if not self.lines:
            yield self


@dataclass(frozen=True, slots=True)
class Mark:
    """One basis of one rule."""

    carrier: Carrier
    basis: Basis

    def as_dict(self) -> dict[str, Any]:
        """Return the basis as outside programs read it."""
        first, last = self.basis.in_force_from, self.basis.in_force_until
        return {
            "address": self.carrier.address,
            "kind": self.carrier.kind,
            "title": self.carrier.title,
            "document": self.basis.document,
            "article": self.basis.article,
            "verified": self.basis.verified,
            "checked": self.basis.checked,
            "source": self.basis.source,
            "region": self.basis.region,
            "in_force_from": first.isoformat() if first else None,
            "in_force_until": last.isoformat() if last else None,
        }


@dataclass(frozen=True, slots=True)
class Loss:
    """A rule without a valid basis: since or from which day, and the bases that were valid last."""

    carrier: Carrier
    from_on: date | None
    last: tuple[Basis, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the loss as outside programs read it."""
        return {
            "address": self.carrier.address,
            "kind": self.carrier.kind,
            "title": self.carrier.title,
            "from_on": self.from_on.isoformat() if self.from_on else None,
            "last": [f"{one.document}{one.article or ''}" for one in self.last],
        }


@dataclass(frozen=True, slots=True)
class LawState:
    """What is to be known about the law on a day; each list in the order of the rule book.

    expiring       in force on the day, over within the days asked for
    elsewhere      local rules that do not bind in the office's region
    baseless_now   rules without a valid basis on the day; `baseless_soon` those that follow within the days asked for
    """

    on: date
    until: date
    region: str
    carriers: int
    bases: int
    unverified: tuple[Mark, ...]
    expired: tuple[Mark, ...]
    expiring: tuple[Mark, ...]
    not_yet: tuple[Mark, ...]
    elsewhere: tuple[Mark, ...]
    baseless_now: tuple[Loss, ...]
    baseless_soon: tuple[Loss, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the state as outside programs read it."""
        lists = ("unverified", "expired", "expiring", "not_yet", "elsewhere", "baseless_now", "baseless_soon")
        return {
            "on": self.on.isoformat(),
            "until": self.until.isoformat(),
            "region": self.region,
            "carriers": self.carriers,
            "bases": self.bases,
            **{name: [one.as_dict() for one in getattr(self, name)] for name in lists},
        }


def carriers(book: Rulebook) -> Iterator[Carrier]:
    """Yield every rule that carries bases, in the order of the book; retired ones and offices are passed over."""
    for field in type(book).model_fields:
        if field not in PASSED_OVER:
            value = getattr(book, field)
            step = getattr(value, "key", "") if isinstance(value, RuleModel) else ""
            yield from _walk(value, (field, step) if step else (field,))


def _walk(value: Any, steps: tuple[str, ...]) -> Iterator[Carrier]:
    if isinstance(value, RuleModel):
        yield from _carried(value, steps)
        for field in type(value).model_fields:
            if field not in PASSED_OVER:
                yield from _walk(getattr(value, field), (*steps, field))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _walk(one, (*steps, step_of(key)))
    elif isinstance(value, tuple):
        for index, one in enumerate(value):
            yield from _walk(one, (*steps, name_of_rule(one) or str(index)))


def _carried(rule: RuleModel, steps: tuple[str, ...]) -> Iterator[Carrier]:
    """Yield a rule once when it carries bases, singly or as a list, and has not been retired."""
    found: list[Basis] = [_statute(rule)] if isinstance(rule, StatutoryClock) else []
    for field in type(rule).model_fields:
        value = getattr(rule, field)
        if isinstance(value, Basis):
            found.append(value)
        elif isinstance(value, tuple):
            found += [one for one in value if isinstance(one, Basis)]
    if found and getattr(rule, "retired", None) is None:
        kind = next((KINDS[step] for step in reversed(steps[:-1]) if step in KINDS), "规则")
        lines = tuple(one for one in Line if rule.serves(one)) if isinstance(rule, DocumentRule) else ()
        title = title_of_rule(rule) or steps[-1]
        yield Carrier("/".join(steps), kind, title, tuple(found), lines if len(lines) > 1 else ())


def _statute(clock: StatutoryClock) -> Basis:
    """Return the article that sets a statutory period as the basis that it is."""
    return Basis.model_construct(
        document=clock.document,
        article=clock.article,
        note=clock.matter,
        verified=bool(clock.verified),
        checked=clock.checked or "记忆",
        source=clock.source,
        in_force_from=clock.effective_from,
        in_force_until=clock.effective_until,
    )


def law_state(book: Rulebook, on: date, soon_days: int, region: str = "") -> LawState:
    """Return the state of the law on a day.

    soon_days   how far ahead "soon" reaches
    region      where the office is; "" leaves local rules out altogether
    """
    until = on + timedelta(soon_days)
    known = list(carriers(book))
    marks = [Mark(carrier, basis) for carrier in known for basis in carrier.bases]
    parts = [part for carrier in known for part in carrier.by_line()]
    lost = [Loss(part, *found) for part in parts if (found := loss_of(part, on, until, region)) is not None]
    return LawState(
        on=on,
        until=until,
        region=region,
        carriers=len(known),
        bases=len(marks),
        unverified=_those(marks, lambda basis: not basis.verified),
        expired=_those(marks, lambda basis: basis.in_force_until is not None and basis.in_force_until < on),
        expiring=_those(
            marks, lambda basis: basis.in_force_until is not None and on <= basis.in_force_until <= until
        ),
        not_yet=_those(marks, lambda basis: basis.in_force_from is not None and on < basis.in_force_from),
        elsewhere=_those(marks, lambda basis: not _binds(basis, region)),
        baseless_now=tuple(one for one in lost if one.from_on is None or one.from_on <= on),
        baseless_soon=tuple(one for one in lost if one.from_on is not None and one.from_on > on),
    )


def _those(marks: Sequence[Mark], wanted: Callable[[Basis], bool]) -> tuple[Mark, ...]:
    return tuple(mark for mark in marks if wanted(mark.basis))


def _binds(basis: Basis, region: str) -> bool:
    return basis.region is None or (bool(region) and region.startswith(basis.region))


def loss_of(
    carrier: Carrier, on: date, until: date, region: str
) -> tuple[date | None, tuple[Basis, ...]] | None:
    """Return from which day in the span a rule has no valid basis and what was valid last, or None while it keeps one.

    The day is None when no basis was ever valid up to then.
    """
    usable = [basis for basis in carrier.bases if basis.verified and _binds(basis, region)]
    ends = {one.in_force_until for one in usable if one.in_force_until is not None}
    days = [on, *sorted(end + timedelta(1) for end in ends if on <= end < until)]
    for day in days:
        if not any(within(day, one.in_force_from, one.in_force_until) for one in usable):
            return _since(usable, day)
    return None


def _since(usable: Sequence[Basis], day: date) -> tuple[date | None, tuple[Basis, ...]]:
    over = [one for one in usable if one.in_force_until is not None and one.in_force_until < day]
    if not over:
        return None, ()
    last = max(one.in_force_until for one in over if one.in_force_until is not None)
    return last + timedelta(1), tuple(one for one in over if one.in_force_until == last)
