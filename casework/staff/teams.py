"""The teams of a campaign after planning: who may take whose place, replacing a member, and what is on record."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaignrows import plan_of
from casework.inspection.choosing import chosen_items
from casework.inspection.visits import team_of
from casework.mail.queueing import Recipient, queue
from casework.staff.people import require_role
from casework.staff.pools import find_person
from casework.staff.staffing import staffing_request
from casework.staff.upcoming import replacement_tasks
from casework.tasks import finish_for, open_task
from core.errors import InvalidInput, NotFound, Refused
from core.life.lives import CAMPAIGN_OVER, CampaignState, MessageState
from core.staffing.composition import is_joint
from core.staffing.plan_world import LEADER, World, say_rule
from core.staffing.recusal import GROUND_LABELS
from core.staffing.teams import Need
from core.text.secrecy import refuse_state_secrets
from models.base import key_of, table_of
from models.campaign import Campaign, Visit, VisitMember
from models.message import Message
from models.organisation import Person, Unit
from models.pool import Authorisation, RecusalDeclaration, Replacement


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the pool and what speaks against sending them on a visit; `rules` are those a team would break."""

    code: str
    load: int
    specialties: tuple[str, ...]
    against: tuple[str, ...]
    soft: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Table:
    """A visit with all that decides who may sit on it."""

    visit: Visit
    campaign: Campaign
    unit: Unit
    world: World
    team: tuple[str, ...]


def candidates(desk: Desk, visit_id: int, leaving: str) -> list[Candidate]:
    """Return everybody who might take a member's place on a visit, those who may first, the least loaded first."""
    require_role(desk, ("officer", "director", "leader"), "选择接替人员")
    table = _table(desk, find_visit(desk, visit_id))
    _require_member(table, leaving)
    found = [_weigh(table, leaving, code) for code in table.world.pool if code not in table.team]
    return sorted(found, key=lambda one: (bool(one.against), bool(one.soft), one.load, one.code))


def _weigh(table: _Table, leaving: str, code: str) -> Candidate:
    world, visit = table.world, table.visit
    person = world.pool.get(code)
    if person is None:
        return Candidate(code, 0, (), ("不在可选人员之列（不在库、不在任期或没有督察员角色）",))
    against = [f"回避（{GROUND_LABELS[ground]}）" for ground in world.recused[table.unit.code].get(code, ())]
    if any(visit.from_on <= day <= visit.to_on for day in person.busy):
        against.append("同日另有督察任务")
    if (person.from_on and visit.from_on < person.from_on) or (
        person.until_on and person.until_on < visit.to_on
    ):
        against.append("督察日不在任期内")
    team = [member for member in table.team if member != leaving] + [code]
    broken = _broken(table, team)
    single = [need for need in broken if not is_joint(need)]
    against += [say_rule(need.label, need.count) for need in single or broken]
    last = world.unit(table.unit.code).last_team
    soft = ("上次督察过该单位",) if code in last and world.request.last_time == "avoid" else ()
    if code in last and world.request.last_time == "forbid":
        against.append("上次督察过该单位")
    return Candidate(code, person.load, tuple(sorted(person.specialties)), tuple(against), soft)


def _broken(table: _Table, team: list[str]) -> list[Need]:
    """Return the rules that the team keeps now and would not keep any more."""
    rules = table.world.rules[table.unit.code][1:]
    return [
        need
        for need in rules
        if len(need.people.intersection(team)) < min(need.count, len(need.people.intersection(table.team)))
    ]


def replace_member(
    desk: Desk, visit_id: int, leaving: str, joining: str, reason: str, *, declaration: int | None = None
) -> Replacement:
    """Put somebody in a member's place: no recusal, no second task that day, and the rules of the team still kept.

    declaration   the accepted declaration because of which the member leaves
    raises        Refused naming everything that speaks against the person, and who else may come
    """
    require_role(desk, ("officer", "director"), "更换督察组成员")
    refuse_state_secrets(reason, "更换理由")
    if not reason.strip():
        raise InvalidInput(
            "更换督察组成员须写明理由", found="空", expected="一句理由", remedy="加上 --reason"
        )
    visit = find_visit(desk, visit_id)
    table = _table(desk, visit)
    _require_running(desk, table)
    _require_member(table, leaving)
    known = _declaration(desk, declaration, find_person(desk, leaving))
    if joining in table.team:
        raise InvalidInput("此人已在督察组", found=joining, expected="组外人员", remedy="改换接替人员")
    weighed = _weigh(table, leaving, find_person(desk, joining).code)
    if weighed.against:
        able = [one.code for one in candidates(desk, visit_id, leaving) if not one.against][:8]
        raise Refused(
            f"{joining}不能接替{leaving}",
            found="；".join(weighed.against),
            expected="不须回避、当日无其他任务且符合组成规则的人员",
            remedy=f"可选：{'、'.join(able)}" if able else "没有可选人员；调整督察日期或扩充人才库",
        )
    return _swap(desk, table, leaving, weighed, reason, known)


def _swap(
    desk: Desk, table: _Table, leaving: str, coming: Candidate, reason: str, declaration: int | None
) -> Replacement:
    visit = table.visit
    out, into = find_person(desk, leaving), find_person(desk, coming.code)
    seat = desk.session.get_one(VisitMember, (key_of(visit), key_of(out)))
    role = seat.role
    desk.session.delete(seat)
    desk.session.flush()
    desk.session.add(VisitMember(visit_id=key_of(visit), person_id=key_of(into), role="member"))
    desk.session.flush()
    leader = _name_leader(desk, table, into) if role == LEADER else table.team[0]
    row = Replacement(
        office_id=desk.office_id, visit_id=key_of(visit), out_person_id=key_of(out), in_person_id=key_of(into),
        role=role, reason=reason, declaration_id=declaration, replaced_by=desk.actor.code, replaced_on=desk.today,
    )  # fmt: skip
    why = f"{desk.today}更换：{leaving}因{reason}退出，由{coming.code}接替"
    known = ["、".join(coming.specialties) or "综合", f"本年另承担{coming.load}次", *coming.soft]
    why += f"（{'，'.join(known)}）"
    visit.reasons = f"{visit.reasons}\n{why}" if visit.reasons else why
    desk.session.add(visit)
    desk.session.add(row)
    desk.session.flush()
    desk.record(
        "visit", key_of(visit), "replace", unit_id=visit.unit_id, out=leaving, into=coming.code, leader=leader,
        reason=reason, declaration=declaration,
    )  # fmt: skip
    _tell(desk, table, out, into)
    return row


def _name_leader(desk: Desk, table: _Table, into: Person) -> str:
    """Let the one who comes lead when they may, else the first of the others who may; return who leads now."""
    people = team_of(desk, table.visit)
    able = [person for person in people if person.code in table.world.leaders]
    leader = into if into in able or not able else able[0]
    seat = desk.session.get_one(VisitMember, (key_of(table.visit), key_of(leader)))
    seat.role = LEADER
    desk.session.add(seat)
    desk.session.flush()
    return leader.code


def _tell(desk: Desk, table: _Table, out: Person, into: Person) -> None:
    """Settle what asked for the replacement, take back unsent mail, tell the new member, ask for a new letter."""
    visit = table.visit
    for task in replacement_tasks(desk, visit, out.code):
        finish_for(desk, task.key, f"由{into.code}接替")
    message = table_of(Message)
    desk.session.connection().execute(
        sa.update(message)
        .where(
            message.c.visit_id == visit.id,
            message.c.state == MessageState.READY.value,
            message.c.key.endswith(f"/{out.code}", autoescape=True),
        )
        .values(state=MessageState.CANCELLED.value)
    )
    if table.campaign.state == CampaignState.OPEN.value and into.email:
        queue(
            desk,
            "task",
            f"visit/{visit.id}/task",
            Recipient(into.code, into.name, into.email),
            visit_id=visit.id,
        )
    letters = select(Authorisation.id).where(col(Authorisation.visit_id) == visit.id)
    letter = desk.session.exec(letters.order_by(col(Authorisation.id).desc())).first()
    if letter is not None:
        open_task(
            desk, renewal_key(visit, letter), kind="reauthorise",
            title=f"督察组成员变更，重新出具授权书：{table.unit.name}", subject="visit", subject_id=key_of(visit),
            role="officer", due_on=max(desk.calendar.after(visit.from_on, -1), desk.today),
        )  # fmt: skip


def renewal_key(visit: Visit, letter: int) -> str:
    """Return the cause of the task to write a letter anew after the team that it names has changed."""
    return f"visit:{visit.id}:letter:{letter}"


def find_visit(desk: Desk, visit_id: int) -> Visit:
    """Return a visit of this office; raise NotFound."""
    row = desk.session.get(Visit, visit_id)
    if row is None or row.office_id != desk.office_id:
        raise NotFound(
            "没有这次督察",
            found=str(visit_id),
            expected="督察编号",
            remedy="运行 ducha team show 批次编码 查看",
        )
    return row


def _table(desk: Desk, visit: Visit) -> _Table:
    campaign = desk.campaign(visit.campaign_id)
    unit, plan = desk.session.get_one(Unit, visit.unit_id), plan_of(campaign)
    request = staffing_request(desk, plan, [unit], chosen_items(desk.rules, plan), beside=True)
    team = tuple(person.code for person in team_of(desk, visit))
    return _Table(visit, campaign, unit, World(request), team)


def _require_member(table: _Table, code: str) -> None:
    if code not in table.team:
        raise NotFound(
            "此人不在该督察组", found=code, expected="、".join(table.team), remedy="核对督察编号和人员编号"
        )


def _require_running(desk: Desk, table: _Table) -> None:
    if table.campaign.state in CAMPAIGN_OVER or table.visit.to_on < desk.today:
        raise Refused(
            "督察已经结束，不能更换人员",
            found=f"{table.unit.name} {table.visit.from_on}至{table.visit.to_on}",
            expected="未结束的督察",
            remedy="记录人员变动的，另作说明",
        )


def _declaration(desk: Desk, number: int | None, person: Person) -> int | None:
    if number is None:
        return None
    row = desk.session.get(RecusalDeclaration, number)
    if (
        row is None
        or row.office_id != desk.office_id
        or row.person_id != person.id
        or row.state != "accepted"
    ):
        raise InvalidInput(
            "所引回避申报不对",
            found=str(number),
            expected=f"{person.code}的、已决定回避的申报",
            remedy="运行 ducha recusal list 查看",
        )
    return row.id
