"""JSON Schemas of the rule files, so that editors complete keys and mark mistakes while one types."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from core.rulebook.archives import ArchiveRules
from core.rulebook.campaigns import CampaignRules
from core.rulebook.catalog import CatalogHead, ClassFile, SourceFile
from core.rulebook.clocks import ClockFile
from core.rulebook.documents import DocumentRule
from core.rulebook.fielddocs import field_docs
from core.rulebook.fields import RuleModel
from core.rulebook.ladder import Ladder
from core.rulebook.leads import LeadRules
from core.rulebook.linkage import LinkageRules
from core.rulebook.litigation import LitigationLadder
from core.rulebook.offices import Office
from core.rulebook.overlays import Overlay
from core.rulebook.pools import PoolRules
from core.rulebook.published import PublishedFile
from core.rulebook.scoring import ScoringRules
from core.rulebook.timetable import CalendarYear, LocalCalendar, TimetableFile

SCHEMAS: dict[str, type[RuleModel]] = {
    "catalog.json": CatalogHead,
    "class.json": ClassFile,
    "ladder.json": Ladder,
    "litigation.json": LitigationLadder,
    "clocks.json": ClockFile,
    "document.json": DocumentRule,
    "linkage.json": LinkageRules,
    "office.json": Office,
    "sources.json": SourceFile,
    "timetable.json": TimetableFile,
    "calendar.json": CalendarYear,
    "local_calendar.json": LocalCalendar,
    "pools.json": PoolRules,
    "campaigns.json": CampaignRules,
    "leads.json": LeadRules,
    "scoring.json": ScoringRules,
    "archives.json": ArchiveRules,
    "overlay.json": Overlay,
    "published.json": PublishedFile,
}


def schemas() -> dict[str, str]:
    """Return {file name under rules/schema/: text} of all schemas."""
    return {
        name: json.dumps(_described(model), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        for name, model in SCHEMAS.items()
    }


def _described(model: type[RuleModel]) -> dict[str, Any]:
    """Return the schema of a model with the docstring of each field, which editors show while one types."""
    schema = model.model_json_schema()
    by_name = {one.__name__: one for one in _all_models(RuleModel)}
    for name, part in (*schema.get("$defs", {}).items(), (model.__name__, schema)):
        docs = field_docs(by_name[name]) if name in by_name else {}
        for field, said in docs.items():
            part["properties"][field].setdefault("description", said)
    return schema


def _all_models(model: type[RuleModel]) -> Iterator[type[RuleModel]]:
    for one in model.__subclasses__():
        yield one
        yield from _all_models(one)
