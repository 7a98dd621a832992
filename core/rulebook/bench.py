"""The bench on which overlays are laid over rule files: find what an address means, change it, read it again."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, get_origin

from pydantic import BaseModel

from core.errors import Problem
from core.rulebook.addresses import NoSuchStep, kind_at, name_of, value_at, walk
from core.rulebook.catalog import ClassFile
from core.rulebook.fields import RuleModel
from core.rulebook.items import Item
from core.rulebook.layers import Step
from core.rulebook.mistakes import near
from core.rulebook.parts import FOLDERS, Part, Parts, Shelf, read_model
from core.rulebook.patching import Origin, Patch, PatchedText
from core.text.yamltext import Path, YamlText


@dataclass(slots=True)
class Sheet:
    """One rule file on the bench."""

    shelf: Shelf
    text: YamlText
    changed: bool = False
    started: Patch | None = None

    @property
    def patch(self) -> Patch:
        """The copy of the file that is being changed; made when it is first asked for."""
        if self.started is None:
            self.started = Patch.of(self.text)
        return self.started

    @property
    def tree(self) -> Any:
        """The tree as it stands now."""
        return self.started.tree if self.started else self.text.tree


@dataclass(slots=True)
class Bench:
    """All rule files that an overlay may change, and the mistakes met on the way."""

    parts: Parts
    sheets: dict[str, Sheet] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    before: dict[tuple[str, str], Any] = field(default_factory=dict)
    left_out: dict[str, dict[str, Item]] = field(default_factory=dict)

    def lay_out(self) -> None:
        """Put every readable file on the bench."""
        for folder, shelf_key, part in _all(self.parts):
            model: type[RuleModel] = type(part.model)
            self.sheets[part.text.file] = Sheet(Shelf(folder, shelf_key, model), part.text)

    def find(self, step: Step) -> tuple[Sheet, Path] | None:
        """Return the sheet and path an address means; None after telling why there is none."""
        folder, *rest = step.address.split("/")
        try:
            if folder == "catalogs":
                return self._find_in_catalog(rest)
            sheets = {s.shelf.key: s for s in self.sheets.values() if s.shelf.folder == folder}
            if folder not in FOLDERS or not rest or rest[0] not in sheets:
                known = sheets or (*FOLDERS, "catalogs")
                raise NoSuchStep(rest[0] if sheets and rest else folder, tuple(known))
            sheet = sheets[rest[0]]
            return sheet, self._walk(sheet, tuple(rest[1:]))
        except NoSuchStep as error:
            message = f"地址“{step.address}”中没有“{error.step}”{near(error.step, error.known)}"
            self.problems.append(step.problem("E414", message, of_target=True))
            return None

    def _find_in_catalog(self, rest: list[str]) -> tuple[Sheet, Path]:
        heads = {s.shelf.key: s for s in self.sheets.values() if s.shelf.folder == "catalogs"}
        if not rest or rest[0] not in heads:
            raise NoSuchStep(rest[0] if rest else "", tuple(heads))
        if len(rest) < 3 or rest[1] != "items":
            return heads[rest[0]], self._walk(heads[rest[0]], tuple(rest[1:]))
        known: list[str] = []
        for sheet in self.class_files(rest[0]):
            known += [name for item in items_of(sheet) if (name := name_of(item))]
            if rest[2] in known:
                return sheet, self._walk(sheet, tuple(rest[1:]))
        raise NoSuchStep(rest[2], tuple(known))

    def _walk(self, sheet: Sheet, steps: tuple[str, ...]) -> Path:
        """Walk to a value; a list or group that is allowed but not written yet is begun."""
        try:
            return walk(sheet.tree, steps)
        except NoSuchStep:
            path = walk(sheet.tree, steps[:-1])
            kind = get_origin(kind_at(sheet.shelf.model, (*path, steps[-1])))
            if kind not in (tuple, dict) or not isinstance(value_at(sheet.tree, path), dict):
                raise
            empty: Any = [] if kind is tuple else {}
            sheet.patch.put((*path, steps[-1]), empty, sheet.patch.done().origin(path))
            return (*path, steps[-1])

    def class_files(self, catalog: str) -> Iterator[Sheet]:
        """Yield the class files of a catalogue in the order of their names."""
        for sheet in self.sheets.values():
            if sheet.shelf.folder == "classes" and sheet.shelf.key == catalog:
                yield sheet

    def set(self, step: Step) -> None:
        """Set one field; only what the rule model allows, never text."""
        found = self.find(step)
        if found is None:
            return
        sheet, path = found
        model = kind_at(sheet.shelf.model, path)
        allowed: frozenset[str] = getattr(model, "SETTABLE", frozenset())
        if step.field not in allowed:
            self.problems.append(step.problem("E415", _refusal(step, model, allowed)))
            return
        here = value_at(sheet.tree, path)
        self.before[step.address, step.field] = copy.deepcopy(here.get(step.field))
        sheet.patch.put((*path, step.field), step.value, step.origin)
        sheet.changed = True

    def add(self, step: Step) -> None:
        """Add entries to a list, a group, a folder of documents, or a catalogue's items."""
        pieces = step.address.split("/")
        if len(pieces) == 1 and pieces[0] in FOLDERS:
            self._add_files(step, pieces[0])
            return
        if pieces[0] == "catalogs" and pieces[2:] in (["items"], ["classes"]):
            adding = self._add_items if pieces[2] == "items" else self._add_classes
            adding(step, pieces[1])
            return
        found = self.find(step)
        if found is None:
            return
        sheet, path = found
        target = value_at(sheet.tree, path)
        if isinstance(target, list) and isinstance(step.value, list | tuple):
            self._insert(step, sheet, path, target)
        elif isinstance(target, dict) and isinstance(step.value, dict):
            self._add_keys(step, sheet, path, target)
        else:
            message = (
                f"“{step.address}”不能这样增加；列表写 values: [..]，按代码分组的写 values: {{代码: ..}}"
            )
            self.problems.append(step.problem("E415", message))
        sheet.changed = True

    def _insert(self, step: Step, sheet: Sheet, path: Path, target: list[Any]) -> None:
        names = [name_of(entry) for entry in target]
        if step.after and step.after not in names:
            known = [name for name in names if name]
            message = f"“{step.address}”中没有“{step.after}”{near(step.after, known)}，不能放在它之后"
            self.problems.append(step.problem("E414", message, of_target=True))
            return
        at = names.index(step.after) + 1 if step.after else len(target)
        entries = [(entry, _deeper(step.origin, index)) for index, entry in enumerate(step.value)]
        sheet.patch.insert(path, at, entries)

    def _add_keys(self, step: Step, sheet: Sheet, path: Path, target: dict[str, Any]) -> None:
        for key, entry in step.value.items():
            if key in target:
                message = f"“{step.address}”中已有“{key}”；要改其中的数值请用 set"
                self.problems.append(step.problem("E417", message))
            else:
                sheet.patch.put((*path, key), entry, _deeper(step.origin, key))

    def _add_files(self, step: Step, folder: str) -> None:
        if not isinstance(step.value, dict):
            message = f"增加{folder}应写 values: {{代码: ..}}"
            self.problems.append(step.problem("E415", message))
            return
        for key, tree in step.value.items():
            file = f"{folder}/{key}.yaml"
            if file in self.sheets:
                self.problems.append(step.problem("E417", f"已有 {file}；要改其中的数值请用 set"))
                continue
            text = _virtual(file, tree, _deeper(step.origin, key))
            self.sheets[file] = Sheet(Shelf(folder, key, FOLDERS[folder]), text, changed=True)

    def _add_items(self, step: Step, catalog: str) -> None:
        homes = {class_of(sheet): sheet for sheet in self.class_files(catalog)}
        if not homes:
            known = {s.shelf.key for s in self.sheets.values() if s.shelf.folder == "classes"}
            message = f"没有事项目录“{catalog}”{near(catalog, known)}"
            self.problems.append(step.problem("E414", message, of_target=True))
            return
        for index, item in enumerate(step.value):
            code = str(item.get("category", "")) if isinstance(item, dict) else ""
            home = homes.get(code) or homes.get("")
            if home is None:
                message = (
                    f"没有类别“{code}”{near(code, homes)}；category 应为 {'、'.join(sorted(homes))} 之一"
                )
                self.problems.append(step.origin.text.problem((*step.origin.path, index), "E401", message))
                continue
            end = len(items_of(home))
            home.patch.insert(("items",), end, [(item, _deeper(step.origin, index))])
            home.changed = True

    def _add_classes(self, step: Step, catalog: str) -> None:
        """Add whole classes, each a group of `category` and `items` as in a class file."""
        for index, tree in enumerate(step.value):
            file = f"catalogs/{catalog}/{step.overlay}-{index + 1}.yaml"
            text = _virtual(file, tree, _deeper(step.origin, index))
            self.sheets[file] = Sheet(Shelf("classes", catalog, ClassFile), text, changed=True)

    def read_again(self) -> Parts:
        """Return the files as they stand on the bench, each validated anew; mistakes are kept."""
        named = {folder: set(keys) for folder, keys in self.parts.named.items()}
        files = {key: set(names) for key, names in self.parts.class_files.items()}
        for file, sheet in self.sheets.items():
            named.setdefault(sheet.shelf.folder, set()).add(sheet.shelf.key)
            if sheet.shelf.folder == "classes":
                files.setdefault(sheet.shelf.key, set()).add(file)
        parts = Parts(named=named, class_files=files)
        parts.published = self.parts.published
        parts.left_out = self.left_out
        for sheet in self.sheets.values():
            text = sheet.patch.done() if sheet.changed else sheet.text
            self._add_again(parts, sheet, text)
        return parts

    def _add_again(self, parts: Parts, sheet: Sheet, text: YamlText) -> None:
        shelf = sheet.shelf
        if not sheet.changed:
            kept = next(part for _, _, part in _all(self.parts) if part.text.file == text.file)
            parts.add(shelf.folder, kept)
            return
        model, problems = read_model(shelf, text)
        self.problems += problems
        if model is not None:
            parts.add(shelf.folder, Part(shelf.key, model, text))


def _all(parts: Parts) -> Iterator[tuple[str, str, Part[Any]]]:
    """Yield (folder, key, part) of every readable rule file."""
    yield from (("catalogs", key, part) for key, part in parts.heads.items())
    yield from (("classes", key, part) for key, files in parts.classes.items() for part in files)
    for folder in FOLDERS:
        yield from ((folder, key, part) for key, part in getattr(parts, folder).items())
    yield from (("", part.key, part) for part in (parts.sources, parts.timetable) if part)


def items_of(sheet: Sheet) -> list[Any]:
    """Return the entries of a class file as they were written, right or wrong."""
    tree = sheet.tree
    items = tree.get("items") if isinstance(tree, dict) else None
    return items if isinstance(items, list) else []


def class_of(sheet: Sheet) -> str:
    """Return the code of the class whose file this is, empty for items without a class."""
    category = sheet.tree.get("category") if isinstance(sheet.tree, dict) else None
    return str(category.get("code", "")) if isinstance(category, dict) else ""


def _deeper(origin: Origin, step: str | int) -> Origin:
    return Origin(origin.text, (*origin.path, step))


def _virtual(file: str, tree: Any, origin: Origin) -> PatchedText:
    return PatchedText(file, tree, {(): origin})


def _refusal(step: Step, model: Any, allowed: frozenset[str]) -> str:
    what = f"{step.address} 的“{step.field}”不能由本地调整改"
    if not isinstance(model, type) or not issubclass(model, BaseModel):
        return f"{what}：地址应指到一条规则（事项、级次、文书等），再写它的字段"
    if step.field in model.model_fields and step.field not in allowed:
        remedy = "文字不就地修改：把数写成参数，或停用原条另立新条"
    else:
        remedy = f"没有这个字段{near(step.field, allowed)}"
    listed = f"；可以改的：{'、'.join(sorted(allowed))}" if allowed else ""
    return f"{what}；{remedy}{listed}"
