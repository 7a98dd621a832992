"""Random draws (随机抽查): of units, cases, items or people, kept with all it takes to do them again."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.sight import campaigns_in_sight, sees_office
from casework.staff.membership import members_between
from casework.staff.people import require_role, split
from casework.staff.poolviews import refuse_units
from core.errors import InvalidInput, NotFound
from core.life.rectification import CASE_STATE_LABELS, CaseState
from core.staffing.drawing import draw, population_hash
from core.text.secrecy import refuse_state_secrets
from models.base import key_of
from models.campaign import Campaign, Finding
from models.organisation import Person, Unit
from models.pool import Draw
from models.rectification import Rectification

KIND_LABELS = {"units": "单位", "cases": "整改事项", "items": "督察事项", "people": "督察人员"}


@dataclass(frozen=True, slots=True)
class Scope:
    """Of which part the population is made; what does not concern a kind of draw stays empty.

    kinds      类别 of units
    campaign   of cases
    state      of cases
    catalog    of items
    pool       of people
    leave_out  codes that take no part
    """

    kinds: tuple[str, ...] = ()
    campaign: str | None = None
    state: str | None = None
    catalog: str | None = None
    pool: str | None = None
    leave_out: tuple[str, ...] = ()

    def in_words(self) -> str:
        """Return the scope in Chinese, for the record."""
        parts = [
            f"类别：{'、'.join(self.kinds)}" if self.kinds else "",
            f"批次：{self.campaign}" if self.campaign else "",
            f"状态：{self.state}" if self.state else "",
            f"目录：{self.catalog}" if self.catalog else "",
            f"人才库：{self.pool}" if self.pool else "",
            f"不参加抽取：{'、'.join(self.leave_out)}" if self.leave_out else "",
        ]
        return "；".join(part for part in parts if part) or "全部"


def make_draw(desk: Desk, kind: str, size: int, purpose: str, scope: Scope, seed: str | None = None) -> Draw:
    """Draw from a population and keep the draw; without a seed one is made by chance and recorded.

    raises   InvalidInput for a population, size or seed that does not work
    """
    require_role(desk, ("officer", "director", "leader"), "随机抽取")
    refuse_state_secrets(purpose, "抽取用途")
    if not purpose.strip():
        raise InvalidInput("没有写明抽取用途", found="空", expected="一句用途", remedy="加上 --purpose")
    population = sorted(set(POPULATIONS[kind](desk, scope)) - set(scope.leave_out))
    return keep_draw(desk, kind, population, size, purpose, scope.in_words(), seed)


def keep_draw(
    desk: Desk, kind: str, population: list[str], size: int, purpose: str, scope: str, seed: str | None = None
) -> Draw:
    """Draw from given codes, sorted and each once, and keep the draw.

    scope   what the population was, in words
    """
    seed = seed or secrets.token_hex(8)
    refuse_state_secrets(seed, "随机种子")
    picked = draw(population, size, seed)
    row = Draw(
        office_id=desk.office_id, kind=kind, purpose=purpose, scope=scope, seed=seed, size=size,
        population="\n".join(population), population_sha256=population_hash(population), picked="\n".join(picked),
        drawn_by=desk.actor.code, drawn_on=desk.today,
    )  # fmt: skip
    desk.session.add(row)
    desk.session.flush()
    desk.record(
        "draw", key_of(row), "draw", kind=kind, purpose=purpose, seed=seed, size=size, picked=list(picked),
        population=len(population), sha256=row.population_sha256,
    )  # fmt: skip
    return row


def verify_draw(desk: Desk, number: int) -> dict[str, object]:
    """Do a draw again from what is on record; return whether population and result are the same."""
    row = find_draw(desk, number)
    sound, same = holds(row)
    return {**describe_draw(row), "ok": sound and same, "population_ok": sound, "picked_ok": same}


def holds(row: Any) -> tuple[bool, bool]:
    """Tell whether the population of a stored draw has its hash, and whether drawing again gives the same."""
    population = row.population.split("\n")
    try:
        again = draw(population, row.size, row.seed)
    except InvalidInput:  # a record that cannot be drawn any more was changed
        again = ()
    return population_hash(population) == row.population_sha256, again == tuple(row.picked.split("\n"))


@dataclass(frozen=True, slots=True)
class DrawChoices:
    """What the population of a draw may be narrowed to, each as (code, name)."""

    kinds: tuple[str, ...]
    campaigns: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str], ...]
    catalogs: tuple[tuple[str, str], ...]
    pools: tuple[tuple[str, str], ...]


def draw_choices(desk: Desk) -> DrawChoices:
    """Return what there is to choose from; two queries."""
    kinds = {
        kind
        for text in desk.session.exec(
            select(Unit.kinds).where(col(Unit.office_id) == desk.office_id).distinct()
        )
        for kind in split(text)
    }
    campaigns = select(Campaign.code, Campaign.title).where(campaigns_in_sight(desk))
    found = desk.session.exec(campaigns.order_by(col(Campaign.code).desc()).limit(100))
    return DrawChoices(
        tuple(sorted(kinds)),
        tuple((code, title) for code, title in found),
        tuple((state.value, CASE_STATE_LABELS[state]) for state in CaseState),
        tuple((key, one.name) for key, one in desk.rules.catalogs.items()),
        tuple((key, one.name) for key, one in sorted(desk.rules.pools.items())),
    )


def find_draw(desk: Desk, number: int) -> Draw:
    """Return a draw of this office; raise NotFound."""
    refuse_units(desk)
    row = desk.session.get(Draw, number)
    hidden = row is not None and not sees_office(desk) and row.drawn_by != desk.actor.code
    if row is None or row.office_id != desk.office_id or hidden:
        raise NotFound(
            "没有这次抽取", found=str(number), expected="抽取编号", remedy="运行 ducha draw list 查看"
        )
    return row


def list_draws(desk: Desk) -> list[dict[str, object]]:
    """Return the draws, the newest first."""
    refuse_units(desk)
    query = select(Draw).where(col(Draw.office_id) == desk.office_id).order_by(col(Draw.id).desc())
    if not sees_office(desk):
        query = query.where(col(Draw.drawn_by) == desk.actor.code)
    return [describe_draw(row) for row in desk.session.exec(query)]


def describe_draw(row: Draw) -> dict[str, object]:
    """Return a draw as outside programs read it."""
    return {
        "id": row.id,
        "kind": row.kind,
        "purpose": row.purpose,
        "scope": row.scope,
        "seed": row.seed,
        "size": row.size,
        "population": len(row.population.split("\n")),
        "population_sha256": row.population_sha256,
        "picked": row.picked.split("\n"),
        "by": row.drawn_by,
        "on": row.drawn_on.isoformat(),
    }


def _units(desk: Desk, scope: Scope) -> list[str]:
    wanted = set(scope.kinds)
    rows = desk.session.exec(select(Unit).where(col(Unit.office_id) == desk.office_id)).all()
    return [
        unit.code
        for unit in rows
        if (not wanted or wanted & set(split(unit.kinds)))
        and (unit.valid_until is None or unit.valid_until >= desk.today)
        and (unit.valid_from is None or unit.valid_from <= desk.today)
    ]


def _cases(desk: Desk, scope: Scope) -> list[str]:
    query = (
        select(Finding.code)
        .join(Rectification, col(Rectification.id) == col(Finding.id))
        .join(Campaign, col(Campaign.id) == col(Finding.campaign_id))
        .where(col(Finding.office_id) == desk.office_id)
    )
    if scope.campaign:
        query = query.where(col(Campaign.code) == scope.campaign)
    if scope.state:
        query = query.where(col(Rectification.state) == CaseState(scope.state).value)
    return list(desk.session.exec(query))


def _items(desk: Desk, scope: Scope) -> list[str]:
    catalogs = [desk.rules.catalog(scope.catalog)] if scope.catalog else list(desk.rules.catalogs.values())
    several = len(catalogs) > 1
    return [f"{one.key}/{item.id}" if several else item.id for one in catalogs for item in one.items]


def _people(desk: Desk, scope: Scope) -> list[str]:
    rows = desk.session.exec(select(Person).where(col(Person.office_id) == desk.office_id)).all()
    inside = members_between(desk, scope.pool, desk.today, desk.today) if scope.pool else None
    return [
        person.code
        for person in rows
        if {"inspector", "leader"} & set(split(person.roles)) and (inside is None or key_of(person) in inside)
    ]


POPULATIONS: dict[str, Callable[[Desk, Scope], list[str]]] = {
    "units": _units,
    "cases": _cases,
    "items": _items,
    "people": _people,
}
