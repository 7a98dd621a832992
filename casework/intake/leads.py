"""Leads (线索) that came in: registered with a number and clocks; who brought them is kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from casework.desk import Desk
from casework.linkage.compartment import may_know
from casework.serials import next_serial, write_serial
from casework.staff.people import find_unit, require_role
from casework.tasks import COMPARTMENT, open_task
from core.codes import Line, Secrecy
from core.errors import InvalidInput, NotFound, Refused
from core.life.leadlife import LEAD
from core.rulebook.leads import LeadOrigin, LeadRules
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.lead import Lead, LeadSource
from models.organisation import Unit

STAFF = frozenset({"officer", "director", "linkage"})


@dataclass(frozen=True, slots=True)
class NewLead:
    """What is known of a lead when it is registered; `person` and `contact` go to the table kept apart.

    source       a code or a name of the lead rules
    received_on  the day it came in, from which every clock of the source counts
    reply_by     the day that the source itself set for the reply, where it did
    """

    source: str
    received_on: date
    title: str
    text: str
    line: Line = Line.ENFORCEMENT
    source_ref: str = ""
    unit: str = ""
    item: str = ""
    person: str = ""
    contact: str = ""
    note: str = ""
    real_name: bool = False
    accusation: bool = False
    secrecy: Secrecy = Secrecy.INTERNAL
    reply_by: date | None = None


def lead_rules(desk: Desk) -> LeadRules:
    """Return the lead rules the office uses; raise NotFound where there are none."""
    chosen = desk.office_rules.choices.leads or next(iter(desk.rules.leads), "")
    found = desk.rules.leads.get(chosen)
    if found is None:
        raise NotFound(
            "没有线索规则", found=chosen or "空", expected="leads/<名称>.yaml", remedy="补充规则文件"
        )
    return found


def origin_of(desk: Desk, code: str) -> LeadOrigin:
    """Return the rule of a source; raise InvalidInput naming those there are."""
    rules = lead_rules(desk)
    found = rules.origin(code)
    if found is None:
        names = "、".join(f"{one.code}（{one.name}）" for one in rules.sources.values())
        raise InvalidInput("没有这种线索来源", found=code, expected=names, remedy="改正来源")
    return found


def register_lead(desk: Desk, given: NewLead) -> Lead:
    """Register a lead: its number, its clocks, and the task to route it; who brought it is kept apart.

    raises   InvalidInput for a text that is missing or a day that is still to come; NotFound for an unknown unit;
             Refused when the source's number was registered before
    """
    require_role(desk, STAFF, "登记线索")
    origin = origin_of(desk, given.source)
    if origin.compartment:
        require_role(desk, COMPARTMENT, f"登记{origin.name}线索")
    _check(desk, given)
    _refuse_known(desk, given)
    unit = find_unit(desk, given.unit) if given.unit else None
    row = _row(desk, given, origin, unit)
    desk.session.add(row)
    desk.session.flush()
    desk.record("lead", key_of(row), "open", to_state=row.state, number=row.number, source=origin.code)
    if given.person or given.contact or given.note:
        kept = LeadSource(
            lead_id=key_of(row),
            office_id=desk.office_id,
            name=given.person,
            contact=given.contact,
            note=given.note,
        )
        desk.session.add(kept)
    open_lead_task(desk, row, "route", f"{row.number}登记分办", row.route_due_on)
    if row.reply_due_on is not None:
        open_lead_task(desk, row, "reply", f"{row.number}答复来源（{origin.name}）", row.reply_due_on)
    desk.session.flush()
    return row


def transfer_by(desk: Desk, row: Lead) -> date:
    """Return the day by which a lead that is not the office's own matter goes to the body it belongs to.

    source   lead rules, transfer; 四川省行政执法监督条例 第三十一条至第三十四条: 10 days from the registration
    """
    return lead_rules(desk).transfer.due(row.registered_on, desk.calendar).due_on


def open_lead_task(desk: Desk, row: Lead, what: str, title: str, due_on: date | None) -> None:
    """Open a task of a lead; one of the compartment is seen by its people only."""
    open_task(
        desk,
        task_key(row, what),
        kind=f"lead_{what.partition(':')[0]}",
        title=title,
        subject="lead",
        subject_id=key_of(row),
        role="linkage" if row.compartment else "officer",
        due_on=due_on,
        owner=row.handler or "",
        confidential=row.compartment,
    )


def task_key(row: Lead, what: str) -> str:
    """Return the cause of a task of a lead."""
    return f"lead:{row.id}:{what}"


def is_known(desk: Desk, row: Lead) -> bool:
    """Tell whether the actor may know of a lead: staff, its handler; one of the compartment its named people only."""
    if desk.actor.speaks_for_unit:
        return False
    if row.compartment:
        return may_know(desk, "lead", key_of(row))
    return bool(desk.actor.roles & STAFF) or row.handler == desk.actor.code


def find_lead(desk: Desk, lead_id: int) -> Lead:
    """Return a lead that the actor may know of; raise NotFound for everybody else too."""
    row = desk.session.get(Lead, lead_id)
    if row is None or row.office_id != desk.office_id or not is_known(desk, row):
        raise NotFound(
            "没有这件线索", found=str(lead_id), expected="线索编号", remedy="运行 ducha lead list 查看"
        )
    return row


def _check(desk: Desk, given: NewLead) -> None:
    for text, what in ((given.title, "标题"), (given.text, "内容")):
        if not text.strip():
            raise InvalidInput(f"线索{what}不能为空", found="空", expected="一段文字", remedy=f"补充{what}")
        refuse_state_secrets(text, f"线索{what}")
    refuse_state_secrets(f"{given.person}\n{given.contact}\n{given.note}", "来源人信息")
    if given.received_on > desk.today:
        raise InvalidInput(
            "收到日期晚于今天",
            found=given.received_on.isoformat(),
            expected=f"不晚于{desk.today}",
            remedy="改正日期",
        )
    if given.real_name and not (given.person and given.contact):
        raise InvalidInput(
            "实名线索须登记反映人和联系方式",
            found="空",
            expected="姓名和联系方式",
            remedy="加上 --person 和 --contact，否则按匿名登记",
        )
    for part in (given.person, given.contact):
        if len(part) > 1 and part in f"{given.title}\n{given.text}":
            raise InvalidInput(
                "线索内容中写有来源人信息",
                found=part[0] + "*" * (len(part) - 1),
                expected="内容不含反映人姓名和联系方式",
                remedy="从标题和内容中删去，只登记在来源人一栏",
            )


def _refuse_known(desk: Desk, given: NewLead) -> None:
    known = select(Lead.number).where(
        col(Lead.office_id) == desk.office_id,
        col(Lead.source) == origin_of(desk, given.source).code,
        col(Lead.source_ref) == given.source_ref,
    )
    number = desk.session.exec(known).first() if given.source_ref else None
    if number is not None:
        raise Refused(
            "该来源编号已经登记",
            found=given.source_ref,
            expected="未登记的来源编号",
            remedy=f"已登记为{number}；确属新的线索，用来源另给的编号",
        )


def _row(desk: Desk, given: NewLead, origin: LeadOrigin, unit: Unit | None) -> Lead:
    year = desk.today.year
    serial = next_serial(desk, Lead, year)
    reply_due = origin.reply.due(given.received_on, desk.calendar).due_on if origin.reply else None
    reply_required = (
        origin.reply_required and (given.real_name or not _is_anonymous(given, origin))
    ) or given.real_name
    return Lead(
        office_id=desk.office_id,
        year=year,
        serial=serial,
        number=write_serial(lead_rules(desk).number_word, year, serial),
        source=origin.code,
        source_ref=given.source_ref or None,
        line=given.line.value,
        state=LEAD.start.value,
        secrecy=Secrecy.WORK_SECRET.value if origin.compartment else given.secrecy.value,
        compartment=origin.compartment,
        real_name=given.real_name,
        accusation=given.accusation,
        reply_required=reply_required,
        received_on=given.received_on,
        registered_on=desk.today,
        registered_by=desk.actor.code,
        unit_id=unit.id if unit else None,
        item=given.item or None,
        title=given.title.strip(),
        text=given.text.strip(),
        route_due_on=origin.route.due(given.received_on, desk.calendar).due_on,
        reply_due_on=given.reply_by or (reply_due if reply_required else None),
    )


def _is_anonymous(given: NewLead, origin: LeadOrigin) -> bool:
    """Tell whether there is nobody to reply to: no number of the source and no way to reach a person."""
    return not given.source_ref and not given.contact and not origin.superior
