"""Which lights were lit, and what the units asked for: extensions, suspensions, objections."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import sqlalchemy as sa
from sqlmodel import col

from casework.counts.problems import same
from casework.counts.rectifying import LIT_CASES, REQUESTS, RUNGS
from casework.counts.tallies import Column, Scope
from casework.counts.terms import Family, Indicator, Section
from casework.lights.climbing import palette_of
from core.codes import Light
from core.life.rectification import RequestKind, RequestState
from models.base import table_of
from models.dialects import DaysBetween
from models.rectification import Rectification, Rung, SideRequest


def _words(scope: Scope, found: frozenset[str]) -> dict[str, str]:
    """Return the words of the ladder's colours, lowest first, and of others that were found."""
    palette = palette_of(scope.desk, scope.campaign_id)
    shown = {*palette.lights, *(Light(code) for code in found)} - {Light.NONE}
    return {light.value: palette.word(light) for light in palette.in_order(shown)}


def _lit(wording: str) -> Callable[..., Mapping[str, str]]:
    def labels(scope: Scope, found: frozenset[str]) -> Mapping[str, str]:
        return {code: wording.format(word) for code, word in _words(scope, found).items()}

    return labels


def _again() -> Column:
    """Return the condition that a rung is not the first of its colour for its case."""
    rung = table_of(Rung)
    earlier = rung.alias("earlier")
    same_light = sa.and_(earlier.c.case_id == rung.c.case_id, earlier.c.light == rung.c.light)
    return sa.exists().where(same_light, earlier.c.id < rung.c.id).correlate(rung)


highest, now_lit = col(Rectification.highest_light), col(Rectification.light)
LIGHTS = Section(
    12,
    "预警灯色",
    (
        Indicator("lights.lit", "亮灯", "次", "发出级次的次数，计入亮灯之日", RUNGS),
        Family("lights.lit", "次", "发出级次的次数，按颜色", RUNGS, (col(Rung.light),), same, _lit("亮{}")),
        Family(
            "lights.highest", "件", "整改事项，按曾亮的最高一色", LIT_CASES, (highest,), same, _lit("曾亮最高为{}"),
            where=highest != Light.NONE.value, by_day=False,
        ),
        Family(
            "lights.now", "件", "整改事项，按现在所亮", LIT_CASES, (now_lit,), same, _lit("现亮{}"),
            where=now_lit != Light.NONE.value, by_day=False,
        ),
        Indicator(
            "lights.cleared", "已熄灯", "件", "曾亮灯而现在不亮的整改事项", LIT_CASES,
            sa.and_(now_lit == Light.NONE.value, highest != Light.NONE.value), by_day=False,
        ),
        Indicator(
            "lights.repeated", "同色重复亮灯", "件", "同一事项同一颜色再次亮灯，一件只计一次", RUNGS, _again(),
            distinct=col(Rung.case_id),
        ),
    ),
)  # fmt: skip
_OF_REQUEST = {
    RequestKind.EXTENSION: ("申请延期", "批准延期", "不予延期", "延期待决定"),
    RequestKind.OBJECTION: ("提出异议", "异议成立", "异议不成立", "异议待决定"),
    RequestKind.SUSPENSION: ("申请中止计时", "同意中止计时", "不予中止计时", "中止计时待决定"),
}


def _asked(kind: RequestKind) -> tuple[Indicator, ...]:
    asked, granted, refused, waiting = _OF_REQUEST[kind]
    of_kind, state = col(SideRequest.kind) == kind.value, col(SideRequest.state)

    def one(key: str, label: str, said: str, wanted: RequestState | None, *, by_day: bool) -> Indicator:
        where = of_kind if wanted is None else sa.and_(of_kind, state == wanted.value)
        day = col(SideRequest.decided_on) if wanted in DECIDED else None
        return Indicator(f"{kind.value}.{key}", label, "件", said, REQUESTS, where, day=day, by_day=by_day)

    return (
        one("asked", asked, "申请的件数，计入申请之日", None, by_day=True),
        one("granted", granted, "同意的件数，计入决定之日", RequestState.GRANTED, by_day=True),
        one("refused", refused, "不同意的件数，计入决定之日", RequestState.REFUSED, by_day=True),
        one("waiting", waiting, "现待决定的件数", RequestState.REQUESTED, by_day=False),
    )


DECIDED = (RequestState.GRANTED, RequestState.REFUSED)
EXTENSIONS = Section(
    13,
    "延期与中止",
    (
        *_asked(RequestKind.EXTENSION),
        Indicator(
            "extension.days", "批准延期合计（自然日）", "日", "批准后的到期日减批准前的到期日，逐件相加", REQUESTS,
            sa.and_(
                col(SideRequest.kind) == RequestKind.EXTENSION.value,
                col(SideRequest.state) == RequestState.GRANTED.value,
                col(SideRequest.due_before).is_not(None), col(SideRequest.granted_until_on).is_not(None),
            ),
            amount=DaysBetween(col(SideRequest.granted_until_on), col(SideRequest.due_before)),
            day=col(SideRequest.decided_on),
        ),
        *_asked(RequestKind.SUSPENSION),
    ),
)  # fmt: skip
OBJECTIONS = Section(15, "异议与复查", _asked(RequestKind.OBJECTION))
