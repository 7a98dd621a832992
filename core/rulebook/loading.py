"""Rule files in, rule book out; or every mistake of every file at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from core.errors import InvalidRuleFile, Problem
from core.rulebook.book import Rulebook
from core.rulebook.catalog import Catalog
from core.rulebook.checks_catalog import check_catalogs
from core.rulebook.checks_ladder import check_ladders
from core.rulebook.checks_office import check_documents, check_linkage, check_offices
from core.rulebook.checks_time import check_calendars, check_timetable
from core.rulebook.parts import Parts, read_parts

CHECKS: tuple[Callable[[Parts], Iterator[Problem]], ...] = (
    check_catalogs,
    check_ladders,
    check_documents,
    check_linkage,
    check_offices,
    check_timetable,
    check_calendars,
)


def is_error(problem: Problem) -> bool:
    """Tell a mistake (E...) from a warning (W...); only mistakes keep a rule book from loading."""
    return problem.code.startswith("E")


def _examine(parts: Parts) -> list[Problem]:
    found = list(parts.problems)
    for check in CHECKS:
        found += check(parts)
    return sorted(found, key=lambda one: (one.file, one.line, one.column, one.code, one.message))


def check_rules(files: Mapping[str, str]) -> list[Problem]:
    """Return every mistake and warning of all rule files, sorted by place.

    files   {path relative to rules/ with forward slashes: text}
    """
    return _examine(read_parts(files))


def load_rulebook(files: Mapping[str, str]) -> Rulebook:
    """Return the rule book; warnings (W7xx) do not stop it.

    files    {path relative to rules/ with forward slashes: text}
    raises   InvalidRuleFile with all problems, warnings included
    """
    parts = read_parts(files)
    problems = _examine(parts)
    if any(is_error(one) for one in problems):
        raise InvalidRuleFile(problems)
    return _assemble(parts)


def _assemble(parts: Parts) -> Rulebook:
    return Rulebook(
        catalogs={key: _assemble_catalog(parts, key) for key in parts.heads},
        ladders={key: part.model for key, part in parts.ladders.items()},
        litigation={key: part.model for key, part in parts.litigation.items()},
        clocks={key: part.model for key, part in parts.clocks.items()},
        documents={key: part.model for key, part in parts.documents.items()},
        linkage=next(part.model for part in parts.linkage.values()),
        offices={key: part.model for key, part in parts.offices.items()},
        sources=dict(parts.sources.model.sources) if parts.sources else {},
        timetable=parts.timetable.model.jobs if parts.timetable else (),
        calendars={part.model.year: part.model for part in parts.calendars.values()},
        local_calendars={key: part.model for key, part in parts.local_calendars.items()},
    )


def _assemble_catalog(parts: Parts, key: str) -> Catalog:
    files = [part.model for part in parts.classes.get(key, [])]
    head = {name: getattr(parts.heads[key].model, name) for name in type(parts.heads[key].model).model_fields}
    return Catalog(
        **head,
        key=key,
        classes=tuple(one.category for one in files if one.category is not None),
        items=tuple(item for one in files for item in one.items),
    )
