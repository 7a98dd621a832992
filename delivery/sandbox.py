"""Where the office's own templates run: they see values and a few filters, and the values have a declared shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, FileSystemLoader, StrictUndefined
from jinja2.runtime import LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

LOOP_COUNTERS = frozenset({"index", "first", "last", "length"})


class Sandbox(ImmutableSandboxedEnvironment):
    """Templates see values, loop counters and a handful of filters: no methods of objects, no globals."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        # `case.items` means the value named items, never the method of the mapping
        return self.getitem(obj, attribute) if isinstance(obj, Mapping) else super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return isinstance(obj, LoopContext) and attr in LOOP_COUNTERS and not callable(value)

    def is_safe_callable(self, obj: Any) -> bool:
        # an undefined name is let through, so that calling it tells its name
        return isinstance(obj, Undefined)


def open_sandbox(
    templates: Path | BaseLoader, finalize: Callable[..., Any], filters: Mapping[str, Callable[..., Any]]
) -> Sandbox:
    """Return a sandbox over templates, a folder or a loader; `finalize` sees every value before it is written."""
    sandbox = Sandbox(
        loader=FileSystemLoader(templates) if isinstance(templates, Path) else templates,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=True,
    )
    sandbox.globals.clear()
    sandbox.filters = dict(filters)
    return sandbox


def open_pages(
    folders: Path | Sequence[Path],
    filters: Mapping[str, Callable[..., Any]],
    finalize: Callable[..., Any] | None = None,
) -> ImmutableSandboxedEnvironment:
    """Return the sandbox of pages in HTML that we write ourselves: every value is escaped, nothing else is in reach."""
    pages = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=True,
    )
    pages.globals.clear()
    pages.filters = {"length": len, **filters}
    return pages


def list_differences(sample: Any, given: Any, path: str = "", *, refuse_extra: bool = False) -> list[str]:
    """Return how given values differ in shape from a sample: every name there, lists where lists belong."""
    if isinstance(sample, Mapping):
        return _list_names(sample, given, path, refuse_extra=refuse_extra)
    if isinstance(sample, list):
        if isinstance(given, str) or not isinstance(given, Sequence):
            return [f"{path}应为列表"]
        return [
            difference
            for at, one in enumerate(given)
            for difference in list_differences(sample[0], one, f"{path}[{at}]", refuse_extra=refuse_extra)
        ]
    plain = isinstance(given, str | int | float | date)
    return [] if plain else [f"{path}应为文字、数字或日期，实际为 {type(given).__name__}"]


def _list_names(sample: Mapping[Any, Any], given: Any, path: str, *, refuse_extra: bool) -> list[str]:
    if not isinstance(given, Mapping):
        return [f"{path or '取值'}应为一组名称和值"]
    names = {name: f"{path}.{name}" if path else str(name) for name in (*sample, *given)}
    found = [f"缺少 {names[name]}" for name in sample if name not in given]
    if refuse_extra:
        found += [f"多出 {names[name]}" for name in given if name not in sample]
    for name in sample:
        if name in given:
            found += list_differences(sample[name], given[name], names[name], refuse_extra=refuse_extra)
    return found
