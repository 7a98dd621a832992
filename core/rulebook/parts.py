"""The rule files one by one: each read into its model, with the places kept for the checks across files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Generic, TypeVar, cast

from pydantic import ValidationError

from core.errors import Problem
from core.rulebook.archives import ArchiveRules
from core.rulebook.campaigns import CampaignRules
from core.rulebook.catalog import CatalogHead, ClassFile, SourceFile
from core.rulebook.checks_params import check_params
from core.rulebook.clocks import ClockFile
from core.rulebook.documents import DocumentRule
from core.rulebook.fields import RuleModel
from core.rulebook.items import Item
from core.rulebook.ladder import Ladder
from core.rulebook.leads import LeadRules
from core.rulebook.linkage import LinkageRules
from core.rulebook.litigation import LitigationLadder
from core.rulebook.mistakes import explain, without_echoes
from core.rulebook.offices import Office
from core.rulebook.overlays import Overlay
from core.rulebook.places import check_ending, check_name, describe_misplaced, is_meant_as_rule
from core.rulebook.pools import PoolRules
from core.rulebook.published import PublishedFile
from core.rulebook.scoring import ScoringRules
from core.rulebook.timetable import CalendarYear, LocalCalendar, TimetableFile
from core.text.yamltext import Path, YamlText, read_yaml

ModelT = TypeVar("ModelT", bound=RuleModel)
SINGLE_FILES: dict[str, type[RuleModel]] = {
    "published.yaml": PublishedFile,
    "sources.yaml": SourceFile,
    "timetable.yaml": TimetableFile,
}
FOLDERS: dict[str, type[RuleModel]] = {
    "ladders": Ladder,
    "litigation": LitigationLadder,
    "clocks": ClockFile,
    "documents": DocumentRule,
    "linkage": LinkageRules,
    "offices": Office,
    "calendars": CalendarYear,
    "local_calendars": LocalCalendar,
    "pools": PoolRules,
    "campaigns": CampaignRules,
    "leads": LeadRules,
    "scoring": ScoringRules,
    "archives": ArchiveRules,
    "overlays": Overlay,
}
# Mistakes of writing after which the tree is not what the writer meant; its keys and values are not judged.
UNREADABLE = {"E104", "E105", "E106", "E108"}
KEYED = (
    Ladder,
    LitigationLadder,
    ClockFile,
    LinkageRules,
    LocalCalendar,
    Overlay,
    PoolRules,
    CampaignRules,
    LeadRules,
    ScoringRules,
    ArchiveRules,
)
EXPECTED_PLACES = (
    "catalogs/<目录>/catalog.yaml",
    "catalogs/<目录>/<类别>.yaml",
    *(f"{folder}/<名称>.yaml" for folder in FOLDERS),
    *SINGLE_FILES,
)


@dataclass(frozen=True, slots=True)
class Part(Generic[ModelT]):
    """One rule file that could be read: its key (file or folder name), its model, and its places."""

    key: str
    model: ModelT
    text: YamlText

    def problem(self, path: Path, code: str, message: str, *, of_key: bool = False) -> Problem:
        """Return a mistake of this file at a path of its tree."""
        return self.text.problem(path, code, message, of_key=of_key)


@dataclass(slots=True)
class Parts:
    """All rule files of one folder; `named` also holds the keys of files that could not be read.

    left_out   {catalogue: the items that an overlay does not select}; other rules may still speak of them
    """

    heads: dict[str, Part[CatalogHead]] = field(default_factory=dict)
    classes: dict[str, list[Part[ClassFile]]] = field(default_factory=dict)
    ladders: dict[str, Part[Ladder]] = field(default_factory=dict)
    litigation: dict[str, Part[LitigationLadder]] = field(default_factory=dict)
    clocks: dict[str, Part[ClockFile]] = field(default_factory=dict)
    documents: dict[str, Part[DocumentRule]] = field(default_factory=dict)
    linkage: dict[str, Part[LinkageRules]] = field(default_factory=dict)
    offices: dict[str, Part[Office]] = field(default_factory=dict)
    calendars: dict[str, Part[CalendarYear]] = field(default_factory=dict)
    local_calendars: dict[str, Part[LocalCalendar]] = field(default_factory=dict)
    pools: dict[str, Part[PoolRules]] = field(default_factory=dict)
    campaigns: dict[str, Part[CampaignRules]] = field(default_factory=dict)
    leads: dict[str, Part[LeadRules]] = field(default_factory=dict)
    scoring: dict[str, Part[ScoringRules]] = field(default_factory=dict)
    archives: dict[str, Part[ArchiveRules]] = field(default_factory=dict)
    overlays: dict[str, Part[Overlay]] = field(default_factory=dict)
    published: Part[PublishedFile] | None = None
    sources: Part[SourceFile] | None = None
    timetable: Part[TimetableFile] | None = None
    class_files: dict[str, set[str]] = field(default_factory=dict)
    left_out: dict[str, dict[str, Item]] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def names(self, folder: str) -> set[str]:
        """Return the keys of all files of a folder, readable or not, so that one mistake is told once."""
        return self.named.get(folder, set())

    def known_sources(self) -> set[str] | None:
        """Return the codes of all sources, or None when a file that may hold them could not be read."""
        unread = self.names("catalogs") - set(self.heads) or (
            self.sources is None and "sources" in self.names("")
        )
        if unread:
            return None
        known = {code for head in self.heads.values() for code in head.model.sources}
        return known | (set(self.sources.model.sources) if self.sources else set())

    def add(self, folder: str, part: Part[RuleModel]) -> None:
        """Keep a readable file in its place."""
        if folder == "catalogs":
            self.heads[part.key] = cast("Part[CatalogHead]", part)
        elif folder == "classes":
            self.classes.setdefault(part.key, []).append(cast("Part[ClassFile]", part))
        elif folder in FOLDERS:
            getattr(self, folder)[part.key] = part
        else:
            setattr(self, part.key, part)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What kind of rule a path holds, and under which key."""

    folder: str
    key: str
    model: type[RuleModel]


def _shelf(path: str) -> Shelf | None:
    steps = PurePosixPath(path).with_suffix("").parts
    if path in SINGLE_FILES:
        return Shelf("", steps[0], SINGLE_FILES[path])
    if len(steps) == 2 and steps[0] in FOLDERS:
        return Shelf(steps[0], steps[1], FOLDERS[steps[0]])
    if len(steps) == 3 and steps[0] == "catalogs":
        if steps[2] == "catalog":
            return Shelf("catalogs", steps[1], CatalogHead)
        return Shelf("classes", steps[1], ClassFile)
    return None


def read_model(shelf: Shelf, text: YamlText) -> tuple[RuleModel | None, list[Problem]]:
    """Return the model of a file, or why it cannot be read into one."""
    tree = text.tree
    if any(one.code in UNREADABLE for one in text.problems):
        return None, []
    if not isinstance(tree, dict):
        return None, [text.problem((), "E203", "文件应是一组“键: 值”")] if tree is not None else []
    if issubclass(shelf.model, KEYED):
        tree = {"key": shelf.key, **tree}
    named = list(check_params(text))
    try:
        return shelf.model.model_validate(tree), named
    except ValidationError as error:
        findings = without_echoes(error.errors(include_url=False))
        return None, [*named, *(explain(one, shelf.model, text) for one in findings)]
    finally:
        text.let_go()


def read_parts(files: Mapping[str, str]) -> Parts:
    """Read every rule file, good or bad, in the order of the paths.

    files   {path relative to rules/ with forward slashes: text}; files that were not meant as rules are passed over
    """
    parts = Parts()
    for path in sorted(files):
        if not is_meant_as_rule(path):
            continue
        shelf = _shelf(path)
        misplaced = check_ending(path) or (
            describe_misplaced(path, EXPECTED_PLACES) if shelf is None else None
        )
        parts.problems += [problem for problem in (misplaced or check_name(path),) if problem]
        if shelf is None or misplaced:
            continue
        parts.named.setdefault(shelf.folder, set()).add(shelf.key)
        if shelf.model is ClassFile:
            parts.class_files.setdefault(shelf.key, set()).add(path)
        text = read_yaml(files[path], path)
        model, problems = read_model(shelf, text)
        parts.problems += [*text.problems, *problems]
        if model is not None:
            parts.add(shelf.folder, Part(shelf.key, model, text))
    return parts
