"""Registering matters: by form, with the rules frozen, the first statutory clock counted, and the light looked up."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.litigation.clocks import Counting, set_counted
from casework.litigation.files import MatterFile, load_file
from casework.litigation.lights import refresh
from casework.litigation.recording import note_event, note_fact
from casework.rulesets.library import freeze_current
from casework.staff.people import find_unit, require_role
from casework.tasks import open_task
from core.codes import Secrecy
from core.errors import InvalidInput
from core.life.matterlife import (
    FIRST_CLOCK,
    INSTANCE_LABELS,
    MATTER,
    MATTER_KIND_LABELS,
    Instance,
    MatterKind,
    Plaintiff,
)
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.matter import LitigationMatter, MatterParty

KEEPERS = ("officer", "leader", "director")
MAX_NUMBER = 64
DESCRIBED = ("forum", "cause", "claim", "handler", "agent", "attendee", "note")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a form says of a matter; `start_on` is the day from which the first statutory clock runs.

    clock     another clock than the usual one of its kind, such as review_reply_simple
    variant   a variant of the clock, such as urgent
    """

    number: str
    kind: MatterKind
    unit: str
    forum: str
    cause: str
    received_on: date
    instance: Instance | None = None
    plaintiff: Plaintiff = Plaintiff.PERSON
    claim: str = ""
    item: str | None = None
    parties: tuple[str, ...] = ()
    start_on: date | None = None
    clock: str = ""
    variant: str = ""
    handler: str = ""
    agent: str = ""
    attendee: str = ""
    note: str = ""
    secrecy: Secrecy = Secrecy.INTERNAL
    previous_id: int | None = field(default=None)


def register(desk: Desk, entry: Entry, *, rules_sha256: str = "", quietly: bool = False) -> MatterFile:
    """Register a matter under the rules of today; its first statutory clock runs, and its light is looked up.

    rules_sha256   rules frozen already for several matters at once
    quietly        no tasks and no sheets: for matters of the past
    raises         NotAllowed; NotFound for an unknown unit; InvalidInput; CalendarMissing
    """
    require_role(desk, KEEPERS, "登记行政争议事项")
    _check(desk, entry)
    row = _row_of(desk, entry, rules_sha256 or freeze_current(desk.session, desk.rules, {}, desk.now))
    desk.session.add(row)
    desk.session.flush()
    for code in dict.fromkeys(entry.parties):
        party = find_unit(desk, code)
        if party.id != row.unit_id:
            desk.session.add(MatterParty(matter_id=key_of(row), unit_id=key_of(party)))
    desk.record("matter", key_of(row), "open", unit_id=row.unit_id, to_state=row.state, number=row.number)
    file = load_file(desk, row)
    _start_clock(desk, file, entry)
    if not quietly:
        note_event(desk, file, "J1", entry.received_on, "收到应诉（答复、建议）文书并登记")
        _ask_assessment(desk, file)
    refresh(desk, file, quietly=quietly)
    return file


def _row_of(desk: Desk, entry: Entry, rules_sha256: str) -> LitigationMatter:
    return LitigationMatter(
        office_id=desk.office_id,
        number=entry.number.strip(),
        kind=entry.kind.value,
        instance=entry.instance.value if entry.instance else None,
        forum=entry.forum.strip(),
        unit_id=key_of(find_unit(desk, entry.unit)),
        cause=entry.cause.strip(),
        plaintiff=entry.plaintiff.value,
        claim=entry.claim.strip(),
        item=entry.item,
        received_on=entry.received_on,
        secrecy=entry.secrecy.value,
        state=MATTER.start.value,
        rules_sha256=rules_sha256,
        handler=entry.handler.strip(),
        agent=entry.agent.strip(),
        attendee=entry.attendee.strip(),
        note=entry.note.strip(),
        previous_id=entry.previous_id,
        registered_on=desk.today,
        registered_by=desk.actor.code,
    )


def describe(desk: Desk, file: MatterFile, **values: str) -> MatterFile:
    """Change what a form said of a matter in words (forum, cause, claim, handler, agent, attendee, note); noted.

    raises   NotAllowed; InvalidInput for a name that is none of these
    """
    require_role(desk, KEEPERS, "修改登记内容")
    unknown = [name for name in values if name not in DESCRIBED]
    if unknown:
        raise InvalidInput("没有这个登记项", found="、".join(unknown), expected="、".join(DESCRIBED))
    changed = {name: text.strip() for name, text in values.items() if text.strip() != getattr(file.row, name)}
    for name, text in changed.items():
        refuse_state_secrets(text, "登记内容")
        if name == "cause" and not text:
            raise InvalidInput("案由不能为空", found="空", expected="案由", remedy="写明案由")
        setattr(file.row, name, text)
    if changed:
        desk.session.add(file.row)
        desk.record("matter", file.id, "describe", unit_id=file.row.unit_id, detail=changed)
        desk.session.flush()
    if changed.get("attendee") and "attendee_named" not in file.facts:
        note_fact(desk, file, "attendee_named", desk.today, f"确定{changed['attendee']}出庭")
        refresh(desk, file)
    return file


def _check(desk: Desk, entry: Entry) -> None:
    for one in fields(entry):
        value = getattr(entry, one.name)
        if isinstance(value, str):
            refuse_state_secrets(value, "登记内容")
    _check_number(desk, entry.number.strip())
    for name, text in (("案由", entry.cause), ("法院或复议机关", entry.forum)):
        if not text.strip():
            raise InvalidInput(f"{name}没有填写", found="空", expected=name, remedy="补充后重试")
    if (entry.kind is MatterKind.LITIGATION) is not (entry.instance is not None):
        instance = INSTANCE_LABELS[entry.instance] if entry.instance else "空"
        raise InvalidInput(
            "审级与案件类型不符",
            found=f"{MATTER_KIND_LABELS[entry.kind]}，审级{instance}",
            expected="行政诉讼写明一审、二审或再审，其他类型不写",
            remedy="改正案件类型或审级",
        )
    if entry.received_on > desk.today:
        raise InvalidInput(
            "收到日期在今天之后",
            found=entry.received_on.isoformat(),
            expected=f"不晚于{desk.today}",
            remedy="改正日期",
        )
    if entry.item is not None:
        check_item(desk, entry.item)


def _check_number(desk: Desk, number: str) -> None:
    if not 0 < len(number) <= MAX_NUMBER:
        raise InvalidInput(
            "案号不正确", found=number, expected=f"1至{MAX_NUMBER}字", remedy="按法律文书填写案号"
        )
    known = select(LitigationMatter.id).where(
        col(LitigationMatter.office_id) == desk.office_id, col(LitigationMatter.number) == number
    )
    if desk.session.exec(known).first() is not None:
        raise InvalidInput(
            "该案号已经登记", found=number, expected="未登记的案号", remedy="运行 ducha matter show 查看"
        )


def check_item(desk: Desk, item: str) -> None:
    """Raise InvalidInput for an item that no catalogue in use has."""
    ids = {one.id for catalog in desk.rules.catalogs.values() for one in catalog.items}
    if item not in ids:
        raise InvalidInput(
            "事项目录中没有该事项",
            found=item,
            expected="事项编号，如 S17",
            remedy="运行 ducha rules show 查看",
        )


def _start_clock(desk: Desk, file: MatterFile, entry: Entry) -> None:
    usual = FIRST_CLOCK.get((entry.kind, entry.instance))
    if usual is None:
        return
    code, clock = usual
    start = entry.start_on or entry.received_on
    set_counted(desk, file, code, Counting(start, entry.clock or clock, entry.variant))


def _ask_assessment(desk: Desk, file: MatterFile) -> None:
    """Ask for the first assessment, also where the ladder's own event names no task for it."""
    event = next((one for one in file.ladder.events if one.code == "J1"), None)
    if event is not None and any(task.done_by == "assess" for task in event.tasks):
        return
    open_task(
        desk,
        f"matter:{file.id}:assess",
        kind="matter_assess",
        title=f"{file.row.number} 评分亮灯",
        subject="matter",
        subject_id=file.id,
        role="officer",
        due_on=desk.calendar.after(file.row.received_on, file.ladder.registration.assess_workdays),
        unit_id=file.row.unit_id,
    )
