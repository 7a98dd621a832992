"""What is inspected: catalogues of classes and items, with the law each item rests on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from core.codes import Line, Severity
from core.errors import InvalidInput, NotFound
from core.rulebook.bases import Basis, LineBasis, Source, Sources
from core.rulebook.fields import Count, Day, Marked, Positive, RuleModel, Text, Texts, Word
from core.rulebook.items import DAYS, ClassCode, Indicator, Item, ItemClass, ItemId, Linkage, Retirement

__all__ = [
    "AnsweringUnit",
    "Basis",
    "Catalog",
    "CatalogHead",
    "ClassCode",
    "ClassFile",
    "Indicator",
    "Item",
    "ItemClass",
    "ItemId",
    "LineBasis",
    "Linkage",
    "MonitoringForm",
    "Phase",
    "Retirement",
    "Source",
    "SourceFile",
    "Sources",
    "Statistic",
    "Target",
    "Vocabularies",
    "sources_of",
    "vocabularies_of",
]


class Vocabularies(RuleModel):
    """The words a catalogue may use; mappings give each word its note."""

    applies_to: dict[Text, Text]
    methods: Texts
    severity: dict[Severity, Text]
    linkage_targets: dict[Text, Text]
    specialties: Texts
    core_specialties: Texts
    """“4+N”中的4"""
    indicator_operator: dict[str, Text]
    threshold_origin: dict[Text, Text]
    checked: dict[Text, Text]
    colours: Texts


class Phase(RuleModel):
    """One stage of a special campaign."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"workdays"})

    code: Word
    no: Positive
    """次序，从1起"""
    name: Text
    workdays: Positive
    output: Text
    """应形成的材料"""


class Statistic(RuleModel):
    """A number that the campaign counts at its end."""

    code: Annotated[str, Field(pattern=r"^T[0-9]{1,2}$")]
    name: Text
    unit: Text
    note: Text | None = None


class MonitoringForm(RuleModel):
    """A way of inspecting that this catalogue uses."""

    name: Text
    note: Text


class Target(Indicator):
    """An overall aim of the catalogue, measured beside its items."""

    code: Word


class AnsweringUnit(RuleModel):
    """A word for lead or responsible units, with the kinds of inspected unit that it stands for."""

    name: Text
    kinds: Texts = ()
    """相当于词表 applies_to 中的哪几类；不是督察对象的不写"""


class CatalogHead(Marked):
    """catalog.yaml: what a catalogue is, its words, its sources and the counts it should have."""

    SETTABLE: ClassVar[frozenset[str]] = DAYS | {"class_count", "item_count", "total_weight"}

    code: Text
    name: Text
    version: Text
    date: Day
    status: Text
    basis_note: Text
    id_scheme: Text
    day_unit: Text
    line: Line | None = None
    """只用于哪条线：party 督察，enforcement 执法监督；不写为两线通用"""
    class_count: Positive
    """应有类别数，用于核对；不分类的写1"""
    item_count: Positive
    """应有事项数（不含停用的），用于核对"""
    total_weight: Count
    vocabulary_of: Text | None = None
    """沿用哪个目录（文件夹名）的词表和来源；自有词表的不写"""
    vocabularies: Vocabularies | None = None
    maps_to_catalog: Text | None = None
    """事项的 maps_to 指向哪个目录（文件夹名）"""
    units: tuple[AnsweringUnit, ...] = ()
    """牵头单位、责任单位可用的词"""
    phases: tuple[Phase, ...] = ()
    monitoring_forms: tuple[MonitoringForm, ...] = ()
    statistics: tuple[Statistic, ...] = ()
    guardrails: Texts = ()
    """不得逾越的界限"""
    targets: tuple[Target, ...] = ()
    """总体目标"""
    sources: Sources = Field(default_factory=dict)
    """来源；沿用其他目录来源的可不写"""

    @property
    def kinds_by_unit(self) -> dict[str, Texts]:
        """The kinds of inspected unit by the word for a lead or responsible unit."""
        return {unit.name: unit.kinds for unit in self.units}


class ClassFile(RuleModel):
    """One file of a catalogue: a class and its items, or the items of a catalogue without classes."""

    category: ItemClass | None = None
    items: Annotated[tuple[Item, ...], Field(min_length=1)]


def _lineage(heads: Mapping[str, CatalogHead], key: str) -> list[CatalogHead]:
    """Return a catalogue and those whose words it uses, nearest first; a circle ends where it closes."""
    found: dict[str, CatalogHead] = {}
    here: str | None = key
    while here is not None and here in heads and here not in found:
        found[here] = heads[here]
        here = None if heads[here].vocabularies else heads[here].vocabulary_of
    return list(found.values())


def vocabularies_of(heads: Mapping[str, CatalogHead], key: str) -> Vocabularies | None:
    """Return the words a catalogue uses, its own or another's; None when they are not to be found."""
    return next((head.vocabularies for head in _lineage(heads, key) if head.vocabularies), None)


def sources_of(heads: Mapping[str, CatalogHead], key: str) -> dict[str, Source]:
    """Return the sources a catalogue may name: its own before those of the catalogue whose words it uses."""
    return {code: one for head in reversed(_lineage(heads, key)) for code, one in head.sources.items()}


class Catalog(CatalogHead):
    """A whole catalogue with the words and sources that hold for it; items in the order of the files."""

    key: Text
    vocabularies: Vocabularies
    classes: tuple[ItemClass, ...]
    items: tuple[Item, ...]
    retired: tuple[Item, ...] = ()

    @classmethod
    def assemble(cls, key: str, heads: Mapping[str, CatalogHead], files: Sequence[ClassFile]) -> Catalog:
        """Put a catalogue together from its head, the heads it may refer to, and its class files."""
        head = heads[key]
        every = [item.for_units(head.kinds_by_unit) for one in files for item in one.items]
        known = {
            **dict(head),
            "key": key,
            "vocabularies": vocabularies_of(heads, key),
            "sources": sources_of(heads, key),
            "classes": tuple(one.category for one in files if one.category is not None),
            "items": tuple(item for item in every if item.retired is None),
            "retired": tuple(item for item in every if item.retired is not None),
        }
        return cls(**known)

    @cached_property
    def _by_id(self) -> dict[str, Item]:
        return {item.id: item for item in (*self.items, *self.retired)}

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Catalog:
        """Return a copy with some fields changed; what was looked up before is not carried along."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("_by_id", None)
        return copied

    def item(self, item_id: str) -> Item:
        """Return the item with an id, retired or not; raises NotFound."""
        found = self._by_id.get(item_id)
        if found is None:
            raise NotFound(
                f"目录“{self.name}”中没有该事项",
                found=item_id,
                expected="目录内的事项编号，如 A01",
                remedy="用 ducha rules show 查看编号",
            )
        return found

    def class_name(self, code: str) -> str:
        """Return the name of a class, empty when the catalogue has none of that code."""
        return next((one.name for one in self.classes if one.code == code), "")

    def select(self, names: Sequence[str] | Literal["all"]) -> tuple[Item, ...]:
        """Return the live items of the named classes and ids, each once, in catalogue order.

        raises   NotFound for an unknown id, InvalidInput for a retired one
        """
        if names == "all":
            return self.items
        wanted = set(names)
        for name in sorted(wanted - {one.code for one in self.classes}):
            self._refuse_retired(self.item(name))
        return tuple(item for item in self.items if item.id in wanted or item.category in wanted)

    def _refuse_retired(self, item: Item) -> None:
        if item.retired is None:
            return
        heirs = "、".join(item.retired.replaced_by)
        raise InvalidInput(
            f"事项已于{item.retired.on}停用：{item.retired.reason}",
            found=item.id,
            expected=f"接替的事项 {heirs}" if heirs else "在用的事项编号",
            remedy="改选在用的事项",
        )

    def keep(self, item_ids: Collection[str]) -> Catalog:
        """Return the catalogue with only these items and the classes they belong to."""
        items = tuple(item for item in self.items if item.id in item_ids)
        retired = tuple(item for item in self.retired if item.id in item_ids)
        used = {item.category for item in (*items, *retired)}
        classes = tuple(one for one in self.classes if one.code in used)
        return Catalog(**{**dict(self), "items": items, "retired": retired, "classes": classes})

    def counts(self) -> dict[str, int]:
        """Return {classes, items, weight} of the live items; a catalogue without classes counts one."""
        weight = sum(item.weight for item in self.items)
        return {"classes": max(1, len(self.classes)), "items": len(self.items), "weight": weight}


class SourceFile(RuleModel):
    """sources.yaml: where the bases of documents and of linkage were read."""

    sources: Sources
