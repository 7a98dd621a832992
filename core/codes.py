"""The codes that are stored and shown in JSON, with the words that people read.

Codes are English and never change; labels are what documents, pages and workbooks print.
"""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    MINOR = "minor"
    MAJOR = "major"
    GRAVE = "grave"


class Light(StrEnum):
    """The colours of a case, lowest first; compare them by `rank`."""

    NONE = "none"
    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"
    BLACK = "black"

    @property
    def rank(self) -> int:
        return LIGHT_ORDER[self]


LIGHT_ORDER: dict[Light, int] = {light: rank for rank, light in enumerate(Light)}


class Line(StrEnum):
    """Party line (法治督察) and government line (行政执法监督): issuer, seal, series and basis never mix."""

    PARTY = "party"
    ENFORCEMENT = "enforcement"


class CampaignKind(StrEnum):
    COMPREHENSIVE = "comprehensive"
    SPECIAL = "special"
    LOOK_BACK = "look_back"
    WRITTEN = "written"
    UNANNOUNCED = "unannounced"
    ROVING = "roving"
    STATIONED = "stationed"


class DocumentKind(StrEnum):
    INSPECTION_NOTICE = "inspection_notice"
    FEEDBACK_NOTICE = "feedback_notice"
    RECTIFICATION_NOTICE = "rectification_notice"
    PROMPT = "prompt"
    URGING = "urging"
    SUPERVISION = "supervision"
    RECTIFICATION_ORDER = "rectification_order"
    EXTENSION_REPLY = "extension_reply"
    OBJECTION_REPLY = "objection_reply"
    CLOSURE_NOTICE = "closure_notice"
    REFERRAL_LETTER = "referral_letter"
    HAND_OVER_LETTER = "hand_over_letter"
    INTERVIEW_NOTICE = "interview_notice"
    BULLETIN = "bulletin"


# Letters of linkage: never mailed, listed, shown to or served on the inspected unit.
CONFIDENTIAL_KINDS = (DocumentKind.REFERRAL_LETTER.value, DocumentKind.HAND_OVER_LETTER.value)


class CheckResult(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"
    NOT_CHECKED = "not_checked"


class UnitOpinion(StrEnum):
    """What the unit says to a working paper (督察底稿)."""

    CONFIRMED = "confirmed"
    CONTESTED = "contested"
    REFUSED_TO_SIGN = "refused_to_sign"


class Secrecy(StrEnum):
    PUBLIC = "public"
    INTERNAL = "internal"
    WORK_SECRET = "work_secret"


SEVERITY_LABELS = {Severity.MINOR: "一般", Severity.MAJOR: "较重", Severity.GRAVE: "严重"}
LIGHT_LABELS = {
    Light.NONE: "无",
    Light.BLUE: "蓝",
    Light.YELLOW: "黄",
    Light.RED: "红",
    Light.BLACK: "黑",
}
LINE_LABELS = {Line.PARTY: "督察", Line.ENFORCEMENT: "执法监督"}
CAMPAIGN_KIND_LABELS = {
    CampaignKind.COMPREHENSIVE: "综合督察",
    CampaignKind.SPECIAL: "专项督察",
    CampaignKind.LOOK_BACK: "回头看",
    CampaignKind.WRITTEN: "书面督察",
    CampaignKind.UNANNOUNCED: "暗访",
    CampaignKind.ROVING: "巡回监督",
    CampaignKind.STATIONED: "驻在式监督",
}
DOCUMENT_KIND_LABELS = {
    DocumentKind.INSPECTION_NOTICE: "督察通知",
    DocumentKind.FEEDBACK_NOTICE: "法治督察反馈意见暨整改通知书",
    DocumentKind.RECTIFICATION_NOTICE: "整改通知书",
    DocumentKind.PROMPT: "提示单",
    DocumentKind.URGING: "催办单",
    DocumentKind.SUPERVISION: "督办单",
    DocumentKind.RECTIFICATION_ORDER: "责令整改通知单",
    DocumentKind.EXTENSION_REPLY: "延期申请答复",
    DocumentKind.OBJECTION_REPLY: "异议答复",
    DocumentKind.CLOSURE_NOTICE: "销号通知",
    DocumentKind.REFERRAL_LETTER: "移送函",
    DocumentKind.HAND_OVER_LETTER: "移交函",
    DocumentKind.INTERVIEW_NOTICE: "约谈通知书",
    DocumentKind.BULLETIN: "通报",
}
CHECK_RESULT_LABELS = {
    CheckResult.PASSED: "合格",
    CheckResult.FAILED: "不合格",
    CheckResult.NOT_APPLICABLE: "不适用",
    CheckResult.NOT_CHECKED: "未检查",
}
UNIT_OPINION_LABELS = {
    UnitOpinion.CONFIRMED: "确认",
    UnitOpinion.CONTESTED: "异议",
    UnitOpinion.REFUSED_TO_SIGN: "拒签",
}
SECRECY_LABELS = {Secrecy.PUBLIC: "公开", Secrecy.INTERNAL: "内部", Secrecy.WORK_SECRET: "工作秘密"}
