"""Units, people, mails and tasks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from fastapi.responses import Response

from casework.desk import Desk
from casework.listings.offices import (
    mails_page,
    people_page,
    require_office,
    seen_task,
    seen_unit,
    tasks_page,
    units_page,
)
from casework.mail.outbox import resolve
from casework.staff.people import split
from casework.tasks import drop_task, finish_task
from console.api.bodies import Body, Sent, takes
from console.api.routing import After, Code, HasCall, Limit, Listing, Number, Routes, Shown, Word
from core.access.permissions import Permission
from core.access.scopes import Area

units = Routes(Area.UNITS, Permission.UNITS)
people = Routes(Area.PEOPLE, Permission.PEOPLE)
outbox = Routes(Area.OUTBOX, Permission.OUTBOX)
tasks = Routes(Area.TASKS, Permission.TASKS)


class UnitShown(Shown):
    """A unit with its contacts."""

    code: str
    name: str
    kinds: list[str]
    parent_code: str | None
    area: str
    functions: list[str]
    liaison_name: str | None
    liaison_email: str | None
    head_name: str | None
    head_email: str | None
    leader_name: str | None
    leader_email: str | None
    valid_from: date | None
    valid_until: date | None


class PersonShown(Shown):
    """Somebody of the pool."""

    code: str
    name: str
    unit_code: str | None
    specialties: list[str]
    email: str | None
    roles: list[str]


class Mail(Shown):
    """A mail to one recipient."""

    id: int
    kind: str
    document: int | None
    number: str | None
    unit: str | None
    recipient: str
    recipient_name: str
    state: str
    message_id: str
    attempts: int
    reply: str | None


class Verdict(Body):
    """What became of a mail whose fate was unknown: it is there, or the same bytes go again."""

    verdict: Literal["accepted", "resend"]


class TaskShown(Shown):
    """What somebody has to do by a day."""

    id: int
    kind: str
    title: str
    subject: str
    subject_id: int
    owner: str
    role: str
    state: str
    opened_on: date
    due_on: date | None
    done_on: date | None
    done_by: str | None
    note: str


class TaskDeed(Body):
    """That a task was done, or is not needed any more and why."""

    act: Literal["done", "drop"]
    note: str = ""


def _unit(row: Any) -> UnitShown:
    return UnitShown(
        kinds=list(split(row.kinds)), functions=list(split(row.functions)),
        **{name: getattr(row, name) for name in UnitShown.model_fields if name not in ("kinds", "functions")},
    )  # fmt: skip


def _person(row: Any) -> PersonShown:
    return PersonShown(
        code=row.code, name=row.name, unit_code=row.unit_code, specialties=list(split(row.specialties)),
        email=row.email, roles=list(split(row.roles)),
    )  # fmt: skip


@units.read("/units", Listing[UnitShown])
def list_units(call: HasCall, after: After = "", limit: Limit = 50) -> Response:
    """被督察单位，按编码 / inspected units, by code"""

    def show(desk: Desk) -> Listing[UnitShown]:
        found = units_page(desk, after, limit)
        return Listing(items=[_unit(row) for row in found.rows], next=found.next)

    return call.read(show)


@units.read("/units/{code}", UnitShown)
def read_unit(call: HasCall, code: Code) -> Response:
    """一个单位 / one unit"""
    return call.read(lambda desk: _unit(seen_unit(desk, code)))


@people.read("/people", Listing[PersonShown])
def list_people(call: HasCall, after: After = "", limit: Limit = 50) -> Response:
    """人才库，按编号 / people of the pool, by code"""

    def show(desk: Desk) -> Listing[PersonShown]:
        found = people_page(desk, after, limit)
        return Listing(items=[_person(row) for row in found.rows], next=found.next)

    return call.read(show)


@outbox.read("/outbox", Listing[Mail])
def list_mails(call: HasCall, state: Word = "", after: After = "", limit: Limit = 50) -> Response:
    """邮件，新的在前 / mails, the newest first"""

    def show(desk: Desk) -> Listing[Mail]:
        found = mails_page(desk, after, limit, state=state)
        return Listing(items=[Mail.model_validate(row) for row in found.rows], next=found.next)

    return call.read(show)


class MailSettled(Shown):
    """A mail after somebody said what became of it."""

    id: int
    state: str


@outbox.act("/outbox/{number}/resolve", MailSettled)
def resolve_a_mail(call: HasCall, number: Number, sent: Annotated[Sent[Verdict], takes(Verdict)]) -> Response:
    """处理结果不明的邮件 / settle a mail whose fate is unknown"""

    def make(desk: Desk) -> MailSettled:
        require_office(desk, "处理邮件")
        return MailSettled.model_validate(resolve(desk, number, sent.body.verdict))

    return call.create(sent.whole, make, status=200)


def _task(number: int) -> Callable[[Desk], TaskShown]:
    return lambda desk: TaskShown.model_validate(seen_task(desk, number))


@tasks.read("/tasks", Listing[TaskShown])
def list_tasks(
    call: HasCall,
    state: Literal["open", "done", "dropped", ""] = "open",
    overdue: bool = False,
    after: After = "",
    limit: Limit = 50,
) -> Response:
    """工作任务，先到期的在前 / tasks, the earliest due first"""

    def show(desk: Desk) -> Listing[TaskShown]:
        found = tasks_page(desk, after, limit, state=state, overdue=overdue)
        return Listing(items=[TaskShown.model_validate(row) for row in found.rows], next=found.next)

    return call.read(show)


@tasks.read("/tasks/{number}", TaskShown)
def read_task(call: HasCall, number: Number) -> Response:
    """一项任务 / one task"""
    return call.read(_task(number))


@tasks.act("/tasks/{number}/acts", TaskShown)
def act_on_a_task(
    call: HasCall, number: Number, sent: Annotated[Sent[TaskDeed], takes(TaskDeed)]
) -> Response:
    """办结或者撤销任务 / finish or drop a task"""

    def verb(desk: Desk) -> None:
        seen_task(desk, number)
        done = finish_task if sent.body.act == "done" else drop_task
        done(desk, number, sent.body.note)

    return call.change(sent.whole, verb, _task(number))
