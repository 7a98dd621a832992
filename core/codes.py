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
    """The colours a case may show; which are used, in which order and by what word: core/ladders/palette.py."""

    NONE = "none"
    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"
    BLACK = "black"

    @property
    def rank(self) -> int:
        """The place in the default order, for where several ladders meet; a ladder's own order is its palette's."""
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
    ON_SITE = "on_site"
    ENFORCEMENT_SPECIAL = "enforcement_special"
    DAILY = "daily"
    KEY = "key"
    LISTED = "listed"
    RAISED = "raised"
    LEAD_CHECK = "lead_check"


class DocumentContent(StrEnum):
    """What a kind of document carries: where its values come from and how it is treated; kinds are rule files."""

    ANNOUNCEMENT = "announcement"
    FINDINGS = "findings"
    SHEET = "sheet"
    EXTENSION_REPLY = "extension_reply"
    OBJECTION_REPLY = "objection_reply"
    CLOSURE = "closure"
    CORRECTION = "correction"
    REFERRAL = "referral"
    FREE = "free"


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
    Light.ORANGE: "橙",
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
    CampaignKind.ON_SITE: "实地督察",
    CampaignKind.ENFORCEMENT_SPECIAL: "执法突出问题专项",
    CampaignKind.DAILY: "日常监督",
    CampaignKind.KEY: "重点监督",
    CampaignKind.LISTED: "挂牌督办",
    CampaignKind.RAISED: "提级监督",
    CampaignKind.LEAD_CHECK: "线索核查",
}
DOCUMENT_CONTENT_LABELS = {
    DocumentContent.ANNOUNCEMENT: "督察通知",
    DocumentContent.FINDINGS: "反馈问题、通知整改",
    DocumentContent.SHEET: "级次单",
    DocumentContent.EXTENSION_REPLY: "延期答复",
    DocumentContent.OBJECTION_REPLY: "异议答复",
    DocumentContent.CLOSURE: "销号通知",
    DocumentContent.CORRECTION: "期限更正",
    DocumentContent.REFERRAL: "移送、移交",
    DocumentContent.FREE: "逐件拟写",
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
