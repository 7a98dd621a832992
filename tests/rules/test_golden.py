"""The shipped rules compile to what was last agreed on; after an intended change run `make golden` and review it."""

from __future__ import annotations

import pytest

from tests.rules.golden import FOLDER, compiled

TEXTS = compiled()


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_compiled_rule_set_is_as_agreed(name: str) -> None:
    golden = FOLDER / name
    assert golden.exists(), f"没有副本 {name}；核对后运行 make golden"
    assert TEXTS[name] == golden.read_text(encoding="utf-8"), (
        f"{name} 与副本不同；有意的改动请运行 make golden"
    )


def test_no_copy_is_left_of_a_rule_set_that_is_gone() -> None:
    assert {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.json")} == set(TEXTS)
