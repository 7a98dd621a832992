"""Checks of a catalogue: ids, classes, words, law, and the counts it should have."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from core.errors import Problem
from core.rulebook.catalog import CatalogHead, ClassFile, Item, ItemClass, Vocabularies
from core.rulebook.checks_law import check_bases, check_dates
from core.rulebook.mistakes import near
from core.rulebook.parts import Part, Parts
from core.yamltext import Path

NO_REFERRAL = "不移送"


def check_catalogs(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of every catalogue."""
    if not parts.names("catalogs"):
        yield Problem("catalogs", 1, 1, "E304", "没有事项目录；至少应有 catalogs/<目录>/catalog.yaml")
    for key in sorted(parts.names("classes") - parts.names("catalogs")):
        file = f"catalogs/{key}/catalog.yaml"
        yield Problem(file, 1, 1, "E304", "缺少目录说明文件；同一文件夹内须有 catalog.yaml")
    for key, head in parts.heads.items():
        classes = parts.classes.get(key, [])
        yield from check_dates(head, (), head.model)
        yield from _check_ids(classes)
        yield from _check_class_codes(classes)
        for part in classes:
            yield from _check_class(part, head.model)
        # Counts are told only when every class file could be read, else they follow from other mistakes.
        if len(classes) == _class_files(parts, key):
            yield from _check_counts(head, classes)


def _class_files(parts: Parts, key: str) -> int:
    return len(parts.class_files.get(key, ()))


def _check_ids(classes: list[Part[ClassFile]]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for part in classes:
        for index, item in enumerate(part.model.items):
            place = part.text.place(("items", index, "id"))
            if item.id in seen:
                message = f"事项编号“{item.id}”重复，前一处在 {seen[item.id]}；编号一经使用不再改作他用"
                yield part.problem(("items", index, "id"), "E301", message)
            seen.setdefault(item.id, f"{part.text.file}:{place.line}")


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


def _check_class(part: Part[ClassFile], head: CatalogHead) -> Iterator[Problem]:
    category = part.model.category
    code = category.code if category else ""
    for index, item in enumerate(part.model.items):
        path: Path = ("items", index)
        if item.category != code:
            message = f"事项 {item.id} 的类别“{item.category}”与本文件的类别“{code or '无'}”不一致"
            yield part.problem((*path, "category"), "E401", message)
        yield from check_dates(part, path, item)
        yield from check_bases(part, (*path, "legal_basis"), item.legal_basis, head.sources)
        yield from _check_words(part, path, item, head.vocabularies)
        for name in ("evidence", "typical_problems"):
            if not getattr(item, name):
                yield part.problem((*path, name), "W703", f"事项 {item.id} 没有列出{LISTS[name]}")
    if category:
        yield from _check_class_counts(part, category)


LISTS = {"evidence": "佐证材料", "typical_problems": "典型问题"}


def _check_words(part: Part[ClassFile], path: Path, item: Item, words: Vocabularies) -> Iterator[Problem]:
    lists: tuple[tuple[Path, tuple[str, ...], Collection[str]], ...] = (
        (("applies_to",), item.applies_to, words.applies_to),
        (("methods",), item.methods, words.methods),
        (("specialties",), item.specialties, words.specialties),
        (("linkage", "targets"), item.linkage.targets, words.linkage_targets),
    )
    for where, used, allowed in lists:
        for index, word in enumerate(used):
            if word not in allowed:
                message = f"“{word}”不在词表内{near(word, allowed)}；可用：{'、'.join(allowed)}"
                yield part.problem((*path, *where, index), "E402", message)
    indicator = item.indicator
    for name, word, allowed in (
        ("direction", indicator.direction, (words.indicator_operator.get(indicator.operator, ""),)),
        ("threshold_origin", indicator.threshold_origin, words.threshold_origin),
    ):
        if word not in allowed:
            message = f"“{word}”不在词表内或与 operator 不配；应为：{'、'.join(allowed)}"
            yield part.problem((*path, "indicator", name), "E402", message)
    if NO_REFERRAL in item.linkage.targets and len(item.linkage.targets) > 1:
        message = f"“{NO_REFERRAL}”不与其他联动对象并用"
        yield part.problem((*path, "linkage", "targets"), "E409", message)


def _check_class_counts(part: Part[ClassFile], category: ItemClass) -> Iterator[Problem]:
    items = part.model.items
    if len(items) != category.item_count:
        message = f"类别 {category.code} 应有{category.item_count}项，实有{len(items)}项"
        yield part.problem(("category", "item_count"), "W702", message)
    weight = sum(item.weight for item in items)
    if weight != category.weight:
        message = f"类别 {category.code} 应为{category.weight}分，各项合计{weight}分"
        yield part.problem(("category", "weight"), "W701", message)


def _check_counts(head: Part[CatalogHead], classes: list[Part[ClassFile]]) -> Iterator[Problem]:
    items = [item for part in classes for item in part.model.items]
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
