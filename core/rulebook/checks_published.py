"""Checks against the register of published ids: none vanishes, none comes to mean something else."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from core.errors import Problem
from core.rulebook.catalog import ClassFile
from core.rulebook.clocks import ClockFile
from core.rulebook.ladder import Ladder
from core.rulebook.parts import Part, Parts
from core.rulebook.published import PublishedFile
from core.text.yamltext import Path

Entry = tuple[str, Part[Any], Path]
# 标题改到这样不像，就可能不是原来的意思了：由人用 --retitle 认定。
LIKENESS = 0.4


def check_published(parts: Parts) -> Iterator[Problem]:
    """Yield the published ids that are gone from the files, and those whose title has become another."""
    part = parts.published
    if part is None:
        return
    register = part.model.model_dump()
    for group, ids in titles_by_group(parts).items():
        known = {"": register[group]} if group == "documents" else register[group]
        for key, titles in known.items():
            if key in ids and _is_whole(parts, group, key):
                kept = {
                    name: title for name, title in titles.items() if name not in parts.left_out.get(key, {})
                }
                yield from _compare(part, group, key, kept, ids[key])
            elif key not in ids and key not in parts.names(group):
                message = f"已公布的“{group}/{key}”不见了；停用的写 effective_until，不删除"
                yield part.problem((group, key), "E306", message, of_key=True)


def _is_whole(parts: Parts, group: str, key: str) -> bool:
    """Tell whether every file that may hold these ids could be read; what could not be read is not gone."""
    if group == "catalogs":
        return len(parts.classes.get(key, ())) == len(parts.class_files.get(key, ()))
    return group != "documents" or parts.names("documents") == set(parts.documents)


def _compare(
    part: Part[PublishedFile], group: str, key: str, titles: dict[str, str], found: dict[str, Entry]
) -> Iterator[Problem]:
    for name, title in titles.items():
        if name not in found:
            path: Path = (group, key, name) if key else (group, name)
            message = f"已公布的编号“{name}”（{title}）不见了；停用的写 retired 或 effective_until，不删除"
            yield part.problem(path, "E306", message, of_key=True)
            continue
        now, home, path = found[name]
        if is_another(title, now):
            message = (
                f"已公布的编号“{name}”原为“{title}”，现为“{now}”；意思变了应停用原编号另立新号，"
                "只是改字的运行 ducha rules publish --retitle " + name
            )
            yield home.problem(path, "E307", message)


def is_another(before: str, after: str) -> bool:
    """Tell whether a title has so little in common with the published one that it may mean something else."""
    return before != after and SequenceMatcher(None, before, after).ratio() < LIKENESS


def check_published_overlay(before: Parts, after: Parts, name: str) -> Iterator[Problem]:
    """Yield the published ids that an overlay added and that are gone from it or mean something else now."""
    register = before.published
    if register is None or name not in register.model.overlays:
        return
    yield from _compare(
        register, "overlays", name, register.model.overlays[name], added_titles(before, after)
    )


def added_titles(before: Parts, after: Parts) -> dict[str, Entry]:
    """Return {address: (title, part, path of the title)} of the ids that an overlay adds to the base files."""
    known = _flat(before)
    return {address: entry for address, entry in _flat(after).items() if address not in known}


def _flat(parts: Parts) -> dict[str, Entry]:
    return {
        "/".join(step for step in (group, key, name) if step): entry
        for group, files in titles_by_group(parts).items()
        for key, entries in files.items()
        for name, entry in entries.items()
    }


def titles_by_group(parts: Parts) -> dict[str, dict[str, dict[str, Entry]]]:
    """Return {group: {file: {id: (title, part, path of the title)}}} of the rule files; documents are one file `""`."""
    return {
        "catalogs": {key: dict(_items(parts.classes.get(key, []))) for key in parts.heads},
        "ladders": {key: dict(_rungs(part)) for key, part in parts.ladders.items()},
        "documents": {"": {key: (one.model.name, one, ("name",)) for key, one in parts.documents.items()}},
        "clocks": {key: dict(_clocks(part)) for key, part in parts.clocks.items()},
    }


def _items(files: list[Part[ClassFile]]) -> Iterator[tuple[str, Entry]]:
    for file in files:
        for index, item in enumerate(file.model.items):
            yield item.id, (item.title, file, ("items", index, "title"))


def _rungs(part: Part[Ladder]) -> Iterator[tuple[str, Entry]]:
    for severity, profile in part.model.profiles.items():
        for index, rung in enumerate(profile.rungs):
            path: Path = ("profiles", severity.value, "rungs", index, "meaning")
            yield f"{severity.value}.{rung.code}", (rung.meaning, part, path)
    for code, event in part.model.events.items():
        yield code, (event.event, part, ("events", code, "event"))


def _clocks(part: Part[ClockFile]) -> Iterator[tuple[str, Entry]]:
    for index, clock in enumerate(part.model.clocks):
        yield clock.code, (clock.matter, part, ("clocks", index, "matter"))
