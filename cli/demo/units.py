"""What the units do: acknowledge, report their plans, progress and results, ask for time, object, or keep silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk
from casework.paperwork.documents import find_document
from casework.paperwork.papers import file_of
from casework.paperwork.replies import import_reply
from casework.paperwork.serving import serve_document
from casework.rectification.cases import act_on_case, find_case
from cli.demo.views import CaseView, PaperView, read_papers
from cli.demo.world import OLD, RELUCTANT, Course, World
from core.codes import DocumentContent
from core.life.rectification import CaseState
from delivery.sheets.answer import AnswerProblem, write_answer
from delivery.sheets.answer_return import read_answer_meta
from models.document import Document, DocumentCase

WAKING_DAYS = 8
AWAY = "T011"  # its mailbox lies outside the office's domain, nobody reads it daily
HIDDEN = ("referral_letter", "hand_over_letter", "linkage_reply", "lead_reply")  # no unit ever gets these
# Working days from the due date on which a course asks for closure; negative is before.
CLOSES = {
    Course.EARLY: -7, Course.REBOUND: -7, Course.LATE: 3, Course.LONG_LATE: 8, Course.REFUSED: 2, Course.REWORK: -3,
}  # fmt: skip
TEXTS = {
    "measure": "逐件核对反馈的问题并补正；对同类工作全面自查，列出清单；修订内部流程，明确经办、审核和复查责任。",
    "progress": "已完成问题核对和补正，自查清单已形成，正在修订内部流程。",
    "result": "反馈的问题已逐件整改，同类问题自查完毕，修订后的流程已印发执行。",
    "extension": "整改涉及历年案卷补正和系统改造，工作量大，需延长时间。",
    "thin": "近期工作较多，人手不足。",
    "right": "该事项由上级主管部门直接办理，不属于本单位职责，附职责文件。",
    "wrong": "该问题属个别工作人员疏忽，建议不作为单位问题认定。",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a unit says about one problem today; `wish` is 申请 in the words of the form."""

    case: CaseView
    measure: str = ""
    percent: int | None = None
    wish: str = "无"
    reason: str = ""
    until: date | None = None


def live(world: World) -> None:
    """Let every unit do its part of the day."""
    _acknowledge(world)
    world.look()
    by_notice: dict[tuple[str, str], list[Answer]] = {}
    for case in world.cases:
        answer = _answer(world, case)
        if answer is not None:
            by_notice.setdefault((case.unit, case.campaign), []).append(answer)
    for (unit, campaign), answers in by_notice.items():
        if int(unit[1:]) % 3 == 0 and campaign != OLD:  # an old ledger came without forms
            _send_workbook(world, unit, answers)
        else:
            _act_in_portal(world, unit, answers)


def _acknowledge(world: World) -> None:
    """Sign for what arrived: most units within two working days, some never."""
    with world.desk(readonly=True) as desk:
        papers = read_papers(desk, "issued")
    arrived: dict[str, list[PaperView]] = {}
    for paper in papers:
        delay = 1 + int(paper.unit[1:]) % 2
        reluctant = world.courses[paper.unit] in RELUCTANT or paper.unit == AWAY
        if not paper.is_signed or paper.kind in HIDDEN or reluctant or paper.issued_on is None:
            continue
        if world.calendar.between(paper.issued_on, world.today) >= delay:
            arrived.setdefault(paper.unit, []).append(paper)
    state = {case.code: case.state for case in world.cases}
    for unit, waiting in arrived.items():
        with world.desk(by=f"{unit}:liaison") as desk:
            for paper in waiting:
                _sign_for(
                    desk, paper, [code for code in paper.cases if state.get(code) in ("open", "planned")]
                )


def _sign_for(desk: Desk, paper: PaperView, open_cases: Sequence[str]) -> None:
    if find_document(desk, paper.id).state != "issued":
        return  # an acknowledgement a moment ago covered this paper too
    if open_cases:
        act_on_case(desk, open_cases[0], "acknowledge")
    else:
        serve_document(desk, paper.id, "acknowledgement", desk.today, note="联络员在线签收")


def _answer(world: World, case: CaseView) -> Answer | None:
    """Return what the unit says about a problem today, if anything."""
    course = world.course(case)
    if case.served_on is None or case.due_on is None or case.suspended_on is not None:
        return None
    if course in RELUCTANT and not _wakes(world, case, course):
        return None
    if case.state == CaseState.OPEN:
        return _open_answer(world, case, course)
    if case.state == CaseState.RECTIFYING:
        return _working_answer(world, case, course)
    return None


def _wakes(world: World, case: CaseView, course: Course) -> bool:
    """Say whether a silent unit has begun to work: some days after the black light."""
    return (
        course is Course.SILENT and case.highest == "black" and world.turn("black" + case.code) >= WAKING_DAYS
    )


def _open_answer(world: World, case: CaseView, course: Course) -> Answer | None:
    if course in (Course.RIGHT, Course.WRONG) and case.code not in world.asked:
        if case.waiting:
            return None
        world.asked.add(case.code)
        return Answer(case, wish="异议", reason=TEXTS["right" if course is Course.RIGHT else "wrong"])
    assert case.served_on is not None  # looked at by the caller
    delay = {Course.LATE: 9, Course.LONG_LATE: 12, Course.SILENT: 0}.get(course, 3)
    if case.waiting or world.calendar.between(case.served_on, world.today) < delay:
        return None
    return Answer(case, measure=TEXTS["measure"])


def _working_answer(world: World, case: CaseView, course: Course) -> Answer | None:
    assert case.due_on is not None
    left = world.calendar.between(world.today, case.due_on)
    asks = course in (Course.EXTENDED, Course.REFUSED) and case.code not in world.asked
    if asks and 3 <= left <= 5:
        world.asked.add(case.code)
        reason = TEXTS["extension" if course is Course.EXTENDED else "thin"]
        return Answer(case, wish="延期", reason=reason, until=world.calendar.after(case.due_on, 5))
    if case.waiting:
        return None
    if _closes_today(world, case, course, left):
        return Answer(case, percent=100, wish="销号", reason="已完成整改，申请核查销号。")
    slow = course in (Course.LATE, Course.LONG_LATE, Course.SILENT)
    if case.percent == 0 and not slow and left <= 8:
        return Answer(case, percent=70 if course is not Course.REFUSED else 30)
    return None


def _closes_today(world: World, case: CaseView, course: Course, left: int) -> bool:
    if case.campaign == OLD and case.round == 1:
        return world.age(case) >= 5 + int(case.unit[1:]) % 9
    if case.returns:
        return world.age(case) >= (8 if course is Course.FALSE else 4)
    if course is Course.SILENT:
        return world.age(case) >= 6
    return -left >= CLOSES.get(course, -2)


def _act_in_portal(world: World, unit: str, answers: Sequence[Answer]) -> None:
    with world.desk(by=f"{unit}:liaison") as desk:
        for answer in answers:
            code = answer.case.code
            if answer.measure:
                act_on_case(
                    desk, code, "submit_plan", values={"measures": f"{answer.measure}（责任人：分管负责人）"}
                )
            elif answer.wish == "销号":
                act_on_case(desk, code, "apply_closure", note=TEXTS["result"], files=_proof(world, answer))
            elif answer.wish == "延期":
                assert answer.until is not None  # given with every wish for time
                values = {"until": answer.until.isoformat()}
                act_on_case(desk, code, "request_extension", note=answer.reason, values=values)
            elif answer.wish == "异议":
                act_on_case(desk, code, "object", note=answer.reason)
            else:
                values = {"percent": str(answer.percent), "text": TEXTS["progress"]}
                act_on_case(desk, code, "report_progress", values=values)


def _proof(world: World, answer: Answer) -> list[Path]:
    """Write the evidence of a closure; the false one is the copy of another unit's report."""
    case = answer.case
    path = world.folder("evidence") / f"整改报告-{case.code}-{case.returns + 1}.txt"
    owner = (
        "（以下内容与其他单位报告雷同）" if world.course(case) is Course.FALSE and not case.returns else ""
    )
    path.write_text(f"{case.code}整改情况报告\n{case.problem}\n{TEXTS['result']}{owner}\n", encoding="utf-8")
    return [path]


def _send_workbook(world: World, unit: str, answers: Sequence[Answer]) -> None:
    """Fill the form that came with the notice and send it back with the evidence."""
    with world.desk(readonly=True) as desk:
        case, _finding = find_case(desk, answers[0].case.code)
        notice = desk.session.exec(
            select(Document)
            .join(DocumentCase, col(DocumentCase.document_id) == col(Document.id))
            .where(
                col(DocumentCase.case_id) == case.id,
                col(Document.content_kind) == DocumentContent.FINDINGS.value,
            )
        ).one()
        meta = read_answer_meta(file_of(desk, notice, "answer").content, name="整改情况报告表.xlsx")
        problems = [AnswerProblem(code, find_case(desk, code)[1].problem, due) for code, due in meta.due]
    filled = {
        answer.case.code: _row(world, answer) for answer in answers if answer.case.code in dict(meta.due)
    }
    number = world.turn(f"reply {unit}") + 1
    path = world.folder("replies") / f"整改情况报告表-{unit}-{number}.xlsx"
    path.write_bytes(write_answer(meta, problems, made_on=world.today, filled=filled))
    with world.desk(by=f"{unit}:liaison") as desk:
        import_reply(desk, path, world.folder("evidence"))


def _row(world: World, answer: Answer) -> dict[str, str | date]:
    row: dict[str, str | date] = {"申请": answer.wish}
    if answer.measure:
        row |= {"整改措施": answer.measure, "责任人": "分管负责人"}
    if answer.reason:
        row["申请说明"] = answer.reason
    if answer.until is not None:
        row["申请延至"] = answer.until
    if answer.percent is not None:
        row |= {"进展": TEXTS["progress"], "完成率": f"{answer.percent}%"}
    if answer.wish == "销号":
        row |= {"完成情况": TEXTS["result"], "佐证材料": _proof(world, answer)[0].name}
    return row
