from __future__ import annotations

import hashlib
import json
from datetime import date

import pytest
from pydantic import ValidationError

from core.codes import Light, Line, Severity
from core.errors import InvalidInput, InvalidRuleFile, NotFound
from core.rulebook import (
    CODES,
    Basis,
    LeaderRole,
    Rulebook,
    canonical,
    check_rules,
    freeze,
    is_error,
    load_rulebook,
    schemas,
    sha256,
    thaw,
)
from system.paths import RULES_DIR, read_texts

FILES = read_texts(RULES_DIR, ".yaml")
KEY = "fazhi-ducha-46"
_EXAMPLES = {"__all__": {"examples"}}
# What a frozen set leaves out: the days of the calendar and of the timetable, and the examples that test the rules.
LIVE = {
    "calendars": True,
    "local_calendars": True,
    "timetable": True,
    **dict.fromkeys(("pools", "campaigns", "leads", "scoring", "archives"), True),
    "catalogs": {"__all__": {"items": _EXAMPLES, "retired": _EXAMPLES}},
    "ladders": _EXAMPLES,
    "litigation": {"__all__": {"examples"}},
    "clocks": {"__all__": {"clocks": _EXAMPLES}},
}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(FILES)


def basis(**changes: object) -> Basis:
    fields: dict[str, object] = {"document": "某法", "note": "内容", "verified": True, "checked": "内容"}
    return Basis.model_validate({**fields, **changes})


def test_the_order_of_the_files_does_not_matter(book: Rulebook) -> None:
    assert load_rulebook(dict(reversed(FILES.items()))) == book


def test_other_files_are_passed_over(book: Rulebook) -> None:
    assert load_rulebook({**FILES, "README.md": "# x", "schema/ladder.json": "{"}) == book


def test_mistakes_of_several_files_are_told_in_one_run_sorted_by_place() -> None:
    broken = {**FILES, "timetable.yaml": "jobs: []\n", "documents/prompt.yaml": "code: prompt\n\tx: 1\n"}
    with pytest.raises(InvalidRuleFile) as caught:
        load_rulebook(broken)
    problems = caught.value.problems
    assert {one.file for one in problems} == {"timetable.yaml", "documents/prompt.yaml"}
    assert problems == sorted(problems, key=lambda one: (one.file, one.line, one.column, one.code))
    assert str(problems[-1]).startswith("timetable.yaml:1:7: E206 ")


def test_a_broken_file_is_not_also_reported_as_missing() -> None:
    problems = check_rules({**FILES, "documents/prompt.yaml": "code: [\n"})
    assert {one.file for one in problems} == {"documents/prompt.yaml"}


def test_an_empty_folder_names_every_missing_kind_of_file() -> None:
    problems = check_rules({})
    assert {one.file for one in problems} == {
        "catalogs",
        "documents",
        "ladders",
        "linkage",
        "offices",
        "timetable.yaml",
    }
    assert {one.code for one in problems} == {"E304"}


def test_a_warning_is_told_but_does_not_stop_loading() -> None:
    # the two others name the kind of document that is gone
    gone = ("documents/closure_notice.yaml", "published.yaml", "archives/county.yaml")
    files = {path: text for path, text in FILES.items() if path not in gone}
    problems = [one for one in check_rules(files) if one.file == "documents"]
    assert [one.code for one in problems] == ["W704", "W704"]  # once for each line of the office
    assert not any(is_error(one) for one in problems)
    assert "closure_notice" not in load_rulebook(files).documents


def test_a_condition_mistake_points_into_its_text() -> None:
    text = FILES["ladders/problem.yaml"].replace(
        "when: percent < progress\n", "when: percent < progress and retuns > 1\n", 1
    )
    (problem,) = check_rules({**FILES, "ladders/problem.yaml": text})
    line = text.split("\n")[problem.line - 1]
    assert problem.code == "E207"
    assert line[problem.column - 1 :].startswith("retuns > 1")


def test_a_catalogue_without_classes_counts_one() -> None:
    item = FILES[f"catalogs/{KEY}/K.yaml"].split("items:\n")[1].replace("category: K", "category: ''")
    head = FILES[f"catalogs/{KEY}/catalog.yaml"].replace("class_count: 11", "class_count: 1")
    head = head.replace("item_count: 46", "item_count: 3").replace("total_weight: 100", "total_weight: 4")
    more = {"catalogs/small/catalog.yaml": head, "catalogs/small/items.yaml": "items:\n" + item}
    assert load_rulebook({**FILES, **more}).counts()["small"] == {"classes": 1, "items": 3, "weight": 4}


def test_a_class_written_twice_is_told_with_its_ids_and_counts() -> None:
    twice = {**FILES, f"catalogs/{KEY}/L.yaml": FILES[f"catalogs/{KEY}/K.yaml"]}
    told = [(one.file.rsplit("/", 1)[1], one.code) for one in check_rules(twice)]
    assert told == [
        ("L.yaml", "E301"),
        ("L.yaml", "E301"),
        ("L.yaml", "E301"),
        ("L.yaml", "E301"),
        ("catalog.yaml", "W702"),
        ("catalog.yaml", "W702"),
        ("catalog.yaml", "W701"),
    ]


def test_an_unreadable_ladder_or_head_brings_no_second_mistakes_elsewhere() -> None:
    for path in ("ladders/problem.yaml", f"catalogs/{KEY}/catalog.yaml", "sources.yaml"):
        assert {one.file for one in check_rules({**FILES, path: "name: [\n"})} == {path}


def test_rules_may_begin_and_end_on_a_day(book: Rulebook) -> None:
    rule = book.document("prompt").model_copy(update={"effective_until": date(2026, 3, 1)})
    assert rule.in_effect(date(2026, 3, 1))
    assert not rule.in_effect(date(2026, 3, 2))


def test_a_class_has_its_name(book: Rulebook) -> None:
    assert book.catalog(KEY).class_name("D") == "重大行政决策"
    assert book.catalog(KEY).class_name("Z") == ""


def test_freezing_and_thawing_round_trips_exactly(book: Rulebook) -> None:
    frozen = freeze(book)
    thawed = thaw(frozen)
    assert freeze(thawed) == frozen
    assert thawed.model_dump(exclude=LIVE) == book.model_dump(exclude=LIVE)
    assert not any(item.examples for catalog in thawed.catalogs.values() for item in catalog.items)


def test_the_frozen_bytes_are_canonical_and_hashed_as_they_are(book: Rulebook) -> None:
    frozen = freeze(book)
    data = json.loads(frozen)
    assert canonical(data) == frozen
    assert sha256(frozen) == hashlib.sha256(frozen).hexdigest()
    assert "calendars" not in data["rules"]
    assert "timetable" not in data["rules"]


def test_a_campaign_freezes_only_its_items(book: Rulebook) -> None:
    thawed = thaw(freeze(book, {KEY: ["E18", "A01"]}))
    catalog = thawed.catalog(KEY)
    assert [item.id for item in catalog.items] == ["A01", "E18"]
    assert [one.code for one in catalog.classes] == ["A", "E"]
    assert catalog.item("E18") == book.catalog(KEY).item("E18").model_copy(update={"examples": ()})
    with pytest.raises(NotFound):
        catalog.item("B06")
    assert freeze(book, dict.fromkeys(book.catalogs)) == freeze(book)


@pytest.mark.parametrize("chosen", [{"other": None}, {KEY: ["X99"]}])
def test_freezing_something_unknown_is_refused(book: Rulebook, chosen: dict[str, list[str] | None]) -> None:
    with pytest.raises(NotFound):
        freeze(book, chosen)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"format": 2}', b'{"format": 1, "rules": {}}'])
def test_bytes_that_are_no_rule_set_do_not_thaw(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        thaw(data)


def test_rules_cannot_be_changed(book: Rulebook) -> None:
    name = "name"
    with pytest.raises(ValidationError):
        setattr(book.documents["prompt"], name, "别的")


def test_items_are_selected_by_class_and_by_id(book: Rulebook) -> None:
    catalog = book.catalog(KEY)
    assert catalog.select("all") == catalog.items
    assert [item.id for item in catalog.select(["D", "E19", "E19"])] == ["D15", "D16", "D17", "E19"]
    with pytest.raises(NotFound):
        catalog.select(["Q"])


def test_only_verified_law_in_force_is_citable() -> None:
    day = date(2026, 3, 2)
    assert basis().citable(day)
    assert not basis(verified=False, checked="记忆").citable(day)
    assert basis(in_force_until=day).citable(day)
    assert not basis(in_force_until=date(2026, 3, 1)).citable(day)
    assert not basis(in_force_from=date(2026, 3, 3)).citable(day)


def test_a_local_rule_is_citable_only_in_its_region() -> None:
    local = basis(region="浙江省")
    assert not local.citable(date(2026, 3, 2))
    assert not local.citable(date(2026, 3, 2), "示例省示例市")
    assert local.citable(date(2026, 3, 2), "浙江省示例市")


def test_a_line_never_cites_the_basis_of_the_other(book: Rulebook) -> None:
    rule = book.document("bulletin")
    party = {one.document for one in rule.citable(date(2026, 3, 2), Line.PARTY)}
    enforcement = {one.document for one in rule.citable(date(2026, 3, 2), Line.ENFORCEMENT)}
    assert party
    assert enforcement
    assert not party & enforcement
    assert rule.citable(date(2026, 1, 31), Line.ENFORCEMENT) == ()


def test_a_higher_leader_may_sign_what_a_lower_one_may(book: Rulebook) -> None:
    assert LeaderRole.DIRECTOR.may_sign(LeaderRole.DEPUTY)
    assert not LeaderRole.SECTION.may_sign(LeaderRole.DIRECTOR)
    leader = book.office("shilixian").leader_for(LeaderRole.DIRECTOR)
    assert leader is not None
    assert leader.code == "L-DIRECTOR"


def test_an_authorisation_covers_its_kind_campaign_and_days(book: Rulebook) -> None:
    office = book.office("shilixian")
    day = date(2026, 5, 6)
    assert office.authorisation("urging", "2026-ZX-01", day) is not None
    assert office.authorisation("supervision", "2026-ZX-01", day) is None
    assert office.authorisation("urging", "2026-ZH-01", day) is None
    assert office.authorisation("urging", "2026-ZX-01", date(2027, 1, 1)) is None


def test_a_rung_holds_by_the_facts_of_a_case(book: Rulebook) -> None:
    rung = book.ladder_of("shilixian").profiles[Severity.MINOR].rung("blue")
    assert rung is not None
    assert rung.holds({"percent": 49})
    assert not rung.holds({"percent": 50})


def test_red_and_black_cases_are_verified_by_two_and_approved(book: Rulebook) -> None:
    ladder = book.ladder_of("shilixian")
    red, none = ladder.review(Light.RED), ladder.review(Light.NONE)
    assert red is not None
    assert (red.verifiers, red.approver) == (2, LeaderRole.DIRECTOR)
    assert none is not None
    assert (none.verifiers, none.approver) == (1, None)


def test_unknown_keys_of_the_book_are_refused_in_plain_words(book: Rulebook) -> None:
    for ask in (book.catalog, book.office, book.document, book.ladder_of):
        with pytest.raises(NotFound):
            ask("nobody")


def test_every_schema_is_json_and_describes_its_keys_in_chinese() -> None:
    for text in schemas().values():
        assert json.loads(text)["additionalProperties"] is False
    assert "整改期限，工作日" in schemas()["class.json"]


def test_codes_are_numbered_by_family() -> None:
    warnings = {code for code in CODES if code[1] == "7"} | {"W803"}
    assert {code for code in CODES if code[0] == "W"} == warnings
