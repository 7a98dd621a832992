"""What was checked and what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.rounds import VISITS
from casework.counts.tallies import Scope
from casework.counts.terms import Family, Indicator, Section, Source
from casework.lights.climbing import rules_of
from core.codes import CHECK_RESULT_LABELS, SEVERITY_LABELS
from core.life.lives import FindingState
from core.rulebook import Rulebook
from models.base import table_of
from models.campaign import Campaign, CheckRecord, Finding, Visit

CHECKS = Source(
    "check",
    table_of(CheckRecord)
    .join(table_of(Visit), col(Visit.id) == col(CheckRecord.visit_id))
    .join(table_of(Campaign), col(Campaign.id) == col(Visit.campaign_id)),
    key=col(CheckRecord.id), office=col(CheckRecord.office_id), campaign=col(Visit.campaign_id),
    unit=col(Visit.unit_id), kind=col(Campaign.kind), day=col(CheckRecord.checked_on),
    shown=(col(Campaign.code), col(CheckRecord.item), col(CheckRecord.result), col(CheckRecord.problem)),
    checklist=True,
)  # fmt: skip
FINDINGS = Source(
    "finding",
    table_of(Finding).join(table_of(Campaign), col(Campaign.id) == col(Finding.campaign_id)),
    key=col(Finding.id), office=col(Finding.office_id), campaign=col(Finding.campaign_id),
    unit=col(Finding.unit_id), kind=col(Campaign.kind), day=col(Finding.found_on),
    shown=(col(Finding.code), col(Finding.item), col(Finding.severity), col(Finding.problem)),
)  # fmt: skip
CONFIRMED = col(Finding.state) == FindingState.CONFIRMED.value


def same(_scope: Scope, code: str) -> Iterable[str]:
    """Return the code of a row whose column is its code."""
    return (code,)


def said(labels: Mapping[Any, str], wording: str = "{}") -> Callable[..., Mapping[str, str]]:
    """Return the labels of a family that are the same everywhere."""
    words = {str(code): wording.format(label) for code, label in labels.items()}
    return lambda _scope, _found: words


def class_of(rules: Rulebook, item_id: str) -> tuple[str, str]:
    """Return code and name of the class of an item; a catalogue without classes is one class itself."""
    for catalog in rules.catalogs.values():
        for item in (*catalog.items, *catalog.retired):
            if item.id == item_id:
                name = catalog.class_name(item.category)
                return (item.category, name) if name else (catalog.key, catalog.name)
    return "-", "目录外事项"


def _class(scope: Scope, campaign_id: int, item: str) -> Iterable[str]:
    return (class_of(rules_of(scope.desk, campaign_id), item)[0],)


def _class_names(scope: Scope, found: frozenset[str]) -> Mapping[str, str]:
    """Return the names of the classes in which something was found, by code, from every rule set in use."""
    names: dict[str, str] = {"-": "目录外事项"}
    query = sa.select(col(Campaign.id)).where(col(Campaign.office_id) == scope.desk.office_id)
    for (campaign_id,) in scope.rows(query.order_by(col(Campaign.id))):
        if names.keys() >= found:
            break
        for catalog in rules_of(scope.desk, campaign_id).catalogs.values():
            names[catalog.key] = catalog.name
            names |= {one.code: one.name for one in catalog.classes}
    return {code: names.get(code, code) for code in sorted(found)}


def _returned_late(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.and_(col(Visit.workbook_returned_on).is_(None), col(Visit.to_on) < scope.desk.today)


def _report_missing(scope: Scope) -> sa.ColumnElement[bool]:
    missing = col(Visit.self_report_on).is_(None)
    return sa.and_(missing, col(Visit.self_report_due_on) < scope.desk.today)


CHECKED = Section(
    3,
    "检查与自查",
    (
        Indicator("checks.all", "检查事项", "次", "检查记录，一个单位一个事项为一次，计入检查之日", CHECKS),
        Family(
            "checks.result", "次", "检查记录，按结果", CHECKS, (col(CheckRecord.result),), same,
            said(CHECK_RESULT_LABELS, "检查结果{}"),
        ),
        Indicator(
            "workbooks.returned", "交回检查表", "份", "已交回检查表的督察", VISITS,
            col(Visit.workbook_returned_on).is_not(None), by_day=False,
        ),
        Indicator(
            "workbooks.waiting", "督察结束未交检查表", "份", "已结束而检查表没有交回的督察", VISITS, _returned_late,
            by_day=False,
        ),
        Indicator(
            "self_reports.asked", "应报自查报告", "份", "定了自查报告期限的督察", VISITS,
            col(Visit.self_report_due_on).is_not(None), by_day=False,
        ),
        Indicator(
            "self_reports.in_time", "按时报送", "份", "自查报告不晚于期限", VISITS,
            col(Visit.self_report_on) <= col(Visit.self_report_due_on), by_day=False,
        ),
        Indicator(
            "self_reports.late", "逾期报送", "份", "自查报告晚于期限", VISITS,
            col(Visit.self_report_on) > col(Visit.self_report_due_on), by_day=False,
        ),
        Indicator(
            "self_reports.missing", "逾期未报", "份", "期限已过而没有自查报告", VISITS, _report_missing, by_day=False
        ),
    ),
)  # fmt: skip
FOUND = Section(
    4,
    "发现问题",
    (
        Indicator("findings.confirmed", "认定问题", "个", "认定的问题，计入发现之日；撤销的不计", FINDINGS, CONFIRMED),
        Indicator(
            "findings.paper", "待认定底稿", "个", "现待认定的底稿", FINDINGS,
            col(Finding.state) == FindingState.PAPER.value, by_day=False,
        ),
        Indicator(
            "findings.withdrawn", "撤销问题", "个", "现已撤销的问题（含异议成立）", FINDINGS,
            col(Finding.state) == FindingState.WITHDRAWN.value, by_day=False,
        ),
        Family(
            "findings.severity", "个", "认定的问题，按程度", FINDINGS, (col(Finding.severity),), same,
            said(SEVERITY_LABELS, "{}问题"), where=CONFIRMED,
        ),
        Family(
            "findings.class", "个", "认定的问题，按事项类别", FINDINGS,
            (col(Finding.campaign_id), col(Finding.item)), _class, _class_names, where=CONFIRMED,
        ),
    ),
)  # fmt: skip
