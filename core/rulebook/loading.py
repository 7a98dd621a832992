"""Rule files in, rule book out; or every mistake of every file at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property

from core.errors import InvalidRuleFile, NotFound, Problem
from core.rulebook.book import Rulebook
from core.rulebook.catalog import Catalog
from core.rulebook.checks_archives import check_archives
from core.rulebook.checks_campaigns import check_campaigns
from core.rulebook.checks_catalog import check_catalogs
from core.rulebook.checks_clocks import check_clocks
from core.rulebook.checks_documents import check_documents
from core.rulebook.checks_examples import check_examples
from core.rulebook.checks_handling import check_handling
from core.rulebook.checks_ladder import check_ladders
from core.rulebook.checks_lapsed import check_lapsed
from core.rulebook.checks_leads import check_leads
from core.rulebook.checks_litigation import check_litigation
from core.rulebook.checks_office import check_linkage, check_offices
from core.rulebook.checks_pools import check_pools
from core.rulebook.checks_published import check_published
from core.rulebook.checks_scoring import check_scoring
from core.rulebook.checks_time import check_calendars, check_local_calendars, check_timetable
from core.rulebook.effect import all_models, boundary_days
from core.rulebook.layers import spans
from core.rulebook.parts import Parts, read_parts
from core.rulebook.resolving import Resolver

CHECKS: tuple[Callable[[Parts], Iterator[Problem]], ...] = (
    check_catalogs,
    check_ladders,
    check_handling,
    check_documents,
    check_linkage,
    check_offices,
    check_timetable,
    check_calendars,
    check_local_calendars,
    check_clocks,
    check_litigation,
    check_leads,
    check_campaigns,
    check_pools,
    check_archives,
    check_scoring,
    check_published,
    check_lapsed,
    check_examples,
)


def is_error(problem: Problem) -> bool:
    """Tell a mistake (E...) from a warning (W...); only mistakes keep a rule book from loading."""
    return problem.code.startswith("E")


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems sorted by place."""
    return sorted(problems, key=lambda one: (one.file, one.line, one.column, one.code, one.message))


def check_rules(files: Mapping[str, str]) -> list[Problem]:
    """Return every mistake and warning of all rule files and of every overlay laid over them, sorted by place.

    files   {path relative to rules/ with forward slashes: text}
    """
    return RuleFiles(files).every_problem()


def load_rulebook(files: Mapping[str, str], overlay: str = "", on: date | None = None) -> Rulebook:
    """Return the rule book; warnings (W7xx) do not stop it.

    files    {path relative to rules/ with forward slashes: text}
    overlay  the local adjustment laid over it, empty for none
    on       the day whose rules are wanted; None for all, whatever their dates
    raises   InvalidRuleFile with all problems, warnings included
    """
    return RuleFiles(files).rulebook(overlay, on)


class RuleFiles:
    """All rule files of one folder, read and checked once, from which the rule book of any office and day is made."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.parts = read_parts(files)
        self.problems = in_order(
            [*self.parts.problems, *(one for check in CHECKS for one in check(self.parts))]
        )

        self.resolver = Resolver(self.parts, CHECKS, self.problems)

    def every_problem(self) -> list[Problem]:
        """Return the mistakes and warnings of the files and of every overlay laid over them, sorted by place."""
        return in_order([*self.problems, *self.resolver.problems()])

    def rulebook(self, overlay: str = "", on: date | None = None) -> Rulebook:
        """Return the rule book with an overlay laid over it, as it holds on a day; raises InvalidRuleFile."""
        if any(is_error(one) for one in self.problems):
            raise InvalidRuleFile(self.problems)
        book = self._resolved(overlay, on) if overlay else _assemble(self.parts)
        return book if on is None else book.on(on)

    def _resolved(self, overlay: str, on: date | None) -> Rulebook:
        if overlay not in self.parts.overlays:
            raise NotFound(
                "没有这个本地调整",
                found=overlay,
                expected="、".join(sorted(self.parts.overlays)) or "overlays/ 中的文件",
                remedy="检查 choices.overlay 或增加 overlays/<名称>.yaml",
            )
        resolution = self.resolver.resolution(overlay, on)
        if any(is_error(one) for one in resolution.problems):
            raise InvalidRuleFile(in_order(resolution.problems))
        return _assemble(resolution.parts).model_copy(update={"changes": resolution.changes})

    def days(self, overlay: str = "") -> list[date]:
        """Return the days on which some rule begins or stops to hold, so that a rule book can be kept between them."""
        adjusted = spans(self.parts, overlay) if overlay else []
        return sorted(self._dated | {day for day in adjusted if day})

    @cached_property
    def _dated(self) -> set[date]:
        return {day for model in all_models(self.parts) for day in boundary_days(model)}


def _assemble(parts: Parts) -> Rulebook:
    return Rulebook(
        catalogs={key: _assemble_catalog(parts, key) for key in parts.heads},
        ladders={key: part.model for key, part in parts.ladders.items()},
        litigation={key: part.model for key, part in parts.litigation.items()},
        clocks={key: part.model for key, part in parts.clocks.items()},
        documents={key: part.model for key, part in parts.documents.items()},
        linkage=next(part.model for part in parts.linkage.values()),
        offices={key: part.model for key, part in parts.offices.items()},
        pools={key: part.model for key, part in parts.pools.items()},
        campaigns={key: part.model for key, part in parts.campaigns.items()},
        leads={key: part.model for key, part in parts.leads.items()},
        scoring={key: part.model for key, part in parts.scoring.items()},
        archives={key: part.model for key, part in parts.archives.items()},
        sources=dict(parts.sources.model.sources) if parts.sources else {},
        timetable=parts.timetable.model.jobs if parts.timetable else (),
        calendars={part.model.year: part.model for part in parts.calendars.values()},
        local_calendars={key: part.model for key, part in parts.local_calendars.items()},
    )


def _assemble_catalog(parts: Parts, key: str) -> Catalog:
    heads = {name: part.model for name, part in parts.heads.items()}
    return Catalog.assemble(key, heads, [part.model for part in parts.classes.get(key, [])])
