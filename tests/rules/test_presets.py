"""The presets of five provinces: their own limits, units and objection windows, and the law around 2026-02-01."""

from __future__ import annotations

from datetime import date

import pytest

from core.calendar.workdays import Calendar, Unit
from core.codes import Line
from core.rulebook import DocumentRule, Rulebook, RuleFiles
from core.rulebook.documents import ObjectionRight
from system.paths import RULES_DIR, read_texts

FILES = RuleFiles(read_texts(RULES_DIR, ".yaml"))
BASE = FILES.rulebook()
CALENDAR = Calendar.of(BASE.calendars.values())
REGIONS = {
    "sichuan": ("四川省", "《四川省行政执法监督条例》"),
    "hebei": ("河北省", "《河北省行政执法监督条例》"),
    "shandong": ("山东省", "《山东省行政执法监督条例》"),
    "henan": ("河南省", "《河南省行政执法条例》"),
    "chongqing": ("重庆市", "《重庆市行政执法监督条例》"),
}
FIRST = {
    "sichuan": "supervision_notice",
    "hebei": "supervision_notice",
    "shandong": "opinion_letter",
    "henan": "opinion_letter",
    "chongqing": "opinion_letter",
}
DAYS_30 = (30, "day")
OPENED_BEFORE, CUT_OVER = date(2026, 1, 31), date(2026, 2, 1)


def preset(name: str) -> Rulebook:
    return FILES.rulebook(name)


def first_document(name: str) -> DocumentRule:
    return preset(name).document(FIRST[name])


@pytest.mark.parametrize(
    ("name", "kind", "period"),
    [
        ("sichuan", "supervision_notice", DAYS_30),
        ("sichuan", "decision", DAYS_30),
        ("hebei", "supervision_notice", DAYS_30),
        ("hebei", "decision", None),
        ("shandong", "opinion_letter", DAYS_30),
        ("shandong", "decision", DAYS_30),
        ("henan", "opinion_letter", None),
        ("henan", "decision", None),
        ("chongqing", "opinion_letter", None),
    ],
)
def test_a_preset_has_the_limit_and_the_unit_of_its_own_rule(
    name: str, kind: str, period: tuple[int, str] | None
) -> None:
    rule = preset(name).document(kind)
    assert rule.period == (period[0] if period else None)
    if period:
        assert (rule.period_unit, rule.starts_on is not None) == (period[1], True)
    assert BASE.document(kind).period is None


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("sichuan", (15, "day", 15, "day")),
        ("hebei", (15, "day", 15, "day")),
        ("chongqing", (10, "workday", 15, "workday")),
    ],
)
def test_a_preset_has_the_objection_window_of_its_own_rule(
    name: str, right: tuple[int, str, int, str]
) -> None:
    objection = first_document(name).objection
    assert isinstance(objection, ObjectionRight)
    given = (objection.period, objection.unit, objection.answer_period, objection.answer_unit)
    assert given == right
    assert not objection.suspends


@pytest.mark.parametrize("name", ["shandong", "henan"])
def test_where_the_rule_names_no_objection_the_shipped_window_stays(name: str) -> None:
    assert first_document(name).objection == BASE.document(FIRST[name]).objection


@pytest.mark.parametrize("name", REGIONS)
def test_matters_opened_before_the_national_regulation_keep_the_provincial_basis_alone(name: str) -> None:
    region, law = REGIONS[name]
    today = date(2026, 5, 6)
    cited = first_document(name).citable(today, Line.ENFORCEMENT, f"{region}示例市", OPENED_BEFORE)
    assert cited
    assert all(basis.document.startswith(law) for basis in cited)


@pytest.mark.parametrize("name", REGIONS)
def test_later_matters_cite_the_national_regulation_first_and_the_province_for_its_limits(name: str) -> None:
    region, law = REGIONS[name]
    cited = first_document(name).citable(date(2026, 5, 6), Line.ENFORCEMENT, f"{region}示例市", CUT_OVER)
    assert cited[0].document.startswith("《行政执法监督条例》")
    assert [basis.document.startswith(law) for basis in cited].count(True) == 1


@pytest.mark.parametrize("name", REGIONS)
def test_the_law_of_a_province_is_never_cited_in_another(name: str) -> None:
    _, law = REGIONS[name]
    for opened_on in (OPENED_BEFORE, CUT_OVER):
        cited = first_document(name).citable(
            date(2026, 5, 6), Line.ENFORCEMENT, "示例省示例市示例县", opened_on
        )
        assert not any(basis.document.startswith(law) for basis in cited)


@pytest.mark.parametrize("name", REGIONS)
def test_every_change_of_a_preset_names_its_reason_and_its_law(name: str) -> None:
    _, law = REGIONS[name]
    changes = preset(name).changes
    assert changes
    assert all(change.overlay == name and change.reason for change in changes)
    assert all(change.authority.startswith(law) and "条" in change.authority for change in changes)


@pytest.mark.parametrize("name", REGIONS)
def test_a_preset_changes_documents_of_the_enforcement_line_and_clocks_only(name: str) -> None:
    book = preset(name)
    assert (book.catalogs, book.ladders, book.linkage, book.offices) == (
        BASE.catalogs, BASE.ladders, BASE.linkage, BASE.offices,
    )  # fmt: skip
    changed = {code for code, rule in book.documents.items() if rule != BASE.documents[code]}
    assert changed
    assert all(BASE.document(code).line == Line.ENFORCEMENT for code in changed)


@pytest.mark.parametrize(
    ("name", "code", "start", "due_on"),
    [
        ("sichuan", "sichuan_transfer", date(2026, 4, 24), date(2026, 5, 6)),
        ("sichuan", "sichuan_tell_object", date(2026, 3, 2), date(2026, 3, 9)),
        ("sichuan", "sichuan_object_answer", date(2026, 3, 2), date(2026, 3, 12)),
        ("chongqing", "chongqing_result", date(2026, 9, 23), date(2026, 10, 14)),
    ],
)
def test_limits_that_no_document_carries_are_clocks(name: str, code: str, start: date, due_on: date) -> None:
    clock = preset(name).clocks[name].find(code)
    assert clock is not None
    assert clock.due(start, CALENDAR).due_on == due_on


def test_thirty_days_of_a_preset_are_calendar_days_whose_last_day_rolls_over() -> None:
    rule = first_document("sichuan")
    assert rule.period is not None
    due = CALENDAR.due(date(2026, 1, 16), rule.period, Unit(rule.period_unit or "workday"))
    assert due.due_on == date(2026, 2, 24)
