"""A period on a document is printed as length and date; the lengths that stand alone are named with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from delivery.wording import SAMPLES, list_kinds, render_wording
from system.paths import TEMPLATES_DIR

FOLDER = TEMPLATES_DIR / "documents"
LENGTH = re.compile(r"(?:[0-9]+|\}\})\s*(?:个工作日|个自然日|日内|个月内)")
PERIOD = {"count", "unit", "due_on"}
# (kind, words beside the length) -> why no day can be printed
ALLOWED = {
    ("feedback_notice", "我单位自收到申请之日起"): "counted from an application that has not been made",
    ("feedback_notice", "整改期限届满"): "counted back from a day that stands beside it",
    ("feedback_notice", "销号后"): "counted from a closure still to come",
    ("opinion_letter", "期限届满"): "counted back from a day that stands beside it",
    ("rectification_notice", "期限届满"): "counted back from a day that stands beside it",
    ("supervision_notice", "期限届满"): "counted back from a day that stands beside it",
    ("interview_notice", "应当提前"): "counted back from the day of the interview",
    ("rectification_order", "可以在收到之日起"): "counted from a receipt still to come",
    ("case_transfer_letter", "请在收到后"): "counted from a receipt still to come",
    ("lead_transfer_letter", "请在收到后"): "counted from a receipt still to come",
}


def lengths(kind: str) -> Iterator[str]:
    """Yield the words before each length that a template writes without `within`."""
    text = (FOLDER / kind / "body.md.j2").read_text(encoding="utf-8")
    for line in text.splitlines():
        for found in LENGTH.finditer(line):
            before = re.sub(r"\{\{[^{}]*$", "", line[: found.start()])
            yield re.sub(r"\{[{%].*?[%}]\}", "", before)[-24:]


@pytest.mark.parametrize("kind", list_kinds())
def test_no_length_of_a_period_stands_alone(kind: str) -> None:
    alone = [words for words in lengths(kind) if not any(k == kind and w in words for k, w in ALLOWED)]
    assert alone == []


def periods(values: object) -> Iterator[dict[str, object]]:
    """Yield every period in the values of a sample."""
    if isinstance(values, dict):
        if values.keys() >= PERIOD:
            yield values
        for part in values.values():
            yield from periods(part)
    elif isinstance(values, list):
        for part in values:
            yield from periods(part)


@pytest.mark.parametrize("kind", list_kinds())
def test_every_period_is_printed_as_length_and_date(kind: str) -> None:
    said = render_wording(kind, SAMPLES[kind])
    text = "\n".join(
        "｜".join("｜".join(row) for row in block.rows) if hasattr(block, "rows") else block.text
        for block in said.body
    )
    for period in periods(dict(SAMPLES[kind])):
        if not period["due_on"]:
            continue
        year, month, day = str(period["due_on"]).split("-")
        length = f"{period['count']}{period['unit']}内，即{year}年{int(month)}月{int(day)}日前"
        assert length in text


def test_no_exception_outlives_its_template() -> None:
    stale = [(kind, words) for kind, words in ALLOWED if not any(words in found for found in lengths(kind))]
    assert stale == []
