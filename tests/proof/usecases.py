"""The use cases under faults: from the plan of a campaign to the closure of its cases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlmodel import col, select

from casework.inspection.campaigns import approve_campaign, open_campaign, plan_campaign
from casework.inspection.checklists import import_checklists
from casework.inspection.findings import confirm_findings
from casework.paperwork.documents import seal_document, sign_documents
from casework.paperwork.notices import draft_notices
from casework.paperwork.serving import serve_document
from models.campaign import Finding
from models.document import Document
from tests.casework.scene import APPROVED, CODE, NOTIFIED, OPENED, PDF, PLAN, PLANNED, Scene
from tests.casework.test_checklists import fill
from tests.proof.stage import Stage, UseCase

MAJOR, GRAVE, MINOR = ("D001", "E24", "major"), ("D001", "F27", "grave"), ("D001", "E19", "minor")
DAY, BACK, LATER = date(2026, 4, 20), date(2026, 4, 1), date(2026, 7, 10)
UNIT, OFFICER, DIRECTOR, DEPUTY, LINKAGE = "D001:liaison", "P90", "L-DIRECTOR", "L-DEPUTY", "P91"
FOUND = f"{CODE}-D001-01"


def proof(scene: Scene) -> tuple[Path, ...]:
    """Return a file as somebody brings it."""
    return (scene.file(),)


# the beginnings, each built on the one before


def settled(stage: Stage) -> None:
    stage.scene.settle()


def planned(stage: Stage) -> None:
    settled(stage)
    stage.scene.plan()


def approved(stage: Stage) -> None:
    planned(stage)
    approve(stage)


def opened(stage: Stage) -> None:
    approved(stage)
    open_it(stage)


def filled(stage: Stage) -> None:
    """Fill one workbook of the campaign, with a problem in it."""
    opened(stage)
    fill(stage.scene, "回收.xlsx", ("E24", {}), ("E19", None))


def papers(stage: Stage) -> None:
    filled(stage)
    bring_checklists(stage)


def confirmed(stage: Stage) -> None:
    stage.scene.confirm(MAJOR, GRAVE)


def drafted(stage: Stage) -> None:
    confirmed(stage)
    draft(stage)


def signed(stage: Stage) -> None:
    drafted(stage)
    sign(stage)


def issued(stage: Stage) -> None:
    signed(stage)
    seal(stage)


def served(stage: Stage) -> None:
    stage.scene.notify(MAJOR)


def with_plan(stage: Stage) -> None:
    served(stage)
    submit_plan(stage)


def rectifying(stage: Stage) -> None:
    with_plan(stage)
    approve_plan(stage)


def asked(stage: Stage) -> None:
    served(stage)
    ask_extension(stage)


def objected(stage: Stage) -> None:
    served(stage)
    object_to(stage)


def applied(stage: Stage) -> None:
    rectifying(stage)
    apply_closure(stage)


def verified(stage: Stage) -> None:
    applied(stage)
    verify(stage)


def closed(stage: Stage) -> None:
    verified(stage)
    close(stage)


def looked_after(stage: Stage) -> None:
    closed(stage)
    schedule_look_back(stage)


# what is done


def plan(stage: Stage) -> None:
    with stage.scene.open_desk(by=OFFICER, today=PLANNED) as desk:
        plan_campaign(desk, stage.scene.file("campaign.yaml", PLAN.encode()))


def approve(stage: Stage) -> None:
    with stage.scene.open_desk(by=DIRECTOR, today=APPROVED) as desk:
        approve_campaign(desk, CODE, stage.scene.file("督察方案.pdf", b"%PDF-1.7 plan"))


def open_it(stage: Stage) -> None:
    with stage.scene.open_desk(by=OFFICER, today=OPENED) as desk:
        open_campaign(desk, CODE)


def bring_checklists(stage: Stage) -> None:
    with stage.scene.open_desk(by=OFFICER, today=BACK) as desk:
        import_checklists(desk, [stage.folder / "hand" / "回收.xlsx"])


def confirm(stage: Stage) -> None:
    with stage.scene.open_desk(by=OFFICER, today=BACK) as desk:
        confirm_findings(desk, [str(code) for code in desk.session.exec(select(Finding.code))])


def draft(stage: Stage) -> None:
    with stage.scene.open_desk(by=OFFICER, today=NOTIFIED) as desk:
        draft_notices(desk, CODE)


def sign(stage: Stage) -> None:
    with stage.scene.open_desk(by=DIRECTOR, today=NOTIFIED) as desk:
        drafts = select(Document.id).where(col(Document.state) == "draft")
        sign_documents(desk, [number or 0 for number in desk.session.exec(drafts)])


def seal(stage: Stage) -> None:
    with stage.scene.open_desk(by=OFFICER, today=NOTIFIED) as desk:
        seal_document(desk, 1, stage.scene.file("盖章.pdf", PDF))


def serve(stage: Stage) -> None:
    with stage.scene.open_desk(by=OFFICER, today=NOTIFIED) as desk:
        serve_document(desk, 1, "hand", NOTIFIED)


def acknowledge(stage: Stage) -> None:
    stage.scene.act(FOUND, "acknowledge", UNIT, date(2026, 4, 10))


def submit_plan(stage: Stage) -> None:
    stage.scene.act(FOUND, "submit_plan", UNIT, DAY, measures="逐项整改")


def approve_plan(stage: Stage) -> None:
    stage.scene.act(FOUND, "approve_plan", OFFICER, DAY)


def report_progress(stage: Stage) -> None:
    stage.scene.act(FOUND, "report_progress", UNIT, DAY, files=proof(stage.scene), percent="60%", text="过半")


def ask_extension(stage: Stage) -> None:
    stage.scene.act(FOUND, "request_extension", UNIT, DAY, note="设备采购周期长", until="2026-05-12")


def decide_extension(stage: Stage) -> None:
    stage.scene.act(FOUND, "decide_extension", DEPUTY, DAY, verdict="granted", note="理由属实")


def object_to(stage: Stage) -> None:
    stage.scene.act(FOUND, "object", UNIT, DAY, note="已于3月公示")


def decide_objection(stage: Stage) -> None:
    stage.scene.act(FOUND, "decide_objection", "P07", DAY, verdict="rejected", note="事实清楚")


def apply_closure(stage: Stage) -> None:
    stage.scene.act(FOUND, "apply_closure", UNIT, DAY, files=proof(stage.scene), note="已全部完成")


def verify(stage: Stage) -> None:
    stage.scene.act(FOUND, "verify", "P05", DAY, verdict="passed")


def close(stage: Stage) -> None:
    stage.scene.act(FOUND, "close", DIRECTOR, DAY)


def schedule_look_back(stage: Stage) -> None:
    stage.scene.act(FOUND, "schedule_look_back", OFFICER, DAY, on=LATER.isoformat())


def look_back(stage: Stage) -> None:
    stage.scene.act(FOUND, "look_back", "P06", LATER, verdict="held")


def reopen(stage: Stage) -> None:
    stage.scene.act(FOUND, "look_back", "P06", LATER, verdict="rebounded", note="问题反弹")


CAMPAIGN = (
    UseCase("plan a campaign", settled, plan, PLANNED),
    UseCase("approve a campaign", planned, approve, APPROVED),
    UseCase("open a campaign", approved, open_it, OPENED),
    UseCase("bring a checklist", filled, bring_checklists, BACK),
    UseCase("confirm the problems", papers, confirm, BACK),
    UseCase("draft the notices", confirmed, draft, NOTIFIED),
    UseCase("sign the notices", drafted, sign, NOTIFIED),
    UseCase("seal a notice", signed, seal, NOTIFIED),
    UseCase("serve a notice", issued, serve, NOTIFIED),
    UseCase("acknowledge a notice", issued, acknowledge, date(2026, 4, 10)),
    UseCase("submit a plan of measures", served, submit_plan, DAY),
    UseCase("approve a plan of measures", with_plan, approve_plan, DAY),
    UseCase("report progress with a file", rectifying, report_progress, DAY),
    UseCase("ask for an extension", served, ask_extension, DAY),
    UseCase("grant an extension", asked, decide_extension, DAY),
    UseCase("object", served, object_to, DAY),
    UseCase("reject an objection", objected, decide_objection, DAY),
    UseCase("apply for closure", rectifying, apply_closure, DAY),
    UseCase("verify", applied, verify, DAY),
    UseCase("close a case", verified, close, DAY),
    UseCase("date a look-back", closed, schedule_look_back, DAY),
    UseCase("look back", looked_after, look_back, LATER),
    UseCase("reopen a case", looked_after, reopen, LATER),
)
