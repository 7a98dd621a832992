"""What is done with disputes: facts, events, dates, assessments, papers, results, appeals, ends and corrections."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from casework.desk import Desk
from casework.litigation import clocks, filing
from casework.litigation.assessing import assess, note_trigger
from casework.litigation.ending import Outcome, appeal, conclude, next_instance
from casework.litigation.lights import refresh
from casework.litigation.linking import ask_screening
from casework.litigation.matterboard import link_seen_case, need_file, need_matter
from casework.litigation.ones import Ones, hand_in, set_ones
from casework.litigation.recording import record_event, record_fact, void
from casework.litigation.registering import describe
from casework.rectification.halfreports import find_report, waive_report
from casework.rectification.notes import add_note
from console.api.areas.noting import ContactNote
from console.api.bodies import Deed, Key, takes
from core.errors import InvalidInput, NotFound
from core.life.matterlife import Fault, Instance, PaperKind, Result

Described = Literal["forum", "cause", "claim", "handler", "agent", "attendee", "note"]


class OnMatter(Deed):
    """An act on a matter in sight."""

    def see(self, desk: Desk, key: int) -> None:
        need_matter(desk, key)


class Assess(OnMatter):
    """评分：成立的因素及理由 / which factors hold, and why"""

    act: Literal["assess"]
    factors: dict[str, str]
    on: date | None = None

    def do(self, desk: Desk, key: int) -> object:
        return assess(desk, need_file(desk, key), self.factors, on=self.on)


class Occasion(OnMatter):
    """登记须重新评分的情况 / something happened for which it is assessed anew"""

    act: Literal["occasion"]
    code: str
    on: date | None = None

    def do(self, desk: Desk, key: int) -> None:
        note_trigger(desk, need_file(desk, key), self.code, self.on)


class Event(OnMatter):
    """登记事件，可附材料 / an event"""

    act: Literal["event"]
    code: str
    on: date | None = None
    basis: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return record_event(
            desk, need_file(desk, key), self.code, on=self.on, basis=self.basis, files=self.enclosed
        )


class Fact(OnMatter):
    """登记办理事实，可附材料 / something that was done"""

    act: Literal["fact"]
    code: str
    since: date | None = None
    basis: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return record_fact(
            desk, need_file(desk, key), self.code, since=self.since, basis=self.basis, files=self.enclosed
        )


class GiveDate(OnMatter):
    """登记日期：指定（given）、按法定期限推算（counted）、重新推算（recount） / a day, given or counted"""

    act: Literal["date"]
    code: str
    way: Literal["given", "counted", "recount"] = "given"
    on: date | None = Field(None, description="指定的日期，或者起算日 / the day, or the day before the first")
    clock: str = ""
    variant: str = ""
    extended: bool = False
    note: str = ""

    def do(self, desk: Desk, key: int) -> object:
        file = need_file(desk, key)
        if self.way == "recount":
            row = clocks.recount(desk, file, self.code)
        elif self.on is None:
            raise InvalidInput("没有写明日期", found="空", expected="日期", remedy="写明 on")
        elif self.way == "counted":
            counting = clocks.Counting(self.on, self.clock, self.variant, self.extended)
            row = clocks.set_counted(desk, file, self.code, counting, self.note)
        else:
            row = clocks.set_given(desk, file, self.code, self.on, self.note)
        refresh(desk, file)
        return row


class Describe(OnMatter):
    """更正登记的各项 / correct what was registered"""

    act: Literal["describe"]
    fields: dict[Described, str]

    def do(self, desk: Desk, key: int) -> object:
        values: dict[str, str] = {str(name): said for name, said in self.fields.items()}
        return describe(desk, need_file(desk, key), **values)


class Conclude(OnMatter):
    """登记结果，可附裁判文书 / the result"""

    act: Literal["result"]
    result: Result
    on: date | None = None
    served_on: date | None = None
    note: str = ""
    ruling: bool = False

    def do(self, desk: Desk, key: int) -> object:
        outcome = Outcome(
            self.result, self.on or desk.today, self.served_on, self.note, self.ruling, self.enclosed
        )
        return conclude(desk, need_file(desk, key), outcome)


class Appeal(OnMatter):
    """上诉、再审：另立下一审级的案件 / the next instance, as a matter of its own"""

    act: Literal["appeal"]
    number: str
    forum: str
    instance: Instance
    appellant: str
    received_on: date | None = None

    def do(self, desk: Desk, key: int) -> object:
        matter = need_file(desk, key)
        received = self.received_on or desk.today
        entry = next_instance(desk, matter, self.number, self.forum, self.instance, received)
        return appeal(desk, matter, entry, self.appellant)


class Perform(OnMatter):
    """进入履行，可附材料 / it is being performed, until a day"""

    act: Literal["perform"]
    due_on: date
    note: str = ""

    def do(self, desk: Desk, key: int) -> None:
        filing.perform(desk, need_file(desk, key), self.due_on, files=self.enclosed, note=self.note)


class Close(OnMatter):
    """核销归档 / close it"""

    act: Literal["close"]
    note: str = ""

    def do(self, desk: Desk, key: int) -> None:
        filing.close(desk, need_file(desk, key), self.note)


class Annul(OnMatter):
    """撤销登记 / it was registered by mistake"""

    act: Literal["annul"]
    note: str

    def do(self, desk: Desk, key: int) -> None:
        filing.annul(desk, need_file(desk, key), self.note)


class Revise(OnMatter):
    """更正结果，回到办理中 / back to work after a wrong result"""

    act: Literal["revise"]
    note: str

    def do(self, desk: Desk, key: int) -> None:
        filing.revise(desk, need_file(desk, key), self.note)


class SetOnes(OnMatter):
    """登记“三个一” / a leader, a group, a plan"""

    act: Literal["ones"]
    leader: str
    post: str = ""
    members: list[str] = Field(default_factory=list, max_length=50)
    plan: str = ""

    def do(self, desk: Desk, key: int) -> object:
        given = Ones(self.leader, self.post, tuple(self.members), self.plan, self.enclosed)
        return set_ones(desk, need_file(desk, key), given)


class Submit(OnMatter):
    """报送化解进展、分析报告等，可附材料 / hand in a paper"""

    act: Literal["paper"]
    paper: PaperKind = PaperKind.PROGRESS
    text: str
    next_steps: str = ""
    fault: Fault | None = None

    def do(self, desk: Desk, key: int) -> object:
        return hand_in(
            desk, need_file(desk, key), self.paper, self.text, next_steps=self.next_steps, fault=self.fault,
            files=self.enclosed,
        )  # fmt: skip


class Waive(OnMatter):
    """免报一份半月报 / dispense with a half-month report"""

    act: Literal["waive"]
    report: Key
    reason: str

    def do(self, desk: Desk, key: int) -> object:
        row = find_report(desk, self.report)
        if (row.subject, row.subject_id) != ("matter", key):
            raise NotFound(
                "没有这份半月报", found=str(self.report), expected="本案的半月报", remedy="核对编号"
            )
        return waive_report(desk, self.report, self.reason)


class Link(OnMatter):
    """关联整改事项 / link a rectification case"""

    act: Literal["link"]
    case: str
    note: str = ""

    def do(self, desk: Desk, key: int) -> None:
        link_seen_case(desk, key, self.case, self.note)


class AskScreening(OnMatter):
    """提请线索筛查 / ask for a screening"""

    act: Literal["screening"]
    ground: int = Field(ge=0, le=100)
    note: str

    def do(self, desk: Desk, key: int) -> object:
        return ask_screening(desk, need_file(desk, key), self.ground, self.note)


class Void(OnMatter):
    """撤销一项登记 / take one record back"""

    act: Literal["void"]
    what: Literal["event", "fact", "assessment"]
    code: str
    note: str

    def do(self, desk: Desk, key: int) -> None:
        void(desk, need_file(desk, key), self.what, self.code, self.note)


class Note(OnMatter, ContactNote):
    """登记联系记录 / note a call, a talk or a visit"""

    act: Literal["note"]

    def do(self, desk: Desk, key: int) -> object:
        return add_note(desk, "matter", need_matter(desk, key).number, self.said)


DEEDS = takes(
    Assess, Occasion, Event, Fact, GiveDate, Describe, Conclude, Appeal, Perform, Close, Annul, Revise, SetOnes,
    Submit, Waive, Link, AskScreening, Void, Note, files=10,
)  # fmt: skip
