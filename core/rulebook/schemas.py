"""JSON Schemas of the rule files, so that editors complete keys and mark mistakes while one types."""

from __future__ import annotations

import json

from core.rulebook.catalog import CatalogHead, ClassFile, SourceFile
from core.rulebook.clocks import ClockFile
from core.rulebook.documents import DocumentRule
from core.rulebook.fields import RuleModel
from core.rulebook.ladder import Ladder
from core.rulebook.linkage import LinkageRules
from core.rulebook.litigation import LitigationLadder
from core.rulebook.offices import Office
from core.rulebook.overlays import Overlay
from core.rulebook.published import PublishedFile
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
    "overlay.json": Overlay,
    "published.json": PublishedFile,
}


def schemas() -> dict[str, str]:
    """Return {file name under rules/schema/: text} of all schemas."""
    return {
        name: json.dumps(model.model_json_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        for name, model in SCHEMAS.items()
    }
