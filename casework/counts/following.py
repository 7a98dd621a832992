"""Repeat findings (屡查屡犯): how many problems came back, and at how many units."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.problems import FINDINGS
from casework.counts.terms import Indicator
from core.life.lives import FindingState
from models.campaign import Finding

_REPEAT = sa.and_(col(Finding.repeat_of).is_not(None), col(Finding.state) == FindingState.CONFIRMED.value)
REPEATS = (
    Indicator(
        "findings.repeats", "屡查屡犯问题", "个", "同一单位（含其前身）同一事项在规定年限内再次认定的问题",
        FINDINGS, _REPEAT,
    ),
    Indicator(
        "findings.raised", "因屡查屡犯上调程度", "个", "因再次认定而上调程度的问题", FINDINGS,
        sa.and_(_REPEAT, col(Finding.raised_from).is_not(None)),
    ),
    Indicator(
        "findings.repeat_units", "有屡查屡犯问题的单位", "家", "单位只计一次", FINDINGS, _REPEAT,
        distinct=col(Finding.unit_id),
    ),
)  # fmt: skip
