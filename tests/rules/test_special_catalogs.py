"""The two special catalogues are complete, share the words of the main one, and keep what was retired."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.codes import Line, Severity
from core.errors import InvalidInput, NotFound
from core.rulebook import Catalog, Rulebook, check_rules, load_rulebook
from core.rulebook.fields import RuleModel
from core.rulebook.items import Item, ItemClass, Retirement
from system.paths import RULES_DIR, read_texts

FILES = read_texts(RULES_DIR, ".yaml")
BOOK = load_rulebook(FILES)
MAIN = BOOK.catalogs["fazhi-ducha-46"]
ENFORCEMENT = BOOK.catalogs["zhifa-zhuanxiang-12"]
DISPUTES = BOOK.catalogs["shuangxiajiang-22"]
SPECIAL = [ENFORCEMENT, DISPUTES]
OLD = Retirement(on=date(2026, 12, 1), reason="并入其他事项", replaced_by=("Z02",))


def told(*changes: tuple[str, str, str]) -> list[str]:
    """Return the mistakes after replacing one text by another in files, each text found once."""
    files = dict(FILES)
    for path, old, new in changes:
        assert files[path].count(old) == 1, (path, old)
        files[path] = files[path].replace(old, new)
    return [
        f"{one.file}:{one.line} {one.code}" for one in check_rules(files) if one.file.startswith("catalogs/")
    ]


def line_of(path: str, text: str) -> int:
    return FILES[path].split(text)[0].count("\n") + 1


@pytest.mark.parametrize(
    ("catalog", "classes", "items"), [(MAIN, 11, 46), (ENFORCEMENT, 1, 12), (DISPUTES, 6, 22)]
)
def test_the_three_catalogues_have_their_items_and_100_points(
    catalog: Catalog, classes: int, items: int
) -> None:
    assert catalog.counts() == {"classes": classes, "items": items, "weight": 100}
    assert (catalog.class_count, catalog.item_count, catalog.total_weight) == (classes, items, 100)


def test_items_are_numbered_without_a_gap() -> None:
    assert [item.id for item in ENFORCEMENT.items] == [f"Z{number:02}" for number in range(1, 13)]
    assert [item.id for item in DISPUTES.items] == [f"S{number:02}" for number in range(1, 23)]
    assert ENFORCEMENT.classes == ()
    assert [one.code for one in DISPUTES.classes] == ["P1", "P2", "P3", "P4", "P5", "P6"]
    assert [(one.item_count, one.weight) for one in DISPUTES.classes] == [
        (4, 18), (4, 18), (4, 17), (4, 21), (3, 16), (3, 10),
    ]  # fmt: skip


def test_the_lists_of_the_special_catalogues_have_as_many_entries_as_the_reference() -> None:
    names = (
        "methods", "evidence", "typical_problems", "specialties", "maps_to", "output_documents",
        "responsible_units",
    )  # fmt: skip
    counts = [{name: sum(len(getattr(i, name)) for i in one.items) for name in names} for one in SPECIAL]
    assert counts == [
        {
            "methods": 38, "evidence": 47, "typical_problems": 48, "specialties": 22, "maps_to": 21,
            "output_documents": 22, "responsible_units": 0,
        },
        {
            "methods": 48, "evidence": 67, "typical_problems": 63, "specialties": 43, "maps_to": 35,
            "output_documents": 0, "responsible_units": 61,
        },
    ]  # fmt: skip
    assert all(item.frequency and item.lead_unit for item in DISPUTES.items)


@pytest.mark.parametrize(
    ("catalog", "bases", "verified", "by_text"), [(ENFORCEMENT, 42, 42, 30), (DISPUTES, 48, 47, 39)]
)
def test_bases_keep_their_article_source_and_mark(
    catalog: Catalog, bases: int, verified: int, by_text: int
) -> None:
    found = [basis for item in catalog.items for basis in item.legal_basis]
    assert (len(found), sum(basis.verified for basis in found)) == (bases, verified)
    assert [basis.checked for basis in found].count("条文") == by_text
    assert sum(basis.article is not None for basis in found) == by_text
    assert all(basis.source in catalog.sources for basis in found)


@pytest.mark.parametrize("catalog", BOOK.catalogs.values(), ids=BOOK.catalogs)
def test_days_and_regions_told_in_a_title_are_those_of_the_basis(catalog: Catalog) -> None:
    for item in catalog.items:
        for basis in item.legal_basis:
            told_day = re.search(r"(\d{4})年(\d+)月(\d+)日施行", basis.document)
            day = date(*map(int, told_day.groups())) if told_day else None
            assert basis.in_force_from == day, basis.document
            ended = date(2025, 12, 31) if "—2025年）" in basis.document else None
            assert basis.in_force_until == ended, basis.document
            assert basis.region == ("浙江省" if "浙江" in basis.document else None)


def test_every_item_can_cite_national_law_after_the_outline_expired() -> None:
    for catalog in SPECIAL:
        for item in catalog.items:
            cited = item.citable(date(2026, 3, 2))
            assert cited, item.id
            assert all(basis.region is None and basis.in_force_until is None for basis in cited)


def test_a_special_catalogue_answers_with_the_words_and_sources_of_the_main_one() -> None:
    for catalog in SPECIAL:
        assert catalog.vocabulary_of == catalog.maps_to_catalog == MAIN.key
        assert catalog.vocabularies == MAIN.vocabularies
        assert catalog.sources == MAIN.sources
        assert all(MAIN.item(other).retired is None for item in catalog.items for other in item.maps_to)


def test_the_enforcement_catalogue_has_phases_forms_statistics_and_documents() -> None:
    assert ENFORCEMENT.line is Line.ENFORCEMENT
    assert [(one.no, one.workdays) for one in ENFORCEMENT.phases] == [
        (1, 15),
        (2, 20),
        (3, 40),
        (4, 30),
        (5, 20),
    ]
    assert [one.code for one in ENFORCEMENT.statistics] == [f"T{number}" for number in range(1, 9)]
    assert [one.name for one in ENFORCEMENT.monitoring_forms] == [
        "线索征集", "案卷评查", "驻在式监督", "暗访核查", "回头看",
    ]  # fmt: skip
    used = {code for item in ENFORCEMENT.items for code in item.output_documents}
    assert used == {
        "supervision_notice", "opinion_letter", "suggestion_letter", "decision", "rectification_notice",
        "interview_notice", "case_transfer_letter", "referral_letter",
    }  # fmt: skip
    assert all(BOOK.document(code).serves(Line.ENFORCEMENT) for code in used)


def test_the_disputes_catalogue_has_guardrails_and_targets() -> None:
    assert len(DISPUTES.guardrails) == 4
    assert [(one.code, one.threshold) for one in DISPUTES.targets] == [
        ("loss_rate", 8), ("intake_growth", 0), ("resolution_rate", 40),
    ]  # fmt: skip
    assert len(DISPUTES.units) == 20


def test_an_item_applies_to_the_kinds_of_unit_that_its_lead_and_responsible_units_stand_for() -> None:
    # 县法院牵头，司法局、政法委和被诉机关负责：法院和政法委不是督察对象
    assert DISPUTES.item("S05").applies_to == ("司法局", "政府部门", "行政执法机关", "乡镇街道")
    assert DISPUTES.item("S20").applies_to == ("政府部门", "司法局")
    assert all(item.applies_to for item in DISPUTES.items)


def test_the_catalogues_say_that_their_numbers_are_suggestions() -> None:
    for catalog in BOOK.catalogs.values():
        assert (catalog.verified, catalog.checked) == (False, "建议")
        assert catalog.source in catalog.sources


def test_every_item_has_an_example_that_passes_and_one_that_fails() -> None:
    for catalog in BOOK.catalogs.values():
        for item in catalog.items:
            results = [one.expect.result for one in item.examples]
            assert {"passed", "failed"} <= set(results), item.id
            assert all(
                one.expect.level == item.severity for one in item.examples if one.expect.result == "failed"
            )


def test_an_example_that_no_longer_holds_is_told_at_its_result() -> None:
    path = "catalogs/zhifa-zhuanxiang-12/items.yaml"
    case = "{case: 评查100件，3件程序违法, facts: {value: 3}"
    assert told((path, case, case.replace("value: 3", "value: 4"))) == [f"{path}:{line_of(path, case)} E901"]


def test_parameters_are_printed_in_the_prose_and_set_the_threshold() -> None:
    item = MAIN.item("A01")
    assert "每年专题法治讲座不少于2期" in item.requirement
    assert item.indicator.threshold == Decimal(2)
    path = "catalogs/fazhi-ducha-46/A.yaml"
    limit = "max: 12, value: 2"
    assert told((path, limit, "max: 12, value: 3")) == [
        f"{path}:{line_of(path, '{case: 全年举办两期')} E901",
    ]
    assert told((path, limit, "max: 12, value: 13")) == [f"{path}:{line_of(path, limit)} E208"]


def test_at_least_fifteen_parameters_have_limits_and_a_unit() -> None:
    found = [
        (item.id, name, param)
        for catalog in BOOK.catalogs.values()
        for item in catalog.items
        for name, param in item.params.items()
    ]
    assert len(found) >= 15
    assert not [(item, name) for item, name, p in found if None in (p.unit, p.min, p.max, p.note)]
    for catalog in BOOK.catalogs.values():
        for item in catalog.items:
            prose = (item.requirement, item.indicator.formula, item.linkage.condition, *item.typical_problems)
            assert not [text for text in (*prose, *item.evidence) if "{" in text], item.id


def retire(catalog: Catalog, *ids: str) -> Catalog:
    gone = tuple(item.model_copy(update={"retired": OLD}) for item in catalog.items if item.id in ids)
    live = tuple(item for item in catalog.items if item.id not in ids)
    return catalog.model_copy(update={"items": live, "retired": gone})


def test_a_retired_item_is_known_but_no_longer_chosen_or_counted() -> None:
    catalog = retire(ENFORCEMENT, "Z01")
    assert catalog.item("Z01").retired == OLD
    assert catalog.counts() == {"classes": 1, "items": 11, "weight": 88}
    assert "Z01" not in {item.id for item in catalog.select("all")}
    with pytest.raises(InvalidInput, match="2026-12-01停用") as refused:
        catalog.select(["Z02", "Z01"])
    assert "Z02" in refused.value.expected
    with pytest.raises(NotFound):
        catalog.select(["Z99"])


IDS = st.sets(st.sampled_from([item.id for item in DISPUTES.items]))


@given(chosen=IDS, gone=IDS)
def test_what_is_kept_is_what_was_chosen_and_nothing_else(chosen: set[str], gone: set[str]) -> None:
    catalog = retire(DISPUTES, *gone)
    assert [item.id for item in catalog.select(sorted(chosen - gone))] == sorted(chosen - gone)
    kept = catalog.keep(chosen)
    assert {item.id for item in kept.items} == chosen - gone
    assert {item.id for item in kept.retired} == chosen & gone
    assert {one.code for one in kept.classes} == {DISPUTES.item(one).category for one in chosen}
    assert kept.vocabularies == DISPUTES.vocabularies


@given(codes=st.sets(st.sampled_from([one.code for one in DISPUTES.classes])), gone=IDS)
def test_a_class_gives_its_live_items(codes: set[str], gone: set[str]) -> None:
    chosen = retire(DISPUTES, *gone).select(sorted(codes))
    assert [item.id for item in chosen] == [
        item.id for item in DISPUTES.items if item.category in codes and item.id not in gone
    ]


K46 = "    seeds: ['000', '001', '002', '004']\n    examples:\n      - {case: 到期问题60个，核验销号57个"
RETIRED = "    retired: {on: 2026-12-01, reason: 并入F27, replaced_by: [F27]}\n" + K46


def test_retiring_an_item_that_others_still_map_to_is_told_where_they_do() -> None:
    enforcement, disputes = "catalogs/zhifa-zhuanxiang-12/items.yaml", "catalogs/shuangxiajiang-22/P4.yaml"
    found = told(("catalogs/fazhi-ducha-46/K.yaml", K46, RETIRED))
    mapped = [line for line in found if line.endswith("E309")]
    assert mapped == [
        f"{disputes}:{line_of(disputes, 'maps_to: [G32, K46]')} E309",
        f"{enforcement}:{line_of(enforcement, 'maps_to: [B07, F27, K46]')} E309",
    ]
    assert {line.split()[1] for line in found} == {"E309", "W701", "W702"}


def test_an_item_may_retire_when_nothing_points_to_it_and_the_counts_follow() -> None:
    head = "catalogs/zhifa-zhuanxiang-12/catalog.yaml"
    items = "catalogs/zhifa-zhuanxiang-12/items.yaml"
    retired = "    maps_to: [E18]\n    retired: {on: 2026-12-01, reason: 并入Z08, replaced_by: [Z08]}\n"
    changes = (
        (head, "item_count: 12", "item_count: 11"),
        (head, "total_weight: 100", "total_weight: 93"),
        (items, "    maps_to: [E18]\n", retired),
    )
    assert told(*changes) == []
    book = changed_book(*changes)
    catalog = book.catalogs[ENFORCEMENT.key]
    assert (len(catalog.items), [item.id for item in catalog.retired]) == (11, ["Z09"])


def changed_book(*changes: tuple[str, str, str]) -> Rulebook:
    files = dict(FILES)
    for path, old, new in changes:
        files[path] = files[path].replace(old, new)
    return load_rulebook(files)


def test_a_display_code_replaces_the_id_for_readers_only() -> None:
    path = "catalogs/zhifa-zhuanxiang-12/items.yaml"
    title = "    title: 乱检查\n"
    item = changed_book((path, title, f"    code: ZF-03\n{title}")).catalogs[ENFORCEMENT.key].item("Z03")
    assert (item.id, item.display_code) == ("Z03", "ZF-03")
    assert ENFORCEMENT.item("Z03").display_code == "Z03"
    assert told((path, title, f"    code: Z04\n{title}")) == [f"{path}:{line_of(path, title)} E308"]


@pytest.mark.parametrize("model", [Item, ItemClass, type(ENFORCEMENT)])
def test_an_overlay_may_set_only_fields_that_exist_and_no_prose(model: type[RuleModel]) -> None:
    settable: frozenset[str] = getattr(model, "SETTABLE")  # noqa: B009  # a class variable of some models
    assert settable <= set(model.model_fields)
    assert not settable & {
        "title",
        "requirement",
        "name",
        "scope",
        "evidence",
        "legal_basis",
        "examples",
        "id",
    }


def test_severities_are_those_of_the_reference() -> None:
    found = [[one.severity for one in catalog.items] for catalog in SPECIAL]
    assert [{one: each.count(one) for one in Severity} for each in found] == [
        {Severity.MINOR: 0, Severity.MAJOR: 8, Severity.GRAVE: 4},
        {Severity.MINOR: 12, Severity.MAJOR: 7, Severity.GRAVE: 3},
    ]
