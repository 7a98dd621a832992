"""All about one rule: its successor, its place in the register, who refers to it, and its past in words."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import InvalidInput, NotFound
from core.rulebook import Rulebook, load_rulebook
from core.rulebook.entries import entries, find, short_name
from core.rulebook.items import Retirement
from core.rulebook.passages import rows_of, say_example, write_offset
from core.rulebook.portrait import (
    names_of,
    portray,
    published_as,
    register_of,
    settable,
    successor_of,
    uses_of,
)
from system.paths import RULES_DIR, read_texts

BOOK = load_rulebook(read_texts(RULES_DIR, ".yaml"))
REGISTER = """
catalogs:
  fazhi-ducha-46: {A01: 公布时的标题}
ladders:
  problem: {minor.red: 仍未销号, E1: 虚假整改}
documents: {prompt: 提示单}
"""


def with_retired(book: Rulebook, **retired: Any) -> Rulebook:
    catalog = book.catalogs["fazhi-ducha-46"]
    gone = catalog.item("A05").model_copy(update={"retired": Retirement.model_validate(retired)})
    changed = {"items": tuple(one for one in catalog.items if one.id != "A05"), "retired": (gone,)}
    return book.model_copy(update={"catalogs": {catalog.key: catalog.model_copy(update=changed)}})


def test_a_retired_item_tells_why_and_what_came_in_its_place() -> None:
    book = with_retired(BOOK, on="2026-07-01", reason="并入A04", replaced_by=("A04",))
    entry = find(book, "A05")

    assert entry.kind == "停用的事项"
    assert successor_of(entry, book) == "2026-07-01停用：并入A04；由A04 述法与法治考核结果运用接替"


def test_a_retired_item_without_an_heir_says_so() -> None:
    book = with_retired(BOOK, on="2026-07-01", reason="依据废止")

    assert successor_of(find(book, "A05"), book).endswith("没有接替的规则")
    assert successor_of(find(book, "A04"), book) == ""


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("A01", "公布时的标题"),
        ("minor/red", "仍未销号"),
        ("E1", "虚假整改"),
        ("prompt", "提示单"),
        ("A02", None),
        ("R05", None),
    ],
)
def test_the_register_gives_the_title_of_the_first_publication(name: str, title: str | None) -> None:
    register = register_of({"published.yaml": REGISTER})

    assert published_as(register, find(BOOK, name)) == title


def test_without_a_register_nothing_is_published() -> None:
    assert register_of({}) is None
    assert published_as(None, find(BOOK, "A01")) is None


def test_every_entry_is_found_by_its_own_address_and_by_its_short_name() -> None:
    known = list(entries(BOOK))
    addresses = [one.address for one in known]

    assert len(addresses) == len(set(addresses))
    assert all(find(BOOK, one.address).address == one.address for one in known[::7])
    assert short_name(find(BOOK, "E24"), known) == "E24"
    assert find(BOOK, short_name(find(BOOK, "minor/red"), known)).address == find(BOOK, "minor/red").address


def test_an_ambiguous_name_lists_its_addresses_and_an_unknown_one_its_neighbours() -> None:
    with pytest.raises(InvalidInput, match="party/series/letter"):
        find(BOOK, "letter")
    with pytest.raises(NotFound, match="supervision"):
        find(BOOK, "supervison")
    with pytest.raises(NotFound, match="事项编号"):
        find(BOOK, "〇〇〇〇")


def test_a_rung_says_when_in_one_row_and_an_event_who_names_it() -> None:
    rows = portray(find(BOOK, "minor/yellow"), names_of(BOOK))

    assert [row.text for row in rows if row.title == "何时"] == ["到期后第1个工作日"]
    assert not {"anchor", "unit"} & {row.field for row in rows}
    assert "linkage/county" in {use.address for use in uses_of(BOOK, find(BOOK, "problem/E1"))}


def test_what_may_be_set_never_includes_prose() -> None:
    told = settable(find(BOOK, "A01").rule)

    assert "分值" in told
    assert not {"检查要求", "标题", "依据"} & set(told)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("minor/blue", "到期前5个工作日"),
        ("grave/blue", "送达当日"),
        ("grave/yellow_plan", "送达后第5个工作日"),
    ],
)
def test_an_offset_is_written_as_people_say_it(name: str, said: str) -> None:
    assert write_offset(find(BOOK, name).rule) == said


def test_every_rule_of_the_shipped_book_prints_without_english_field_names() -> None:
    english = {
        (type(one.rule).__name__, row.field)
        for one in entries(BOOK)
        for row in rows_of(one.rule, names_of(BOOK))
        if row.title.isascii()
    }

    assert english == set()


def test_examples_are_told_as_sentences() -> None:
    (ladder,) = BOOK.ladders.values()
    said = [say_example(example, {}) for example in ladder.examples]

    assert all("）→ " in text for text in said)
    assert any("灯：红灯" in text for text in said)
