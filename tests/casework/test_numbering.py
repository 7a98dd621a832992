"""Document numbers: each series counts by itself, a race costs none, and the check of the books finds what is wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Actor, Desk
from casework.invariants.numbers import check_numbers
from casework.invariants.tally import Invariant
from casework.paperwork import numbering
from casework.paperwork.numbering import is_number, read_number, skip_numbers, take_number, write_number
from casework.paperwork.series import list_series, series_in_sight
from core.errors import InvalidInput, NotAllowed
from models.campaign import Campaign
from models.document import Document, NumberSeries
from models.organisation import Office, Unit
from tests import make

SHEET, FEEDBACK, MOVED = "示法督办", "示法督反馈", "示法督移"
SIGNED = date(2026, 5, 6)


@pytest.fixture
def campaign(desk: Desk) -> Campaign:
    return make.make_campaign(desk)


@pytest.fixture
def unit(desk: Desk) -> Unit:
    return make.make_unit(desk)


def neighbour(desk: Desk) -> Office:
    """Write a second office."""
    office: Office = make.store(desk, Office(code="lincheng", name="临城县"))
    return office


def counter(desk: Desk, series: str, last: int, year: int = 2026, office_id: int | None = None) -> None:
    """Write how far a series has come."""
    make.store(desk, NumberSeries(office_id=office_id or desk.office_id, series=series, year=year, last=last))


def numbered(
    desk: Desk, of: tuple[Campaign, Unit], serial: int, series: str = SHEET, kind: str = "urging", year: int = 2026,
    **values: Any,
) -> Document:  # fmt: skip
    """Write a document that bears a number."""
    number = write_number(series, year, serial)
    return make.make_document(
        desk, *of, kind, series=series, year=year, serial=serial, number=number, **values
    )


def book(desk: Desk) -> Invariant:
    (found,) = check_numbers(desk)
    return found


# ---- taking ---------------------------------------------------------------------------------------------------


def test_each_series_year_and_office_counts_by_itself(desk: Desk) -> None:
    other = neighbour(desk).id or 0
    taken = [
        take_number(desk.session, office, series, year)
        for office, series, year in (
            (desk.office_id, SHEET, 2026), (desk.office_id, SHEET, 2026), (desk.office_id, FEEDBACK, 2026),
            (desk.office_id, SHEET, 2027), (other, SHEET, 2026), (desk.office_id, SHEET, 2026), (other, SHEET, 2026),
        )
    ]  # fmt: skip
    assert taken == [1, 2, 1, 1, 1, 3, 2]
    rows = desk.session.exec(
        select(NumberSeries).order_by(
            col(NumberSeries.office_id), col(NumberSeries.series), col(NumberSeries.year)
        )
    )
    assert [(row.office_id, row.series, row.year, row.last) for row in rows] == [
        (desk.office_id, SHEET, 2026, 3), (desk.office_id, SHEET, 2027, 1), (desk.office_id, FEEDBACK, 2026, 1),
        (other, SHEET, 2026, 2),
    ]  # fmt: skip


def test_who_loses_the_race_to_start_a_series_takes_its_next_number(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    count_up, seen = numbering._count_up, list[int | None]()

    def blind_at_first(*about: Any) -> int | None:
        """See no row, as before somebody else had committed theirs."""
        seen.append(None if not seen else count_up(*about))
        return seen[-1]

    counter(desk, SHEET, 5)
    monkeypatch.setattr(numbering, "_count_up", blind_at_first)
    assert take_number(desk.session, desk.office_id, SHEET, 2026) == 6
    assert seen == [None, 6]


def test_a_number_is_written_with_hexagonal_brackets_and_no_leading_zero() -> None:
    assert write_number("示法督", 2026, 7) == "示法督〔2026〕7号"


# ---- numbers that are out in the world already ----------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["示法督〔2026〕7号", " 示法督〔2026〕10号 ", "示司（执）监〔1999〕1234567号"]
)
def test_a_number_is_read_as_it_is_printed(text: str) -> None:
    assert is_number(text)
    assert write_number(*read_number(text)) == text.strip()


@pytest.mark.parametrize("text", [
    "示法督〔2026〕07号", "示法督〔2026〕0号", "示法督[2026]7号", "〔2026〕7号", "示法督〔26〕7号",
    "示法督〔2026〕第7号", "示法督〔2026〕7", "示法督〔2026〕12345678号", "见示法督〔2026〕7号文", "",
])  # fmt: skip
def test_what_is_no_number_is_refused_with_an_example(text: str) -> None:
    assert not is_number(text)
    with pytest.raises(InvalidInput) as refused:
        read_number(text)
    assert refused.value.as_dict() == {
        **refused.value.as_dict(), "found": text, "expected": "代字〔年〕号码号，例如 示法督〔2026〕7号",
        "remedy": "照文书抄写",
    }  # fmt: skip
    assert str(refused.value).startswith("文号写法不正确")


def test_what_is_out_already_is_skipped_up_to_the_highest_of_each_series_and_year(desk: Desk) -> None:
    counter(desk, SHEET, 4)
    other = neighbour(desk).id or 0
    counter(desk, SHEET, 2, office_id=other)
    known = [
        "示法督办〔2026〕5号",
        "示法督办〔2026〕7号",
        "示法督办〔2026〕6号",
        "示法督反馈〔2026〕2号",
        "示法督办〔2025〕1号",
    ]
    assert skip_numbers(desk.session, desk.office_id, known) == [
        "示法督办〔2025〕1号", "示法督办〔2026〕5号", "示法督办〔2026〕6号", "示法督办〔2026〕7号",
        "示法督反馈〔2026〕1号", "示法督反馈〔2026〕2号",
    ]  # fmt: skip
    taken = [(desk.office_id, SHEET, 2026), (desk.office_id, FEEDBACK, 2026), (desk.office_id, SHEET, 2025),
             (other, SHEET, 2026)]  # fmt: skip
    assert [take_number(desk.session, *about) for about in taken] == [8, 3, 2, 3]


def test_numbers_that_the_books_know_skip_nothing_and_cost_none(desk: Desk) -> None:
    counter(desk, SHEET, 4)
    assert skip_numbers(desk.session, desk.office_id, ["示法督办〔2026〕4号", "示法督办〔2026〕1号"]) == []
    assert take_number(desk.session, desk.office_id, SHEET, 2026) == 5


# ---- the series of a year -------------------------------------------------------------------------------------


def test_a_series_tells_everything_of_its_year(desk: Desk, campaign: Campaign, unit: Unit) -> None:
    counter(desk, SHEET, 4)
    for year in (2025, 2027):
        counter(desk, SHEET, 9, year)
    other = neighbour(desk).id or 0
    counter(desk, SHEET, 7, 2026, other)
    numbered(desk, (campaign, unit), 1)
    numbered(desk, (campaign, unit), 2, kind="prompt")
    numbered(desk, (campaign, unit), 4, state="void", void_reason="主送单位有误")
    numbered(desk, (campaign, unit), 3, year=2025)
    (row,) = [one for one in list_series(desk, 2026) if one["series"] == SHEET]
    assert row == {
        "line": "party", "key": "sheet", "series": SHEET, "year": 2026, "last": 4, "issued": 2,
        "kinds": {
            "urging": {"name": desk.rules.document("urging").name, "count": 2},
            "prompt": {"name": desk.rules.document("prompt").name, "count": 1},
        },
        "voids": [{"number": "示法督办〔2026〕4号", "kind": "urging", "unit_id": unit.id, "reason": "主送单位有误"}],
        "gaps": [3], "next": "示法督办〔2026〕5号",
    }  # fmt: skip


def test_a_gap_at_the_beginning_or_the_end_is_named(desk: Desk, campaign: Campaign, unit: Unit) -> None:
    counter(desk, SHEET, 3)
    numbered(desk, (campaign, unit), 2)
    (row,) = [one for one in list_series(desk) if one["series"] == SHEET]
    assert row["gaps"] == [1, 3]


def test_the_series_of_the_office_file_come_first_by_line_and_key_and_unused_ones_too(
    desk: Desk, campaign: Campaign, unit: Unit
) -> None:
    numbered(desk, (campaign, unit), 1, "示法督旧")
    numbered(desk, (campaign, unit), 1, "示法督没", state="void", void_reason=None, kind="prompt")
    counter(desk, "示法督空", 0)
    lines = desk.office_rules.lines
    kept = sorted(
        (line, key, one.code_text) for line, profile in lines.items() for key, one in profile.series.items()
    )
    rows = list_series(desk)
    assert [(row["line"], row["key"], row["series"]) for row in rows[3:]] == kept
    assert [(row["line"], row["key"], row["series"]) for row in rows[:3]] == [
        ("party", "", "示法督旧"), ("party", "", "示法督没"), ("", "", "示法督空"),
    ]  # fmt: skip
    assert rows[1]["voids"][0]["reason"] == ""
    unused = next(row for row in rows if row["series"] == FEEDBACK)
    assert (unused["last"], unused["issued"], unused["kinds"], unused["voids"], unused["gaps"]) == (
        0, 0, {}, [], [],
    )  # fmt: skip
    assert (unused["year"], unused["next"]) == (2026, "示法督反馈〔2026〕1号")


def test_other_offices_and_drafts_are_in_no_series(desk: Desk, campaign: Campaign, unit: Unit) -> None:
    make.make_document(desk, campaign, unit, "urging", state="draft", year=2026, series=SHEET)
    ours, desk.office = desk.office, neighbour(desk)
    numbered(desk, (campaign, unit), 1)
    counter(desk, SHEET, 1)
    desk.office = ours
    (row,) = [one for one in list_series(desk) if one["series"] == SHEET]
    assert (row["last"], row["issued"], row["kinds"]) == (0, 0, {})


def test_outside_the_compartment_its_kinds_and_own_series_are_not_told_and_are_no_gaps(
    desk: Desk, campaign: Campaign, unit: Unit
) -> None:
    assert (desk.rules.document("lead_reply").content, desk.rules.document("lead_reply").series) == (
        "referral", "letter",
    )  # fmt: skip
    letters = "示法督函"
    counter(desk, letters, 5)
    # An ordinary letter that answers the discipline office is hidden for what it is about.
    numbered(desk, (campaign, unit), 5, letters, "closure_notice", state="void", void_reason="改为当面答复",
             about="incoming", about_id=1)  # fmt: skip
    numbered(desk, (campaign, unit), 1, letters, "lead_reply")
    numbered(desk, (campaign, unit), 2, letters, "closure_notice")
    numbered(desk, (campaign, unit), 3, letters, "lead_reply", state="void", void_reason="暂不答复")
    numbered(desk, (campaign, unit), 4, letters, "closure_notice", state="void", void_reason="重号")
    told = {row["series"]: row for row in series_in_sight(desk, 2026)}
    assert MOVED in told
    assert set(told[letters]["kinds"]) == {"lead_reply", "closure_notice"}
    desk.actor = Actor("P90", "经办人", frozenset({"officer"}))
    seen = {row["series"]: row for row in series_in_sight(desk, 2026)}
    assert set(told) - set(seen) == {MOVED, "示司执监移"}
    row = seen[letters]
    assert (set(row["kinds"]), row["gaps"], row["last"]) == ({"closure_notice"}, [], 5)
    assert row["kinds"]["closure_notice"]["count"] == 2
    assert [void["reason"] for void in row["voids"]] == ["重号"]
    assert (told[letters]["issued"], row["issued"]) == (2, 1)
    assert series_in_sight(desk, 2025)[0]["year"] == 2025


def test_whoever_sees_only_their_own_visits_is_shown_no_series(desk: Desk) -> None:
    desk.actor = Actor("P01", "督察员甲", frozenset({"inspector"}))
    with pytest.raises(NotAllowed) as refused:
        series_in_sight(desk)
    assert refused.value.as_dict() == {
        **refused.value.as_dict(), "found": "督察员甲", "expected": "办公室人员", "remedy": "由经办人查看",
    }  # fmt: skip
    assert "无权查看文号系列" in str(refused.value)


# ---- the check of the books -----------------------------------------------------------------------------------


def test_numbers_without_a_gap_in_every_series_and_year_hold(
    desk: Desk, campaign: Campaign, unit: Unit
) -> None:
    for serial in (1, 2):
        numbered(desk, (campaign, unit), serial)
    numbered(desk, (campaign, unit), 1, year=2025)
    numbered(desk, (campaign, unit), 3, state="void", void_reason="作废", signed_on=date(2026, 5, 7))
    make.make_document(desk, campaign, unit, "urging", state="draft")
    for series, last, year in ((SHEET, 3, 2026), (SHEET, 1, 2025), (FEEDBACK, 0, 2026)):
        counter(desk, series, last, year)
    assert book(desk) == Invariant("INV-4", "文号逐年连续，一号一文", 4, 0, ())


@pytest.mark.parametrize(("serials", "last", "said"), [
    ((1, 3), 3, "示法督办〔2026〕：2份文书，号码1至3，计数器3"),
    ((2, 3), 3, "示法督办〔2026〕：2份文书，号码2至3，计数器3"),
    ((2,), 1, "示法督办〔2026〕：1份文书，号码2至2，计数器1"),
    ((1, 2), 3, "示法督办〔2026〕：2份文书，号码1至2，计数器3"),
    ((1, 2), 1, "示法督办〔2026〕：2份文书，号码1至2，计数器1"),
    ((1,), None, "示法督办〔2026〕：1份文书，号码1至1，计数器无"),
    ((), 2, "示法督办〔2026〕：0份文书，号码1至0，计数器2"),
])  # fmt: skip
def test_a_gap_a_late_counter_and_a_lost_one_are_found(
    desk: Desk, campaign: Campaign, unit: Unit, serials: tuple[int, ...], last: int | None, said: str
) -> None:
    for serial in serials:
        numbered(desk, (campaign, unit), serial)
    if last is not None:
        counter(desk, SHEET, last)
    found = book(desk)
    assert (found.checked, found.broken, found.examples) == (len(serials), 1, (said,))


def released(desk: Desk, *numbers: str) -> None:
    """Note that two people have released a HOLD and these numbers stay empty."""
    desk.record("office", desk.office_id, "release_hold", second="P02", journal={"skipped": numbers})
    desk.flush_changes()


@pytest.mark.parametrize(("serials", "gone", "last"), [
    ((1, 4), (2, 3), 4),
    ((3,), (1, 2), 3),
    ((1,), (2, 3), 3),
    ((), (1, 2), 2),
])  # fmt: skip
def test_a_gap_that_a_restore_left_and_two_people_noted_holds(
    desk: Desk, campaign: Campaign, unit: Unit, serials: tuple[int, ...], gone: tuple[int, ...], last: int
) -> None:
    for serial in serials:
        numbered(desk, (campaign, unit), serial)
    counter(desk, SHEET, last)
    assert book(desk).broken == 1
    desk.record(
        "office", desk.office_id, "release_hold", second="P02"
    )  # as it was written by earlier versions
    for serial in gone:
        released(desk, f"示法督办〔2026〕{serial}号")
    assert (book(desk).checked, book(desk).broken) == (len(serials), 0)


@pytest.mark.parametrize("number", ["示法督办〔2026〕3号", "示法督办〔2025〕2号", "示法督反馈〔2026〕2号"])
def test_a_note_about_another_number_explains_no_gap(
    desk: Desk, campaign: Campaign, unit: Unit, number: str
) -> None:
    for serial in (1, 3):
        numbered(desk, (campaign, unit), serial)
    counter(desk, SHEET, 3)
    released(desk, number)
    assert book(desk).examples == ("示法督办〔2026〕：2份文书，号码1至3，计数器3",)


def test_only_the_release_of_this_office_explains_a_gap(desk: Desk, campaign: Campaign, unit: Unit) -> None:
    for serial in (1, 3):
        numbered(desk, (campaign, unit), serial)
    counter(desk, SHEET, 3)
    said = {"skipped": ["示法督办〔2026〕2号"]}
    desk.record("office", desk.office_id, "configure", journal=said)
    desk.record("case", desk.office_id, "release_hold", journal=said)
    desk.flush_changes()
    ours, desk.office = desk.office, neighbour(desk)
    released(desk, "示法督办〔2026〕2号")
    desk.office = ours
    assert book(desk).broken == 1


def test_numbers_of_other_offices_are_looked_at_by_nobody_here(
    desk: Desk, campaign: Campaign, unit: Unit
) -> None:
    ours, desk.office = desk.office, neighbour(desk)
    numbered(desk, (campaign, unit), 2, signed_on=date(2026, 5, 9))
    numbered(desk, (campaign, unit), 3)
    spoil(desk, numbered(desk, (campaign, unit), 1, "示法督通"), content=None)
    counter(desk, "示法督通", 1)
    counter(desk, FEEDBACK, 5)
    assert book(desk).broken == 4
    desk.office = ours
    assert (book(desk).checked, book(desk).broken) == (0, 0)


def test_a_number_that_was_signed_before_the_one_before_it_is_found(
    desk: Desk, campaign: Campaign, unit: Unit
) -> None:
    for serial, day in ((1, 6), (2, 6), (3, 8), (4, 7)):
        numbered(desk, (campaign, unit), serial, signed_on=date(2026, 5, day))
    numbered(desk, (campaign, unit), 1, FEEDBACK, signed_on=date(2026, 5, 1))
    numbered(desk, (campaign, unit), 5, year=2027, signed_on=date(2026, 5, 1))
    counter(desk, SHEET, 4)
    counter(desk, FEEDBACK, 1)
    found = book(desk)
    assert found.broken == 2  # the other is the lonely 5 of 2027
    assert found.examples[0] == "示法督办〔2026〕4号 签发日期早于前一号"
    assert found.examples[1].startswith("示法督办〔2027〕：1份文书，号码5至5")


def test_a_document_that_bears_a_number_over_no_frozen_content_is_found(
    desk: Desk, campaign: Campaign, unit: Unit
) -> None:
    bare = numbered(desk, (campaign, unit), 1)
    whole = numbered(desk, (campaign, unit), 2)
    signed = make.make_document(desk, campaign, unit, "prompt")
    draft = make.make_document(desk, campaign, unit, "prompt", state="draft")
    lost = make.make_document(desk, campaign, unit, "prompt", state="void", void_reason="未签发")
    counter(desk, SHEET, 2)
    assert book(desk).broken == 0
    void = numbered(desk, (campaign, unit), 3, state="void", void_reason="重号")
    spoil(desk, void, content=None)
    counter_now(desk, SHEET, 3)
    spoil(desk, bare, content=None)
    spoil(desk, signed, content=None)
    spoil(desk, draft, content=None)
    spoil(desk, lost, content=None)
    found = book(desk)
    assert found.examples == tuple(f"文书{one.id} 文号与定稿内容不符" for one in (bare, signed, void))
    assert found.broken == 3
    assert whole.content is not None


def test_a_number_of_no_series_is_found_beside_the_others(desk: Desk, campaign: Campaign, unit: Unit) -> None:
    numbered(desk, (campaign, unit), 1)
    counter(desk, SHEET, 1)
    spoil(desk, numbered(desk, (campaign, unit), 1, FEEDBACK), series=None)
    assert book(desk).examples == ("None〔2026〕：1份文书，号码1至1，计数器无",)


def counter_now(desk: Desk, series: str, last: int) -> None:
    """Move a counter that is there."""
    desk.session.get_one(NumberSeries, (desk.office_id, series, 2026)).last = last


def spoil(desk: Desk, document: Document, **values: Any) -> None:
    """Change a row as no program of ours would."""
    desk.session.flush()
    desk.session.connection().execute(
        sa.update(Document).where(col(Document.id) == document.id).values(**values)
    )
