"""Which campaigns froze a rule and since when, and whether what they froze is still what the files say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from core.rulebook.addresses import NoSuchStep, value_at, walk
from core.rulebook.fields import RuleModel
from core.rulebook.fieldwords import title_of
from models.base import table_of
from models.campaign import Campaign, RuleSet
from models.organisation import Office

CAMPAIGN, RULE_SET, OFFICE = table_of(Campaign), table_of(RuleSet), table_of(Office)


@dataclass(frozen=True, slots=True)
class Freezing:
    """A campaign that froze a rule; `changed` are the fields that the files say otherwise now, by their titles."""

    campaign: str
    title: str
    state: str
    opened_on: date | None
    sha256: str
    changed: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the freezing as outside programs read it."""
        return {
            "campaign": self.campaign,
            "title": self.title,
            "state": self.state,
            "opened_on": self.opened_on.isoformat() if self.opened_on else None,
            "sha256": self.sha256,
            "changed": list(self.changed),
        }


def freezings(session: Session, address: str, rule: RuleModel, office: str | None = None) -> list[Freezing]:
    """Return the campaigns whose frozen rules hold a rule, oldest first.

    rule     the rule as the files have it now, to compare with
    office   only the campaigns of this office; None for all
    """
    present = rule.model_dump(mode="json")
    trees: dict[str, Any] = {}
    found = []
    for row in session.connection().execute(_campaigns(office)):
        if row.rules_sha256 not in trees:
            trees[row.rules_sha256] = frozen_tree(session, row.rules_sha256)
        frozen = rule_in(trees[row.rules_sha256], address)
        if frozen is not None:
            changed = tuple(_changed(type(rule), frozen, present))
            found.append(Freezing(row.code, row.title, row.state, row.opened_on, row.rules_sha256, changed))
    return found


def _campaigns(office: str | None) -> sa.Select[Any]:
    query = sa.select(
        CAMPAIGN.c.code, CAMPAIGN.c.title, CAMPAIGN.c.state, CAMPAIGN.c.opened_on, CAMPAIGN.c.rules_sha256
    ).where(CAMPAIGN.c.rules_sha256.is_not(None))
    if office is not None:
        query = query.join(OFFICE, OFFICE.c.id == CAMPAIGN.c.office_id).where(OFFICE.c.code == office)
    return query.order_by(CAMPAIGN.c.opened_on, CAMPAIGN.c.code)


def frozen_tree(session: Session, digest: str) -> Any:
    """Return a frozen rule set as plain JSON: older sets are read too, whatever the models have become."""
    content = (
        session.connection()
        .execute(sa.select(RULE_SET.c.content).where(RULE_SET.c.sha256 == digest))
        .scalar()
    )
    return json.loads(content)["rules"] if content is not None else {}


def rule_in(tree: Any, address: str) -> Any:
    """Return what stands at an address of a frozen rule set, or None."""
    folder, _, rest = address.partition("/")
    steps = tuple(rest.split("/")) if rest else ()
    here = tree.get(folder)
    if folder == "linkage" and steps:
        # a frozen set holds the one set of linkage rules the office chose, not a folder of them
        here = {here.get("key", steps[0]): here} if isinstance(here, dict) else None
    try:
        return value_at(here, walk(here, steps))
    except NoSuchStep:
        return None


def _changed(model: type[RuleModel], frozen: Any, present: dict[str, Any]) -> Iterator[str]:
    if not isinstance(frozen, dict):
        return
    for field, value in present.items():
        if field == "examples":
            continue  # they prove a rule and decide nothing, so they are not frozen
        # a field that the older format did not know, and that says nothing now, has not changed
        if field in model.model_fields and frozen.get(field) != value and (field in frozen or value):
            yield title_of(model, field)
