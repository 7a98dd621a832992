"""Checking and resolving rule files beside a floor: the same files through PyYAML's safe loader and `jsonschema`.

Every measurement is a fresh process; its process time is told beyond that of an interpreter that does nothing.
`jsonschema` sees each file alone against the generated schema: no positions, no references, no law, no examples.
Run `python -m benchmarks.rules [ITEMS]`.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from core.text.yamltext import read_yaml
from system.paths import RULES_DIR

ROUNDS = 5
ITEMS = 10_000
ITEMS_PER_CLASS = 100
CACHE = tempfile.TemporaryDirectory(prefix="ducha-bench-")
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {
    "PYTHONPYCACHEPREFIX": CACHE.name
}
CLASSES_PER_CATALOG = 10
REPORT = """
import json, resource, time
used = time.process_time()
print(json.dumps([used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""
OURS = """
import sys
from pathlib import Path
from core.rulebook import RuleFiles, freeze
from system.paths import read_texts
files = RuleFiles(read_texts(Path(sys.argv[1]), ".yaml"))
problems = [one for one in files.every_problem() if one.code.startswith("E")]
assert not problems, problems[0]
for overlay in ("", *files.parts.overlays):
    freeze(files.rulebook(overlay))
"""
CHECK_ONCE = """
import sys
from pathlib import Path
from core.rulebook import RuleFiles, freeze
from system.paths import read_texts
freeze(RuleFiles(read_texts(Path(sys.argv[1]), ".yaml")).rulebook())
"""
FLOOR = """
import json, sys
from pathlib import Path
import yaml
from jsonschema import Draft202012Validator
root = Path(sys.argv[1])
schemas = {}
for path in (root / "schema").glob("*.json"):
    schemas[path.stem] = Draft202012Validator(json.loads(path.read_text("utf-8")))
folders = {"ladders": "ladder", "documents": "document", "offices": "office", "calendars": "calendar"}
for path in sorted(root.rglob("*.yaml")):
    tree = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    head_or_class = ("catalog" if path.stem == "catalog" else "class") if "catalogs" in path.parts else ""
    kind = folders.get(path.parent.name, head_or_class)
    if kind:
        list(schemas[kind].iter_errors(tree))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Process seconds beyond an empty interpreter, and the most memory, of a run."""

    seconds: float
    megabytes: float


def run(code: str, folder: Path) -> Cost:
    """Return the median cost of a piece of code over a rule folder, each time in a fresh interpreter."""
    _once(code + REPORT, folder)  # compiles the modules, as the first start on any machine does
    costs = [_once(code + REPORT, folder) for _ in range(ROUNDS)]
    nothing = statistics.median(_once(REPORT, folder)[0] for _ in range(ROUNDS))
    return Cost(statistics.median(one[0] for one in costs) - nothing, max(one[1] for one in costs))


def _once(code: str, folder: Path) -> tuple[float, float]:
    command = [sys.executable, "-c", code, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=ENVIRONMENT)
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


def build(folder: Path, count: int) -> None:
    """Write the shipped rules with catalogues of as many items as wanted, copies of the shipped ones."""
    for path in RULES_DIR.rglob("*"):
        if path.is_file() and "overlays" not in path.parts and path.name != "published.yaml":
            target = folder / path.relative_to(RULES_DIR)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    shipped = RULES_DIR / "catalogs" / "fazhi-ducha-46"
    head = _read(shipped / "catalog.yaml")
    items = [item for path in sorted(shipped.glob("[A-Z].yaml")) for item in _read(path)["items"]]
    per_catalog = ITEMS_PER_CLASS * CLASSES_PER_CATALOG
    for number in range(-(-count // per_catalog)):
        _write_catalog(folder / "catalogs" / f"many-{number:02}", head, items)


def _read(path: Path) -> dict[str, Any]:
    """Return a rule file as plain text, `on` and `no` included."""
    tree: Any = read_yaml(path.read_text(encoding="utf-8")).tree
    return dict(tree)


def _write_catalog(folder: Path, head: dict[str, object], items: list[dict[str, object]]) -> None:
    folder.mkdir(parents=True)
    total = 0
    for number in range(CLASSES_PER_CATALOG):
        letter = chr(ord("A") + number)
        copies = []
        for index in range(ITEMS_PER_CLASS):
            source = items[(number * ITEMS_PER_CLASS + index) % len(items)]
            copies.append(
                {
                    **source,
                    "id": f"{letter}{index:03}",
                    "category": letter,
                    "weight": "0",
                    "code": f"{letter}{index:03}",
                }
            )
        category = {
            "code": letter,
            "name": f"类别{letter}",
            "scope": "试验",
            "item_count": str(ITEMS_PER_CLASS),
            "weight": "0",
        }
        _dump(folder / f"{letter}.yaml", {"category": category, "items": copies})
        total += len(copies)
    counts = {"class_count": str(CLASSES_PER_CATALOG), "item_count": str(total), "total_weight": "0"}
    _dump(folder / "catalog.yaml", {**head, **counts})


class _Plain(yaml.CSafeDumper):
    """Writes what occurs twice twice, as rule files do."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _dump(path: Path, tree: object) -> None:
    path.write_text(
        yaml.dump(tree, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=200), encoding="utf-8"
    )


def main(count: int = ITEMS) -> None:
    """Print the cost of the shipped rules and of many items, each beside its floor."""
    table = Table(title="规则检查与合成：解释器启动之外的进程时间（秒，中位数）与内存（MB）")
    for title in ("规则", "做什么", "秒", "MB"):
        table.add_column(title, justify="left" if title in ("规则", "做什么") else "right")
    with tempfile.TemporaryDirectory() as scratch:
        many = Path(scratch) / "rules"
        build(many, count)
        for name, folder in (("随附规则", RULES_DIR), (f"{count}个事项", many)):
            for what, code in (
                ("检查（含各本地调整）并合成各套", OURS),
                ("只合成通用规则", CHECK_ONCE),
                ("对照：PyYAML + jsonschema", FLOOR),
            ):
                cost = run(code, folder)
                table.add_row(name, what, f"{cost.seconds:.2f}", f"{cost.megabytes:.0f}")
    Console().print(table)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
