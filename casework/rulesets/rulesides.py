"""The two sides of a comparison of rules: the current files, another folder, a frozen set, or what a campaign froze."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaigns import find_campaign, plan_of
from casework.rulesets.library import current_rules, frozen_rules, rule_files
from casework.staff.people import split
from core.errors import InvalidInput, NotFound
from core.rulebook import Catalog, Rulebook, freeze
from models.base import key_of, table_of
from models.campaign import Campaign, Finding, RuleSet, Visit

CURRENT, BASE, OVERLAY = "current", "base", "overlay:"
DIGITS = re.compile(r"[0-9a-f]{8,64}")
RULE_SET = table_of(RuleSet)
Chosen = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Side:
    """One rule set under the name it was asked for; `campaign` when it is what that campaign froze."""

    name: str
    book: Rulebook
    digest: str | None = None
    campaign: Campaign | None = None

    @property
    def is_frozen(self) -> bool:
        return self.digest is not None


def is_local(text: str) -> bool:
    """Tell whether a side is found without a database: rules of the files, adjusted or not, or another folder."""
    return text in (CURRENT, BASE) or text.startswith(OVERLAY) or Path(text).is_dir()


def read_local(text: str, rules: Path, office: str | None, on: date | None) -> Side:
    """Return the current rules or those of a folder as an office uses them, or the files under another adjustment.

    text   `current`, `base` (no local adjustment), `overlay:NAME`, or a folder
    on     only what holds on this day; None for everything, whatever its dates
    """
    if text == BASE or text.startswith(OVERLAY):
        return Side(text, rule_files(rules).rulebook(text.removeprefix(OVERLAY) if text != BASE else "", on))
    if office is None:
        offices = rule_files(rules).parts.offices
        office = next(iter(offices)) if len(offices) == 1 else None
    return Side(text, current_rules(rules if text == CURRENT else Path(text), office, on))


def read_side(desk: Desk, text: str, on: date | None) -> Side:
    """Return a rule set by `current`, a folder, at least eight digits of a frozen hash, or a campaign's code.

    raises   NotFound naming the four ways; InvalidInput for digits that fit several sets
    """
    if is_local(text):
        return read_local(text, desk.settings.rules, desk.office.code, on)
    if DIGITS.fullmatch(text):
        digest = find_digest(desk, text)
        if digest is not None:
            return Side(text, frozen_rules(desk.session, digest), digest)
    try:
        campaign = find_campaign(desk, text)
    except NotFound as error:
        raise NotFound(
            "没有这套规则",
            found=text,
            expected="current、base、overlay:名称、规则文件夹、冻结规则集的校验值（至少8位）或批次编码",
            remedy="核对写法；批次的校验值见 ducha campaign show",
        ) from error
    if campaign.rules_sha256 is None:
        raise InvalidInput(
            "该批次尚未启动，没有冻结规则",
            found=f"{text} 状态 {campaign.state}",
            expected="已启动的批次",
            remedy="启动前以 current 为准",
        )
    book = frozen_rules(desk.session, campaign.rules_sha256)
    return Side(text, book, campaign.rules_sha256, campaign)


def find_digest(desk: Desk, digits: str) -> str | None:
    """Return the frozen set whose hash begins so, None without one; raise InvalidInput when there are several."""
    query = (
        sa.select(RULE_SET.c.sha256).where(RULE_SET.c.sha256.startswith(digits)).order_by(RULE_SET.c.sha256)
    )
    found = list(desk.session.connection().execute(query).scalars())
    if len(found) > 1:
        raise InvalidInput(
            "校验值的位数不够，对应多套规则",
            found=digits,
            expected="能唯一确定的更多位数",
            remedy="；".join(one[:16] for one in found),
        )
    return found[0] if found else None


def narrow(desk: Desk | None, one: Side, other: Side) -> tuple[bytes, bytes]:
    """Return both sides frozen; where only one is, the other keeps just what that one would have frozen of it."""
    return _narrowed(desk, one, other), _narrowed(desk, other, one)


def _narrowed(desk: Desk | None, side: Side, beside: Side) -> bytes:
    if side.is_frozen or not beside.is_frozen:
        return freeze(side.book)
    if desk is not None and beside.campaign is not None:
        return freeze(side.book, chosen_by(desk, beside.campaign, side.book))
    return freeze(side.book, _shared(side.book, beside.book))


def _shared(book: Rulebook, frozen: Rulebook) -> Chosen:
    """Return the items of a frozen set that another book has too."""
    return {
        key: known_ids(book.catalogs[key]) & known_ids(catalog)
        for key, catalog in frozen.catalogs.items()
        if key in book.catalogs
    }


def known_ids(catalog: Catalog) -> set[str]:
    """Return the ids of all items of a catalogue, retired ones too."""
    return {item.id for item in (*catalog.items, *catalog.retired)}


def chosen_by(desk: Desk, campaign: Campaign, book: Rulebook) -> Chosen:
    """Return what a campaign would freeze of a rule book: what its plan names, and every item it has dealt with.

    What the book does not have is left out; casework/rulesets/migrating.py refuses where that matters.
    """
    plan = plan_of(campaign).catalogs if campaign.plan != "{}" else ()
    frozen = frozen_rules(desk.session, campaign.rules_sha256 or "")
    keys = dict.fromkeys([*(choice.key for choice in plan), *frozen.catalogs])
    wanted: dict[str, set[str]] = {key: set() for key in keys if key in book.catalogs}
    for choice in plan:
        if choice.key in wanted:
            wanted[choice.key] |= _named(book.catalogs[choice.key], choice.items)
    used = _used(desk, campaign)
    for key in wanted:
        mine = known_ids(frozen.catalogs[key]) if key in frozen.catalogs else set()
        # Without a plan (an old ledger) the campaign keeps the items it froze.
        kept = mine if not plan else used & mine
        wanted[key] |= kept & known_ids(book.catalogs[key])
    return wanted


def _named(catalog: Catalog, names: object) -> set[str]:
    """Return the live items that a plan names by class or id, or all of them."""
    if names == "all":
        return {item.id for item in catalog.items}
    wanted = set(names) if isinstance(names, Collection) else set()
    return {item.id for item in catalog.items if item.id in wanted or item.category in wanted}


def _used(desk: Desk, campaign: Campaign) -> set[str]:
    found = select(Finding.item).where(col(Finding.campaign_id) == key_of(campaign)).distinct()
    visits = select(Visit.items).where(col(Visit.campaign_id) == key_of(campaign))
    looked_at = {item for listed in desk.session.exec(visits) for item in split(listed)}
    return looked_at | set(desk.session.exec(found))
