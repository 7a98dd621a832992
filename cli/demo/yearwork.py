"""What the office does with what it knows: an interview, a closed quarter, reports, a bulletin, an archive file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from casework.archive.archiving import pack
from casework.desk import Desk
from casework.paperwork.interviews import Occasion, hold_interview, plan_interview
from casework.reports.issuing import issue_report, keep_report, print_report
from casework.reports.periods import close_period
from casework.reports.reporting import Composed, compose_bulletin, compose_campaign, compose_period
from cli.demo import papers
from cli.demo.script import Step
from cli.demo.views import CaseView
from cli.demo.world import COMPREHENSIVE, OFFICERS, RELUCTANT, World
from core.calendar.periods import PeriodKind
from core.life.interviewlife import InterviewRole
from models.base import key_of

OFFICER, DIRECTOR = OFFICERS[1], "L-DIRECTOR"
HEADS = {(InterviewRole.HEAD, ""): 1, (InterviewRole.DEPUTY, ""): 1}
INTERVIEW_ON = date(2026, 5, 29)
SECOND_QUARTER = date(2026, 6, 30)
Compose = Callable[[Desk], Composed]


class Yearwork:
    """The office's own work of the year, beside the cases."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.interview = 0

    def steps(self) -> tuple[Step, ...]:
        """Return what happens on which day."""
        return (
            (date(2026, 5, 22), self._ask_to_an_interview),
            (INTERVIEW_ON, self._interview),
            (date(2026, 7, 2), self._close_quarter),
            (date(2026, 7, 3), self._report_quarter),
            (date(2026, 7, 10), self._issue_bulletin),
            (date(2026, 8, 5), self._report_campaign),
            (date(2026, 8, 6), self._pack),
        )

    def _ask_to_an_interview(self) -> None:
        """Ask the heads of the first unit that let a problem go to black without a word."""
        case = self._silent_case()
        occasion = Occasion(
            reason="经催办、督办仍未报送整改方案",
            interviewer="县委依法治县办主任",
            on=INTERVIEW_ON,
            at="9时30分",
            place="县委依法治县办会议室",
            cases=(case.code,),
        )
        with self.world.desk(by=OFFICER) as desk:
            interview, notice = plan_interview(desk, case.unit, occasion, HEADS)
            self.interview, number = key_of(interview), key_of(notice)
        papers.review(self.world, [number])

    def _silent_case(self) -> CaseView:
        return next(
            case
            for case in self.world.cases
            if case.highest == "black" and self.world.courses[case.unit] in RELUCTANT
        )

    def _interview(self) -> None:
        promise = ("5日内报送整改方案，主要负责人每周调度", self.world.calendar.after(INTERVIEW_ON, 5))
        with self.world.desk(by=OFFICER) as desk:
            minutes = self.world.paper("约谈纪要")
            hold_interview(desk, self.interview, INTERVIEW_ON, HEADS, minutes, (promise,))

    def _close_quarter(self) -> None:
        with self.world.desk(by=DIRECTOR) as desk:
            close_period(desk, PeriodKind.QUARTER, SECOND_QUARTER)

    def _report_quarter(self) -> None:
        self._issue("季度报告", lambda desk: compose_period(desk, PeriodKind.QUARTER, SECOND_QUARTER))

    def _issue_bulletin(self) -> None:
        self._issue("通报", lambda desk: compose_bulletin(desk, campaign=COMPREHENSIVE))

    def _report_campaign(self) -> None:
        self._issue("督察报告", lambda desk: compose_campaign(desk, COMPREHENSIVE))

    def _issue(self, name: str, compose: Compose) -> None:
        """Draft a report, let the director issue it, and print it as .docx."""
        with self.world.desk(by=OFFICER) as desk:
            number = key_of(keep_report(desk, compose(desk)))
        with self.world.desk(by=DIRECTOR) as desk:
            report = issue_report(desk, number)
            path = self.world.folder("reports") / f"{name}第{report.issue}期.docx"
            path.write_bytes(print_report(desk, report))

    def _pack(self) -> None:
        """Pack the record of the first case that is archived; a number it gets when the file plan is agreed."""
        case = next(case for case in self.world.cases if case.state == "archived")
        with self.world.desk(by=OFFICER) as desk:
            pack(desk, "case", case.code, self.world.folder("archive"))
