"""What is done with leads."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from casework.desk import Desk
from casework.intake.leadclocks import ask_extension, decide_extension, tell_extension
from casework.intake.leadends import Problem, draft_reply, establish_lead, reply_to_source
from casework.intake.leadpassing import Passing, record_answer, transfer_lead
from casework.intake.leads import STAFF, find_lead
from casework.intake.leadsteps import (
    close_lead,
    conclude_check,
    decline_lead,
    merge_lead,
    return_lead,
    start_check,
)
from casework.rectification.notes import add_note
from casework.staff.people import require_role
from console.api.areas.noting import ContactNote
from console.api.bodies import Deed, Key, first_of, takes
from core.codes import Severity


class OnLead(Deed):
    """An act on a lead that the caller may know of."""

    def see(self, desk: Desk, key: int) -> None:
        find_lead(desk, key)


class StartCheck(OnLead):
    """交初核 / give it to somebody to check"""

    act: Literal["start_check"]
    handler: str
    unit: str = ""
    item: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return start_check(desk, key, self.handler, unit=self.unit, item=self.item)


class ConcludeCheck(OnLead):
    """提出初核意见，可附材料 / say what the check found"""

    act: Literal["conclude_check"]
    note: str
    dispute: str = ""
    legal_note: str = ""
    substantiated: bool | None = None
    unit: str = ""
    item: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return conclude_check(
            desk, key, self.note, dispute=self.dispute, legal_note=self.legal_note,
            substantiated=self.substantiated, unit=self.unit, item=self.item, file=first_of(self.enclosed),
        )  # fmt: skip


class Transfer(OnLead):
    """拟制转办函 / draft the letter that passes it to a unit"""

    act: Literal["transfer"]
    unit: str
    topic: str = ""
    demands: list[str] = Field(default_factory=list)
    matter: str | None = None
    materials: list[str] = Field(default_factory=list)

    def do(self, desk: Desk, key: int) -> object:
        return transfer_lead(
            desk, key, self.unit, Passing(self.topic, self.demands, self.matter, self.materials)
        )


class Establish(OnLead):
    """立项，成为督察底稿 / make it a working paper of a campaign"""

    act: Literal["establish"]
    campaign: str
    item: str
    severity: Severity = Severity.MAJOR
    problem: str
    facts: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return establish_lead(
            desk, key, Problem(self.campaign, self.item, self.severity, self.problem, self.facts)
        )


class Decline(OnLead):
    """不予处理 / decline it"""

    act: Literal["decline"]
    note: str

    def do(self, desk: Desk, key: int) -> object:
        return decline_lead(desk, key, self.note)


class Answer(OnLead):
    """登记承办单位反馈，可附材料；refused 为单位不办、收回自办 / what the unit answered, or that it refused"""

    act: Literal["answer"]
    note: str
    substantiated: bool | None = None
    refused: bool = False
    on: date | None = None

    def do(self, desk: Desk, key: int) -> object:
        return record_answer(
            desk, key, self.note, substantiated=self.substantiated, refused=self.refused, on=self.on,
            file=first_of(self.enclosed),
        )  # fmt: skip


class DraftReply(OnLead):
    """拟制书面答复 / draft the letter to who brought it"""

    act: Literal["draft_reply"]
    to: str
    handling: str = ""
    verified: str = ""
    result: str = ""

    def do(self, desk: Desk, key: int) -> object:
        require_role(desk, STAFF, "拟制书面答复")
        return draft_reply(
            desk, key, self.to, handling=self.handling, verified=self.verified, result=self.result
        )


class Reply(OnLead):
    """登记答复来源，可附材料 / record that its source was answered"""

    act: Literal["reply"]
    channel: str
    note: str = ""
    on: date | None = None

    def do(self, desk: Desk, key: int) -> object:
        return reply_to_source(desk, key, self.channel, self.note, on=self.on, file=first_of(self.enclosed))


class AskExtension(OnLead):
    """申请延长一项期限 / ask for an extension of one of its clocks"""

    act: Literal["ask_extension"]
    clock: str = Field(description="route、check、answer、reply")
    reason: str
    until: date | None = None

    def do(self, desk: Desk, key: int) -> object:
        return ask_extension(desk, key, self.clock, reason=self.reason, until=self.until)


class DecideExtension(OnLead):
    """批准或者不批准延长 / grant or refuse it"""

    act: Literal["decide_extension"]
    granted: bool
    note: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return decide_extension(desk, key, granted=self.granted, note=self.note)


class TellExtension(OnLead):
    """登记已告知延长 / note that its source was told of the extension"""

    act: Literal["tell_extension"]
    how: str

    def do(self, desk: Desk, key: int) -> object:
        return tell_extension(desk, key, self.how)


class Return(OnLead):
    """退回来源，可附材料 / give it back to its source"""

    act: Literal["return"]
    note: str

    def do(self, desk: Desk, key: int) -> object:
        return return_lead(desk, key, self.note, file=first_of(self.enclosed))


class Merge(OnLead):
    """并案 / merge it into another"""

    act: Literal["merge"]
    into: Key
    note: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return merge_lead(desk, key, self.into, self.note)


class Close(OnLead):
    """办结 / close it"""

    act: Literal["close"]
    note: str = ""

    def do(self, desk: Desk, key: int) -> object:
        return close_lead(desk, key, self.note)


class Note(OnLead, ContactNote):
    """登记联系记录 / note a call, a talk or a visit"""

    act: Literal["note"]

    def do(self, desk: Desk, key: int) -> object:
        return add_note(desk, "lead", str(key), self.said)


DEEDS = takes(
    StartCheck, ConcludeCheck, Transfer, Establish, Decline, Answer, DraftReply, Reply, AskExtension,
    DecideExtension, TellExtension, Return, Merge, Close, Note, files=1,
)  # fmt: skip
