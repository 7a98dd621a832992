"""The story: an inspection year of the county in about 120 working days, told with the verbs of everyday work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from casework.inspection.campaigns import approve_campaign, close_campaign, open_campaign, plan_campaign
from casework.ledgers.ledger import import_ledger
from casework.staff.parties import import_people, import_units
from cli.demo import chores, office, papers, post, units
from cli.demo.court import Court
from cli.demo.fieldwork import Fieldwork
from cli.demo.intake import Intake
from cli.demo.linkage import Linkage
from cli.demo.script import Script
from cli.demo.views import read_papers
from cli.demo.world import COMPREHENSIVE, OLD, SPECIAL, World
from cli.demo.yearwork import Yearwork
from core.life.rectification import SETTLED
from delivery.sink import MailSink
from flows.edge import Edge
from flows.jobs import run_doctor, run_linkage, run_reminders, run_reports, run_sweep, run_watch
from system.paths import EXAMPLES_DIR

EXAMPLE = EXAMPLES_DIR / "shilixian"
FIRST_DAY = date(2026, 2, 10)
WORKDAYS = 122
BEGINS = {
    COMPREHENSIVE: 0,
    SPECIAL: 74,
}  # in working days: the special campaign follows in June, and runs at the end
PLANNER, OPENER, DIRECTOR = "P054", "P053", "L-DIRECTOR"
Tell = Callable[[date, str], None]


def prepare(edge: Edge) -> None:
    """Bring in units, people and the open problems of last year."""
    with edge.desk(by="L-SECTION") as desk:
        import_units(desk, EXAMPLE / "units.csv")
        import_people(desk, EXAMPLE / "people.csv")
    with edge.desk(by=PLANNER) as desk:
        import_ledger(desk, EXAMPLE / "ledger-2025.xlsx")


class Story:
    """One walk through the year."""

    def __init__(self, world: World, sink: MailSink) -> None:
        self.world = world
        self.sink = sink
        self.fieldwork = Fieldwork(world)
        self.linkage = Linkage(world)
        self.script = Script((*Intake(world).steps(), *Court(world).steps(), *Yearwork(world).steps()))
        self.to_notify: set[str] = set()
        self.closed: set[str] = set()

    def walk(self, progress: Tell, until: date = date.max) -> None:
        """Walk the clock over the working days of the story; `progress` hears of each day and what it brings.

        until   the morning on which the story breaks off, before the office opens
        """
        day = FIRST_DAY
        for number in range(WORKDAYS):
            if day >= until:
                return
            progress(day, self._headline(number, day))
            self._live_through(number, day)
            day = self.world.calendar.after(day, 1)
        assert not self.script.left, self.script.left  # a step on a day off would never be played

    def _headline(self, number: int, day: date) -> str:
        for code, begins in BEGINS.items():
            if begins <= number < begins + 3:
                word = "综合督察" if code == COMPREHENSIVE else "专项督察"
                return (
                    ("编制", "批准", "启动")[number - begins] + word + ("方案" if number < begins + 2 else "")
                )
        trips = [trip for trip in self.fieldwork.trips if trip.to_on == day]
        return f"督察{len(trips)}个单位" if trips else "整改跟踪"

    def _live_through(self, number: int, day: date) -> None:
        """Live one working day: reminders, watch, sweep, the office, the post, the units, the seal, the post again."""
        world = self.world
        world.clock.set(day, "08:00")
        run_reminders(world.edge)
        world.clock.set(day, "08:15")
        run_watch(world.edge)
        world.clock.set(day, "08:30")
        run_sweep(world.edge)
        world.clock.set(day, "08:40")
        post.deliver(world, self.sink)
        world.clock.set(day, "09:00")
        self._campaigns(number)
        run_linkage(world.edge)
        world.look()
        papers.withdraw(world)
        papers.sign(world)
        office.decide(world)
        self.linkage.work()
        self._notify()
        world.clock.set(day, "10:30")
        papers.seal(world)
        world.clock.set(day, "14:00")
        self.script.play(day)
        self.to_notify |= self.fieldwork.work()
        units.live(world)
        papers.serve(world)
        chores.go_through(world)
        world.clock.set(day, "16:30")
        post.deliver(world, self.sink)
        post.sort_out(world, self.sink)
        world.clock.set(day, "17:00")
        self._end_day(number)

    def _campaigns(self, number: int) -> None:
        """Plan a campaign on its first day, approve it on the second, open it on the third."""
        world = self.world
        for code, begins in BEGINS.items():
            if number == begins:
                with world.desk(by=PLANNER) as desk:
                    plan_campaign(desk, EXAMPLE / f"campaign-{code}.yaml")
            elif number == begins + 1:
                scheme = world.folder("evidence") / f"督察方案-{code}.txt"
                scheme.write_text(f"{code}督察方案（签批件）\n", encoding="utf-8")
                with world.desk(by=DIRECTOR) as desk:
                    approve_campaign(desk, code, scheme)
            elif number == begins + 2:
                self._open(code)

    def _open(self, code: str) -> None:
        with self.world.desk(by=OPENER) as desk:
            open_campaign(desk, code)
        self.fieldwork.open(code)
        with self.world.desk(readonly=True) as desk:
            drafts = [paper.id for paper in read_papers(desk, "draft") if paper.kind == "inspection_notice"]
        papers.review(self.world, drafts)

    def _notify(self) -> None:
        """Draft the notices of what was confirmed, on Tuesdays and Thursdays."""
        if self.world.today.weekday() not in (1, 3):
            return
        for code in sorted(self.to_notify):
            papers.draft(self.world, code)
        self.to_notify.clear()

    def _end_day(self, number: int) -> None:
        """Close the books of the half month; each month a campaign that is done, each quarter a look by the doctor."""
        run_reports(self.world.edge)
        if number % 20 == 19:
            self._close_campaigns()
        if number % 60 == 59:
            run_doctor(self.world.edge)

    def _close_campaigns(self) -> None:
        """Close a campaign whose problems are all settled."""
        for code in (OLD, SPECIAL, COMPREHENSIVE):
            cases = [case for case in self.world.cases if case.campaign == code]
            if code in self.closed or not cases or any(case.state not in SETTLED for case in cases):
                continue
            if all(
                trip.confirm_on < self.world.today for trip in self.fieldwork.trips if trip.campaign == code
            ):
                self.closed.add(code)
                with self.world.desk(by=DIRECTOR) as desk:
                    close_campaign(desk, code)
