"""The lives of a period of statistics (open, then closed for good) and of a report (drafted, issued, void)."""

from __future__ import annotations

from enum import StrEnum

from core.calendar.periods import PERIOD_LABELS
from core.life.machines import Machine

REPORT_KIND_LABELS = {
    "bulletin": "通报", "campaign": "督察报告", "rectification": "整改总报告",
    **{kind.value: f"{word}报告" for kind, word in PERIOD_LABELS.items()},
}  # fmt: skip


class PeriodState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class PeriodAct(StrEnum):
    CLOSE = "close"


PERIOD_MOVES = {(PeriodState.OPEN, PeriodAct.CLOSE): PeriodState.CLOSED}
PERIOD = Machine(
    code="period",
    thing="统计期",
    moves=PERIOD_MOVES,
    state_labels={PeriodState.OPEN: "未结", PeriodState.CLOSED: "已结"},
    act_labels={PeriodAct.CLOSE: "结账"},
    actors={PeriodAct.CLOSE: frozenset({"officer", "director"})},
)


class ReportState(StrEnum):
    DRAFT = "draft"
    ISSUED = "issued"
    DROPPED = "dropped"
    VOID = "void"


class ReportAct(StrEnum):
    ISSUE = "issue"
    DROP = "drop"
    VOID = "void"


REPORT_MOVES = {
    (ReportState.DRAFT, ReportAct.ISSUE): ReportState.ISSUED,
    (ReportState.DRAFT, ReportAct.DROP): ReportState.DROPPED,
    (ReportState.ISSUED, ReportAct.VOID): ReportState.VOID,
}
REPORT = Machine(
    code="report",
    thing="报告",
    moves=REPORT_MOVES,
    state_labels={
        ReportState.DRAFT: "草稿",
        ReportState.ISSUED: "已印发",
        ReportState.DROPPED: "不再印发",
        ReportState.VOID: "作废",
    },
    act_labels={ReportAct.ISSUE: "印发报告", ReportAct.DROP: "放弃草稿", ReportAct.VOID: "作废报告"},
    actors={
        ReportAct.ISSUE: frozenset({"director"}),
        ReportAct.DROP: frozenset({"officer", "director"}),
        ReportAct.VOID: frozenset({"director"}),
    },
)
