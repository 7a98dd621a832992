"""The rule folder and the rule book that the commands of `ducha rules` read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.edge import settings
from core.errors import InvalidInput
from core.rulebook import Rulebook

Folder = Annotated[Path | None, typer.Argument(help="规则文件夹，默认取 DUCHA_RULES")]


def folder_of(folder: Path | None) -> Path:
    """Return a rule folder, by default that of the settings; raise InvalidInput when it is missing."""
    root = folder or settings().rules
    if not root.is_dir():
        raise InvalidInput(
            "规则文件夹不存在",
            found=str(root),
            expected="含 catalogs/ 等的文件夹",
            remedy="检查路径或 DUCHA_RULES",
        )
    return root


def current_book() -> Rulebook:
    """Return the rule book of the office of the settings, or of the only one, as its local adjustment makes it."""
    from casework.rulesets.library import current_rules

    chosen = settings()
    base = current_rules(chosen.rules)
    office = chosen.office or (next(iter(base.offices)) if len(base.offices) == 1 else None)
    return current_rules(chosen.rules, office)
