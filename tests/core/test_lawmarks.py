"""The state of the law under the rules: what is unverified, over or soon over, and what then stands on nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from core.codes import Line
from core.rulebook import Rulebook, load_rulebook
from core.rulebook.catalog import Basis
from core.rulebook.lawmarks import Carrier, carriers, law_state, loss_of
from core.rulebook.whereabouts import Whereabouts
from system.paths import RULES_DIR, read_texts

FILES = read_texts(RULES_DIR, ".yaml")
BOOK = load_rulebook(FILES)
HOME = "示例省示例市示例县"
ON, UNTIL = date(2026, 11, 21), date(2027, 5, 20)


def basis(**values: Any) -> Basis:
    known = {"document": "《示例条例》", "note": "要求", "verified": True, "checked": "内容", "source": "R01"}
    return Basis.model_validate({**known, **values})


def carrier(*bases: Basis, lines: tuple[Line, ...] = ()) -> Carrier:
    return Carrier("catalogs/x/items/A01", "事项", "示例", bases, lines)


def lost(*bases: Basis, region: str = HOME) -> Any:
    return loss_of(carrier(*bases), ON, UNTIL, region)


def test_the_outline_and_the_plan_that_ended_with_2025_are_named_as_expired() -> None:
    told = {mark.basis.document for mark in law_state(BOOK, ON, 180, HOME).expired}

    assert any("2021—2025" in document for document in told)
    assert any("2023—2025" in document for document in told)


def test_before_their_end_they_are_expiring_and_not_expired() -> None:
    state = law_state(BOOK, date(2025, 12, 1), 60, HOME)

    assert any("2021—2025" in mark.basis.document for mark in state.expiring)
    assert not any("2021—2025" in mark.basis.document for mark in state.expired)


def test_the_regulation_of_2026_was_not_yet_in_force_in_2025() -> None:
    told = {mark.basis.document for mark in law_state(BOOK, date(2025, 12, 1), 10, HOME).not_yet}

    assert any("行政执法监督条例" in document for document in told)


def test_rules_of_another_province_are_told_apart_and_those_at_home_are_not() -> None:
    away = law_state(BOOK, ON, 10, HOME).elsewhere
    at_home = law_state(BOOK, ON, 10, "浙江省衢州市常山县").elsewhere

    assert {mark.basis.region for mark in away} >= {"浙江省"}
    assert not any(mark.basis.region == "浙江省" for mark in at_home)


def test_every_unverified_basis_is_listed_and_no_verified_one() -> None:
    every = [one for carrier in carriers(BOOK) for one in carrier.bases]
    told = [mark.basis for mark in law_state(BOOK, ON, 10, HOME).unverified]

    assert len(told) == sum(not one.verified for one in every) > 0


def test_statutory_clocks_carry_the_article_that_sets_them() -> None:
    found = [one for one in carriers(BOOK) if one.address.startswith("clocks/")]

    assert len(found) == sum(len(file.clocks) for file in BOOK.clocks.values()) > 0
    assert all(one.bases[0].document for one in found)


@pytest.mark.parametrize(
    ("bases", "expected"),
    [
        ((basis(),), None),
        ((basis(verified=False, checked="记忆", source=None),), (None, ())),
        ((basis(in_force_until="2025-12-31"), basis()), None),
        ((basis(region="浙江省"),), (None, ())),
        ((basis(in_force_until="2027-05-20"),), None),
        ((basis(in_force_until="2026-12-31"), basis(in_force_from="2026-12-01")), None),
    ],
)
def test_a_rule_keeps_its_law_as_long_as_one_basis_is_valid(bases: tuple[Basis, ...], expected: Any) -> None:
    assert lost(*bases) == expected


def test_a_rule_whose_last_basis_is_over_says_since_when_and_which() -> None:
    ended = basis(in_force_until="2025-12-31")

    assert lost(ended, basis(in_force_until="2020-12-31")) == (date(2026, 1, 1), (ended,))


def test_a_rule_that_will_lose_its_last_basis_says_from_when() -> None:
    ending = basis(in_force_until="2027-01-31")

    assert lost(ending) == (date(2027, 2, 1), (ending,))


def test_a_gap_between_an_old_and_a_new_basis_is_a_loss() -> None:
    old, new = basis(in_force_until="2026-12-31"), basis(in_force_from="2027-02-01")

    assert lost(old, new) == (date(2027, 1, 1), (old,))


def test_each_line_of_a_document_needs_a_basis_of_its_own() -> None:
    class Lined(Basis):
        line: Line | None = None

    party = Lined.model_validate({**basis().model_dump(), "line": "party"})
    both = carrier(party, lines=(Line.PARTY, Line.ENFORCEMENT))
    by_line = {part.title: loss_of(part, ON, UNTIL, HOME) for part in both.by_line()}

    assert by_line == {"示例（督察条线）": None, "示例（执法监督条线）": (None, ())}


def with_basis_until(book: Rulebook, item: str, until: date) -> Rulebook:
    catalog = book.catalogs["fazhi-ducha-46"]
    ended = tuple(one.model_copy(update={"in_force_until": until}) for one in catalog.item(item).legal_basis)
    items = tuple(
        one.model_copy(update={"legal_basis": ended}) if one.id == item else one for one in catalog.items
    )
    return book.model_copy(update={"catalogs": {catalog.key: catalog.model_copy(update={"items": items})}})


def test_an_item_that_loses_its_last_basis_is_told_now_or_soon_never_both() -> None:
    now = law_state(with_basis_until(BOOK, "A01", date(2026, 6, 30)), ON, 180, HOME)
    soon = law_state(with_basis_until(BOOK, "A01", date(2027, 1, 31)), ON, 180, HOME)

    assert [
        one.carrier.address.rpartition("/")[2] for one in now.baseless_now if one.carrier.kind == "事项"
    ] == ["A01"]
    assert not [one for one in now.baseless_soon if one.carrier.kind == "事项"]
    assert [one.from_on for one in soon.baseless_soon if one.carrier.kind == "事项"] == [date(2027, 2, 1)]


def test_a_state_is_told_as_data() -> None:
    told = law_state(BOOK, ON, 180, HOME).as_dict()

    assert {
        "on",
        "until",
        "unverified",
        "expired",
        "expiring",
        "not_yet",
        "elsewhere",
        "baseless_now",
        "baseless_soon",
    } <= told.keys()
    assert told["expired"][0].keys() >= {"address", "document", "in_force_until", "verified"}


@pytest.mark.parametrize(
    ("address", "file", "begins"),
    [
        ("catalogs/fazhi-ducha-46/items/E24", "catalogs/fazhi-ducha-46/E.yaml", "- id: E24"),
        ("catalogs/fazhi-ducha-46/classes/F", "catalogs/fazhi-ducha-46/F.yaml", "category:"),
        ("catalogs/fazhi-ducha-46/sources/R07", "catalogs/fazhi-ducha-46/catalog.yaml", "R07:"),
        ("ladders/problem/profiles/minor/rungs/red", "ladders/problem.yaml", "- code: red"),
        ("ladders/problem/events/E3", "ladders/problem.yaml", "E3:"),
        ("sources/D02", "sources.yaml", "D02:"),
        ("timetable/outbox", "timetable.yaml", "- "),
    ],
)
def test_an_address_leads_to_its_file_and_line(address: str, file: str, begins: str) -> None:
    place = Whereabouts(FILES).of(address)

    assert place is not None
    assert place[0] == file
    assert line_of(FILES, *place).lstrip().startswith(begins)


def line_of(files: Mapping[str, str], file: str, line: int) -> str:
    return files[file].splitlines()[line - 1]


def test_an_address_that_no_file_holds_leads_nowhere() -> None:
    assert Whereabouts(FILES).of("catalogs/nowhere/items/A01") is None


ADDED = """\
name: 本县调整
add:
  - target: catalogs/fazhi-ducha-46/items
    values:
      - id: E90
        title: 新事项
  - target: catalogs/fazhi-ducha-46/classes
    values:
      - category: {code: L, name: 新类别}
        items:
          - id: L01
            title: 新类别的事项
  - target: documents
    values:
      warning_sheet:
        name: 警示单
"""


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("catalogs/fazhi-ducha-46/items/E90", 5),
        ("catalogs/fazhi-ducha-46/items/E90/title", 6),
        ("catalogs/fazhi-ducha-46/items/L01", 11),
        ("catalogs/fazhi-ducha-46/classes/L", 9),
        ("documents/warning_sheet", 15),
    ],
)
def test_what_an_overlay_adds_is_found_in_the_overlay(address: str, line: int) -> None:
    files = {**FILES, "overlays/benxian.yaml": ADDED}
    assert Whereabouts(files).of(address) == ("overlays/benxian.yaml", line)
    assert Whereabouts(files).of("documents/prompt") == ("documents/prompt.yaml", 1)
