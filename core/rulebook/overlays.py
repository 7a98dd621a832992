"""Overlays (本地调整): what a region or an office changes, each change with its reason and authority."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from core.rulebook.fields import Dated, Day, Text, Texts, Word

Address = Annotated[str, Field(pattern=r"^[a-z_]+(/[A-Za-z0-9_.-]+)*$")]


class Change(Dated):
    """One change; both the reason and the authority are on record."""

    reason: Text
    """为什么改"""
    authority: Text
    """依据的文件、会议或批准"""


class Selection(Change):
    """Which items of a catalogue are kept, or are left out."""

    catalog: Text
    items: Annotated[Texts, Field(min_length=1)]
    """类别代码或事项编号"""


class Setting(Change):
    """New values of parameters, days, weights, recipients; text is never edited in place."""

    target: Address
    """地址，如 catalogs/fazhi-ducha-46/items/E24；与 ducha rules diff 所印一致"""
    to: Annotated[dict[Text, Any], Field(min_length=1)]


class Addition(Change):
    """What is added to a list or a group: an item, evidence, a rung, a basis."""

    target: Address
    values: Annotated[tuple[Any, ...], Field(min_length=1)] | dict[Text, Any]
    """列表写 values: [..]，按代码分组的写 values: {代码: ..}"""
    after: Text | None = None
    """列表中放在哪一个（id 或 code）之后；不写的放在最后"""


class Overlay(Dated):
    """One overlay; it may stand on others; the key is the name of its file."""

    key: str = ""
    name: Text
    version: Text
    date: Day
    status: Text
    region: Text | None = None
    extends: tuple[Word, ...] = ()
    select: tuple[Selection, ...] = ()
    deselect: tuple[Selection, ...] = ()
    set: tuple[Setting, ...] = ()
    add: tuple[Addition, ...] = ()
