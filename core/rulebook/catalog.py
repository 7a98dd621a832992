"""What is inspected: catalogues of classes and items, with the law each item rests on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from core.codes import Line, Severity
from core.errors import NotFound
from core.rulebook.fields import (
    Dated,
    Day,
    Flag,
    Percent,
    Positive,
    RuleModel,
    SourceCode,
    Text,
    Texts,
    with_codes,
    within,
)

ItemId = Annotated[str, Field(pattern=r"^[A-Z][0-9]{2,3}$")]
ClassCode = Annotated[str, Field(pattern=r"^[A-Z][0-9]?$")]


class Source(RuleModel):
    """Where a text of law was read."""

    code: SourceCode
    address: Text
    """来源（网址、刊物、文本仓库）"""
    used_for: Text
    """用于核验什么"""


Sources = Annotated[dict[SourceCode, Source], BeforeValidator(with_codes)]


class Basis(RuleModel):
    """A legal basis with the mark of how far it was checked."""

    document: Text
    """文件全称，含书名号和文号、施行日期等说明"""
    article: Text | None = None
    """条款；未读到条文的不写"""
    note: Text
    """所依据的内容"""
    verified: Flag
    """是否已核验；未核验的不得印入文书"""
    checked: Literal["条文", "内容", "名称", "记忆"]
    """核验方式：条文、内容为已核验，名称、记忆为未核验"""
    source: SourceCode | None = None
    """来源编号"""
    region: Text | None = None
    """地方性规定所属地区；只在该地区引用"""
    in_force_from: Day | None = None
    """施行日期（含当日）"""
    in_force_until: Day | None = None
    """失效或期满日期（含当日）"""

    def citable(self, on: date, region: str = "") -> bool:
        """Tell whether a document may print this basis on a day, in a region (local rules bind only there)."""
        at_home = self.region is None or (bool(region) and region.startswith(self.region))
        return self.verified and at_home and within(on, self.in_force_from, self.in_force_until)


class LineBasis(Basis):
    """A basis of a document; one with a line is never printed by the other line."""

    line: Line | None = None
    """只用于哪条线：party 督察，enforcement 执法监督；不写为两线通用"""


class Indicator(RuleModel):
    """How an item is measured."""

    name: Text
    unit: Text
    formula: Text
    threshold: Annotated[Decimal, Field(allow_inf_nan=False)]
    operator: Literal[">=", "<="]
    direction: Text
    threshold_origin: Text
    """门槛来历：条文、文件、文件待核、建议"""
    note: Text | None = None


class Linkage(RuleModel):
    """To whom a problem of this item may be referred, and when; a person decides."""

    targets: Annotated[Texts, Field(min_length=1)]
    condition: Text


class Item(Dated):
    """One inspection item (事项)."""

    id: ItemId
    """编号，一经使用不再改作他用"""
    category: str = ""
    """所属类别的代码；不分类的目录不写"""
    title: Text
    requirement: Text
    """检查要求"""
    applies_to: Annotated[Texts, Field(min_length=1)]
    methods: Annotated[Texts, Field(min_length=1)]
    evidence: Texts
    legal_basis: tuple[Basis, ...]
    indicator: Indicator
    weight: Percent
    severity: Severity
    """缺省程度：minor 一般，major 较重，grave 严重"""
    typical_problems: Texts
    rectify_days: Positive
    """整改期限，工作日"""
    linkage: Linkage
    specialties: Texts
    seeds: Texts = ()
    """素材编号"""

    def citable(self, on: date, region: str = "") -> tuple[Basis, ...]:
        """Return the bases that are verified and in force on a day; local rules only in their region."""
        return tuple(basis for basis in self.legal_basis if basis.citable(on, region))


class ItemClass(RuleModel):
    """A class of items (类别)."""

    code: ClassCode
    name: Text
    scope: Text
    item_count: Positive
    """应有事项数，用于核对"""
    weight: Percent
    """应有分值，用于核对"""


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


class CatalogHead(Dated):
    """catalog.yaml: what a catalogue is, its words, its sources and the counts it should have."""

    code: Text
    name: Text
    version: Text
    date: Day
    status: Text
    basis_note: Text
    id_scheme: Text
    day_unit: Text
    class_count: Positive
    """应有类别数，用于核对；不分类的写1"""
    item_count: Positive
    total_weight: Percent
    vocabularies: Vocabularies
    sources: Sources


class ClassFile(RuleModel):
    """One file of a catalogue: a class and its items, or the items of a catalogue without classes."""

    category: ItemClass | None = None
    items: Annotated[tuple[Item, ...], Field(min_length=1)]


class Catalog(CatalogHead):
    """A whole catalogue; items in the order of the files."""

    key: Text
    classes: tuple[ItemClass, ...]
    items: tuple[Item, ...]

    @cached_property
    def _by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    def item(self, item_id: str) -> Item:
        """Return the item with an id; raises NotFound."""
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
        """Return the items of the named classes and ids, each once, in catalogue order; raises NotFound."""
        if names == "all":
            return self.items
        codes = {one.code for one in self.classes}
        wanted = set(names)
        for name in wanted - codes:
            self.item(name)
        return tuple(item for item in self.items if item.id in wanted or item.category in wanted)

    def keep(self, item_ids: Collection[str]) -> Catalog:
        """Return the catalogue with only these items and the classes they belong to."""
        items = tuple(item for item in self.items if item.id in item_ids)
        used = {item.category for item in items}
        classes = tuple(one for one in self.classes if one.code in used)
        return Catalog(**{**dict(self), "items": items, "classes": classes})

    def counts(self) -> dict[str, int]:
        """Return {classes, items, weight}; a catalogue without classes counts one."""
        weight = sum(item.weight for item in self.items)
        return {"classes": max(1, len(self.classes)), "items": len(self.items), "weight": weight}


class SourceFile(RuleModel):
    """sources.yaml: where the bases of documents and of linkage were read."""

    sources: Sources
