"""Inspection items and their classes: what is required, how it is measured, who answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.codes import Severity
from core.rulebook.bases import Basis
from core.rulebook.examples import Example
from core.rulebook.fields import Count, Day, Marked, Percent, Positive, RuleModel, Text, Texts, Word
from core.rulebook.params import Parametrised

ItemId = Annotated[str, Field(pattern=r"^[A-Z][0-9]{2,3}$")]
ClassCode = Annotated[str, Field(pattern=r"^[A-Z][0-9]?$")]
DAYS = frozenset({"effective_from", "effective_until"})


class Indicator(RuleModel):
    """How an item is measured."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"threshold"})

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


class Retirement(RuleModel):
    """Why an id is no longer used; the item stays, so that nobody gives its id another meaning."""

    on: Day
    """停用日期"""
    reason: Text
    replaced_by: tuple[ItemId, ...] = ()
    """接替的事项编号；没有的不写"""


class Item(Parametrised, Marked):
    """One inspection item (事项)."""

    SETTABLE: ClassVar[frozenset[str]] = DAYS | {
        "code", "applies_to", "lead_unit", "responsible_units", "weight", "severity", "rectify_days",
        "output_documents",
    }  # fmt: skip

    id: ItemId
    """编号，一经使用不再改作他用"""
    code: Text | None = None
    """显示编号，可随版本重排；不写的与编号相同"""
    category: str = ""
    """所属类别的代码；不分类的目录不写"""
    title: Text
    requirement: Text
    """检查要求"""
    applies_to: Texts = ()
    """督察对象类别；写了牵头单位的可不写，由目录 units 推出"""
    lead_unit: Text | None = None
    """牵头单位，目录 units 中的词"""
    responsible_units: Texts = ()
    """责任单位，目录 units 中的词"""
    frequency: Text | None = None
    """开展的频次"""
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
    output_documents: tuple[Word, ...] = ()
    """查出问题后可用的文书，documents/ 中的文书代码"""
    linkage: Linkage
    specialties: Texts
    maps_to: tuple[ItemId, ...] = ()
    """对应目录 maps_to_catalog 的哪些事项"""
    seeds: Texts = ()
    """素材编号"""
    examples: tuple[Example, ...] = ()
    """用例：事实和应得的结果"""
    retired: Retirement | None = None
    """停用；停用的事项保留编号，不再检查"""

    @property
    def display_code(self) -> str:
        """The number people see; the id unless another is given."""
        return self.code or self.id

    def citable(self, on: date, region: str = "") -> tuple[Basis, ...]:
        """Return the bases that are verified and in force on a day; local rules only in their region."""
        return tuple(basis for basis in self.legal_basis if basis.citable(on, region))

    def for_units(self, units: Mapping[str, Texts]) -> Item:
        """Return the item with the kinds of unit it applies to; without its own, those its units stand for."""
        if self.applies_to or self.lead_unit is None:
            return self
        named = (self.lead_unit, *self.responsible_units)
        kinds = dict.fromkeys(kind for name in named for kind in units.get(name, ()))
        return self.model_copy(update={"applies_to": tuple(kinds)})


class ItemClass(Marked):
    """A class of items (类别)."""

    SETTABLE: ClassVar[frozenset[str]] = DAYS | {"item_count", "weight"}

    code: ClassCode
    name: Text
    scope: Text | None = None
    item_count: Count
    """应有事项数（不含停用的），用于核对"""
    weight: Percent
    """应有分值，用于核对"""
