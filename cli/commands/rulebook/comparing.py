"""`ducha rules resolve` and `diff`: the resolved set, and what differs between two."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.commands.rulebook.reading import Folder, folder_of
from cli.edge import CALL, emit


def attach(group: typer.Typer) -> None:
    """Add these commands."""
    group.command("resolve", help="输出合成后的规则集及其校验值")(resolve)
    group.command("diff", help="比较两个规则文件夹")(diff)


def resolve(folder: Folder = None) -> None:
    from core.rulebook import freeze, load_rulebook, sha256
    from system.paths import read_texts

    content = freeze(load_rulebook(read_texts(folder_of(folder), ".yaml")))
    if CALL.as_json:
        emit({"sha256": sha256(content), "rules": json.loads(content)})
    else:
        print(json.dumps(json.loads(content), ensure_ascii=False, indent=1, sort_keys=True))
        print(f"# sha256 {sha256(content)}")


def diff(
    before: Annotated[Path, typer.Argument(help="原规则文件夹")],
    after: Annotated[Path, typer.Argument(help="新规则文件夹")],
) -> None:
    from core.rulebook import freeze, load_rulebook
    from system.paths import read_texts

    old, new = (json.loads(freeze(load_rulebook(read_texts(folder_of(f), ".yaml")))) for f in (before, after))
    changes = list(_changes("", old, new))
    emit(changes)


def _changes(path: str, old: Any, new: Any) -> list[dict[str, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        keys = sorted({*old, *new})
        return [c for key in keys for c in _changes(f"{path}/{key}", old.get(key), new.get(key))]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            c
            for at, pair in enumerate(zip(old, new, strict=True))
            for c in _changes(f"{path}/{_name(pair[1], at)}", *pair)
        ]
    return [] if old == new else [{"path": path, "before": old, "after": new}]


def _name(value: Any, at: int) -> str:
    return str(value.get("id") or value.get("code") or at) if isinstance(value, dict) else str(at)
