"""Checks of one item: its words, its law, and everything it refers to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import Problem
from core.rulebook.catalog import CatalogHead, Vocabularies
from core.rulebook.checks_law import check_bases, check_dates
from core.rulebook.checks_marks import check_mark
from core.rulebook.items import Indicator, Item
from core.rulebook.mistakes import near
from core.rulebook.parts import Part
from core.text.yamltext import Path

NO_REFERRAL = "不移送"
LISTS = {"evidence": "佐证材料", "typical_problems": "典型问题"}


@dataclass(frozen=True, slots=True)
class Frame:
    """What the items of a catalogue may use and refer to; None while it is not known.

    sources   source codes
    mapped    {id: item} of the catalogue named by `maps_to_catalog`
    """

    head: CatalogHead
    words: Vocabularies | None
    sources: Collection[str] | None
    documents: Collection[str]
    mapped: Mapping[str, Item] | None


def check_item(part: Part[Any], path: Path, item: Item, frame: Frame) -> Iterator[Problem]:
    """Yield the mistakes of one item; of a retired one only those of its dates, for it stays as it was."""
    yield from check_dates(part, path, item)
    if item.retired is not None:
        return
    yield from check_mark(part, path, item, frame.sources)
    yield from check_bases(part, (*path, "legal_basis"), item.legal_basis, frame.sources)
    yield from check_measure(part, (*path, "indicator"), item.indicator, frame.words)
    yield from _check_words(part, path, item, frame)
    yield from _check_units(part, path, item, frame.head)
    yield from _check_references(part, path, item, frame)
    for name, label in LISTS.items():
        if not getattr(item, name):
            yield part.problem((*path, name), "W703", f"事项 {item.id} 没有列出{label}")


def check_measure(
    part: Part[Any], path: Path, indicator: Indicator, words: Vocabularies | None
) -> Iterator[Problem]:
    """Yield the words of an indicator that are not in the vocabulary or do not fit its operator."""
    if words is None:
        return
    for name, word, allowed in (
        ("direction", indicator.direction, (words.indicator_operator.get(indicator.operator, ""),)),
        ("threshold_origin", indicator.threshold_origin, words.threshold_origin),
    ):
        if word not in allowed:
            message = f"“{word}”不在词表内或与 operator 不配；应为：{'、'.join(allowed)}"
            yield part.problem((*path, name), "E402", message)


def _check_words(part: Part[Any], path: Path, item: Item, frame: Frame) -> Iterator[Problem]:
    if frame.words is not None:
        words = frame.words
        lists: tuple[tuple[Path, tuple[str, ...], Collection[str]], ...] = (
            (("applies_to",), item.applies_to, words.applies_to),
            (("methods",), item.methods, words.methods),
            (("specialties",), item.specialties, words.specialties),
            (("linkage", "targets"), item.linkage.targets, words.linkage_targets),
        )
        for where, used, allowed in lists:
            yield from check_list(part, (*path, *where), used, allowed)
    if NO_REFERRAL in item.linkage.targets and len(item.linkage.targets) > 1:
        message = f"“{NO_REFERRAL}”不与其他联动对象并用"
        yield part.problem((*path, "linkage", "targets"), "E409", message)


def check_list(
    part: Part[Any], path: Path, used: tuple[str, ...], allowed: Collection[str]
) -> Iterator[Problem]:
    """Yield the words of a list that are not among those allowed."""
    for index, word in enumerate(used):
        if word not in allowed:
            message = f"“{word}”不在词表内{near(word, allowed)}；可用：{'、'.join(allowed) or '无'}"
            yield part.problem((*path, index), "E402", message)


def _check_units(part: Part[Any], path: Path, item: Item, head: CatalogHead) -> Iterator[Problem]:
    units = head.kinds_by_unit
    if item.lead_unit is not None and item.lead_unit not in units:
        message = f"“{item.lead_unit}”不在目录 units 内{near(item.lead_unit, units)}；请改正或补入 units"
        yield part.problem((*path, "lead_unit"), "E402", message)
    yield from check_list(part, (*path, "responsible_units"), item.responsible_units, units)
    if item.for_units(units).applies_to:
        return
    if item.lead_unit is None:
        message = f"事项 {item.id} 缺少“applies_to”（督察对象类别）；也可写牵头单位 lead_unit"
        yield part.problem(path, "E202", message)
    elif units.keys() >= {item.lead_unit, *item.responsible_units}:
        message = f"事项 {item.id} 的牵头、责任单位在 units 中都没有 kinds；请补 kinds 或写 applies_to"
        yield part.problem(path, "E202", message)


def _check_references(part: Part[Any], path: Path, item: Item, frame: Frame) -> Iterator[Problem]:
    for index, code in enumerate(item.output_documents):
        if code not in frame.documents:
            message = f"没有文书“{code}”{near(code, frame.documents)}；应为 documents/ 中的文书代码"
            yield part.problem((*path, "output_documents", index), "E404", message)
    if item.maps_to and frame.head.maps_to_catalog is None:
        message = "写了 maps_to，但目录说明没有写 maps_to_catalog"
        yield part.problem((*path, "maps_to"), "E413", message, of_key=True)
    if frame.mapped is None:
        return
    for index, other in enumerate(item.maps_to):
        where = (*path, "maps_to", index)
        found = frame.mapped.get(other)
        if found is None:
            message = f"目录“{frame.head.maps_to_catalog}”中没有事项“{other}”{near(other, frame.mapped)}"
            yield part.problem(where, "E413", message)
        elif found.retired is not None:
            heirs = "、".join(found.retired.replaced_by)
            remedy = f"请改为接替的 {heirs}" if heirs else "请删去"
            yield part.problem(where, "E309", f"事项“{other}”已于{found.retired.on}停用；{remedy}")
