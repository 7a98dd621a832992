"""What lies on the desks of the example county that morning, beside the story: a bit of everything that waits."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from PIL import Image, ImageDraw
from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaigns import plan_campaign
from casework.inspection.checkdrafts import Change, Place, save_changes
from casework.inspection.checkfiles import attach_file
from casework.inspection.visitfile import open_visit
from casework.intake.leads import NewLead, register_lead
from casework.intake.leadsteps import start_check
from casework.linkage.jointcases import supervise_jointly
from casework.linkage.linkageitems import NewItem
from casework.linkage.meetings import NewMeeting, record_meeting
from casework.litigation.clocks import set_given
from casework.litigation.files import find_matter
from casework.litigation.lights import refresh
from casework.paperwork.interviews import Occasion, plan_interview
from casework.rectification.cases import act_on_case
from casework.reports.issuing import issue_report, keep_report
from casework.reports.reporting import compose_campaign
from casework.staff.declarations import Filing, declare
from casework.staff.delegations import Wish, add_delegation
from casework.staff.drawing import Scope, make_draw
from casework.staff.pools import enrol, train
from cli.demo.court import LICENCE
from cli.demo.story import EXAMPLE
from cli.demo.world import COMPREHENSIVE, LINKAGE, OFFICERS, OLD
from core.codes import Line
from core.life.declarationlife import Relation
from core.life.interviewlife import InterviewRole
from flows.edge import Edge
from models.base import key_of
from models.campaign import Finding, Visit
from models.organisation import Unit
from models.rectification import Rectification
from tests.browser.office import PDF

OFFICER = OFFICERS[0]
DIRECTOR, DEPUTY = "L-DIRECTOR", "L-DEPUTY"


@dataclass(frozen=True, slots=True)
class Desktop:
    """The people of the office and of some units, each with something they began and did not finish."""

    edge: Edge
    folder: Path

    def lay_out(self) -> None:
        """Begin everything."""
        for begin in (self._ask, self._report_progress, self._leads, self._interview, self._linkage, self._people,
                      self._visit, self._papers):  # fmt: skip
            begin()

    def _by(self, who: str, does: Callable[[Desk], object]) -> None:
        with self.edge.desk(by=who) as desk:
            does(desk)

    def _cases(self, desk: Desk, state: str) -> list[tuple[str, str, date]]:
        """Return (number, unit, due day) of the cases in a state whose clock runs, those due last first."""
        query = (
            select(Finding.code, Unit.code, Rectification.due_on)
            .join(Finding, col(Finding.id) == col(Rectification.id))
            .join(Unit, col(Unit.id) == col(Rectification.unit_id))
            .where(col(Rectification.state) == state, col(Rectification.due_on) > desk.today)
            .order_by(col(Rectification.due_on).desc(), col(Finding.code))
        )
        return [(code, unit, due) for code, unit, due in desk.session.exec(query) if due is not None]

    def _ask(self) -> None:
        """Two units ask for time, a third objects."""
        with self.edge.desk(readonly=True) as desk:
            working = self._cases(desk, "rectifying")
            begun = self._cases(desk, "open")
        reasons = (
            "整改涉及系统改造，供应商排期至五月中旬，申请延期。",
            "需提请县政府常务会议审议，会期未定，申请延期。",
        )
        for (code, unit, due), reason in zip(working, reasons, strict=False):
            until = {"until": (due + timedelta(days=8)).isoformat()}
            self._by(f"{unit}:liaison", lambda desk, c=code, r=reason, u=until: act_on_case(
                desk, c, "request_extension", note=r, values=u))  # fmt: skip
        code, unit, _due = begun[-1]
        self._by(f"{unit}:liaison", lambda desk: act_on_case(
            desk, code, "object", note="该事项由上级主管部门办理，不属于本单位职责，附职责文件。"))  # fmt: skip

    def _report_progress(self) -> None:
        """The unit of the tour reports progress with photos."""
        with self.edge.desk(readonly=True) as desk:
            mine = [code for code, unit, _due in self._cases(desk, "rectifying") if unit == "D002"]
        photos = [self.photo("公示栏整改后.png", "#3f6f8f"), self.photo("窗口现场.png", "#7a8f5a")]
        values = {"percent": "60", "text": "公示专栏已建成，执法人员名单已上墙，网上公示正在核对。"}
        for code in mine[:1]:
            self._by("D002:liaison", lambda desk, c=code: act_on_case(
                desk, c, "report_progress", values=values, files=photos))  # fmt: skip

    def _leads(self) -> None:
        def begin(desk: Desk) -> None:
            first = register_lead(desk, NewLead(
                source="hotline_12345", received_on=desk.today - timedelta(days=2), line=Line.PARTY,
                title="反映办事窗口要求提供清单以外的证明", source_ref="示例12345〔2026〕0466", unit="D024",
                text="来电人反映，4月13日在政务大厅办理许可时，窗口要求提供事项清单以外的证明材料。",
                person="来电人（示例）", contact="000-0000000", real_name=True,
            ))  # fmt: skip
            start_check(desk, key_of(first), OFFICERS[1])
            register_lead(desk, NewLead(
                source="petition", received_on=desk.today, line=Line.PARTY, title="反映行政处罚决定未按期公示",
                text="来信反映，某行政处罚决定作出后三十日仍未在网上公示。", source_ref="示例信〔2026〕131号",
                unit="D020", person="来信人（示例）",
            ))  # fmt: skip

        self._by(OFFICER, begin)

    def _interview(self) -> None:
        with self.edge.desk(readonly=True) as desk:
            code, unit, _due = self._cases(desk, "open")[0]
            on = desk.calendar.after(desk.today, 4)
        occasion = Occasion(
            reason="整改方案逾期未报送", interviewer="县委依法治县办主任", on=on, at="9时30分",
            place="县委依法治县办会议室", cases=(code,),
        )  # fmt: skip
        people = {(InterviewRole.HEAD, ""): 1, (InterviewRole.DEPUTY, ""): 1}
        self._by(OFFICER, lambda desk: plan_interview(desk, unit, occasion, people))

    def _linkage(self) -> None:
        with self.edge.desk(readonly=True) as desk:
            code = self._cases(desk, "rectifying")[-1][0]
        minutes = self.folder / "联席会议纪要.pdf"
        minutes.write_bytes(PDF)
        self._by(LINKAGE, lambda desk: record_meeting(desk, NewMeeting(
            kind="joint", held_on=desk.today - timedelta(days=3), title="二季度法治督察与纪检监察联席会议",
            participants=("县纪委监委", "县委巡察办", "县检察院"), note="通报一季度整改情况，研究联合督办事项。",
            conclusions=(NewItem("两项逾期事项列入联合督办"), NewItem("五月底前会商一次移送线索办理情况")),
        ), minutes))  # fmt: skip
        self._by(LINKAGE, lambda desk: supervise_jointly(
            desk, code, "discipline", "四月底前完成整改并报送佐证材料", report_on=desk.today + timedelta(days=14)
        ))  # fmt: skip

    def _people(self) -> None:
        def borrow(desk: Desk) -> None:
            add_delegation(desk, Wish(
                DIRECTOR, DEPUTY, ("closure_notice",), ("close",), desk.today, desk.today + timedelta(days=20),
                "外出学习期间，由分管副主任代签销号通知",
            ))  # fmt: skip

        self._by(DIRECTOR, borrow)
        self._by("P016", lambda desk: declare(desk, Filing(
            "P016", COMPREHENSIVE, "T008", Relation.KIN, "配偶在该镇工作")))  # fmt: skip

        def keep(desk: Desk) -> None:
            for code in ("P001", "P004", "P016", "P020", "P027", "P033"):
                enrol(
                    desk, "fazhi", code, recommended_by="县司法局", checked_on=desk.today - timedelta(days=30)
                )
            train(desk, ["P001", "P004", "P016"], desk.today - timedelta(days=8), 6, "行政执法监督实务")
            make_draw(desk, "units", 5, "二季度行政执法案卷评查", Scope(), "20260416")
            matter = find_matter(desk, LICENCE.number)
            set_given(desk, matter, "hearing", desk.calendar.after(desk.today, 1))
            refresh(desk, matter)

        self._by(OFFICER, keep)

    def _visit(self) -> None:
        """A team begins to fill its checklist, with a photo."""
        with self.edge.desk(readonly=True) as desk:
            waiting = (
                select(Visit).where(col(Visit.workbook_returned_on).is_(None)).order_by(col(Visit.from_on))
            )
            visit = desk.session.exec(waiting).first()
            assert visit is not None  # the campaign runs until the next day
            number, items, on = key_of(visit), visit.items.split("、"), visit.from_on.isoformat()

        def fill(desk: Desk) -> None:
            file = open_visit(desk, number)
            said = {"result": "不合格", "day": on, "severity": "较重",
                    "problem": "未按规定公示执法人员名单", "facts": "现场查看公示栏，缺少执法人员名单和监督电话。",
                    "opinion": "确认"}  # fmt: skip
            changes = [Change(Place(items[0], 1, name), value, 0) for name, value in said.items()]
            changes += [Change(Place(item, 1, "result"), "合格", 0) for item in items[1:4]]
            save_changes(desk, file, changes)
            attach_file(desk, file, items[0], 1, self.photo("公示栏现场.png", "#8a6d4f"))

        self._by(OFFICER, fill)

    def _papers(self) -> None:
        """A report waits to be issued, one is out, and the next campaign waits to be approved."""

        def write(desk: Desk) -> None:
            keep_report(desk, compose_campaign(desk, COMPREHENSIVE))
            plan_campaign(desk, EXAMPLE / "campaign-2026-ZX-01.yaml")

        with self.edge.desk(by=OFFICERS[1]) as desk:
            number = key_of(keep_report(desk, compose_campaign(desk, OLD)))
        self._by(DIRECTOR, lambda desk: issue_report(desk, number))
        self._by(OFFICER, write)

    def photo(self, name: str, colour: str) -> Path:
        """Draw a picture as a telephone takes one: a wall with a board."""
        made = Image.new("RGB", (640, 480), "#d9d6cf")
        pen = ImageDraw.Draw(made)
        pen.rectangle((0, 380, 640, 480), fill="#9a948a")
        pen.rectangle((90, 60, 550, 340), fill=colour, outline="#3c3c3c", width=6)
        for row in range(4):
            pen.rectangle((120, 96 + row * 56, 300, 132 + row * 56), fill="#f4f1ea")
            pen.rectangle((330, 96 + row * 56, 520, 132 + row * 56), fill="#f4f1ea")
        content = io.BytesIO()
        made.save(content, "PNG")
        path = self.folder / name
        path.write_bytes(content.getvalue())
        return path
