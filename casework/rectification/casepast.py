"""What a case's derivation looks up: its audit entries and rungs, and the rules and calendar in force at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import rules_of
from casework.lights.duehistory import calendars_by_version
from casework.rulesets.library import frozen_rules, laid_over, rules_calendar
from casework.staff.people import find_unit
from casework.units.lineage import lineage_of
from core.calendar.workdays import Calendar
from core.rulebook import Ladder
from models.audit import history_of
from models.base import key_of
from models.campaign import Finding
from models.record import AuditEntry, CalendarTable
from models.rectification import Rectification

MIGRATED = "migrate_rules"


@dataclass
class CasePast:
    """The past of one case, each thing read when it is first asked for."""

    desk: Desk
    case: Rectification
    finding: Finding
    entries: Sequence[AuditEntry]

    @cached_property
    def calendars(self) -> dict[str, Calendar]:
        """The calendars that were ever in force, by version."""
        return calendars_by_version(self.desk)

    @cached_property
    def _imports(self) -> list[tuple[datetime, Calendar]]:
        query = (
            select(CalendarTable)
            .where(col(CalendarTable.office_id) == self.desk.office_id)
            .order_by(col(CalendarTable.imported_at), col(CalendarTable.version))
        )
        calendar = rules_calendar(self.desk.rules, self.desk.office.code)
        found = []
        for row in self.desk.session.exec(query):
            calendar = laid_over(calendar, row.content)
            found.append((row.imported_at, calendar))
        return found

    def calendar_at(self, at: datetime) -> Calendar:
        """Return the calendar that was in force at an instant, as the rule files are now."""
        earlier = [calendar for imported_at, calendar in self._imports if imported_at <= at]
        if len(earlier) == len(self._imports):
            return self.desk.calendar
        return earlier[-1] if earlier else rules_calendar(self.desk.rules, self.desk.office.code)

    @cached_property
    def _migrations(self) -> list[tuple[datetime, str]]:
        """The instants at which the campaign left a rule set, with the hash of the one it left."""
        history = history_of(self.desk.session, self.desk.office_id, "campaign", [self.case.campaign_id])
        return [
            (entry.at, str(json.loads(entry.detail)["before"]))
            for entry in history
            if entry.act == MIGRATED and entry.detail
        ]

    def rules_at(self, at: datetime) -> tuple[str, Ladder]:
        """Return the hash of the frozen rules that held for the case at an instant, and their ladder."""
        left = next((before for moved_at, before in self._migrations if at < moved_at), None)
        digest = left or self.desk.campaign(self.case.campaign_id).rules_sha256
        rules = (
            frozen_rules(self.desk.session, digest) if digest else rules_of(self.desk, self.case.campaign_id)
        )
        return digest or "", rules.ladder_of(self.desk.office.code)

    def _others(self, units: frozenset[int]) -> list[AuditEntry]:
        """What happened to the other cases of some units and the same item."""
        same = select(Finding.id).where(
            col(Finding.unit_id).in_(units),
            col(Finding.item) == self.finding.item,
            col(Finding.id) != self.finding.id,
        )
        ids = [number for number in self.desk.session.exec(same) if number is not None]
        return list(history_of(self.desk.session, self.desk.office_id, "case", ids)) if ids else []

    def same_before(self, at: int, entry: AuditEntry) -> list[AuditEntry]:
        """Return what had happened, before an entry of this case, to the cases of the same unit and item.

        The unit is the one that answered for the case then, with all for which it carried on by then.
        """
        units = lineage_of(self.desk, before=entry.at).ancestors(self._unit_at(at))
        return [*self.entries[:at], *(one for one in self._others(units) if one.at < entry.at)]

    def _unit_at(self, at: int) -> int:
        """Return the unit that answered for the case before one of its entries."""
        given = [one for one in self.entries[:at] if one.act == "reassign" and one.detail]
        if not given:
            return self.finding.unit_id
        return key_of(find_unit(self.desk, str(json.loads(given[-1].detail)["unit"])))
