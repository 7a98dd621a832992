"""The benchmarks in their quick setting: they run, they check what they measured, and they know their place."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from benchmarks.__main__ import CALLED, EVERY
from benchmarks.frame import PAGE, Section, Table, render, run, told, write_section

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
