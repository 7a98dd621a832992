"""Linkage (贯通联动): who receives referrals and hand-overs, what opens a screening, and the limits."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from core.codes import Light
from core.rulebook.bases import LineBasis
from core.rulebook.fields import Flag, Marked, Positive, RuleModel, Text, Texts, Word, with_codes
from core.rulebook.roles import LeaderRole


class Receiver(Marked):
    """A body that receives; there is no electronic channel on purpose."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"channel", "document"})

    code: Word
    name: Text
    target: Text
    """对应事项目录 linkage_targets 中的词"""
    kind: Literal["referral", "hand_over"]
    """referral 移送（纪检监察、检察），hand_over 移交（巡察等）"""
    document: Word
    channel: Literal["hand", "confidential_post"]
    """送交方式：hand 专人送达，confidential_post 机要"""
    matter: Text
    door: Text | None = None
    """受理部门"""


class Triggers(RuleModel):
    """What opens a screening (线索筛查); nothing here refers by itself."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"lights", "events", "item_conditions"})

    lights: tuple[Light, ...]
    events: tuple[str, ...]
    item_conditions: Flag
    """事项目录中该事项的联动条件成立时是否筛查"""
    note: Text


class LinkageRules(Marked):
    """The rules of linkage; a named approver decides, and declining with a reason is a normal end."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {"screening_workdays", "transfer_workdays", "feedback_workdays", "approver"}
    )

    key: str = ""
    name: Text
    version: Text
    basis: tuple[LineBasis, ...]
    receivers: Annotated[dict[str, Receiver], BeforeValidator(with_codes), Field(min_length=1)]
    triggers: Triggers
    screening_workdays: Positive
    transfer_workdays: Positive
    feedback_workdays: Positive
    package: Annotated[Texts, Field(min_length=1)]
    """移送材料清单"""
    approver: LeaderRole
    secrecy_note: Text

    def receiver_for(self, target: str) -> Receiver | None:
        """Return the receiver for a linkage target of a catalogue, None for 不移送."""
        return next((one for one in self.receivers.values() if one.target == target), None)
