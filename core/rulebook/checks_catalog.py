"""Checks of a catalogue as a whole: its head, what it refers to, ids that are stable, and the counts it should have."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise

from core.errors import Problem
from core.rulebook.catalog import CatalogHead, ClassFile, ItemClass, sources_of, vocabularies_of
from core.rulebook.checks_items import Frame, check_item, check_list, check_measure
from core.rulebook.checks_law import check_dates
from core.rulebook.checks_marks import check_file_mark, check_mark
from core.rulebook.items import Item
from core.rulebook.mistakes import near
from core.rulebook.parts import Part, Parts
from core.text.yamltext import Path


def check_catalogs(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of every catalogue."""
    if not parts.names("catalogs"):
        yield Problem("catalogs", 1, 1, "E304", "没有事项目录；至少应有 catalogs/<目录>/catalog.yaml")
    for key in sorted(parts.names("classes") - parts.names("catalogs")):
        file = f"catalogs/{key}/catalog.yaml"
        yield Problem(file, 1, 1, "E304", "缺少目录说明文件；同一文件夹内须有 catalog.yaml")
    for key, head in parts.heads.items():
        classes = parts.classes.get(key, [])
        frame = _frame(parts, head)
        yield from _check_head(parts, head, frame)
        yield from _check_ids(classes)
        yield from _check_display_codes(classes)
        yield from _check_class_codes(classes)
        for part in classes:
            yield from _check_class(part, frame)
        # What is counted or sought is told only when every class file could be read, else other mistakes cause it.
        if _is_whole(parts, key):
            yield from _check_counts(head, classes)
            yield from _check_retirements(classes)


def _is_whole(parts: Parts, key: str) -> bool:
    return len(parts.classes.get(key, ())) == len(parts.class_files.get(key, ()))


def _frame(parts: Parts, head: Part[CatalogHead]) -> Frame:
    heads = {key: part.model for key, part in parts.heads.items()}
    words = vocabularies_of(heads, head.key)
    # Words that are not to be found are told at the head; sources are then not known either.
    sources = sources_of(heads, head.key) if words else None
    target = head.model.maps_to_catalog
    mapped = None
    if target in parts.heads and _is_whole(parts, target):
        mapped = {item.id: item for part in parts.classes.get(target, ()) for item in part.model.items}
        mapped |= parts.left_out.get(target, {})
    return Frame(head.model, words, sources, parts.names("documents"), mapped)


def _check_head(parts: Parts, head: Part[CatalogHead], frame: Frame) -> Iterator[Problem]:
    told = head.model
    yield from check_dates(head, (), told)
    yield from check_file_mark(head, told, parts.known_sources())
    yield from _check_words_of_another(parts, head)
    target = told.maps_to_catalog
    if target is not None and target not in parts.names("catalogs"):
        message = f"没有事项目录“{target}”{near(target, parts.names('catalogs'))}"
        yield head.problem(("maps_to_catalog",), "E413", message)
    for name in ("phases", "statistics", "targets"):
        yield from _check_codes_of_list(head, name)
    for index, (before, after) in enumerate(pairwise(told.phases), 1):
        if after.no != before.no + 1:
            message = f"阶段次序应为{before.no + 1}，实为{after.no}"
            yield head.problem(("phases", index, "no"), "E206", message)
    for index, target_ in enumerate(told.targets):
        yield from check_measure(head, ("targets", index), target_, frame.words)
    yield from _check_units(head, frame)


def _check_words_of_another(parts: Parts, head: Part[CatalogHead]) -> Iterator[Problem]:
    told, other = head.model, head.model.vocabulary_of
    if told.vocabularies is not None:
        if other is not None:
            message = "vocabulary_of 与 vocabularies 只写一个：沿用别的目录，或自有词表"
            yield head.problem(("vocabulary_of",), "E203", message, of_key=True)
        return
    if other is None:
        yield head.problem((), "E202", "缺少必填项“vocabularies”；沿用别的目录词表的写 vocabulary_of")
    elif other not in parts.names("catalogs"):
        message = f"没有事项目录“{other}”{near(other, parts.names('catalogs'))}"
        yield head.problem(("vocabulary_of",), "E413", message)
    elif _goes_round(parts, head.key):
        yield head.problem(("vocabulary_of",), "E413", "沿用词表的目录互相指来指去，没有一个自有词表")


def _goes_round(parts: Parts, key: str) -> bool:
    seen: set[str] = set()
    here: str | None = key
    while here in parts.heads and parts.heads[here].model.vocabularies is None:
        if here in seen:
            return True
        seen.add(here)
        here = parts.heads[here].model.vocabulary_of
    return False


def _check_codes_of_list(head: Part[CatalogHead], name: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, one in enumerate(getattr(head.model, name)):
        if one.code in seen:
            yield head.problem((name, index, "code"), "E301", f"代码“{one.code}”在本表内重复")
        seen.add(one.code)


def _check_units(head: Part[CatalogHead], frame: Frame) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, unit in enumerate(head.model.units):
        if unit.name in seen:
            yield head.problem(("units", index, "name"), "E301", f"“{unit.name}”在 units 内重复")
        seen.add(unit.name)
        if frame.words is not None:
            path = ("units", index, "kinds")
            yield from check_list(head, path, unit.kinds, frame.words.applies_to)


def _check_ids(classes: list[Part[ClassFile]]) -> Iterator[Problem]:
    seen: dict[str, tuple[Part[ClassFile], Path]] = {}
    for part, path, item in _items(classes):
        here: Path = (*path, "id")
        if item.id in seen:
            first, where = seen[item.id]
            before = f"{first.text.file}:{first.text.place(where).line}"
            message = f"事项编号“{item.id}”重复，前一处在 {before}；编号一经使用不再改作他用"
            yield part.problem(here, "E301", message)
        seen.setdefault(item.id, (part, here))


def _check_display_codes(classes: list[Part[ClassFile]]) -> Iterator[Problem]:
    """A display code may be used again after its item has retired; an id never, not even as a display code."""
    ids = {item.id for _, _, item in _items(classes)}
    seen: set[str] = set()
    for part, path, item in _items(classes):
        if item.code is None or item.retired is not None:
            continue
        if item.code in seen or (item.code in ids and item.code != item.id):
            message = (
                f"显示编号“{item.code}”已有另一事项使用；显示编号在目录内不得重复，也不得是另一事项的编号"
            )
            yield part.problem((*path, "code"), "E308", message)
        seen.add(item.code)


def _items(classes: list[Part[ClassFile]]) -> Iterator[tuple[Part[ClassFile], Path, Item]]:
    for part in classes:
        for index, item in enumerate(part.model.items):
            yield part, ("items", index), item


def _check_class_codes(classes: list[Part[ClassFile]]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for part in classes:
        category = part.model.category
        if category is None:
            continue
        if category.code in seen:
            message = f"类别代码“{category.code}”重复，前一处在 {seen[category.code]}"
            yield part.problem(("category", "code"), "E301", message)
        seen.setdefault(category.code, part.text.file)


def _check_class(part: Part[ClassFile], frame: Frame) -> Iterator[Problem]:
    category = part.model.category
    code = category.code if category else ""
    for index, item in enumerate(part.model.items):
        path: Path = ("items", index)
        if item.category != code:
            message = f"事项 {item.id} 的类别“{item.category}”与本文件的类别“{code or '无'}”不一致"
            yield part.problem((*path, "category"), "E401", message)
        yield from check_item(part, path, item, frame)
    if category:
        yield from check_dates(part, ("category",), category)
        yield from check_mark(part, ("category",), category, frame.sources)
        yield from _check_class_counts(part, category)


def _live(items: Collection[Item]) -> list[Item]:
    return [item for item in items if item.retired is None]


def _check_class_counts(part: Part[ClassFile], category: ItemClass) -> Iterator[Problem]:
    items = _live(part.model.items)
    if len(items) != category.item_count:
        message = f"类别 {category.code} 应有{category.item_count}项，实有{len(items)}项"
        yield part.problem(("category", "item_count"), "W702", message)
    weight = sum(item.weight for item in items)
    if weight != category.weight:
        message = f"类别 {category.code} 应为{category.weight}分，各项合计{weight}分"
        yield part.problem(("category", "weight"), "W701", message)


def _check_counts(head: Part[CatalogHead], classes: list[Part[ClassFile]]) -> Iterator[Problem]:
    items = _live([item for part in classes for item in part.model.items])
    told = head.model
    class_count = max(1, sum(part.model.category is not None for part in classes))
    if class_count != told.class_count:
        message = f"目录应有{told.class_count}类，实有{class_count}类"
        yield head.problem(("class_count",), "W702", message)
    if len(items) != told.item_count:
        yield head.problem(("item_count",), "W702", f"目录应有{told.item_count}项，实有{len(items)}项")
    weight = sum(item.weight for item in items)
    if weight != told.total_weight:
        message = f"目录总分应为{told.total_weight}，各项合计{weight}"
        yield head.problem(("total_weight",), "W701", message)


def _check_retirements(classes: list[Part[ClassFile]]) -> Iterator[Problem]:
    heirs = {item.id: item.retired.replaced_by if item.retired else () for _, _, item in _items(classes)}
    for part, path, item in _items(classes):
        for index, heir in enumerate(heirs[item.id]):
            where = (*path, "retired", "replaced_by", index)
            if heir not in heirs:
                message = f"接替的事项“{heir}”不在本目录{near(heir, heirs)}"
                yield part.problem(where, "E309", message)
            elif item.id in _reached(heirs, heir):
                message = f"接替的事项“{heir}”绕回到 {item.id} 自身；停用的事项不能由自己接替"
                yield part.problem(where, "E309", message)


def _reached(heirs: dict[str, tuple[str, ...]], start: str) -> set[str]:
    """Return an item and all that replace it, however often."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += heirs.get(here, ())
    return found
