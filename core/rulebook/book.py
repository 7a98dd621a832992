"""The rule book: every rule an office works with, read once and never changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TypeVar

from pydantic import Field

from core.codes import DOCUMENT_CONTENT_LABELS, LINE_LABELS, DocumentContent, Line
from core.errors import NotFound
from core.rulebook.archives import ArchiveRules
from core.rulebook.campaigns import CampaignRules
from core.rulebook.catalog import Catalog, Source
from core.rulebook.changes import AppliedChange
from core.rulebook.clocks import ClockFile
from core.rulebook.documents import DocumentRule
from core.rulebook.effect import in_effect
from core.rulebook.fields import RuleModel
from core.rulebook.ladder import Ladder
from core.rulebook.leads import LeadRules
from core.rulebook.linkage import LinkageRules
from core.rulebook.litigation import LitigationLadder
from core.rulebook.offices import Office
from core.rulebook.pools import PoolRules
from core.rulebook.scoring import ScoringRules
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
    pools: dict[str, PoolRules] = Field(default_factory=dict)
    campaigns: dict[str, CampaignRules] = Field(default_factory=dict)
    leads: dict[str, LeadRules] = Field(default_factory=dict)
    scoring: dict[str, ScoringRules] = Field(default_factory=dict)
    archives: dict[str, ArchiveRules] = Field(default_factory=dict)
    sources: dict[str, Source] = Field(default_factory=dict)
    timetable: tuple[Job, ...] = ()
    calendars: dict[int, CalendarYear] = Field(default_factory=dict)
    local_calendars: dict[str, LocalCalendar] = Field(default_factory=dict)
    changes: tuple[AppliedChange, ...] = ()
    """本地调整所作的改动，各有理由和依据"""

    def on(self, day: date) -> Rulebook:
        """Return the rules that hold on a day: what begins later or has ended is left out."""
        return in_effect(self, day)

    def catalog(self, key: str) -> Catalog:
        """Return a catalogue; raises NotFound."""
        return _pick(self.catalogs, key, "事项目录")

    def office(self, code: str) -> Office:
        """Return an office; raises NotFound."""
        return _pick(self.offices, code, "督察单位文件")

    def document(self, code: str) -> DocumentRule:
        """Return a document kind; raises NotFound."""
        return _pick(self.documents, code, "文书种类")

    def document_with(self, content: DocumentContent, line: Line) -> DocumentRule:
        """Return the first document kind of a content that a line may issue; raises NotFound."""
        found = next(self.documents_with(content, line), None)
        if found is None:
            raise NotFound(
                f"{LINE_LABELS[line]}线没有“{DOCUMENT_CONTENT_LABELS[content]}”类文书",
                found=f"content: {content.value}",
                expected="documents/ 中至少一种",
                remedy="补充文书规则文件后重新启动批次",
            )
        return found

    def documents_with(self, content: DocumentContent, line: Line) -> Iterator[DocumentRule]:
        """Yield the document kinds of a content that a line may issue, by code."""
        for _code, rule in sorted(self.documents.items()):
            if rule.content is content and rule.serves(line):
                yield rule

    def ladder_of(self, office: str) -> Ladder:
        """Return the ladder that an office has chosen; raises NotFound."""
        return _pick(self.ladders, self.office(office).choices.ladder, "预警督办等级")

    def litigation_of(self, office: str) -> LitigationLadder:
        """Return the litigation ladder that an office has chosen, else the only one; raises NotFound."""
        chosen = self.office(office).choices.litigation
        if chosen is None and len(self.litigation) == 1:
            return next(iter(self.litigation.values()))
        return _pick(self.litigation, chosen or "（未选定）", "败诉风险预警")

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
