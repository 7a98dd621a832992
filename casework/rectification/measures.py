"""The measures of a rectification plan (整改措施): written, reported as done one by one, asked for at closure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casework.ahead import measures_beside, rows_beside
from casework.desk import Desk
from casework.lights.climbing import ladder_of
from casework.rectification.cases import ActOnCase
from core.errors import InvalidInput
from core.life.sidelife import HORIZON_LABELS, Horizon, PlanState
from models.handling import Measure, RectificationPlan
from models.rectification import Rectification

HORIZONS = {label: code for code, label in HORIZON_LABELS.items()} | {code.value: code for code in Horizon}


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure as it was written; `tracked`: it names its own owner or day."""

    text: str
    owner: str
    due_on: date | None
    horizon: Horizon
    tracked: bool


def read_measures(text: str, owner: str, until: date | None, horizon: Horizon) -> list[MeasureLine]:
    """Return the measures of `措施；措施｜责任人｜日期｜类型`, the words after each bar in any order.

    owner, until, horizon   what holds for the measures that do not say it themselves
    raises                  InvalidInput for a measure without words
    """
    lines = []
    for part in filter(str.strip, re.split("[；;\n]", text)):
        words, *rest = (piece.strip() for piece in re.split("[|｜]", part))
        if not words:
            raise InvalidInput(
                "整改措施没有写明内容",
                found=part.strip(),
                expected="措施｜责任人｜日期｜类型",
                remedy="改正 --set measures=…",
            )
        lines.append(_measure(words, [one for one in rest if one], owner, until, horizon))
    return lines


def _measure(
    words: str, rest: Sequence[str], owner: str, until: date | None, horizon: Horizon
) -> MeasureLine:
    own_day: date | None = None
    own_owner = ""
    for piece in rest:
        if piece in HORIZONS:
            horizon = HORIZONS[piece]
        elif re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", piece):
            own_day = _day(piece)
        else:
            own_owner = piece
    tracked = bool(own_owner or own_day)
    return MeasureLine(words, own_owner or owner, own_day or until, horizon, tracked)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            "措施的时限不是日期", found=text, expected="YYYY-MM-DD", remedy="改正 --set measures=…"
        ) from None


def plans_of(desk: Desk, case_id: int) -> list[RectificationPlan]:
    """Return every version of the plan of a case, oldest first."""
    return rows_beside(desk, RectificationPlan, case_id)


def plan_in_force(desk: Desk, case: Rectification) -> RectificationPlan | None:
    """Return the approved plan of the present round."""
    plans = [one for one in plans_of(desk, case.id) if one.state == PlanState.APPROVED]
    return next((one for one in plans if one.round == case.round), None)


def measures_of(desk: Desk, plan: RectificationPlan) -> list[Measure]:
    """Return the measures of a version, by number."""
    return measures_beside(desk, plan)


def check_measure(deed: ActOnCase) -> None:
    """Refuse to report measures that the plan in force does not have."""
    numbers = deed.values.get("measure")
    if numbers is None:
        return
    plan = plan_in_force(deed.desk, deed.case)
    known = [str(one.number) for one in measures_of(deed.desk, plan)] if plan else []
    wrong = [one for one in _numbers(numbers) if one not in known]
    if wrong or not _numbers(numbers):
        raise InvalidInput(
            "方案中没有这项措施",
            found="、".join(wrong) or numbers,
            expected="已同意的方案中的措施序号：" + ("、".join(known) or "无"),
            remedy="改正 --set measure=1；运行 ducha case show 查看",
        )


def _numbers(text: str) -> list[str]:
    return [one for one in re.split("[、,，]", text.replace(" ", "")) if one]


def tick_measures(deed: ActOnCase) -> None:
    """Note the measures that were reported as done; all of them when the whole work is."""
    numbers = _numbers(deed.values.get("measure", ""))
    if numbers or deed.case.percent == 100:
        finish_measures(deed, None if deed.case.percent == 100 else numbers)


def finish_measures(deed: ActOnCase, numbers: Sequence[str] | None) -> None:
    """Note measures of the plan in force as done on the day of the act; None for all that are left."""
    plan = plan_in_force(deed.desk, deed.case)
    for one in measures_of(deed.desk, plan) if plan else ():
        if one.done_on is None and (numbers is None or str(one.number) in numbers):
            one.done_on, one.done_by = deed.on, deed.desk.actor.code
            one.note = deed.values.get("text") or deed.note
            deed.desk.session.add(one)


def undone(deed: ActOnCase) -> list[Measure]:
    """Return the measures that must be reported before closure and were not, by the rule of the ladder.

    source   ladder, plan.measures_done; 安徽 2019 验收销号: all measures in the plan are done
    """
    rule = ladder_of(deed.desk, deed.case.campaign_id).plan.measures_done
    plan = plan_in_force(deed.desk, deed.case)
    if plan is None or rule == "none" or deed.values.get("done") == "all":
        return []
    numbers = _numbers(deed.values.get("done", ""))
    left = [
        one for one in measures_of(deed.desk, plan) if one.done_on is None and str(one.number) not in numbers
    ]
    return [one for one in left if rule == "each" or one.tracked]
