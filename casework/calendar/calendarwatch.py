"""What needs attention about the calendar: next year's table, a proposal that waits, due dates behind the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from casework.calendar.duemoves import due_moves
from casework.desk import Desk
from core.errors import CalendarMissing
from core.life.lives import CalendarState
from core.life.rectification import SETTLED
from models.base import table_of
from models.record import CalendarProposal
from models.rectification import Rectification

CALENDAR_MONTH = 11  # the State Council publishes the next year's holidays about November


def calendar_warnings(desk: Desk) -> Iterator[str]:
    """Yield what a person must do about the calendar."""
    yield from _next_year(desk)
    yield from _waiting(desk)
    yield from _behind(desk)


def page_warnings(desk: Desk) -> Iterator[str]:
    """Yield the same in the words of pages, without working the due dates out anew."""
    year = desk.today.year + 1
    if year not in desk.calendar.years:
        yield f"还没有{year}年的工作日历，跨年的期限不能计算；放假通知公布后请提出该年年表。"
    elif desk.today.month >= CALENDAR_MONTH and desk.calendar.is_provisional(
        date(year, 6, 1), date(year, 6, 1)
    ):
        yield f"{year}年的工作日历是暂定的；放假通知公布后请提出正式年表。"
    if _others(desk):
        yield "有未办结事项的期限是按以前的工作日历推算的；重新提出当年年表，可以看到须顺延的事项。"


def _next_year(desk: Desk) -> Iterator[str]:
    year = desk.today.year + 1
    if desk.today.month < CALENDAR_MONTH:
        return
    if year not in desk.calendar.years:
        yield f"W710 没有{year}年工作日历，跨年期限不能计算：放假通知公布后运行 ducha calendar import"
    elif desk.calendar.is_provisional(date(year, 6, 1), date(year, 6, 1)):
        yield f"W710 {year}年工作日历是暂定的：放假通知公布后运行 ducha calendar import"


def _waiting(desk: Desk) -> Iterator[str]:
    query = select(CalendarProposal.year, CalendarProposal.proposed_by).where(
        col(CalendarProposal.office_id) == desk.office_id,
        col(CalendarProposal.state) == CalendarState.PROPOSED.value,
    )
    for year, proposer in desk.session.exec(query.order_by(col(CalendarProposal.year))):
        yield (
            f"{year}年工作日历由 {proposer} 提出，尚未生效：另一人核对（ducha calendar proposals）后"
            f"运行 ducha calendar confirm {year}"
        )


def _behind(desk: Desk) -> Iterator[str]:
    """Tell of open due dates that the present calendar puts later: a rule file or a local holiday was changed."""
    if not _others(desk):
        return
    try:
        late = [one for one in due_moves(desk, desk.calendar) if one.moves]
    except CalendarMissing:
        return  # INV-5 tells it
    if late:
        years = "、".join(str(year) for year in sorted({one.after.year for one in late}))
        yield (
            f"{len(late)}件未办结事项的期限早于按现行工作日历的推算（{late[0].code}等，{years}年）："
            "运行 ducha calendar import 重新提出该年年表，两人确认后核定"
        )


def _others(desk: Desk) -> bool:
    """Tell whether any open due date was counted with another calendar; else there is nothing to derive."""
    case = table_of(Rectification)
    query = sa.select(case.c.id).where(
        case.c.office_id == desk.office_id,
        case.c.due_on.is_not(None),
        case.c.state.not_in(sorted(SETTLED)),
        case.c.calendar_version != desk.calendar.version,
    )
    return desk.session.connection().execute(query.limit(1)).first() is not None
