"""Where a rule is written: the file and line behind an address, for reports that send their reader there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.rulebook.addresses import name_of
from core.text.yamltext import Path, YamlText, read_yaml


class Whereabouts:
    """The rule files of a folder, each read when first asked for.

    files   {path relative to rules/ with forward slashes: text}
    """

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self._read: dict[str, YamlText] = {}

    def of(self, address: str) -> tuple[str, int] | None:
        """Return file and line of the rule at an address, or None when no file holds it.

        What an overlay added is found in the overlay; what is only implied is told by the place of the nearest thing
        around it.
        """
        steps = tuple(address.split("/"))
        best: tuple[int, str, Path] | None = None
        for file, rest in self._candidates(steps):
            path, missed = _reach(self._text(file).tree, rest)
            if best is None or missed < best[0]:
                best = (missed, file, path)
        if best is None or best[0]:
            for file, start, tree, rest in self._additions(steps):
                path, missed = _reach(tree, rest)
                if best is None or missed < best[0]:
                    best = (missed, file, (*start, *path))
        if best is None:
            return None
        text = self._text(best[1])
        return best[1], text.place(best[2], of_key=True).line if best[2] else 1

    def _text(self, file: str) -> YamlText:
        if file not in self._read:
            self._read[file] = read_yaml(self._files[file], file)
        return self._read[file]

    def _candidates(self, steps: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the files that may hold an address, with the steps inside each."""
        folder, rest = steps[0], steps[2:]
        if f"{folder}.yaml" in self._files:
            yield f"{folder}.yaml", ("jobs" if folder == "timetable" else folder, *steps[1:])
        if len(steps) < 2:
            return
        if f"{folder}/{steps[1]}.yaml" in self._files:
            yield f"{folder}/{steps[1]}.yaml", rest
        inside = [file for file in self._files if file.startswith(f"{folder}/{steps[1]}/")]
        for file in sorted(inside, key=lambda one: not one.endswith("/catalog.yaml")):
            # a class stands at the head of its file, not in a list of classes
            yield file, ("category",) if rest[:1] == ("classes",) and self._heads(file, rest) else rest

    def _additions(self, steps: tuple[str, ...]) -> Iterator[tuple[str, Path, Any, tuple[str, ...]]]:
        """Yield what overlays add on the way of an address: file, path there, what stands there, steps inside."""
        for file in sorted(one for one in self._files if one.startswith("overlays/")):
            tree = self._text(file).tree
            added = tree.get("add") if isinstance(tree, dict) else None
            for index, addition in enumerate(added if isinstance(added, list) else ()):
                if isinstance(addition, dict):
                    target, values = tuple(str(addition.get("target")).split("/")), addition.get("values")
                    for path, inside, rest in _led_to(target, values, steps):
                        yield file, ("add", index, "values", *path), inside, rest

    def _heads(self, file: str, rest: tuple[str, ...]) -> bool:
        tree = self._text(file).tree
        head = tree.get("category") if isinstance(tree, dict) else None
        return len(rest) > 1 and name_of(head) == rest[1]


def _led_to(
    target: tuple[str, ...], values: Any, steps: tuple[str, ...]
) -> Iterator[tuple[Path, Any, tuple[str, ...]]]:
    """Yield where the steps go on inside added values; an added class holds its items as a class file does."""
    if steps[: len(target)] == target:
        yield (), values, steps[len(target) :]
    if target[2:] != ("classes",) or steps[:2] != target[:2] or not isinstance(values, list):
        return
    for at, group in enumerate(values):
        yield (at,), group, steps[2:]
        if isinstance(group, dict) and steps[2:4] == ("classes", name_of(group.get("category"))):
            yield (at,), group, ("category", *steps[4:])


def _reach(tree: Any, steps: tuple[str, ...]) -> tuple[Path, int]:
    """Return how far the steps lead into a tree, and how many of them are left."""
    path: list[str | int] = []
    here = tree
    for done, step in enumerate(steps):
        key = _key(here, step)
        if key is None:
            return tuple(path), len(steps) - done
        path.append(key)
        here = here[key]
    return tuple(path), 0


def _key(here: Any, step: str) -> str | int | None:
    if isinstance(here, dict):
        return step if step in here else None
    if not isinstance(here, list):
        return None
    by_name = next((index for index, entry in enumerate(here) if name_of(entry) == step), None)
    if by_name is None:
        named = (entry.get("name") if isinstance(entry, dict) else None for entry in here)
        by_name = next((index for index, name in enumerate(named) if name == step), None)
    if by_name is None and step.isdigit() and int(step) < len(here):
        return int(step)
    return by_name
