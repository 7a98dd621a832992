"""Document kinds: what they carry, whose they are, and the law of the day on which a matter was opened."""

from __future__ import annotations

from datetime import date

import pytest

from core.campaign.campaignplan import notice_rule, read_plan
from core.codes import DocumentContent, Line
from core.errors import InvalidInput, NotFound
from core.rulebook import LineBasis, Rulebook, load_rulebook
from core.rulebook.documents import DocumentRule, citable_bases
from system.paths import RULES_DIR, read_texts

ON = date(2026, 4, 20)
BEFORE, CUT_OVER = date(2026, 1, 31), date(2026, 2, 1)
PLAN = """\
code: "2026-ZH-01"
title: 2026年度法治督察
kind: comprehensive
line: party
catalogs: [{key: fazhi-ducha-46}]
period: {from: 2026-03-02, to: 2026-03-31}
units: [D001]
"""


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(read_texts(RULES_DIR, ".yaml"))


def law(name: str, **more: object) -> LineBasis:
    known = {"note": "依据", "verified": True, "checked": "内容", "source": "D02"}
    return LineBasis.model_validate({"document": name, **known, **more})


NATIONAL = law("国家条例", line="enforcement", in_force_from="2026-02-01", opened_from="2026-02-01")
LOCAL = law("省条例", line="enforcement", region="示例省", opened_until="2026-01-31")
COMMON = law("监察法")
PARTY = law("督察规定", line="party")


@pytest.mark.parametrize(
    ("opened_on", "bases", "expected"),
    [
        (BEFORE, (NATIONAL, LOCAL, COMMON, PARTY), (LOCAL, COMMON)),
        (CUT_OVER, (NATIONAL, LOCAL, COMMON, PARTY), (NATIONAL, COMMON)),
        (None, (NATIONAL, LOCAL), (NATIONAL,)),
        (
            BEFORE,
            (NATIONAL, COMMON),
            (NATIONAL, COMMON),
        ),  # no law of that time is named: today's stands alone
        (BEFORE, (COMMON,), (COMMON,)),
    ],
)
def test_a_matter_is_cited_under_the_law_of_its_own_days(
    opened_on: date | None, bases: tuple[LineBasis, ...], expected: tuple[LineBasis, ...]
) -> None:
    assert citable_bases(bases, ON, Line.ENFORCEMENT, "示例省示例市", opened_on) == expected


def test_what_is_not_in_force_is_cited_for_no_matter() -> None:
    assert citable_bases((NATIONAL,), BEFORE, Line.ENFORCEMENT, "示例省", BEFORE) == ()
    assert citable_bases((LOCAL,), ON, Line.ENFORCEMENT, "另一省", BEFORE) == ()


def test_a_kind_is_found_by_what_it_carries_and_whose_it_is(book: Rulebook) -> None:
    assert book.document_with(DocumentContent.CLOSURE, Line.PARTY).code == "closure_notice"
    findings = {line: [r.code for r in book.documents_with(DocumentContent.FINDINGS, line)] for line in Line}
    assert findings == {
        Line.PARTY: ["feedback_notice"],
        Line.ENFORCEMENT: ["opinion_letter", "rectification_notice", "supervision_notice"],
    }
    empty = book.model_copy(update={"documents": {}})
    with pytest.raises(NotFound, match="销号通知"):
        empty.document_with(DocumentContent.CLOSURE, Line.PARTY)


def test_the_three_instruments_of_the_national_regulation_are_there(book: Rulebook) -> None:
    articles = {"supervision_letter": "第二十七条", "opinion_letter": "第二十八条", "decision": "第二十九条"}
    for code, article in articles.items():
        rule = book.document(code)
        (basis,) = rule.citable(ON, Line.ENFORCEMENT)
        assert (basis.article, basis.in_force_from, basis.verified) == (article, CUT_OVER, True)
        assert not rule.serves(Line.PARTY)
        assert rule.by_government == (code == "decision")


def test_a_short_name_is_given_where_the_name_is_long(book: Rulebook) -> None:
    rule: DocumentRule = book.document("feedback_notice")
    assert (rule.short, book.document("urging").short) == ("反馈意见", "催办单")


def test_a_campaign_tells_problems_with_the_kind_of_its_plan_or_of_its_office(book: Rulebook) -> None:
    plan = read_plan(PLAN, "plan.yaml")
    named = read_plan(PLAN + "notice: {document: opinion_letter}\n", "plan.yaml")
    office = book.office("shilixian")
    assert notice_rule(plan, Line.PARTY, book, "shilixian").code == "feedback_notice"
    assert notice_rule(plan, Line.ENFORCEMENT, book, "shilixian").code == "rectification_notice"
    assert notice_rule(named, Line.ENFORCEMENT, book, "shilixian").code == "opinion_letter"
    with pytest.raises(InvalidInput) as refused:
        notice_rule(named, Line.PARTY, book, "shilixian")
    assert (refused.value.found, refused.value.expected) == ("opinion_letter", "feedback_notice")

    bare = book.model_copy(update={"offices": {"shilixian": office.model_copy(update={"lines": {}})}})
    assert notice_rule(plan, Line.PARTY, bare, "shilixian").code == "feedback_notice"  # the only one there is
    with pytest.raises(InvalidInput, match=r"notice\.document"):
        notice_rule(plan, Line.ENFORCEMENT, bare, "shilixian")
