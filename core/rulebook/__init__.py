"""The rule book: `{path: text}` in, frozen rules or all mistakes out; see `rules/README.md` for the files."""

from __future__ import annotations

from core.rulebook.book import Rulebook
from core.rulebook.catalog import Basis, Catalog, Indicator, Item, ItemClass, LineBasis, Linkage, Source
from core.rulebook.clearing import ExtensionLimits, Review
from core.rulebook.clocks import ClockFile, StatutoryClock, find_clock, list_clocks
from core.rulebook.colours import Colour
from core.rulebook.documents import DocumentRule
from core.rulebook.freezing import canonical, freeze, sha256, thaw
from core.rulebook.ladder import EscalationEvent, Ladder, Profile, Rung
from core.rulebook.linkage import LinkageRules, Receiver, Triggers
from core.rulebook.litigation import LitigationLadder
from core.rulebook.loading import RuleFiles, check_rules, is_error, load_rulebook
from core.rulebook.offices import Authorisation, Choices, Leader, LineProfile, Office, Series
from core.rulebook.registering import register_of
from core.rulebook.roles import LEADER_ROLE_LABELS, UNIT_ROLE_LABELS, LeaderRole, UnitRole
from core.rulebook.schemas import schemas
from core.rulebook.timetable import CalendarYear, Job, LocalCalendar
from core.rulebook.titles import CODES

__all__ = [
    "CODES",
    "LEADER_ROLE_LABELS",
    "UNIT_ROLE_LABELS",
    "Authorisation",
    "Basis",
    "CalendarYear",
    "Catalog",
    "Choices",
    "ClockFile",
    "Colour",
    "DocumentRule",
    "EscalationEvent",
    "ExtensionLimits",
    "Indicator",
    "Item",
    "ItemClass",
    "Job",
    "Ladder",
    "Leader",
    "LeaderRole",
    "LineBasis",
    "LineProfile",
    "Linkage",
    "LinkageRules",
    "LitigationLadder",
    "LocalCalendar",
    "Office",
    "Profile",
    "Receiver",
    "Review",
    "RuleFiles",
    "Rulebook",
    "Rung",
    "Series",
    "Source",
    "StatutoryClock",
    "Triggers",
    "UnitRole",
    "canonical",
    "check_rules",
    "find_clock",
    "freeze",
    "is_error",
    "list_clocks",
    "load_rulebook",
    "register_of",
    "schemas",
    "sha256",
    "thaw",
]
