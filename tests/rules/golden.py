"""The compiled rule sets as they are shipped, one file a part, so that an unintended change shows in review.

Written anew on purpose by `make golden`; an overlay is kept as what it makes different from the common rules.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.rulebook import Rulebook, RuleFiles, freeze, sha256
from system.paths import RULES_DIR, read_texts

FOLDER = Path(__file__).parent / "golden"
SPLIT = ("catalogs", "ladders", "litigation", "clocks", "documents", "offices")


def compiled() -> dict[str, str]:
    """Return {path under golden/: text} of every shipped rule set."""
    files = RuleFiles(read_texts(RULES_DIR, ".yaml"))
    base = _rules(files.rulebook())
    texts: dict[str, str] = {}
    for group, content in base.items():
        if group in SPLIT:
            texts |= {f"{group}/{key}.json": _write(part) for key, part in content.items()}
        else:
            texts[f"{group}.json"] = _write(content)
    for name in sorted(files.parts.overlays):
        texts[f"overlays/{name}.json"] = _write(_overlay(base, files.rulebook(name)))
    return texts


def _rules(book: Rulebook) -> dict[str, Any]:
    rules: dict[str, Any] = json.loads(freeze(book))["rules"]
    return rules


def _overlay(base: dict[str, Any], book: Rulebook) -> dict[str, Any]:
    rules = _rules(book)
    changes = rules.pop("changes")
    before, after = (dict(leaves({k: v for k, v in one.items() if k != "changes"})) for one in (base, rules))
    different = {
        address: [before.get(address), after.get(address)]
        for address in sorted({*before, *after})
        if before.get(address) != after.get(address)
    }
    return {"sha256": sha256(freeze(book)), "changes": changes, "differences": different}


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (address, value) of every value; entries of lists are named by id or code."""
    if isinstance(tree, dict) and tree:
        for key, value in tree.items():
            yield from leaves(value, f"{path}/{key}" if path else key)
    elif isinstance(tree, list) and tree:
        for index, value in enumerate(tree):
            name = value.get("id") or value.get("code") or index if isinstance(value, dict) else index
            yield from leaves(value, f"{path}/{name}")
    else:
        yield path, tree


def _write(tree: Any) -> str:
    return json.dumps(tree, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Write the golden copies anew."""
    texts = compiled()
    for old in FOLDER.rglob("*.json"):
        if old.relative_to(FOLDER).as_posix() not in texts:
            old.unlink()
    for name, text in texts.items():
        target = FOLDER / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    print(f"{len(texts)} 份规则副本已重写：{FOLDER}")  # noqa: T201  # a command line of its own, like the benchmarks


if __name__ == "__main__":
    main()
