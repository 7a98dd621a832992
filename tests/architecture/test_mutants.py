"""The groups of `make mutants`: five, each of files and tests that are there, and no test file of another group."""

from __future__ import annotations

from tests.architecture.tree import ROOT
from tests.mutation import Group, Score, groups, row, rows_kept, settings, table


def test_the_five_groups_name_files_and_tests_that_are_there() -> None:
    found = groups()
    assert set(found) == {"calendar", "ladder", "outbox", "numbering", "permissions"}
    for group in found.values():
        assert group.files
        assert group.tests
        for path in (*group.files, *group.tests):
            assert (ROOT / path).is_file(), path
    files = [path for group in found.values() for path in group.files]
    assert len(set(files)) == len(files)
    assert settings()["at_least_percent"] >= 85


def test_a_group_that_is_run_alone_leaves_the_lines_of_the_others() -> None:
    def score(name: str, caught: int) -> Score:
        group: Group = groups()[name]
        return Score(group, 200, caught, 3, ("one",), 1.5)

    before = table({name: row(score(name, 190)) for name in groups()}, 85.0)
    assert set(rows_kept(f"前文\n\n{before}\n\n后文")) == set(groups())
    after = table(rows_kept(before) | {"ladder": row(score("ladder", 171))}, 85.0)
    changed = [
        one for one, other in zip(before.splitlines(), after.splitlines(), strict=True) if one != other
    ]
    assert len(changed) == 1
    assert "| 200 | 171 | 3 | 29 | 85.5% |" in after
    assert Score(groups()["ladder"], 0, 0, 0, (), 0.1).percent == 0
