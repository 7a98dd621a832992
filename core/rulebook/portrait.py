"""Everything the rule book says about one rule: its text, what refers to it, who may set it, and its past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.ladders.matters import ANCHORS, FACTS
from core.rulebook.book import Rulebook
from core.rulebook.entries import Entry, entries, title_of_rule
from core.rulebook.fields import RuleModel
from core.rulebook.fieldwords import title_of
from core.rulebook.passages import Names, Row, rows_of, write_offset
from core.rulebook.published import PublishedFile
from core.text.yamltext import read_yaml
from core.unitfacts import UNIT_FACTS

# Fields that name another rule by its code, and in which folder of the rule book that rule lies.
REFERENCES = {
    "document": "documents", "output_documents": "documents", "ladder": "ladders", "linkage": "linkage",
    "source": "sources", "events": "events", "reopen_event": "events", "series": "series", "kind": "documents",
    "overlay": "overlays", "local_calendars": "local_calendars", "replaced_by": "items", "maps_to": "items",
    "notice": "documents", "litigation": "litigation", "reply_document": "documents", "announces": "documents",
    "milestones": "milestones", "scoring": "scoring", "asks": "asks", "campaigns": "campaigns",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Use:
    """A rule that refers to another, and in which of its fields."""

    address: str
    kind: str
    title: str
    field: str


def names_of(book: Rulebook) -> dict[str, str]:
    """Return the Chinese names of the rules that others refer to by code."""
    words = {name: fact.label for name, fact in UNIT_FACTS.items()}
    names = {**ANCHORS, **FACTS, **words, **{code: rule.name for code, rule in book.documents.items()}}
    for ladder in book.ladders.values():
        names |= {code: f"{code} {event.event}" for code, event in ladder.events.items()}
    return names


def portray(entry: Entry, names: Names) -> list[Row]:
    """Return the rows of a rule; what is only understood together (such as offset and unit) is said together."""
    rows = rows_of(entry.rule, names)
    if hasattr(entry.rule, "anchor") and hasattr(entry.rule, "offset"):
        rows = [row for row in rows if row.field not in ("anchor", "offset", "unit")]
        rows.insert(1, Row("offset", "何时", (write_offset(entry.rule),)))
    return rows


def uses_of(book: Rulebook, entry: Entry) -> list[Use]:
    """Return the rules that refer to one, each once, in the order of the book."""
    folder = entry.steps[0] if len(entry.steps) == 2 else entry.steps[-2]
    fields = {field for field, target in REFERENCES.items() if target == folder}
    # a source of a catalogue is cited by that catalogue alone
    near = "/".join(entry.steps[:-2]) if folder == "sources" and len(entry.steps) > 2 else ""
    found = []
    for other in entries(book):
        if other.address != entry.address and other.address.startswith(near):
            found += [
                Use(other.address, other.kind, other.title, title_of(type(other.rule), field))
                for field in _referring(other.rule, fields, entry.code)
            ]
    return found


def _referring(rule: RuleModel, fields: set[str], code: str) -> Iterator[str]:
    """Yield the fields of a rule, or of a nameless part of it, in which a code stands."""
    for field in type(rule).model_fields:
        value = getattr(rule, field)
        if (field in fields and _holds(value, code)) or any(
            _names(part, fields, code) for part in _nameless(value)
        ):
            yield field


def _nameless(value: Any) -> Iterator[RuleModel]:
    parts = value if isinstance(value, tuple) else (value,)
    for part in parts:
        if isinstance(part, RuleModel) and not getattr(part, "code", None) and not getattr(part, "id", None):
            yield part


def _names(part: RuleModel, fields: set[str], code: str) -> bool:
    return any(
        (field in fields and _holds(value, code))
        or any(_names(one, fields, code) for one in _nameless(value))
        for field, value in part
    )


def _holds(value: Any, code: str) -> bool:
    return value == code or (isinstance(value, tuple) and code in value)


def settable(rule: RuleModel) -> list[str]:
    """Return the fields that a local adjustment may set, as people call them; the rest is never edited in place."""
    allowed: frozenset[str] = getattr(type(rule), "SETTABLE", frozenset())
    return [title_of(type(rule), field) for field in type(rule).model_fields if field in allowed]


def successor_of(entry: Entry, book: Rulebook) -> str:
    """Return the words about a rule that is no longer used: since when, why, and what came in its place."""
    retired = getattr(entry.rule, "retired", None)
    if retired is None or not isinstance(retired, RuleModel):
        return ""
    by = []
    for code in getattr(retired, "replaced_by", ()):
        places = {
            "/".join((*entry.steps[:-2], folder, code)) for folder in ("items", "retired", entry.steps[-2])
        }
        title = next((title_of_rule(one.rule) for one in entries(book) if one.address in places), "")
        by.append(f"{code} {title}".strip())
    when = f"{getattr(retired, 'on', '')}停用：{getattr(retired, 'reason', '')}"
    return f"{when}；由{'、'.join(by)}接替" if by else f"{when}；没有接替的规则"


def register_of(files: Mapping[str, str]) -> PublishedFile | None:
    """Return the register of published ids, None where there is none yet."""
    text = files.get("published.yaml")
    if text is None:
        return None
    return PublishedFile.model_validate(read_yaml(text, "published.yaml").tree or {})


def published_as(register: PublishedFile | None, entry: Entry) -> str | None:
    """Return the title under which an id was first published, None when the register does not know it."""
    if register is None:
        return None
    steps = entry.steps
    shelf: Any = getattr(register, steps[0], None)
    if not isinstance(shelf, dict):
        return None
    if len(steps) == 2:
        known = shelf.get(steps[1])
        return known if isinstance(known, str) else None
    within = shelf.get(steps[1])
    if not isinstance(within, dict):
        return None
    rungs = (
        steps[2:] if len(steps) == 3 else tuple(one for one in steps[2:] if one not in ("profiles", "rungs"))
    )
    for name in (".".join(rungs), entry.code):
        if name in within:
            return str(within[name])
    return None
