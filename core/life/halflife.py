"""The life of a half-month report (半月报): owed from the end of its period, then sent, late, or waived."""

from __future__ import annotations

from enum import StrEnum

from core.life.machines import Machine


class HalfReportState(StrEnum):
    OWED = "owed"
    LATE = "late"
    SENT = "sent"
    WAIVED = "waived"


class HalfReportAct(StrEnum):
    LAPSE = "lapse"
    SEND = "send"
    WAIVE = "waive"


_S, _A = HalfReportState, HalfReportAct
HALF_REPORT = Machine(
    code="half_report",
    thing="半月报",
    moves={
        (_S.OWED, _A.LAPSE): _S.LATE,
        (_S.OWED, _A.SEND): _S.SENT,
        (_S.OWED, _A.WAIVE): _S.WAIVED,
        (_S.LATE, _A.SEND): _S.SENT,
        (_S.LATE, _A.WAIVE): _S.WAIVED,
    },
    state_labels={_S.OWED: "待报", _S.LATE: "逾期未报", _S.SENT: "已报", _S.WAIVED: "免报"},
    act_labels={_A.LAPSE: "登记逾期", _A.SEND: "报送半月报", _A.WAIVE: "免报半月报"},
    actors={
        _A.LAPSE: frozenset({"officer"}),
        _A.SEND: frozenset({"unit", "officer"}),
        _A.WAIVE: frozenset({"director"}),
    },
)
