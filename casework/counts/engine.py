"""Counting and listing: one grouped query for all numbers of a source and day, and the rows behind any of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.shownwords import sayer
from casework.counts.tallies import Column, Scope, count_if
from casework.counts.terms import Detail, Family, Indicator, Source, conditions_of, days_of, joined
from models.organisation import Unit

Counted = dict[str, int]
Labels = dict[int, dict[str, str]]
"""{id() of a family: {code: label}}, for several families may share a prefix."""
Sheet = dict[object, Counted]
"""{what it is counted by: {code: number}}; one entry under None when it is counted for all."""


def count_by(
    scope: Scope, entries: Sequence[Indicator | Family], by: str | None = None
) -> tuple[Sheet, Labels]:
    """Return the numbers of entries, for all or for each unit id (`by="unit"`), and the labels of family codes.

    A code with nothing to count is 0 where its entry says that it always appears, else it is missing.
    """
    sheet: Sheet = defaultdict(dict)
    labels: Labels = {}
    for group in _by_source([one for one in entries if isinstance(one, Indicator)]):
        _count_plain(scope, group, by, sheet)
    for families in _alike([one for one in entries if isinstance(one, Family)]):
        labels.update(_count_families(scope, families, by, sheet))
    if by is None:
        sheet[None] = sheet.get(None, {})
    return dict(sheet), labels


def _by_source(entries: Iterable[Indicator]) -> list[list[Indicator]]:
    """Return the entries that one query can answer together."""
    groups: dict[int, list[Indicator]] = {}
    for one in entries:
        groups.setdefault(id(one.source), []).append(one)
    return list(groups.values())


def _count_plain(scope: Scope, group: list[Indicator], by: str | None, sheet: Sheet) -> None:
    source = group[0].source
    keys = _keys(source, by)
    if keys is None:
        return
    # Where all count on the same day, the day narrows the query; else it is part of what each counts.
    same = len({id(one.on) for one in group}) == 1
    numbers = (sum_of(scope, one, () if same else days_of(scope, source, one.on)) for one in group)
    query = sa.select(*keys, *numbers).where(
        *conditions_of(scope, source, group[0].on if same else None, None)
    )
    for row in scope.rows(joined(source, query.group_by(*keys) if keys else query)):
        place = row[0] if keys else None
        for one, number in zip(group, row[len(keys) :], strict=True):
            sheet.setdefault(place, {})[one.code] = int(number)


def _keys(source: Source, by: str | None) -> list[Column] | None:
    """Return the columns to group by; None when the rows of a source cannot be told apart so."""
    if by is None:
        return []
    return [source.unit] if source.unit is not None else None


def sum_of(scope: Scope, one: Indicator, also: Sequence[Column] = ()) -> Column:
    """Return what an indicator counts or adds up, as a column of a grouped query; `also` narrows its rows further."""
    plain = _plain(scope, one)
    narrowed = [*also, *([plain] if plain is not None else [])]
    where = sa.and_(*narrowed) if narrowed else None
    if one.distinct is not None:
        return sa.func.count(
            sa.distinct(sa.case((where, one.distinct)) if where is not None else one.distinct)
        )
    if one.amount is not None:
        counted = sa.case((where, one.amount), else_=0) if where is not None else one.amount
        return sa.func.coalesce(sa.func.sum(counted), 0)
    return sa.func.count() if where is None else count_if(where)


def _plain(scope: Scope, one: Indicator | Family) -> Column | None:
    return one.where(scope) if callable(one.where) else one.where


def _alike(entries: Iterable[Family]) -> list[list[Family]]:
    """Return the families that one query can answer together: they count the same rows by the same columns."""
    groups: dict[object, list[Family]] = {}
    for one in entries:
        alike = (id(one.source), id(one.on), *map(id, one.columns)) if one.amount is None else id(one)
        groups.setdefault(alike, []).append(one)
    return list(groups.values())


def _count_families(scope: Scope, families: Sequence[Family], by: str | None, sheet: Sheet) -> Labels:
    first = families[0]
    keys = _keys(first.source, by)
    if keys is None:
        return {id(one): {} for one in families}
    alone = len(families) == 1  # its condition narrows the query; those of several narrow what each counts
    query = (
        sa.select(*keys, *first.columns, *(_number_of(scope, one, alone=alone) for one in families))
        .where(*conditions_of(scope, first.source, first.on, first.where if alone else None))
        .group_by(*keys, *first.columns)
    )
    found: list[set[str]] = [set() for _one in families]
    end = len(keys) + len(first.columns)
    for row in scope.rows(joined(first.source, query)):
        counted = sheet.setdefault(row[0] if keys else None, {})
        for place, (one, number) in enumerate(zip(families, row[end:], strict=True)):
            if alone or number:
                found[place] |= _add(scope, one, row[len(keys) : end], int(number), counted)
    return {id(one): _label(scope, one, codes, by, sheet) for one, codes in zip(families, found, strict=True)}


def _number_of(scope: Scope, family: Family, *, alone: bool) -> Column:
    where = _plain(scope, family)
    if alone or where is None:
        return sa.func.count() if family.amount is None else sa.func.coalesce(sa.func.sum(family.amount), 0)
    return count_if(where)


def _add(scope: Scope, family: Family, values: Sequence[Any], number: int, counted: Counted) -> set[str]:
    """Add a number to each code under which rows with these values count; return the codes."""
    codes = set(family.codes_of(scope, *values))
    for code in codes:
        name = f"{family.prefix}.{code}"
        counted[name] = counted.get(name, 0) + number
    return codes


def _label(scope: Scope, family: Family, found: set[str], by: str | None, sheet: Sheet) -> dict[str, str]:
    """Return the labels of a family, and write 0 where its labels say that a code always appears."""
    labels = family.labels(scope, frozenset(found))
    for counted in sheet.values() if by else [sheet.setdefault(None, {})]:
        for code in labels:
            counted.setdefault(f"{family.prefix}.{code}", 0)
    return {f"{family.prefix}.{code}": label for code, label in labels.items()}


def list_rows(scope: Scope, entry: Indicator | Family, code: str) -> list[Detail]:
    """Return the rows behind a number, in the order of their keys; `code` is that of the number."""
    return [detail for _code, detail in rows_by_code(scope, entry, only=code)]


def rows_by_code(
    scope: Scope, entry: Indicator | Family, window: tuple[int, int] | None = None, *, only: str = ""
) -> Iterator[tuple[str, Detail]]:
    """Yield the rows of an entry with the code under which each counts; one of a family may count under several.

    window   how many rows, after how many
    only     the one code that is wanted
    """
    source = entry.source
    extra = entry.columns if isinstance(entry, Family) else ()
    query = (
        sa.select(*_head(entry), *source.shown, *extra)
        .where(*conditions_of(scope, source, entry.on, entry.where))
        .order_by(source.key)
    )
    if window is not None:
        query = query.limit(window[0]).offset(window[1])
    write = _writer(scope, entry)
    end = 5 + len(source.shown)
    for row in scope.rows(joined(source, query)):
        codes = [code for code in _codes(scope, entry, row[end:]) if only in ("", code)]
        if codes:
            detail = write(row[:5], row[5:end])
            yield from ((code, detail) for code in codes)


def parts_by_code(scope: Scope, entry: Indicator | Family) -> Iterator[tuple[str, Any, str, int]]:
    """Yield (code, day, thing, amount) of every row of an entry, without writing the rows out."""
    extra = entry.columns if isinstance(entry, Family) else ()
    conditions = conditions_of(scope, entry.source, entry.on, entry.where)
    query = sa.select(*_head(entry), *extra).where(*conditions)
    for key, _unit, day, amount, thing, *values in scope.rows(joined(entry.source, query)):
        what = _thing(entry, key, thing)
        yield from ((code, day, what, int(amount or 0)) for code in _codes(scope, entry, values))


def _thing(entry: Indicator | Family, key: Any, thing: Any) -> str:
    """Return what a row counts as: something that counts once however many rows are about it, or the row itself."""
    return str(thing) if entry.distinct is not None else f"{entry.source.name}:{key}"


def _codes(scope: Scope, entry: Indicator | Family, values: Sequence[Any]) -> Iterable[str]:
    if isinstance(entry, Indicator):
        return (entry.code,)
    return (f"{entry.prefix}.{code}" for code in entry.codes_of(scope, *values))


def _head(entry: Indicator | Family) -> tuple[Column, ...]:
    """Return key, unit, day, amount and thing of a row."""
    source = entry.source
    return (
        source.key.label("key_"),
        source.unit.label("unit_") if source.unit is not None else sa.literal("").label("unit_"),
        entry.on.label("day_") if entry.on is not None else sa.null().label("day_"),
        entry.amount.label("amount_") if entry.amount is not None else sa.literal(1).label("amount_"),
        entry.distinct.label("thing_") if entry.distinct is not None else source.key.label("thing_"),
    )


def _writer(scope: Scope, entry: Indicator | Family) -> Callable[[Sequence[Any], Sequence[Any]], Detail]:
    """Return what writes a line of the drill-down from the head of a row and from what it shows."""
    source, names = entry.source, _unit_names(scope)
    say = [sayer(scope.desk, column) for column in source.shown]

    def write(head: Sequence[Any], shown: Sequence[Any]) -> Detail:
        key, unit, day, amount, thing = head
        said = "　".join(word(part) for word, part in zip(say, shown, strict=True) if part not in (None, ""))
        what = _thing(entry, key, thing)
        return Detail(f"{source.name}:{key}", said, day, names.get(unit, ""), int(amount or 0), what)

    return write


def total_of(details: Sequence[Detail], entry: Indicator | Family) -> int:
    """Return what rows amount to: their sum, or how many different things they are about."""
    if entry.distinct is not None:
        return len({one.thing for one in details})
    return sum(one.amount for one in details)


def _unit_names(scope: Scope) -> dict[object, str]:
    query = sa.select(col(Unit.id), col(Unit.name)).where(col(Unit.office_id) == scope.desk.office_id)
    return {row[0]: row[1] for row in scope.rows(query)}
