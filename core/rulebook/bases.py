"""Legal bases with the mark of how far each was checked, and where the texts of law were read."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator

from core.codes import Line
from core.rulebook.fields import Day, Flag, RuleModel, SourceCode, Text, with_codes, within


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

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"in_force_from", "in_force_until"})

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
    opened_from: Day | None = None
    """只用于这一天起（含当日）启动的事项；新旧依据衔接时写"""
    opened_until: Day | None = None
    """只用于这一天止（含当日）启动的事项；新旧依据衔接时写"""

    def fits_matter(self, opened_on: date) -> bool:
        """Tell whether this basis is meant for a matter opened on a day."""
        return within(opened_on, self.opened_from, self.opened_until)
