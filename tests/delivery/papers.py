"""Builders of papers for the tests of layout."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from delivery.paper import Layout, Paper, Paragraph
from delivery.wording import SAMPLES, render_wording

ISSUER = "中共示例县委全面依法治县委员会办公室"
FORMS = {"prompt", "urging", "supervision", "rectification_order"}
LETTERS = {"extension_reply", "objection_reply", "referral_letter", "hand_over_letter"}
METACHARACTERS = "井号#方括[]元$艾特@尖<>下划_星*反引`反斜\\花括{{ x }}与&amp;引'\"号波~百分%}"


def sample_paper(kind: str, **changes: Any) -> Paper:
    said = render_wording(kind, SAMPLES[kind])
    layout: Layout = "form" if kind in FORMS else "letter" if kind in LETTERS else "notice"
    paper = Paper(
        kind=kind,
        layout=layout,
        issuer=ISSUER,
        number="示法督〔2026〕7号",
        title=said.subject,
        addressee=str(SAMPLES[kind]["unit"]),
        blocks=said.body,
        signature_name=ISSUER,
        signed_on=date(2026, 5, 8),
        attachments=("整改情况报告表",),
        copies_to=("示例县人民政府办公室", "示例县委巡察工作领导小组办公室"),
        printed_by=ISSUER,
        printed_on=date(2026, 5, 8),
        footer_note="规则版本：0123456789ab　日历版本：7f3a90",
    )
    return replace(paper, **changes)


def short_paper(text: str, layout: Layout = "notice", **changes: Any) -> Paper:
    return sample_paper("closure_notice", layout=layout, blocks=(Paragraph(text),), **changes)


def squeeze(text: str) -> str:
    return "".join(text.split())
