"""What units file every year, the rules they made, the office's own reports, and 执法监督 cases."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.problems import said, same
from casework.counts.rectifying import CLOSED
from casework.counts.rounds import UNDER_WAY
from casework.counts.tallies import Column, Scope
from casework.counts.terms import Family, Indicator, Section, Source
from core.codes import Line
from core.life.lives import FindingState
from core.life.periodlife import ReportState
from models.base import table_of
from models.campaign import Campaign, Finding, Visit
from models.period import Filing, Institution, Report
from models.rectification import Rectification

FILING_LABELS = {"annual_report": "年度报告", "work_statement": "述法报告"}
FILINGS = Source(
    "filing", table_of(Filing), key=col(Filing.id), office=col(Filing.office_id), unit=col(Filing.unit_id),
    day=col(Filing.due_on), shown=(col(Filing.kind), col(Filing.year), col(Filing.due_on), col(Filing.filed_on)),
)  # fmt: skip
INSTITUTIONS = Source(
    "institution",
    table_of(Institution)
    .outerjoin(table_of(Rectification), col(Rectification.id) == col(Institution.case_id))
    .outerjoin(table_of(Campaign), col(Campaign.id) == col(Rectification.campaign_id)),
    key=col(Institution.id), office=col(Institution.office_id), campaign=col(Rectification.campaign_id),
    unit=col(Institution.unit_id), kind=col(Campaign.kind), day=col(Institution.made_on),
    shown=(col(Institution.title), col(Institution.made_on)),
)  # fmt: skip
REPORTS = Source(
    "report", table_of(Report), key=col(Report.id), office=col(Report.office_id), campaign=col(Report.campaign_id),
    day=col(Report.issued_on), shown=(col(Report.kind), col(Report.year), col(Report.issue), col(Report.title)),
)  # fmt: skip
_FOUND = (
    sa.select(sa.literal(1))
    .where(col(Finding.campaign_id) == col(Visit.campaign_id), col(Finding.unit_id) == col(Visit.unit_id))
    .where(col(Finding.state) == FindingState.CONFIRMED.value)
    .correlate(table_of(Visit))
)
_UNSETTLED = (
    sa.select(sa.literal(1))
    .select_from(
        table_of(Finding).outerjoin(table_of(Rectification), col(Rectification.id) == col(Finding.id))
    )
    .where(col(Finding.campaign_id) == col(Visit.campaign_id), col(Finding.unit_id) == col(Visit.unit_id))
    .where(
        col(Finding.state) == FindingState.CONFIRMED.value,
        sa.func.coalesce(col(Rectification.state), "").not_in((*CLOSED, "withdrawn")),
    )
    .correlate(table_of(Visit))
)
# 案件 is a word of the government line only: one check of one unit that found something.
MATTERS = Source(
    "enforcement_case",
    table_of(Visit).join(table_of(Campaign), col(Campaign.id) == col(Visit.campaign_id)),
    key=col(Visit.id), office=col(Visit.office_id), campaign=col(Visit.campaign_id), unit=col(Visit.unit_id),
    kind=col(Campaign.kind), day=col(Visit.from_on),
    where=(
        col(Campaign.line) == Line.ENFORCEMENT.value, col(Campaign.state).in_(UNDER_WAY), sa.exists(_FOUND),
    ),
    shown=(col(Campaign.code), col(Visit.from_on), col(Visit.place)),
)  # fmt: skip
SOLVED = Source(
    "case",
    table_of(Rectification)
    .join(table_of(Finding), col(Finding.id) == col(Rectification.id))
    .join(table_of(Campaign), col(Campaign.id) == col(Rectification.campaign_id)),
    key=col(Rectification.id), office=col(Rectification.office_id), campaign=col(Rectification.campaign_id),
    unit=col(Rectification.unit_id), kind=col(Campaign.kind), day=col(Finding.found_on),
    where=(col(Campaign.line) == Line.ENFORCEMENT.value, col(Finding.state) == FindingState.CONFIRMED.value),
    shown=(col(Finding.code), col(Rectification.state), col(Finding.problem)),
)  # fmt: skip


def asked(scope: Scope) -> Column:
    """Return the condition that a filing was to be there by now."""
    return sa.or_(col(Filing.due_on) < scope.desk.today, col(Filing.filed_on).is_not(None))


def _missing(scope: Scope) -> Column:
    return sa.and_(col(Filing.filed_on).is_(None), col(Filing.due_on) < scope.desk.today)


ON_TIME = col(Filing.filed_on) <= col(Filing.due_on)
_ISSUED = col(Report.state) == ReportState.ISSUED.value
ENFORCEMENT = Section(
    10,
    "行政执法监督案件",
    (
        Indicator("enforcement.cases", "立案监督", "件", "行政执法监督中发现问题的，一次监督一个单位为一件", MATTERS),
        Indicator(
            "enforcement.settled", "办结案件", "件", "所发现的问题已全部销号（或撤销）的案件", MATTERS,
            sa.not_(sa.exists(_UNSETTLED)), by_day=False,
        ),
        Indicator(
            "enforcement.solved", "解决问题", "个", "行政执法监督中认定、现已销号的问题", SOLVED,
            col(Rectification.state).in_(CLOSED), by_day=False,
        ),
    ),
)  # fmt: skip
ISSUES = (
    Indicator(
        "bulletins.issued", "编发通报", "期", "已印发、编有期号的通报，计入印发之日", REPORTS,
        sa.and_(_ISSUED, col(Report.kind) == "bulletin"),
    ),
    Indicator(
        "reports.half_month", "本单位半月报", "期", "已印发的半月报", REPORTS,
        sa.and_(_ISSUED, col(Report.kind) == "half_month"),
    ),
)  # fmt: skip
MADE = Section(
    16,
    "制度建设",
    (Indicator("institutions.made", "建章立制", "项", "整改中建立、修订的制度，计入制定之日", INSTITUTIONS),),
)
YEARLY = Section(
    18,
    "述法和年度报告",
    (
        Family(
            "filings.filed", "份", "已报送的年度报告、述法报告，计入报送之日", FILINGS, (col(Filing.kind),), same,
            said(FILING_LABELS, "报送{}"), where=col(Filing.filed_on).is_not(None), day=col(Filing.filed_on),
        ),
        Family(
            "filings.in_time", "份", "不晚于期限报送的", FILINGS, (col(Filing.kind),), same,
            said(FILING_LABELS, "按期报送{}"), where=ON_TIME, by_day=False,
        ),
        Family(
            "filings.late", "份", "晚于期限报送的", FILINGS, (col(Filing.kind),), same,
            said(FILING_LABELS, "逾期报送{}"), where=col(Filing.filed_on) > col(Filing.due_on), by_day=False,
        ),
        Family(
            "filings.missing", "份", "期限已过而没有报送的", FILINGS, (col(Filing.kind),), same,
            said(FILING_LABELS, "逾期未报{}"), where=_missing, by_day=False,
        ),
        Family(
            "filings.published", "份", "已向社会公开的，计入公开之日", FILINGS, (col(Filing.kind),), same,
            said(FILING_LABELS, "公开{}"), where=col(Filing.published_on).is_not(None), day=col(Filing.published_on),
        ),
    ),
)  # fmt: skip
