"""Linkage in the story: every black light is screened; one clue is referred, one handed over, others declined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import col, select

from casework.linkage import referrals
from casework.paperwork.documents import find_document
from casework.paperwork.papers import print_sheet
from casework.paperwork.reviewing import put_in_review
from cli.demo.world import LINKAGE, World
from core.life.lives import ReferralState
from models.base import key_of
from models.campaign import Finding
from models.document import Document
from models.referral import Referral

PRINCIPAL, REVIEWER = "L-DIRECTOR", "L-DEPUTY"
STUDIED_BY = (PRINCIPAL, REVIEWER, LINKAGE)
RESULT_WORKDAYS = 22
TEXTS = {
    "discipline": "提交虚假佐证材料，涉嫌形式主义、弄虚作假问题线索，建议移送纪检监察机关。",
    "inspection": "经催办、督办仍不整改，属落实整改责任不力，建议移交巡察机构纳入巡察监督。",
    "study discipline": "已将整改报告与原始案卷逐件比对，确认佐证材料不实。经集体研究，同意初核意见。",
    "study inspection": "已核对历次通知和送达记录，单位作了说明。经集体研究，同意初核意见。",
    "declined": "迟延系机构调整、人员交接所致，未发现违纪违法线索，继续在系统内督促整改。",
    "result": "已立案调查，对有关责任人员作出处理。",
}


@dataclass(frozen=True, slots=True)
class Clue:
    """One screening as its named people see it."""

    id: int
    case: str
    state: str
    trigger: str
    opened_on: date
    receipt_on: date | None
    document: int | None
    document_state: str


class Linkage:
    """The clues of the story: what becomes of each is settled when its screening opens."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.fates: dict[int, str] = {}

    def work(self) -> None:
        """Take each clue one step further, one step a day."""
        for clue in self._clues():
            fate = self.fates.setdefault(clue.id, self._fate(clue))
            if self.world.calendar.between(clue.opened_on, self.world.today) >= 1:
                self._step(clue, fate)

    def _clues(self) -> list[Clue]:
        with self.world.desk(by=LINKAGE, readonly=True) as desk:
            query = (
                select(Referral, Finding.code, Document.state)
                .outerjoin(Document, col(Document.id) == col(Referral.document_id))
                .where(col(Finding.id) == col(Referral.case_id))
                .order_by(col(Referral.id))
            )
            return [
                Clue(
                    key_of(row),
                    code,
                    row.state,
                    row.trigger,
                    row.opened_on,
                    row.receipt_on,
                    row.document_id,
                    state or "",
                )
                for row, code, state in desk.session.exec(query)
            ]

    def _fate(self, clue: Clue) -> str:
        """Refer the clue of the false papers, hand over the first black light, decline the rest."""
        if clue.trigger == "E1":
            return "discipline"
        return "inspection" if "inspection" not in self.fates.values() else "declined"

    def _step(self, clue: Clue, fate: str) -> None:
        state = ReferralState(clue.state)
        if state is ReferralState.SCREENING:
            self._screen(clue, fate)
        elif state is ReferralState.OPINION and fate != "declined":
            with self.world.desk(by=LINKAGE) as desk:
                minutes = self._proof("会议纪要", clue)
                referrals.study(
                    desk, clue.id, note=TEXTS[f"study {fate}"], participants=STUDIED_BY, file=minutes
                )
        elif state is ReferralState.STUDY:
            with self.world.desk(by=PRINCIPAL) as desk:
                referrals.approve(desk, clue.id, note="同意")
            self._review(clue.id)
        elif state is ReferralState.APPROVED and clue.document_state == "issued":
            with self.world.desk(by=LINKAGE) as desk:
                referrals.send(desk, clue.id, channel="hand", file=self._proof("送达回执", clue))
        elif state is ReferralState.SENT:
            with self.world.desk(by=LINKAGE) as desk:
                file = self._proof("线索受理回执", clue)
                referrals.receipt(
                    desk, clue.id, verdict="received", number=f"示例收〔2026〕{clue.id}号", file=file
                )
        elif state is ReferralState.RECEIVED and fate == "discipline":
            self._take_result(clue)

    def _screen(self, clue: Clue, fate: str) -> None:
        if fate == "declined":
            with self.world.desk(by=PRINCIPAL) as desk:
                referrals.decline(desk, clue.id, reason=TEXTS["declined"])
            return
        with self.world.desk(by=LINKAGE) as desk:
            referrals.screen(desk, clue.id, receiver=fate, opinion=TEXTS[fate])

    def _review(self, clue_id: int) -> None:
        """Print the 发文稿纸 of the letter, on which the principal officer signs tomorrow."""
        with self.world.desk(by=REVIEWER) as desk:
            letter = referrals.find_referral(desk, clue_id).document_id
            assert letter is not None  # drafted with the approval
            document = put_in_review(desk, letter)
            path = self.world.folder("sheets") / f"发文稿纸-{document.kind}-{letter}.pdf"
            path.write_bytes(print_sheet(desk, find_document(desk, letter)))

    def _take_result(self, clue: Clue) -> None:
        assert clue.receipt_on is not None  # a received clue has its receipt
        if self.world.calendar.between(clue.receipt_on, self.world.today) < RESULT_WORKDAYS:
            return
        outcome = referrals.Outcome(organisational=1, disciplinary=1)
        with self.world.desk(by=LINKAGE) as desk:
            file = self._proof("办理结果反馈", clue)
            referrals.result(desk, clue.id, note=TEXTS["result"], outcome=outcome, file=file)

    def _proof(self, name: str, clue: Clue) -> Path:
        path = self.world.folder("evidence") / f"{name}-{clue.id}.txt"
        path.write_text(f"{name}：线索{clue.id}，{self.world.today}。\n", encoding="utf-8")
        return path
