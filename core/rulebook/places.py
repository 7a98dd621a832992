"""Where rule files belong and how they are named, said about a file that is elsewhere or named otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from core.errors import Problem
from core.rulebook.hints import near

# Endings that are meant as .yaml: what editors and mail programs make of it.
LOOKALIKES = (".yaml", ".yml", ".yaml.txt", ".yml.txt")
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def is_meant_as_rule(path: str) -> bool:
    """Tell whether a file is a rule file, or was meant to be one."""
    return path.lower().endswith(LOOKALIKES)


def check_ending(path: str) -> Problem | None:
    """Return the mistake of a file whose name does not end in .yaml, so that it would be passed over."""
    if path.endswith(".yaml"):
        return None
    stem = re.sub(r"(\.ya?ml)?(\.txt)?$", "", path, flags=re.IGNORECASE)
    message = f"扩展名应为 .yaml（实际：{path.removeprefix(stem)}），否则不会被读取；请改名为“{stem}.yaml”"
    return Problem(path, 1, 1, "E205", message)


def describe_misplaced(path: str, places: Iterable[str]) -> Problem:
    """Return the mistake of a file in a folder, or at a depth, where no rule is looked for."""
    known = list(places)
    steps = PurePosixPath(path).parts
    folders = sorted({place.split("/")[0] for place in known if "/" in place})
    if len(steps) == 1:
        hint = near(path, [place for place in known if "/" not in place])
    elif steps[0] in folders:
        hint = f"；{steps[0]} 之下应为 {next(place for place in known if place.startswith(steps[0]))}"
    else:
        hint = near(steps[0], folders)
    message = f"不知道这个文件是什么规则{hint}；可用的位置：{'、'.join(known)}"
    return Problem(path, 1, 1, "E205", message)


def check_name(path: str) -> Problem | None:
    """Return the mistake of a file or folder name that cannot serve as a key."""
    for step in PurePosixPath(path).with_suffix("").parts:
        if not FILE_NAME.fullmatch(step):
            message = f"文件名“{step}”不能作为规则的编号；只用英文字母、数字、下划线和连字符，如 prompt、fazhi-ducha-46"
            return Problem(path, 1, 1, "E303", message)
    return None
