"""The 46 items are complete: nothing of the reference list was lost on the way into the files."""

from __future__ import annotations

from datetime import date

import pytest

from core.codes import Severity
from core.rulebook import Catalog, load_rulebook
from system.paths import RULES_DIR, read_texts

EXPIRED = {
    "《法治政府建设实施纲要（2021—2025年）》",
    "《提升行政执法质量三年行动计划（2023—2025年）》（国办发〔2023〕27号）",
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_rulebook(read_texts(RULES_DIR, ".yaml")).catalogs["fazhi-ducha-46"]


def test_there_are_11_classes_46_items_and_100_points(catalog: Catalog) -> None:
    assert catalog.counts() == {"classes": 11, "items": 46, "weight": 100}
    assert "".join(one.code for one in catalog.classes) == "ABCDEFGHIJK"
    assert [one.weight for one in catalog.classes] == [13, 9, 9, 8, 16, 9, 14, 6, 7, 5, 4]


def test_items_are_numbered_through_all_classes(catalog: Catalog) -> None:
    assert [int(item.id[1:]) for item in catalog.items] == list(range(1, 47))
    assert all(item.id[0] == item.category for item in catalog.items)


def test_every_item_has_every_field(catalog: Catalog) -> None:
    optional = {
        "effective_from", "effective_until", "source", "verified", "checked", "params", "code", "lead_unit",
        "responsible_units", "frequency", "output_documents", "maps_to", "seeds", "retired",
    }  # fmt: skip
    for item in catalog.items:
        empty = {name for name, value in item if not value} - optional
        assert not empty, item.id
        assert item.linkage.condition
        assert item.indicator.formula


def test_the_lists_have_as_many_entries_as_the_reference(catalog: Catalog) -> None:
    names = ("applies_to", "methods", "evidence", "typical_problems", "specialties", "seeds")
    counts = {name: sum(len(getattr(item, name)) for item in catalog.items) for name in names}
    assert counts == {
        "applies_to": 162,
        "methods": 153,
        "evidence": 208,
        "typical_problems": 184,
        "specialties": 91,
        "seeds": 104,
    }
    assert sum(len(item.linkage.targets) for item in catalog.items) == 71
    assert sum(item.indicator.note is not None for item in catalog.items) == 3


def test_168_bases_keep_their_article_source_and_mark(catalog: Catalog) -> None:
    bases = [basis for item in catalog.items for basis in item.legal_basis]
    assert len(bases) == 168
    assert sum(basis.verified for basis in bases) == 157
    assert sum(basis.article is not None for basis in bases) == 120
    assert sum(basis.source is not None for basis in bases) == 161
    assert [basis.checked for basis in bases].count("条文") == 120


def test_every_source_of_the_notes_is_there(catalog: Catalog) -> None:
    assert sorted(catalog.sources) == [f"R{number:02}" for number in range(1, 39)]


def test_expired_documents_say_until_when_they_held(catalog: Catalog) -> None:
    bases = [basis for item in catalog.items for basis in item.legal_basis]
    assert {basis.document for basis in bases if basis.in_force_until} == EXPIRED
    assert all(basis.in_force_until == date(2025, 12, 31) for basis in bases if basis.document in EXPIRED)


def test_the_date_in_a_title_is_the_date_in_force(catalog: Catalog) -> None:
    for item in catalog.items:
        for basis in item.legal_basis:
            if "日施行）" in basis.document:
                assert basis.in_force_from is not None
                told = f"{basis.in_force_from.year}年{basis.in_force_from.month}月{basis.in_force_from.day}日"
                assert told in basis.document


def test_every_item_can_cite_national_law_after_the_outline_expired(catalog: Catalog) -> None:
    for day in (date(2026, 1, 15), date(2026, 3, 2)):
        for item in catalog.items:
            cited = item.citable(day)
            assert cited, item.id
            assert not {basis.document for basis in cited} & EXPIRED
            assert all(basis.region is None for basis in cited)


def test_the_severities_are_those_of_the_reference(catalog: Catalog) -> None:
    found = [item.severity for item in catalog.items]
    assert {one: found.count(one) for one in Severity} == {
        Severity.MINOR: 19,
        Severity.MAJOR: 17,
        Severity.GRAVE: 10,
    }
