"""The words that pages write for codes, those of other layers and those that only pages use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.codes import CAMPAIGN_KIND_LABELS, LINE_LABELS, SECRECY_LABELS, SEVERITY_LABELS
from core.life.declarationlife import DECLARATION, ORIGIN_LABELS, RELATION_LABELS
from core.life.lives import DOCUMENT_STATE_LABELS, MESSAGE_STATE_LABELS, CampaignState, FindingState
from core.life.rectification import CASE_ACT_LABELS, CASE_STATE_LABELS, REQUEST_LABELS, REQUEST_STATE_LABELS

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
FILE_LABELS = {
    "pdf": "文书 PDF",
    "docx": "文书 Word",
    "sealed": "用印件",
    "scan": "签发件扫描",
    "decision": "政府决定",
    "sheet": "发文稿纸",
    "answer": "整改情况报告表",
    "package": "移送材料",
    "receipt": "回执",
}
LABELS: tuple[Mapping[Any, str], ...] = (
    SEVERITY_LABELS,
    CASE_STATE_LABELS,
    DOCUMENT_STATE_LABELS,
    MESSAGE_STATE_LABELS,
    SECRECY_LABELS,
    REQUEST_LABELS,
    REQUEST_STATE_LABELS,
)


def write_label(code: object) -> str:
    """Return the word for a code of any of the enums that pages show."""
    for table in LABELS:
        # Enums of text compare equal to one another, so the kind of the code must fit the table's.
        if type(code) is type(next(iter(table))) and code in table:
            return table[code]
    return str(code)


def by_text(words: Mapping[Any, str]) -> Callable[[str | None], str]:
    """Return a filter that gives the word for a code stored as text, and what it is given for any other."""
    plain = {str(code): word for code, word in words.items()}
    return lambda code: plain.get(str(code), str(code or ""))


# The names by which templates ask for a word: `{{ row.state | campaign_state }}`.
CODE_FILTERS: dict[str, Callable[..., str]] = {
    "label": write_label,
    "campaign_state": by_text(CAMPAIGN_STATE_LABELS),
    "campaign_kind": by_text(CAMPAIGN_KIND_LABELS),
    "line_word": by_text(LINE_LABELS),
    "finding_state": by_text(FINDING_STATE_LABELS),
    "paper_state": by_text(DOCUMENT_STATE_LABELS),
    "severity_of": by_text(SEVERITY_LABELS),
    "relation_word": by_text(RELATION_LABELS),
    "declaration_state": by_text(DECLARATION.state_labels),
    "origin_word": by_text(ORIGIN_LABELS),
    "request_kind": by_text(REQUEST_LABELS),
    "request_state": by_text(REQUEST_STATE_LABELS),
    "case_act": by_text(CASE_ACT_LABELS),
    "file_role": by_text(FILE_LABELS),
}
