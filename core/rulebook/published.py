"""The register of published ids: what was once used is never deleted and never means anything else."""

from __future__ import annotations

from pydantic import Field

from core.rulebook.fields import RuleModel, Text


class PublishedFile(RuleModel):
    """published.yaml, written by `ducha rules publish`: the title under which each id was first published."""

    catalogs: dict[str, dict[str, Text]] = Field(default_factory=dict)
    """目录 → 事项编号 → 公布时的标题"""
    ladders: dict[str, dict[str, Text]] = Field(default_factory=dict)
    """等级文件 → 程度.级次代码或事件代码 → 公布时的含义"""
    documents: dict[str, Text] = Field(default_factory=dict)
    """文书代码 → 公布时的名称"""
    clocks: dict[str, dict[str, Text]] = Field(default_factory=dict)
    """期限文件 → 期限代码 → 公布时的事项"""
    overlays: dict[str, dict[str, Text]] = Field(default_factory=dict)
    """本地调整 → 它所增加的地址 → 公布时的标题"""
