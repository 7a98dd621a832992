"""Suspension (中止计时) with its legal ground: the clock stands still, and somebody looks again every so often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import ladder_of
from casework.lights.duedates import count_due
from casework.rectification.cases import ActOnCase
from casework.rectification.siderequests import new_request, requests_of, settle_with
from casework.tasks import open_task
from core.errors import InvalidInput
from core.ladders.ladderfacts import review_days
from core.life.rectification import CLOCK_RUNS, RequestKind
from core.life.sidelife import RequestAct
from core.rulebook import Ladder
from models.campaign import Finding
from models.rectification import Rectification


def check_suspension(deed: ActOnCase) -> None:
    """Refuse a suspension without a ground of the closed list; without its code, the words of the reason tell it.

    source   ladder, suspensions; 监督不与复议、诉讼、立案程序重复
    """
    deed.need_note()
    deed.detail["basis"] = basis_of(ladder_of(deed.desk, deed.case.campaign_id), deed.values, deed.note)


def basis_of(ladder: Ladder, values: Mapping[str, str], note: str) -> str:
    """Return the code of the ground, empty where the rules list none; raise InvalidInput naming the grounds."""
    given = values.get("basis", "")
    if not ladder.suspensions:
        return given
    known = {one.code: one for one in ladder.suspensions}
    if given in known:
        return given
    if not given:
        for one in ladder.suspensions:
            if any(word in note for word in (one.label, *one.words)):
                return one.code
    raise InvalidInput(
        "中止计时须有法定事由",
        found=given or note,
        expected="、".join(f"{one.code} {one.label}" for one in ladder.suspensions),
        remedy="加上 --set basis=事由代码",
    )


def suspend_clock(deed: ActOnCase) -> None:
    """Stop the clock from a day on, with its ground as a granted suspension."""
    request = new_request(deed, RequestKind.SUSPENSION)
    request.basis = str(deed.detail.get("basis", ""))
    settle_with(deed, request, RequestAct.GRANT, "granted")
    deed.case.suspended_on = deed.on


def resume_clock(deed: ActOnCase) -> None:
    """Start the clock again: the due date moves by the working days that were suspended."""
    case, desk = deed.case, deed.desk
    assert case.suspended_on is not None  # checked by the table of moves
    days = max(0, desk.calendar.between(case.suspended_on, deed.on))
    for request in requests_of(deed, RequestKind.SUSPENSION)[-1:]:
        if request.ends_on is None:
            request.ends_on = deed.on
            desk.session.add(request)
    case.suspended_on = None
    if case.due_on is not None and days:
        count_due(desk, case, case.due_on, days, before=case.due_on, suspended_workdays=days)


def watch_suspensions(desk: Desk) -> dict[str, object]:
    """Open a task for every suspension whose day of review has come; the last one only, however late the watch is."""
    opened = 0
    for case, code in _suspended(desk):
        ladder = ladder_of(desk, case.campaign_id)
        every = next((e.review_workdays for e in ladder.events.values() if e.effect == "pause"), None)
        if every is None or case.suspended_on is None:
            continue
        day, _next = review_days(desk.calendar, case.suspended_on, every, desk.today)
        if day is not None:
            task = open_task(
                desk,
                f"case:{case.id}:suspension:{case.suspended_on}:{day}",
                kind="review_suspension",
                title=f"复核中止计时是否仍有必要：{code}",
                subject="case",
                subject_id=case.id,
                role="officer",
                due_on=day,
                unit_id=case.unit_id,
            )
            opened += task is not None
    return {"opened": opened}


def _suspended(desk: Desk) -> Iterator[tuple[Rectification, str]]:
    query = (
        select(Rectification, Finding.code)
        .where(
            col(Rectification.office_id) == desk.office_id,
            col(Rectification.id) == col(Finding.id),
            col(Rectification.suspended_on).is_not(None),
            col(Rectification.state).in_(sorted(CLOCK_RUNS)),
        )
        .order_by(col(Rectification.id))
    )
    yield from desk.session.exec(query).all()
