"""The benchmarks in their quick setting: they run, they check what they measured, and they know their place."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from subprocess import PIPE

import pytest
import sqlalchemy as sa

from benchmarks.__main__ import CALLED, EVERY
from benchmarks.frame import PAGE, Section, Table, render, run, told, write_section
from benchmarks.workers import hand_out, rules_of_offices
from benchmarks.world import TODAY, add_office, build, let_fall_due
from models.organisation import Unit
from models.rectification import Rectification
from system.settings import Settings
from tests.databases import KINDS, database

CHEAP = ("lifecycle", "sweep", "jobs", "workdays", "rederiving", "assignment")


@pytest.mark.parametrize("name", CHEAP)
def test_a_cheap_benchmark_measures_something(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    section = run(import_module(f"benchmarks.{name}").measure, quick=True, page=None)
    assert section.name == name
    assert section.tables
    assert all(len(row) == len(table.head) for table in section.tables for row in table.rows)
    assert f"## {section.title}" in capsys.readouterr().out


def test_due_dates_are_those_of_the_notices_and_deadlines_are_met_once() -> None:
    assert import_module("benchmarks.workdays").measure(True).figures["wrong"] == 0
    met = import_module("benchmarks.jobs").sweep_after(3, 20)
    assert (len(met.times), max(met.times.values())) == (20, 1)


@pytest.mark.parametrize("name", EVERY)
def test_every_benchmark_can_be_named_and_has_its_place_in_the_page(name: str) -> None:
    assert callable(import_module(f"benchmarks.{name}").measure)
    page = PAGE.read_text(encoding="utf-8")
    assert page.index(f"<!-- {name} -->") < page.index(f"<!-- /{name} -->")


def test_short_names_stand_for_benchmarks() -> None:
    assert {one for names in CALLED.values() for one in names} <= set(EVERY)


def section(**values: str) -> Section:
    table = Table(("", "seconds"), (("ours", "1.00"),))
    return Section("two", values.get("title", "Second"), "How.", (table,), ("Mind.",))


def test_a_section_is_written_over_and_the_others_stay(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Head\n\n<!-- one -->\nkept\n<!-- /one -->\n", encoding="utf-8")
    for title in ("Second", r"Again \1"):
        write_section(page, "two", render(section(title=title), "a machine"))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Head\n\n<!-- one -->\nkept\n<!-- /one -->\n\n<!-- two -->\n## Again \\1\n")
    assert "Second" not in text
    assert "| ours | 1.00 |" in text
    assert text.endswith("*a machine.*\n<!-- /two -->\n")


def test_samples_are_told_as_median_and_range() -> None:
    assert told([3.0, 1.0, 2.0]) == "2.00 (1.00–3.00)"
    assert (told([0.5], "{:.0%}"), told([])) == ("50%", "—")


@pytest.mark.parametrize("kind", KINDS)
def test_a_county_numbers_on_behind_the_keys_that_it_was_given(kind: str, tmp_path: Path) -> None:
    with database(kind, tmp_path) as url:
        engine, settings = build(tmp_path, cases=20, due=4, units=5, url=url)
        add_office(engine, settings_of_neighbour(settings, tmp_path), cases=20, units=5, first=1_000)
        let_fall_due(engine, 20, 4, first=1_000)
        with engine.begin() as link:
            fresh = {"office_id": 1, "code": "NEW", "name": "新单位", "kinds": "政府部门"}
            number = link.execute(sa.insert(Unit).values(fresh)).inserted_primary_key
            due = sa.select(sa.func.count()).where(Rectification.next_due_on == TODAY)  # type: ignore[arg-type]  # a column
            assert link.execute(due).scalar_one() == 8
        assert number is not None
        assert number[0] > 1_005
        engine.dispose()


def settings_of_neighbour(settings: Settings, folder: Path) -> Settings:
    """Return settings for a second office like the shipped one."""
    rules = rules_of_offices(folder / "rules", ["neighbour"])
    return settings.model_copy(update={"rules": rules, "office": "neighbour"})


def test_pieces_go_to_whoever_is_free_and_are_counted() -> None:
    says = "import sys\nfor line in sys.stdin: print('{\"done\": 1}', flush=True)"
    with ExitStack() as stack:
        workers = [
            stack.enter_context(
                subprocess.Popen([sys.executable, "-c", says], stdin=PIPE, stdout=PIPE, text=True)
            )
            for _ in range(2)
        ]
        assert hand_out(workers, ["a", "b", "c", "d", "e"]) == {"done": 5}
