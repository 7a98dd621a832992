"""Checking and resolving rule files beside a floor: the same files through PyYAML's safe loader and `jsonschema`.

Every measurement is a fresh process; its process time is told beyond that of an interpreter that does nothing.
`jsonschema` sees each file alone against the generated schema: no positions, no references, no law, no examples.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.frame import Section, Table, middle, told
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
    """Process seconds beyond an empty interpreter of each run, and the most memory of one."""

    seconds: Sequence[float]
    megabytes: float


def run(code: str, folder: Path, rounds: int) -> Cost:
    """Return the cost of a piece of code over a rule folder, each time in a fresh interpreter."""
    _once(code + REPORT, folder)  # compiles the modules, as the first start on any machine does
    costs = [_once(code + REPORT, folder) for _ in range(rounds)]
    nothing = middle([_once(REPORT, folder)[0] for _ in range(rounds)])
    return Cost([one[0] - nothing for one in costs], max(one[1] for one in costs))


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


def measure(quick: bool) -> Section:
    """Measure the shipped rules, and rules with many items."""
    count, rounds = (100, 1) if quick else (ITEMS, ROUNDS)
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        many = Path(scratch) / "rules"
        build(many, count)
        for name, folder in (("shipped rules", RULES_DIR), (f"{count:,} items", many)):
            for what, code in (
                ("checked with every local adjustment, each set resolved", OURS),
                ("the common set resolved", CHECK_ONCE),
                ("floor: PyYAML and `jsonschema`", FLOOR),
            ):
                cost = run(code, folder, rounds)
                rows.append((f"{name}: {what}", told(cost.seconds), f"{cost.megabytes:.0f}"))
    return Section(
        "rules",
        "Rule files",
        """`make bench BENCH_ARGS=rules`. Process seconds beyond those of an interpreter that does nothing, each
time in a fresh process. The floor sees each file alone against the generated schema: no positions, no references
between files,
no law, no examples.""",
        (Table(("", "seconds", "peak MB"), tuple(rows)),),
        versions=("PyYAML", "jsonschema"),
    )
