"""The whole check of an office's own files: its rules, with every local adjustment, and its templates against them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.errors import InvalidRuleFile, Problem
from core.rulebook import DocumentRule, Rulebook, RuleFiles, is_error
from core.rulebook.places import LOOKALIKES
from delivery.lint.papers import lint_templates
from delivery.lint.sources import read_templates
from delivery.wording import DOCUMENTS
from system.paths import read_texts

SUFFIXES = tuple({f".{ending.rpartition('.')[2]}" for ending in LOOKALIKES} | {".YAML", ".YML"})


@dataclass(frozen=True, slots=True)
class Findings:
    """All problems of rules and templates, sorted by place; and the rule book, unless a mistake stops it."""

    problems: list[Problem]
    book: Rulebook | None

    @property
    def broken(self) -> list[Problem]:
        """The mistakes; warnings stop nothing."""
        return [problem for problem in self.problems if is_error(problem)]


def findings_of(folder: Path) -> Findings:
    """Return every problem as `check_files` does, checked once as long as neither a rule nor a template changes."""
    return _checked(folder, _times(folder), _times(DOCUMENTS.parent))


@lru_cache(maxsize=2)
def _checked(folder: Path, _rules: tuple[int, ...], _templates: tuple[int, ...]) -> Findings:
    return check_files(folder)


def _times(folder: Path) -> tuple[int, ...]:
    return tuple(path.stat().st_mtime_ns for path in sorted(folder.rglob("*")))


def check_files(folder: Path) -> Findings:
    """Return every problem of a folder of rules and of the templates; both are checked even when one is broken.

    Files that were only meant as rules (.yml, .yaml.txt) are looked at too, so that they can be told.
    """
    files = RuleFiles(read_texts(folder, *SUFFIXES))
    problems = files.every_problem()
    book = None if any(is_error(one) for one in files.problems) else files.rulebook()
    problems += lint_templates(_with_all_kinds(book, files) if book else None, read_templates())
    order = sorted(problems, key=lambda one: (one.file, one.line, one.column, one.code, one.message))
    return Findings(order, book)


def _with_all_kinds(book: Rulebook, files: RuleFiles) -> Rulebook:
    """Return the rule book with the kinds of document that local adjustments add, for they need templates too."""
    kinds: dict[str, DocumentRule] = {}
    for overlay in sorted(files.parts.overlays):
        try:
            kinds |= files.rulebook(overlay).documents
        except InvalidRuleFile:
            continue  # told already
    return book.model_copy(update={"documents": {**kinds, **book.documents}})
