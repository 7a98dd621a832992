"""What a mail that came in is: a return of ours, an answer of a machine, a word of a person; and its codes."""

from __future__ import annotations

from enum import StrEnum


class InboundKind(StrEnum):
    """What a mail is. Only HUMAN is taken for somebody's word; whatever leaves a doubt is UNCLEAR."""

    HUMAN = "human"
    UNCLEAR = "unclear"
    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCE = "soft_bounce"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    AUTO_REPLY = "auto_reply"
    RECEIPT = "receipt"
    LOOP = "loop"
    BULK = "bulk"
    TOO_LARGE = "too_large"
    SECRET = "secret"  # a mark on a paper
    BROKEN = "broken"


INBOUND_KIND_LABELS = {
    InboundKind.HUMAN: "来信",
    InboundKind.UNCLEAR: "难以判断",
    InboundKind.HARD_BOUNCE: "退信",
    InboundKind.SOFT_BOUNCE: "暂时退信",
    InboundKind.DELAYED: "投递延迟通知",
    InboundKind.DELIVERED: "投递成功通知",
    InboundKind.RELAYED: "转投通知",
    InboundKind.AUTO_REPLY: "自动回复",
    InboundKind.RECEIPT: "阅读回执",
    InboundKind.LOOP: "本系统邮件返回",
    InboundKind.BULK: "群发邮件",
    InboundKind.TOO_LARGE: "过大的邮件",
    InboundKind.SECRET: "带有密级标志",
    InboundKind.BROKEN: "不能读取",
}
BOUNCES = frozenset({InboundKind.HARD_BOUNCE, InboundKind.SOFT_BOUNCE})
REPORTS = BOUNCES | {InboundKind.DELAYED, InboundKind.DELIVERED, InboundKind.RELAYED}
FOR_A_PERSON = frozenset(
    {
        InboundKind.HUMAN,
        InboundKind.UNCLEAR,
        InboundKind.TOO_LARGE,
        InboundKind.SECRET,
        InboundKind.BROKEN,
    }
)
"""What somebody has to look at unless it found its document by itself."""


class Basis(StrEnum):
    """By what a mail was tied to one of ours; the first three cannot be told by chance."""

    MESSAGE_ID = "message_id"
    REFERENCE = "reference"
    NUMBER = "number"
    SUBJECT = "subject"
    ADDRESS = "address"
    PERSON = "person"


BASIS_LABELS = {
    Basis.MESSAGE_ID: "退回的原件载有本系统的邮件标识",
    Basis.REFERENCE: "答复的是本系统发出的邮件",
    Basis.NUMBER: "主题中有文号",
    Basis.SUBJECT: "收件地址和主题相符",
    Basis.ADDRESS: "近日只向该地址发过一封",
    Basis.PERSON: "经办人归入",
}


class Outcome(StrEnum):
    """What came of a mail that was read."""

    BOUNCED = "bounced"
    RETRY_PLANNED = "retry_planned"
    RETRIED = "retried"
    ACCEPTED = "accepted"
    THREADED = "threaded"
    SUGGESTED = "suggested"
    UNMATCHED = "unmatched"
    STALE = "stale"
    DUPLICATE = "duplicate"
    FLOOD = "flood"
    NOTED = "noted"
    FAILED = "failed"


OUTCOME_LABELS = {
    Outcome.BOUNCED: "原邮件记为被退回",
    Outcome.RETRY_PLANNED: "原邮件记为被退回，两个工作日后自动再发一次",
    Outcome.RETRIED: "已自动再发一次",
    Outcome.ACCEPTED: "结果不明的原邮件记为已投递",
    Outcome.THREADED: "已归入文书",
    Outcome.SUGGESTED: "疑似与文书有关，待人确认",
    Outcome.UNMATCHED: "找不到对应的邮件或文书",
    Outcome.STALE: "说的是以前一次投递，不影响现状",
    Outcome.DUPLICATE: "与已收的一封相同",
    Outcome.FLOOD: "同一发件人一小时内来信过多，搁置",
    Outcome.NOTED: "只作记录",
    Outcome.FAILED: "处理时出错，搁置",
}
