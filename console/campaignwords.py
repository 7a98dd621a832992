"""The words of codes that pages of campaigns read out of rows, where they are plain texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from casework.inspection.jointly import joint_of
from core.codes import CAMPAIGN_KIND_LABELS, LINE_LABELS, SEVERITY_LABELS
from core.life.declarationlife import RELATION_LABELS
from core.life.lives import DOCUMENT_STATE_LABELS, CampaignState, FindingState
from models.campaign import Campaign

CAMPAIGN_STATE_LABELS = {
    CampaignState.PLANNED: "已编制",
    CampaignState.APPROVED: "已批准",
    CampaignState.OPEN: "进行中",
    CampaignState.CLOSED: "已办结",
    CampaignState.CALLED_OFF: "已取消",
}
FINDING_STATE_LABELS = {
    FindingState.PAPER: "底稿",
    FindingState.CONFIRMED: "已认定",
    FindingState.WITHDRAWN: "已撤销",
}
DECLARATION_STATES = {"declared": "待决定", "accepted": "回避", "rejected": "不回避", "withdrawn": "已撤回"}
ORIGINS = {
    "self": "本人申报",
    "unit": "被督察单位申请",
    "complainant": "投诉举报人申请",
    "ex_officio": "依职权提出",
}


def by_text(words: Mapping[Any, str]) -> Callable[[str | None], str]:
    """Return a filter that gives the word for a code stored as text, and what it is given for any other."""
    plain = {str(code): word for code, word in words.items()}
    return lambda code: plain.get(str(code), str(code or ""))


def write_iso(text: str | None) -> str:
    """Write a day given as ISO text in full."""
    if not text:
        return ""
    day = date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日"


def is_joint(campaign: Campaign) -> bool:
    """Tell whether a campaign is carried out together with another body."""
    return joint_of(campaign) is not None


CAMPAIGN_FILTERS: dict[str, Callable[..., str | bool]] = {
    "is_joint": is_joint,
    "campaign_state": by_text(CAMPAIGN_STATE_LABELS),
    "campaign_kind": by_text(CAMPAIGN_KIND_LABELS),
    "line_word": by_text(LINE_LABELS),
    "finding_state": by_text(FINDING_STATE_LABELS),
    "paper_state": by_text(DOCUMENT_STATE_LABELS),
    "severity_of": by_text(SEVERITY_LABELS),
    "relation_word": by_text(RELATION_LABELS),
    "declaration_state": by_text(DECLARATION_STATES),
    "origin_word": by_text(ORIGINS),
    "iso_day": write_iso,
}
