"""No code runs a shell, evaluates text, unpickles, or reads XML and YAML in ways that let a file do something."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.tree import LAYERS, ROOT, parse, python_files

# Modules that turn bytes into objects, or text into programs; XML goes through the checks of delivery/uploads first.
FORBIDDEN_MODULES = (
    "pickle",
    "marshal",
    "shelve",
    "dill",
    "commands",
    "pty",
    "xml.etree",
    "xml.dom",
    "xml.sax",
    "lxml",
)
FORBIDDEN_CALLS = (
    "eval",
    "exec",
    "compile",
    "os.system",
    "os.popen",
    "os.execv",
    "os.spawnl",
    "yaml.unsafe_load",
)
SAFE_LOADERS = ("SafeLoader", "CSafeLoader")


def calls_of(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def modules_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def faults(tree: ast.AST) -> Iterator[str]:
    """Yield what a file does that none may do."""
    for module in modules_of(tree):
        if any(module == one or module.startswith(f"{one}.") for one in FORBIDDEN_MODULES):
            yield f"imports {module}"
    for name, call in calls_of(tree):
        given = {one.arg: ast.unparse(one.value) for one in call.keywords}
        if name in FORBIDDEN_CALLS:
            yield f"calls {name}"
        if given.get("shell", "False") != "False":
            yield f"{name} by a shell"
        if name == "yaml.load" and not any(loader in ast.unparse(call) for loader in SAFE_LOADERS):
            yield "yaml.load without a safe loader"
        if (
            name.startswith("subprocess.")
            and call.args
            and not isinstance(call.args[0], ast.List | ast.Name | ast.Tuple)
        ):
            yield f"{name} of {ast.unparse(call.args[0])[:40]}: a list of words, no line"


def test_no_code_runs_a_shell_evaluates_text_or_unpickles() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {fault}"
        for layer in LAYERS
        for path in python_files(layer)
        for fault in faults(parse(path))
    ]
    assert wrong == []


@pytest.mark.parametrize("line", [
    "import pickle", "from xml.etree import ElementTree", "eval('1')", "os.system('ls')", "yaml.load(text)",
    "subprocess.run('ls -l', shell=True)", "subprocess.run('ls')", "subprocess.run(['ls'], shell=flag)",
])  # fmt: skip
def test_each_of_them_is_noticed(line: str) -> None:
    assert list(faults(ast.parse(line)))
