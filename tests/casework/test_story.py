"""One campaign from its plan to a closed case, by the real verbs only: at the end no invariant is broken."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlmodel import select

from casework.inspection.checklists import import_checklists, make_checklist
from casework.inspection.findings import confirm_all
from casework.inspection.visits import team_of
from casework.paperwork.documents import seal_document, sign_documents, void_document
from casework.paperwork.notices import draft_notices
from casework.paperwork.replies import import_reply
from casework.paperwork.serving import serve_document
from casework.upkeep.doctor import examine
from delivery.sheets.answer import AnswerProblem, write_answer
from delivery.sheets.answer_return import read_answer_meta
from delivery.smtp import Outcome
from flows.edge import Edge
from flows.jobs import run_sweep
from models.campaign import Campaign, Visit
from models.document import DocumentFile
from models.organisation import Unit
from system.settings import Settings
from tests.casework.scene import CODE, NOTIFIED, PDF, Scene
from tests.casework.test_deadlines import Day
from tests.make import claim_next, settle

RETURNED = date(2026, 4, 1)


def bring_checklists(scene: Scene) -> None:
    with scene.open_desk(by="P90", today=RETURNED) as desk:
        campaign = desk.session.exec(select(Campaign)).one()
        paths = []
        for visit in desk.session.exec(select(Visit)).all():
            unit = desk.session.get_one(Unit, visit.unit_id)
            leader = team_of(desk, visit)[0].code
            failed = {
                "编号": "E24", "结果": "不合格", "问题描述": "未按规定公示执法信息。",
                "事实与证据": "抽查10卷，3卷未公示。", "程度": "较重", "检查日期": visit.from_on, "检查人": leader,
                "单位意见": "确认",
            }  # fmt: skip
            content = make_checklist(desk, campaign, visit, unit, [failed])
            paths.append(scene.file(f"{unit.code}.xlsx", content))
        import_checklists(desk, paths)


def notify(scene: Scene) -> None:
    with scene.open_desk(by="P90", today=NOTIFIED) as desk:
        confirm_all(desk, CODE)
        ids = [document.id or 0 for document in draft_notices(desk, CODE)]
    with scene.open_desk(by="L-DIRECTOR", today=NOTIFIED) as desk:
        sign_documents(desk, ids)
    with scene.open_desk(by="P90", today=NOTIFIED) as desk:
        for number in ids:
            seal_document(desk, number, scene.file("盖章.pdf", PDF))
            serve_document(desk, number, "hand", NOTIFIED)


def post_all(scene: Scene, day: date, *first: Outcome) -> None:
    """Send every mail that is ready; the first ones end as given, the rest are accepted."""
    outcomes = list(first)
    with scene.open_desk(today=day) as desk:
        while (claim := claim_next(desk)) is not None:
            outcome = outcomes.pop(0) if outcomes else Outcome.ACCEPTED
            settle(desk, claim, outcome, "250 ok")


def answer(scene: Scene, day: date) -> None:
    form = next(f for f in scene.rows(select(DocumentFile)) if f.role == "answer")
    meta = read_answer_meta(form.content, name="x")
    plan = {"整改措施": "每季度核对公示内容。", "责任人": "联络员", "进展": "已清理。", "完成率": "70%"}
    problems = [AnswerProblem(code, "问题", due) for code, due in meta.due]
    filled = {code: {**plan, "完成时限": due} for code, due in meta.due}
    path = scene.file("报告表.xlsx", write_answer(meta, problems, made_on=day, filled=filled))
    with scene.open_desk(by=f"{meta.unit}:liaison", today=day) as desk:
        import_reply(desk, path)


def test_a_campaign_ends_with_every_invariant_whole(
    scene: Scene, engine: sa.Engine, settings: Settings
) -> None:
    scene.start()
    bring_checklists(scene)
    notify(scene)
    post_all(scene, NOTIFIED, Outcome.DEFERRED, Outcome.REJECTED)
    day = date(2026, 4, 20)
    answer(scene, day)
    code = f"{CODE}-D001-01" if scene.case(f"{CODE}-D001-01").plan_on else f"{CODE}-T001-01"
    unit = code.split("-")[-2]
    scene.act(code, "approve_plan", "P90", day)
    scene.act(code, "request_extension", f"{unit}:liaison", day, note="采购周期长", until="2026-05-08")
    scene.act(code, "decide_extension", "L-DIRECTOR", day, verdict="granted")
    scene.act(code, "suspend", "L-DIRECTOR", day, note="等待裁判")
    scene.act(code, "resume", "P90", date(2026, 4, 22))
    for swept in (date(2026, 4, 22), date(2026, 4, 30), date(2026, 5, 6)):
        run_sweep(Edge(engine, settings, Day(swept, explicit=True)))
    with scene.open_desk(by="L-DIRECTOR", today=date(2026, 5, 6)) as desk:
        void_document(desk, scene.documents("urging")[0].id or 0, "已口头催办")
    scene.act(code, "apply_closure", f"{unit}:liaison", date(2026, 5, 6), files=(scene.file(),))
    scene.act(code, "verify", "P05", date(2026, 5, 7), verdict="passed")
    scene.act(code, "close", "L-DIRECTOR", date(2026, 5, 8))
    post_all(scene, date(2026, 5, 8))
    with scene.open_desk(today=date(2026, 5, 8)) as desk:
        told = examine(desk)
    assert {one.id: one.as_dict() for one in told.invariants if one.broken} == {}
    assert {"INV-1", "INV-4", "INV-5", "INV-6", "INV-7", "INV-8", "INV-11"} <= {
        one.id for one in told.invariants
    }
    assert scene.case(code).state == "closed"
