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


class Study(RuleModel):
    """What the collective study (集体研究) of a screening needs."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"participants", "minutes"})

    participants: Positive
    """至少几人参加"""
    minutes: Flag
    """是否须附会议纪要"""


class Sanction(RuleModel):
    """A kind of outcome that a receiver reports: counted in people, never named."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"name"})

    code: Word
    name: Text
    group: Literal["organisational", "disciplinary", "criminal", "educational"]
    """归入：organisational 组织处理，disciplinary 党纪政务处分，criminal 移送司法，educational 批评教育帮助"""


class IncomingKind(Marked):
    """A kind of matter that another supervising body hands to the office, with the clock of its reply."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"reply_required", "reply_workdays"})

    code: Word
    name: Text
    reply_required: Flag
    """是否须回复来文机关"""
    reply_workdays: Positive | None = None
    """来文没有写明期限的，收到后多少工作日内回复"""
    clock: Word | None = None
    """法定期限的代码（clocks/）；写明的从其规定"""
    items: Flag = False
    """是否须逐项列出、逐项落实（如纪检监察建议）"""


class LinkageRules(Marked):
    """The rules of linkage; a named approver decides, and declining with a reason is a normal end."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset(
        {
            "screening_workdays", "transfer_workdays", "feedback_workdays", "approver",
            "after_block_workdays", "reroute_workdays", "consult_workdays",
        }
    )  # fmt: skip

    key: str = ""
    name: Text
    version: Text
    basis: tuple[LineBasis, ...]
    receivers: Annotated[dict[str, Receiver], BeforeValidator(with_codes), Field(min_length=1)]
    triggers: Triggers
    screening_workdays: Positive
    transfer_workdays: Positive
    feedback_workdays: Positive
    after_block_workdays: Positive = 10
    """因特殊原因不能按期移送的，原因消除后多少工作日内移送"""
    reroute_workdays: Positive = 5
    """被退回的，多少工作日内改送有权机关"""
    consult_workdays: Positive = 5
    """反馈逾期后，多少工作日内由本单位联络员会商"""
    study: Study | None = None
    """集体研究的要求；不写的不作要求"""
    sanctions: Annotated[dict[str, Sanction], BeforeValidator(with_codes)] = Field(default_factory=dict)
    """办理结果的分类"""
    incoming: Annotated[dict[str, IncomingKind], BeforeValidator(with_codes)] = Field(default_factory=dict)
    """各机关移交本单位的事项种类"""
    reply_document: Word | None = None
    """书面回复来文机关用的文书"""
    package: Annotated[Texts, Field(min_length=1)]
    """移送材料清单"""
    approver: LeaderRole
    secrecy_note: Text
