"""Talent pools (人才库): enter, renew, leave, train; who is in, whose term ends, whose training is short."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlmodel import col, func, select

from casework.accounts.sessions import end_sessions_of_holder
from casework.desk import Desk
from casework.staff.membership import pool_rules
from casework.staff.people import join, require_role, split
from casework.staff.upcoming import ask_replacement, visits_to_come
from core.errors import InvalidInput, NotFound, Refused
from core.rulebook.pools import PoolRules
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.campaign import Campaign, Visit, VisitMember
from models.organisation import Person
from models.pool import PoolMember, Training

KEEPERS = ("officer", "director")


def enrol(
    desk: Desk,
    pool: str,
    code: str,
    *,
    from_on: date | None = None,
    until_on: date | None = None,
    recommended_by: str = "",
    checked_on: date | None = None,
    specialties: Iterable[str] = (),
) -> PoolMember:
    """Let a person enter a pool for a term, by default of the length the pool says, from today.

    recommended_by   the unit that recommended; checked_on the day of the political check
    raises           InvalidInput when the pool asks for what is not given; Refused for who is in already
    """
    require_role(desk, KEEPERS, "办理入库")
    rules, person = pool_rules(desk, pool), find_person(desk, code)
    first = from_on or desk.today
    last = until_on or end_of_term(first, rules)
    _check_entry(rules, recommended_by, checked_on, first, last)
    before = terms_of(desk, pool, person)
    _refuse_running(pool, code, before, first)
    row = PoolMember(
        office_id=desk.office_id,
        person_id=key_of(person),
        pool=pool,
        term=len(before) + 1,
        specialties=join(_known_words(desk, specialties)),
        from_on=first,
        until_on=last,
        recommended_by=recommended_by,
        checked_on=checked_on,
        entered_by=desk.actor.code,
        entered_on=desk.today,
    )
    return _keep(desk, row, "enrol", code)


def _refuse_running(pool: str, code: str, before: Sequence[PoolMember], first: date) -> None:
    if before and before[-1].exited_on is None and before[-1].until_on >= first:
        raise Refused(
            "此人已在库",
            found=f"{code} 任期至{before[-1].until_on}",
            expected="不在库的人员",
            remedy=f"届满前续聘：ducha pool renew {pool} {code}",
        )


def renew(desk: Desk, pool: str, code: str, *, checked_on: date | None = None) -> PoolMember:
    """Add a term after the present one; raise Refused beyond the most terms the pool allows."""
    require_role(desk, KEEPERS, "办理续聘")
    rules, last = pool_rules(desk, pool), _present(desk, pool, code)
    if last.term >= rules.max_terms:
        raise Refused(
            "连任已到最多届数",
            found=f"{code} 第{last.term}届",
            expected=f"不超过{rules.max_terms}届",
            remedy=f"办理退出：ducha pool exit {pool} {code}",
        )
    _check_entry(rules, last.recommended_by or "续聘", checked_on, last.from_on, last.until_on)
    first = last.until_on + timedelta(1)
    row = PoolMember(
        **last.model_dump(include={"office_id", "person_id", "pool", "specialties", "recommended_by"}),
        term=last.term + 1,
        from_on=first,
        until_on=end_of_term(first, rules),
        checked_on=checked_on,
        entered_by=desk.actor.code,
        entered_on=desk.today,
    )
    return _keep(desk, row, "renew", code)


def exit_pool(desk: Desk, pool: str, code: str, reason: str, note: str = "") -> tuple[PoolMember, list[int]]:
    """Let a person leave a pool; return the membership and the visits still to come on which they must be replaced.

    raises   InvalidInput for a reason that the pool does not name
    """
    require_role(desk, KEEPERS, "办理退出")
    rules, row = pool_rules(desk, pool), _present(desk, pool, code)
    if reason not in rules.exit_reasons:
        raise InvalidInput(
            "退出情形不对",
            found=reason or "空",
            expected="、".join(rules.exit_reasons),
            remedy="--reason 择一写明，其他情况写在 --note",
        )
    refuse_state_secrets(note, "退出说明")
    row.exited_on, row.exit_reason, row.exit_note = desk.today, reason, note
    _keep(desk, row, "exit", code, reason=reason)
    end_sessions_of_holder(desk, code, "退出人才库")
    affected = [visit for visit, plan in visits_to_come(desk, row.person_id) if plan.team.pool == pool]
    for visit in affected:
        ask_replacement(desk, visit, code, f"退出人才库（{reason}）", f"pool:{row.id}:visit:{visit.id}")
    return row, [key_of(visit) for visit in affected]


def train(desk: Desk, codes: Iterable[str], on: date, hours: int, topic: str) -> list[Training]:
    """Record hours of training for several people at once."""
    require_role(desk, KEEPERS, "登记培训")
    refuse_state_secrets(topic, "培训内容")
    if not topic.strip() or not 1 <= hours <= 400 or on > desk.today:
        raise InvalidInput(
            "培训登记不全或不对",
            found=f"{on}，{hours}学时，{topic or '没有内容'}",
            expected="不晚于今天的日期，1至400学时，培训内容",
            remedy="改正后重试",
        )
    rows = []
    for code in dict.fromkeys(codes):
        person = find_person(desk, code)
        known = select(Training.id).where(
            col(Training.person_id) == person.id, col(Training.on_day) == on, col(Training.topic) == topic
        )
        if desk.session.exec(known).first() is not None:
            raise Refused(
                "该次培训已登记",
                found=f"{code} {on} {topic}",
                expected="未登记的培训",
                remedy="从名单中去掉此人",
            )
        row = Training(
            office_id=desk.office_id, person_id=key_of(person), on_day=on, hours=hours, topic=topic,
            recorded_by=desk.actor.code, recorded_on=desk.today,
        )  # fmt: skip
        desk.session.add(row)
        desk.record("person", key_of(person), "train", on=on, code=code, hours=hours, topic=topic)
        rows.append(row)
    desk.session.flush()
    return rows


def find_person(desk: Desk, code: str) -> Person:
    """Return a person by code; raise NotFound."""
    row = desk.session.exec(
        select(Person).where(col(Person.office_id) == desk.office_id, col(Person.code) == code)
    ).first()
    if row is None:
        raise NotFound(
            "没有这个人员", found=code, expected="已导入的人员编号", remedy="先运行 ducha import people 文件"
        )
    return row


def terms_of(desk: Desk, pool: str, person: Person) -> list[PoolMember]:
    """Return the terms of a person in a pool, the first first."""
    query = select(PoolMember).where(
        col(PoolMember.office_id) == desk.office_id,
        col(PoolMember.pool) == pool,
        col(PoolMember.person_id) == person.id,
    )
    return list(desk.session.exec(query.order_by(col(PoolMember.term))))


def end_of_term(first: date, rules: PoolRules) -> date:
    """Return the last day of a term that begins on a day."""
    year = first.year + rules.term_years
    try:
        return first.replace(year=year) - timedelta(1)
    except ValueError:  # the 29th of February
        return date(year, 2, 28)


def hours_in(desk: Desk, year: int) -> dict[int, int]:
    """Return {person id: hours of training in a year}."""
    query = (
        select(Training.person_id, func.sum(Training.hours))
        .where(
            col(Training.office_id) == desk.office_id,
            col(Training.on_day).between(date(year, 1, 1), date(year, 12, 31)),
        )
        .group_by(col(Training.person_id))
    )
    return {person: int(hours) for person, hours in desk.session.exec(query)}


def visits_in(desk: Desk, year: int) -> dict[int, int]:
    """Return {person id: visits in a year}."""
    query = (
        select(VisitMember.person_id, func.count())
        .join(Visit, col(Visit.id) == col(VisitMember.visit_id))
        .join(Campaign, col(Campaign.id) == col(Visit.campaign_id))
        .where(
            col(Campaign.office_id) == desk.office_id,
            col(Visit.from_on).between(date(year, 1, 1), date(year, 12, 31)),
        )
        .group_by(col(VisitMember.person_id))
    )
    return dict(desk.session.exec(query).all())


def _present(desk: Desk, pool: str, code: str) -> PoolMember:
    terms = terms_of(desk, pool, find_person(desk, code))
    if not terms or terms[-1].exited_on is not None:
        raise NotFound(
            "此人不在库",
            found=f"{code}（{pool}）",
            expected="在库人员",
            remedy=f"运行 ducha pool members {pool} 查看",
        )
    return terms[-1]


def _check_entry(
    rules: PoolRules, recommended_by: str, checked_on: date | None, first: date, last: date
) -> None:
    missing = []
    if rules.entry.recommended and not recommended_by.strip():
        missing.append("推荐单位（--recommended-by）")
    if rules.entry.political_check and checked_on is None:
        missing.append("政治审查日期（--checked-on）")
    if last < first:
        missing.append("不早于任期首日的届满日")
    if missing:
        raise InvalidInput(
            f"{rules.name}入库条件不全",
            found="缺少" + "、".join(missing),
            expected="；".join(rules.entry.conditions) or "入库条件齐全",
            remedy="补齐后重试",
        )


def _known_words(desk: Desk, words: Iterable[str]) -> tuple[str, ...]:
    known = {word for catalog in desk.rules.catalogs.values() for word in catalog.vocabularies.specialties}
    given = tuple(dict.fromkeys(words))
    unknown = [word for word in given if word not in known]
    if unknown:
        raise InvalidInput(
            "没有这些专业",
            found="、".join(unknown),
            expected="、".join(sorted(known)),
            remedy="改用词表中的专业",
        )
    return given


def _keep(desk: Desk, row: PoolMember, act: str, code: str, reason: str = "") -> PoolMember:
    desk.session.add(row)
    desk.session.flush()
    desk.record(
        "person", row.person_id, act, code=code, pool=row.pool, term=row.term, from_on=row.from_on.isoformat(),
        until_on=row.until_on.isoformat(), specialties=list(split(row.specialties)), reason=reason,
    )  # fmt: skip
    return row
