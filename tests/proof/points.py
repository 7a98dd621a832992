"""The failpoints of the source, read from the source: one that nobody lists anywhere cannot be forgotten."""

from __future__ import annotations

import ast
from functools import cache

from system.paths import ROOT

LAYERS = ("cli", "flows", "console", "casework", "delivery", "models", "system")


@cache
def failpoints() -> dict[str, str]:
    """Return the name of every failpoint with the place where it is reached: `{"sign.numbered": "casework/...:12"}`.

    raises   AssertionError for a name that is not written out, or written twice
    """
    found: dict[str, str] = {}
    for layer in LAYERS:
        for path in sorted((ROOT / layer).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _is_reach(node.func) and place != "system/failpoints.py":
                    name = _name(node, place)
                    assert name not in found, f"{place}:{node.lineno} and {found[name]} are both {name}"
                    found[name] = f"{place}:{node.lineno}"
    return found


def _is_reach(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute):
        return (
            called.attr == "reach" and isinstance(called.value, ast.Name) and called.value.id == "failpoints"
        )
    return isinstance(called, ast.Name) and called.id == "reach"


def _name(node: ast.Call, place: str) -> str:
    argument = node.args[0] if node.args else None
    written = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    assert written, f"{place}:{node.lineno}: the name of a failpoint is written out at the call"
    assert isinstance(argument, ast.Constant)
    return str(argument.value)


UPKEEP = tuple(sorted(name for name in failpoints() if name.split(".")[0] in ("backup", "restore")))
"""What tests/proof/test_upkeep_kills.py strikes one by one; the day's work goes through all others."""
