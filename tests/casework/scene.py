"""A small county for the tests of casework: who works there, one campaign, and short ways to the middle of its year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaigns import approve_campaign, open_campaign, plan_campaign
from casework.inspection.findings import confirm_findings
from casework.paperwork.documents import seal_document, sign_documents
from casework.paperwork.notices import draft_notices
from casework.paperwork.reviewing import approve_document, put_in_review
from casework.paperwork.serving import serve_document
from casework.rectification.cases import act_on_case
from core.campaign.campaignplan import read_plan
from models.audit import canonical_json, history_of
from models.campaign import Campaign, Finding, Visit
from models.document import Document
from models.message import Message
from models.organisation import Person, Unit
from models.rectification import Rectification, Rung, SideRequest
from models.referral import Referral
from tests import make
from tests.casework.conftest import OpenDesk

CODE = "2026-ZH-01"
PLANNED, APPROVED, OPENED = date(2026, 2, 10), date(2026, 2, 12), date(2026, 2, 24)
NOTIFIED = date(2026, 4, 8)
PDF = b"%PDF-1.7\n% sealed\n%%EOF\n"
PLAN = f"""\
code: "{CODE}"
title: 2026年度法治督察
kind: comprehensive
line: party
catalogs: [{{key: fazhi-ducha-46, items: [E, F]}}]
period: {{from: 2026-03-02, to: 2026-03-31}}
units: [D001, T001]
team: {{size: 2, seed: 7}}
"""
PEOPLE = {
    "P01": "inspector、leader", "P02": "inspector", "P03": "inspector、leader", "P04": "inspector",
    "P05": "verifier", "P06": "verifier", "P07": "reviewer", "P90": "officer", "P91": "linkage",
}  # fmt: skip


def settle_county(desk: Desk) -> None:
    """Write two units with addresses for every contact, and the people of the pool."""
    for code, kinds in (("D001", "政府部门、行政执法机关"), ("T001", "乡镇街道")):
        make.make_unit(
            desk, code, kinds=kinds, head_name="负责人",
            **{f"{role}_email": f"{role}.{code.lower()}@shilixian.example" for role in ("liaison", "head", "leader")},
        )  # fmt: skip
    for code, roles in PEOPLE.items():
        make.make_person(desk, code, roles=roles, unit_code="S001", email=f"{code.lower()}@shilixian.example")


@dataclass(frozen=True, slots=True)
class Scene:
    """A database with people in it, and verbs done by the right person on a day."""

    open_desk: OpenDesk
    folder: Path

    def settle(self) -> None:
        """Write units and people."""
        with self.open_desk(today=PLANNED) as desk:
            settle_county(desk)

    def file(self, name: str = "佐证.pdf", content: bytes = b"%PDF-1.7 proof") -> Path:
        """Write a file as somebody would bring it."""
        path = self.folder / name
        path.write_bytes(content)
        return path

    def plan(self, text: str = PLAN, *, by: str = "P90") -> None:
        """Plan the campaign from a file."""
        with self.open_desk(by=by, today=PLANNED) as desk:
            plan_campaign(desk, self.file("campaign.yaml", text.encode()))

    def start(self, text: str = PLAN) -> None:
        """Plan, approve and open the campaign."""
        self.settle()
        self.plan(text)
        with self.open_desk(by="L-DIRECTOR", today=APPROVED) as desk:
            approve_campaign(desk, CODE, self.file("督察方案.pdf", b"%PDF-1.7 plan"))
        with self.open_desk(by="P90", today=OPENED) as desk:
            open_campaign(desk, CODE)

    def confirm(self, *found: tuple[str, str, str]) -> list[str]:
        """Open the campaign by hand and confirm problems given as (unit, item, severity); return their numbers."""
        codes = []
        with self.open_desk(today=OPENED) as desk:
            settle_county(desk)
            campaign = make.make_campaign(desk, plan=plan_json())
            units, people = _county(desk)
            visits = {code: make.make_visit(desk, campaign, unit, *people) for code, unit in units.items()}
            for number, (unit, item, severity) in enumerate(found, 1):
                codes.append(f"{CODE}-{unit}-{number:02}")
                check = make.make_check(
                    desk, visits[unit], item, position=number, result="failed", severity=severity,
                    problem="未按规定公示执法信息。", unit_opinion="confirmed",
                )  # fmt: skip
                make.make_finding(
                    desk, campaign, units[unit], codes[-1], item=item, severity=severity, state="paper",
                    unit_opinion="confirmed", confirmed_by=None, confirmed_on=None, check_record_id=check.id,
                )  # fmt: skip
        with self.open_desk(by="P90", today=date(2026, 4, 1)) as desk:
            confirm_findings(desk, codes)
        return codes

    def notify(self, *found: tuple[str, str, str], serve: bool = True, on: date = NOTIFIED) -> list[str]:
        """Bring problems to served notices, signed, sealed and served on one day; return their numbers."""
        codes = self.confirm(*found)
        with self.open_desk(by="P90", today=on) as desk:
            ids = [document.id or 0 for document in draft_notices(desk, CODE)]
        with self.open_desk(by="L-DIRECTOR", today=on) as desk:
            sign_documents(desk, ids)
        with self.open_desk(by="P90", today=on) as desk:
            for number in ids:
                seal_document(desk, number, self.file("盖章.pdf", PDF))
                if serve:
                    serve_document(desk, number, "hand", on)
        return codes

    def review(self, *numbers: int, on: date = NOTIFIED) -> None:
        """Send drafts to review and let the reviewer approve them, the law included."""
        with self.open_desk(by="P90", today=on) as desk:
            for number in numbers:
                put_in_review(desk, number)
        with self.open_desk(by="P07", today=on) as desk:
            for number in numbers:
                for step in ("reviewed", "legal"):
                    approve_document(desk, number, step)

    def act(
        self, code: str, act: str, by: str, today: date, *, dated: date | None = None, note: str = "",
        files: tuple[Path, ...] = (), **values: str,
    ) -> Rectification:  # fmt: skip
        """Carry out one act on a case in a transaction of its own."""
        with self.open_desk(by=by, today=today) as desk:
            return act_on_case(desk, code, act, on=dated, note=note, files=files, values=values)

    def rows(self, query: Any) -> list[Any]:
        """Return rows as they are stored now, free of their session."""
        with self.open_desk(readonly=True) as desk:
            found = list(desk.session.exec(query))
            desk.session.expunge_all()
        return found

    def case(self, code: str) -> Rectification:
        """Return a case as it is stored now."""
        found = select(Rectification).join(Finding, col(Finding.id) == col(Rectification.id))
        case: Rectification = self.rows(found.where(col(Finding.code) == code))[0]
        return case

    def finding(self, code: str) -> Finding:
        """Return a finding as it is stored now."""
        finding: Finding = self.rows(select(Finding).where(col(Finding.code) == code))[0]
        return finding

    def documents(self, kind: str | None = None) -> list[Document]:
        """Return the documents of a kind, oldest first."""
        rows: list[Document] = self.rows(select(Document).order_by(col(Document.id)))
        return [row for row in rows if kind is None or row.kind == kind]

    def messages(self, kind: str | None = None) -> list[Message]:
        """Return the mails of a kind, oldest first."""
        rows: list[Message] = self.rows(select(Message).order_by(col(Message.id)))
        return [row for row in rows if kind is None or row.kind == kind]

    def visits(self) -> list[Visit]:
        """Return the visits, oldest first."""
        return self.rows(select(Visit).order_by(col(Visit.id)))

    def rungs(self, code: str) -> list[Rung]:
        """Return the rungs of a case, oldest first."""
        query = select(Rung).where(col(Rung.case_id) == self.case(code).id)
        return self.rows(query.order_by(col(Rung.id)))

    def requests(self, code: str) -> list[SideRequest]:
        """Return the side requests of a case, oldest first."""
        query = select(SideRequest).where(col(SideRequest.case_id) == self.case(code).id)
        return self.rows(query.order_by(col(SideRequest.id)))

    def referrals(self) -> list[Referral]:
        """Return the screenings and transfers, oldest first."""
        return self.rows(select(Referral).order_by(col(Referral.id)))

    def campaign(self) -> Campaign:
        """Return the campaign."""
        campaign: Campaign = self.rows(select(Campaign).where(col(Campaign.code) == CODE))[0]
        return campaign

    def told(self, subject: str, number: int | None) -> list[str]:
        """Return the acts that the audit chain tells about a thing, oldest first."""
        with self.open_desk(readonly=True) as desk:
            return [entry.act for entry in history_of(desk.session, desk.office_id, subject, [number or 0])]


def _county(desk: Desk) -> tuple[dict[str, Unit], list[Person]]:
    """Return the units of the office by code, and the two who visit them."""
    units = desk.session.exec(select(Unit).where(col(Unit.office_id) == desk.office_id))
    people = select(Person).where(
        col(Person.office_id) == desk.office_id, col(Person.code).in_(("P01", "P02"))
    )
    return {unit.code: unit for unit in units}, list(desk.session.exec(people.order_by(col(Person.code))))


def plan_json() -> str:
    """Return the stored form of the plan."""
    return canonical_json(read_plan(PLAN, "campaign.yaml").model_dump(mode="json", by_alias=True))


def write_sheet(path: Path, *rows: tuple[str, ...] | list[str]) -> Path:
    """Write a workbook with one sheet, as a person would bring it."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("表")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return path
