"""The rule book: every rule an office works with, read once and never changed."""

from __future__ import annotations

from typing import TypeVar

from pydantic import Field

from core.errors import NotFound
from core.rulebook.catalog import Catalog, Source
from core.rulebook.clocks import ClockFile
from core.rulebook.documents import DocumentRule
from core.rulebook.fields import RuleModel
from core.rulebook.ladder import Ladder
from core.rulebook.linkage import LinkageRules
from core.rulebook.litigation import LitigationLadder
from core.rulebook.offices import Office
from core.rulebook.timetable import CalendarYear, Job, LocalCalendar

RuleT = TypeVar("RuleT", Catalog, ClockFile, DocumentRule, Ladder, LinkageRules, LitigationLadder, Office)


class Rulebook(RuleModel):
    """All rules; keys are the folder or file names under `rules/`."""

    catalogs: dict[str, Catalog]
    ladders: dict[str, Ladder]
    litigation: dict[str, LitigationLadder] = Field(default_factory=dict)
    clocks: dict[str, ClockFile] = Field(default_factory=dict)
    documents: dict[str, DocumentRule]
    linkage: LinkageRules
    offices: dict[str, Office]
    sources: dict[str, Source] = Field(default_factory=dict)
    timetable: tuple[Job, ...] = ()
    calendars: dict[int, CalendarYear] = Field(default_factory=dict)
    local_calendars: dict[str, LocalCalendar] = Field(default_factory=dict)

    def catalog(self, key: str) -> Catalog:
        """Return a catalogue; raises NotFound."""
        return _pick(self.catalogs, key, "事项目录")

    def office(self, code: str) -> Office:
        """Return an office; raises NotFound."""
        return _pick(self.offices, code, "督察单位文件")

    def document(self, code: str) -> DocumentRule:
        """Return a document kind; raises NotFound."""
        return _pick(self.documents, code, "文书种类")

    def ladder_of(self, office: str) -> Ladder:
        """Return the ladder that an office has chosen; raises NotFound."""
        return _pick(self.ladders, self.office(office).choices.ladder, "预警督办等级")

    def counts(self) -> dict[str, dict[str, int]]:
        """Return {catalogue key: {classes, items, weight}}."""
        return {key: catalog.counts() for key, catalog in self.catalogs.items()}


def _pick(rules: dict[str, RuleT], key: str, what: str) -> RuleT:
    found = rules.get(key)
    if found is None:
        raise NotFound(
            f"没有这个{what}", found=key, expected="、".join(rules), remedy="检查编号或补充规则文件"
        )
    return found
