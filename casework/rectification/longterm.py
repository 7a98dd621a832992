"""Long-term rectification (长期整改): stage goals with days of review, no extension; the lights follow those days."""

from __future__ import annotations

import calendar
import re
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import ladder_of
from casework.lights.duedates import name_due
from casework.rectification.cases import ActOnCase
from casework.rectification.requests import check_asking_day, check_post, start_due_version
from casework.rectification.siderequests import (
    need_endorsement,
    need_open,
    new_request,
    refuse_second,
    requests_of,
    settle_with,
)
from casework.tasks import finish_for, open_task
from core.errors import InvalidInput, Refused
from core.life.rectification import RequestKind, RequestState
from core.life.sidelife import RequestAct
from models.base import key_of
from models.handling import StageGoal
from models.rectification import SideRequest

STAGE = re.compile(r"\s*([0-9]{4}-[0-9]{2}-[0-9]{2})\s*[:：]?\s*(\S.*?)\s*", re.DOTALL)
KIND = RequestKind.LONG_TERM


def read_stages(text: str) -> list[tuple[date, str]]:
    """Return the stage goals of `日期 目标；日期 目标`, in their order; raise InvalidInput for a part that is none."""
    stages = []
    for part in filter(str.strip, re.split("[；;\n]", text)):
        found = STAGE.fullmatch(part)
        try:
            day = date.fromisoformat(found[1]) if found else None
        except ValueError:
            day = None
        if found is None or day is None:
            raise InvalidInput(
                "阶段目标的写法不正确",
                found=part.strip(),
                expected="复核日期 阶段目标，多项以；分开",
                remedy="例如 --set stages='2026-09-30 完成清理；2027-03-31 建成制度'",
            )
        stages.append((day, found[2]))
    return stages


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def check_long_term_request(deed: ActOnCase) -> None:
    """Refuse a long term without stages, out of order, too long, or with reviews too far apart.

    source   ladder, long_term; 审计整改“长期持续整改”: stage goals, day of the next review, expected end
    """
    limits = ladder_of(deed.desk, deed.case.campaign_id).long_term
    check_asking_day(deed, limits.ask_before_workdays, "长期整改")
    refuse_second(deed)
    until = deed.day("until")
    assert until is not None  # checked with the day of asking
    if until > (latest := months_after(deed.on, limits.max_months)):
        raise _wrong("长期整改的期限过长", until, f"不晚于 {latest}（最长{limits.max_months}个月）", "until")
    stages = read_stages(deed.values["stages"])
    if not stages:
        raise _wrong("长期整改须写明阶段目标", None, "至少一项：复核日期 阶段目标", "stages")
    before = deed.case.due_on
    assert before is not None  # checked with the day of asking
    for number, (day, _goal) in enumerate(stages, 1):
        if day < before or (day == before and number > 1):
            raise _wrong(
                "阶段复核日的次序不对", day, f"不早于现期限 {deed.case.due_on}，且依次在后", "stages"
            )
        if day > (most := months_after(max(before, deed.on), limits.review_max_months)):
            raise _wrong(
                "两次复核相隔过久", day, f"不晚于 {most}（至多{limits.review_max_months}个月）", "stages"
            )
        before = day
    if before != until:
        raise _wrong("最后一次复核日应是预计完成日", before, until.isoformat(), "stages")


def _wrong(what: str, found: date | None, expected: str, key: str) -> InvalidInput:
    return InvalidInput(what, found=str(found or "空"), expected=expected, remedy=f"改正 --set {key}=…")


def request_long_term(deed: ActOnCase) -> None:
    """File the request with its stage goals."""
    request = new_request(deed, KIND)
    for number, (day, goal) in enumerate(read_stages(deed.values["stages"]), 1):
        stage = StageGoal(request_id=key_of(request), number=number, goal=goal, review_on=day)
        deed.desk.session.add(stage)


def check_long_term_decision(deed: ActOnCase) -> None:
    """Refuse a decision that nobody asked for, of too low a post, or on what the unit's leader has not seen."""
    request = need_open(deed, KIND)
    limits = ladder_of(deed.desk, deed.case.campaign_id).long_term
    if deed.values["verdict"] == "granted":
        check_post(deed, limits.approver, "批准长期整改的级别不够")
        need_endorsement(request, asked=limits.endorsed)
        first = stages_of(deed, request)[0].review_on
        if deed.case.due_on is None or first < deed.case.due_on:
            raise Refused(
                "首个复核日早于现期限",
                found=first.isoformat(),
                expected=f"不早于 {deed.case.due_on}",
                remedy="由单位撤回后按现期限重新申请",
            )
    else:
        deed.need_note()
    deed.detail["request"] = request.number


def decide_long_term(deed: ActOnCase) -> None:
    """Settle the request; a granted one moves the due date to the first day of review."""
    request = need_open(deed, KIND)
    granted = deed.values["verdict"] == "granted"
    settle_with(deed, request, RequestAct.GRANT if granted else RequestAct.REFUSE, deed.values["verdict"])
    if granted:
        request.granted_until_on = request.until_on
        _go_to(deed, request, stages_of(deed, request)[0])


def _go_to(deed: ActOnCase, request: SideRequest, stage: StageGoal) -> None:
    """Make a day of review the due date, and a task of it; the original date stays on the case."""
    before = deed.case.due_on
    if before != stage.review_on:
        start_due_version(deed)
        name_due(
            deed.desk, deed.case, stage.review_on, before=before, long_term=request.number, stage=stage.number
        )
    open_task(
        deed.desk,
        _task_key(deed, stage),
        kind="review_stage",
        title=f"复核长期整改阶段目标：{deed.finding.code} 第{stage.number}项",
        subject="case",
        subject_id=deed.case.id,
        role="officer",
        due_on=stage.review_on,
        unit_id=deed.case.unit_id,
    )


def _task_key(deed: ActOnCase, stage: StageGoal) -> str:
    return f"case:{deed.case.id}:stage:{stage.id}"


def stages_of(deed: ActOnCase, request: SideRequest) -> list[StageGoal]:
    """Return the stage goals of a request, by number."""
    query = select(StageGoal).where(col(StageGoal.request_id) == request.id)
    return list(deed.desk.session.exec(query.order_by(col(StageGoal.number))))


def current_stage(desk: Desk, case_id: int) -> StageGoal | None:
    """Return the stage of the long term in force that is up for review; None when there is none."""
    query = (
        select(StageGoal)
        .join(SideRequest, col(SideRequest.id) == col(StageGoal.request_id))
        .where(
            col(SideRequest.case_id) == case_id,
            col(SideRequest.kind) == KIND.value,
            col(SideRequest.state) == RequestState.GRANTED.value,
            col(SideRequest.ends_on).is_(None),
            sa.or_(col(StageGoal.verdict).is_(None), col(StageGoal.verdict) == "missed"),
        )
        .order_by(col(SideRequest.number).desc(), col(StageGoal.number))
    )
    return desk.session.exec(query).first()


def _need_stage(deed: ActOnCase) -> tuple[SideRequest, StageGoal]:
    stage = current_stage(deed.desk, deed.case.id)
    if stage is None:
        raise Refused(
            "没有待复核的阶段目标",
            found="0项",
            expected="获批长期整改的阶段目标",
            remedy="按期限整改并申请销号",
        )
    return deed.desk.session.get_one(SideRequest, stage.request_id), stage


def end_long_term(deed: ActOnCase) -> None:
    """Let the long term in force end with its case."""
    for request in requests_of(deed, KIND):
        if request.state == RequestState.GRANTED and request.ends_on is None:
            request.ends_on = deed.on
            deed.desk.session.add(request)


def check_stage_review(deed: ActOnCase) -> None:
    """Refuse a review without a stage, or without its words."""
    deed.need_note()
    request, stage = _need_stage(deed)
    deed.detail |= {"request": request.number, "stage": stage.number}


def review_stage(deed: ActOnCase) -> None:
    """Note whether a stage goal was met; then the due date goes on to the next day of review, else it stays."""
    request, stage = _need_stage(deed)
    stage.verdict, stage.note = deed.values["verdict"], deed.note
    stage.reviewed_on, stage.reviewed_by = deed.on, deed.desk.actor.code
    deed.desk.session.add(stage)
    finish_for(deed.desk, _task_key(deed, stage), deed.note)
    following = next((one for one in stages_of(deed, request) if one.number == stage.number + 1), None)
    if stage.verdict == "met" and following is not None:
        _go_to(deed, request, following)
