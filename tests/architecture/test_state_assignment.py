"""A state changes in one file: casework/moves.py, which asks the table of moves first."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.tree import LAYERS, parse, python_files, relative

THE_ONE_FILE = "casework/moves.py"


def targets(node: ast.AST) -> list[ast.expr]:
    """Return what a statement assigns to."""
    if isinstance(node, ast.Assign):
        return node.targets
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        return [node.target]
    return []


def state_assignments(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that set `.state` of something else than `self` (an error may remember a state)."""
    for node in ast.walk(tree):
        for target in targets(node):
            for part in ast.walk(target):
                if is_stored_state(part):
                    yield part.lineno
        if is_setattr_of_state(node):
            yield node.lineno  # type: ignore[attr-defined]  # is_setattr_of_state has seen an ast.Call


def is_stored_state(node: ast.AST) -> bool:
    """Tell whether a node is `something.state` that gets a value; `app.state.world = w` only reads `app.state`."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "state"
        and isinstance(node.ctx, ast.Store)
        and not is_self(node.value)
    )


def is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def is_setattr_of_state(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "setattr"
        and any(isinstance(a, ast.Constant) and a.value == "state" for a in node.args)
    )


@pytest.mark.parametrize("source", ["case.state = s", "a, case.state = 1, s", "setattr(case, 'state', s)"])
def test_the_check_sees_every_way_to_set_a_state(source: str) -> None:
    assert list(state_assignments(ast.parse(source))) == [1]


def test_a_state_is_set_in_one_file_only() -> None:
    found = {relative(path) for path in python_files(*LAYERS) if any(state_assignments(parse(path)))}

    assert found == {THE_ONE_FILE}
