"""The values of a document: canonical bytes, days, titles, characters."""

from __future__ import annotations

from datetime import date

import pytest

from core.errors import InvalidInput
from delivery.paper import (
    Heading,
    ListItem,
    Paper,
    Paragraph,
    Table,
    break_title,
    check_text,
    print_day,
    read_paper,
    write_footer_note,
    write_paper,
)


def make_paper() -> Paper:
    return Paper(
        kind="urging",
        layout="form",
        issuer="示例县司法局",
        number="示法督〔2026〕7号",
        title="法治督察整改催办单",
        addressee="示例县农业农村局",
        blocks=(
            Heading(1, "一、情况"),
            Paragraph("正文"),
            ListItem("1．一项"),
            Table((("序号", 1.0), ("事项", 4.0)), (("1", "备案"),)),
        ),
        signature_name="示例县司法局",
        signed_on=date(2026, 5, 8),
        copies_to=("示例县委巡察办",),
    )


def test_a_paper_survives_writing_and_reading() -> None:
    paper = make_paper()
    assert read_paper(write_paper(paper)) == paper


def test_equal_papers_have_equal_bytes() -> None:
    assert write_paper(make_paper()) == write_paper(make_paper())


def test_days_print_without_zeros_and_stay_blank_before_signature() -> None:
    assert print_day(date(2026, 3, 2)) == "2026年3月2日"
    assert print_day(None).strip("　") == "年　月　日"


def test_the_footer_note_carries_the_first_twelve_characters_of_the_hash() -> None:
    note = write_footer_note("0123456789abcdef" * 4, "7f3a90", "2027年为暂定日历")
    assert note == "规则版本：0123456789ab　日历版本：7f3a90　2027年为暂定日历"


def test_a_short_title_stays_on_one_line() -> None:
    assert break_title("法治督察反馈意见暨整改通知书") == ("法治督察反馈意见暨整改通知书",)


@pytest.mark.parametrize(
    ("title", "keep"),
    [
        ("关于对示例县农业农村局的法治督察反馈意见暨整改通知书", ("示例县农业农村局",)),
        ("关于2026年度县直单位和乡镇（街道）法治督察整改工作情况的通报", ()),
        ("关于移送示例县城市管理综合行政执法局有关问题线索的函", ("示例县城市管理综合行政执法局",)),
        ("甲" * 60, ()),
    ],
)
def test_a_long_title_breaks_without_cutting_names_or_losing_characters(
    title: str, keep: tuple[str, ...]
) -> None:
    lines = break_title(title, keep)
    assert "".join(lines) == title
    assert len(lines) > 1
    assert all(len(line) <= 22 for line in lines)
    assert all(any(name in line for line in lines) for name in keep)
    assert all(line[0] not in "的、，）》〕" and line[-1] not in "（《〔" for line in lines)


def test_line_ends_become_one_kind() -> None:
    assert check_text("甲\r\n乙\r丙", "正文") == "甲\n乙\n丙"


@pytest.mark.parametrize("char", ["\x00", "\x1b", "\ue000", "\ud800", "\x07"])
def test_characters_that_cannot_be_printed_are_named(char: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_text(f"事实{char}经过", "事实")
    assert f"U+{ord(char):04X}" in str(caught.value)
