"""Look-backs (回头看) after closure: dated by the ladder or drawn by quarter, due ones given to a verifier."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import ladder_of
from casework.rectification.cases import ActOnCase, act_on_case, find_case
from casework.staff.drawing import keep_draw
from casework.staff.people import require_role
from casework.tasks import finish_for, open_task
from core.calendar.workdays import Period
from core.codes import Light
from core.errors import CalendarMissing, InvalidInput, Refused
from core.life.rectification import CaseAct, CaseState
from core.life.tasklife import TaskState
from core.lookbackrules import how_many, look_back_day, quarter_of, read_quarter, write_quarter
from models.campaign import Finding
from models.organisation import Unit
from models.pool import Draw
from models.rectification import Rectification
from models.task import Task

DRAW = "look_back_draw"  # the kind of the task to draw for a quarter
LEAD_WORKDAYS = 5  # so many working days before its day a verifier is told
Row = tuple[Rectification, Finding, Unit]


def watch_look_backs(desk: Desk) -> dict[str, object]:
    """Date what the ladders look back at without drawing, tell verifiers what is near, and ask for the draw."""
    dated, waiting = _date_named(desk)
    return {"dated": dated, "waiting": waiting, "due": _tell_verifiers(desk), "to_draw": _ask_for_draw(desk)}


def _rows(desk: Desk, state: CaseState, *within: sa.ColumnElement[bool]) -> list[Row]:
    query = (
        select(Rectification, Finding, Unit)
        .join(Finding, col(Finding.id) == col(Rectification.id))
        .join(Unit, col(Unit.id) == col(Rectification.unit_id))
        .where(
            col(Rectification.office_id) == desk.office_id,
            col(Rectification.state) == state.value,
            col(Rectification.closed_on).is_not(None),
            *within,
        )
        .order_by(col(Finding.code))
    )
    return [(case, finding, unit) for case, finding, unit in desk.session.exec(query)]


def is_named(desk: Desk, case: Rectification) -> bool:
    """Tell whether the highest colour of a case asks for a look-back without drawing."""
    return Light(case.highest_light) in ladder_of(desk, case.campaign_id).clearing.look_back_lights


def usual_day(desk: Desk, case: Rectification) -> date:
    """Return the day of a look-back when nobody names another: the last of the observation period.

    raises   CalendarMissing
    """
    assert case.closed_on is not None  # asked of closed cases only
    days = ladder_of(desk, case.campaign_id).clearing.observation_workdays
    return look_back_day(desk.calendar, case.closed_on, days, desk.today)


def _date_named(desk: Desk) -> tuple[int, int]:
    """Date the closed cases whose colour asks for it; return how many, and how many wait for a calendar."""
    dated = waiting = 0
    for case, finding, _unit in _named(desk):
        try:
            day = usual_day(desk, case)
        except CalendarMissing:
            waiting += 1  # the year's table will come; nothing is guessed meanwhile
            continue
        _date(desk, finding.code, day, "按灯色应当回头看")
        dated += 1
    return dated, waiting


def _named(desk: Desk) -> list[Row]:
    """Return the closed cases whose colour asks for a look-back, without reading those of all years that need none."""
    closed = (col(Rectification.campaign_id), col(Rectification.highest_light))
    query = select(*closed).where(
        col(Rectification.office_id) == desk.office_id, col(Rectification.state) == CaseState.CLOSED.value
    )
    named = [
        (campaign, light)
        for campaign, light in desk.session.exec(query.distinct())
        if Light(light) in ladder_of(desk, campaign).clearing.look_back_lights
    ]
    return _rows(desk, CaseState.CLOSED, sa.tuple_(*closed).in_(named)) if named else []


def _date(desk: Desk, code: str, day: date, note: str) -> Rectification:
    values = {"on": day.isoformat()}
    return act_on_case(desk, code, CaseAct.SCHEDULE_LOOK_BACK.value, note=note, values=values)


def date_look_back(desk: Desk, code: str, on: date | None = None, note: str = "") -> Rectification:
    """Date the look-back at a closed case, or move it to another day with a reason.

    on   None for the last day of the observation period
    """
    case, _finding = find_case(desk, code)
    if case.state == CaseState.LOOK_BACK and not note.strip():
        raise InvalidInput(
            "变更回头看日期须写明理由", found="空", expected="一句理由", remedy="加上 --note 理由"
        )
    if case.closed_on is None:
        raise Refused(
            "事项尚未销号", found=case.state, expected="已销号的事项", remedy="销号后再确定回头看日期"
        )
    return _date(desk, code, on or usual_day(desk, case), note or "确定回头看日期")


def task_key(case: Rectification) -> str:
    """Return the cause of the task to look back at a case on its day."""
    return f"look_back:{case.id}:{case.round}:{case.look_back_on}"


def _tell_verifiers(desk: Desk) -> int:
    """Open a task for every look-back that is near, and end those whose day was moved or that are over."""
    try:
        horizon = desk.calendar.after(desk.today, LEAD_WORKDAYS)
    except CalendarMissing:
        horizon = desk.today + timedelta(LEAD_WORKDAYS)
    opened, wanted = 0, set()
    for case, finding, unit in _rows(desk, CaseState.LOOK_BACK):
        wanted.add(task_key(case))
        if case.look_back_on is None or case.look_back_on > horizon:
            continue
        task = open_task(
            desk, task_key(case), kind="look_back", subject="case", subject_id=case.id,
            title=f"回头看：{unit.name} {finding.code}", role="verifier", due_on=case.look_back_on,
            unit_id=case.unit_id,
        )  # fmt: skip
        opened += task is not None
    for key in _open_keys(desk, "look_back"):
        if key not in wanted:
            finish_for(desk, key, "日期已变更或者事项已办理")
    return opened


def _open_keys(desk: Desk, kind: str) -> Sequence[str]:
    """Return the causes of the open tasks of a kind."""
    query = select(Task.key).where(
        col(Task.office_id) == desk.office_id,
        col(Task.kind) == kind,
        col(Task.state) == TaskState.OPEN.value,
    )
    return desk.session.exec(query).all()


def end_look_back(deed: ActOnCase) -> None:
    """End the task of a look-back that has been carried out."""
    finish_for(deed.desk, task_key(deed.case), deed.values.get("verdict", ""))


def _undrawn(desk: Desk, period: Period) -> dict[int, list[Row]]:
    """Return {share: closed cases of a quarter that no colour names}, the share being that of their ladder."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in _rows(
        desk, CaseState.CLOSED, col(Rectification.closed_on).between(period.from_on, period.to_on)
    ):
        case = row[0]
        if not is_named(desk, case):
            found[ladder_of(desk, case.campaign_id).clearing.look_back_percent].append(row)
    return {percent: rows for percent, rows in found.items() if percent}


def _scope(quarter: str, percent: int) -> str:
    return f"{quarter}销号、未规定全部回头看的事项，抽取{percent}%"


def _is_drawn(desk: Desk, quarter: str, percent: int) -> bool:
    query = select(Draw.id).where(
        col(Draw.office_id) == desk.office_id,
        col(Draw.kind) == "cases",
        col(Draw.scope) == _scope(quarter, percent),
    )
    return desk.session.exec(query).first() is not None


def draw_look_backs(desk: Desk, quarter: str, seed: str | None = None) -> list[Draw]:
    """Draw the share of a quarter's closed cases that is looked back at, and date the drawn ones.

    A quarter is drawn once, when it is over: nobody draws again until the result suits.
    raises   InvalidInput, Refused; nothing is changed then
    """
    require_role(desk, ("officer", "director"), "抽取回头看事项")
    period = read_quarter(quarter)
    name = write_quarter(period)
    if period.to_on >= desk.today:
        raise Refused("本季度尚未结束", found=name, expected=f"{period.to_on}之后", remedy="季度结束后抽取")
    draws = []
    for percent, rows in sorted(_undrawn(desk, period).items()):
        if _is_drawn(desk, name, percent):
            continue
        codes = sorted(finding.code for _case, finding, _unit in rows)
        scope = _scope(name, percent)
        made = keep_draw(desk, "cases", codes, how_many(len(codes), percent), "回头看", scope, seed)
        for code in made.picked.split("\n"):
            case, _finding = find_case(desk, code)
            _date(desk, code, usual_day(desk, case), f"{name}抽中（抽取{made.id}）")
        draws.append(made)
    if not draws:
        raise Refused(
            "没有可抽取的事项，或者本季度已经抽取",
            found=name,
            expected="有已销号、尚未抽取的事项的季度",
            remedy="运行 ducha lookback list 查看",
        )
    finish_for(desk, _draw_key(name), "已抽取")
    return draws


def _draw_key(quarter: str) -> str:
    return f"{DRAW}:{quarter}"


def _is_to_draw(desk: Desk, quarter: str) -> bool:
    shares = _undrawn(desk, read_quarter(quarter))
    return any(not _is_drawn(desk, quarter, percent) for percent in shares)


def _ask_for_draw(desk: Desk) -> int:
    """Ask an officer to draw for the quarter before this one, once it is over, and ask no more when nothing is left.

    What was closed in a quarter may be dated by hand, or taken up again, before anybody draws.
    """
    for key in _open_keys(desk, DRAW):
        if not _is_to_draw(desk, key.removeprefix(_draw_key(""))):
            finish_for(desk, key, "已经没有需要抽取的事项")
    name = write_quarter(quarter_of(quarter_of(desk.today).from_on - timedelta(1)))
    if not _is_to_draw(desk, name):
        return 0
    task = open_task(
        desk, _draw_key(name), kind=DRAW, subject="office", subject_id=desk.office_id,
        title=f"抽取{name}销号事项的回头看（ducha lookback draw --period {name}）", role="officer",
        due_on=desk.calendar.after(desk.today, LEAD_WORKDAYS),
    )  # fmt: skip
    return int(task is not None)


def list_look_backs(desk: Desk, *, unit: str | None = None) -> Iterator[dict[str, object]]:
    """Yield every closed case with where its look-back stands: dated, due, overdue, undrawn, or observed out."""
    rows = [*_rows(desk, CaseState.LOOK_BACK), *_rows(desk, CaseState.CLOSED)]
    if desk.actor.speaks_for_unit:
        unit = desk.actor.unit_code
    for case, finding, its in sorted(rows, key=lambda row: (row[0].look_back_on or date.max, row[1].code)):
        if unit is None or its.code == unit:
            yield {
                "id": finding.code,
                "unit": its.code,
                "closed_on": case.closed_on,
                "look_back_on": case.look_back_on,
                "status": status_of(desk, case),
                "rebounds": case.rebounds,
            }


def status_of(desk: Desk, case: Rectification) -> str:
    """Return where the look-back at a closed case stands: dated, due, overdue, undated, undrawn or observed."""
    if case.state == CaseState.CLOSED:
        if is_named(desk, case):
            return "undated"
        return "observed" if _is_observed(desk, case) else "undrawn"
    day = case.look_back_on or desk.today
    return "overdue" if day < desk.today else "due" if day == desk.today else "dated"


def _is_observed(desk: Desk, case: Rectification) -> bool:
    """Tell whether the observation period of a closed case is over."""
    assert case.closed_on is not None  # asked of closed cases only
    days = ladder_of(desk, case.campaign_id).clearing.observation_workdays
    try:
        return desk.calendar.after(case.closed_on, days) < desk.today
    except CalendarMissing:
        return False
