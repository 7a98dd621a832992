"""A small county lives through a year at random: nothing is broken, and every light is explained."""

from __future__ import annotations

from cli.simulation.run import simulate
from cli.simulation.shape import Shape

SMALL = Shape(years=1, units=40, campaigns=1, visited=8, items=8, failed=0.4)


def test_a_simulated_year_breaks_no_invariant_and_explains_every_case() -> None:
    told = simulate(SMALL)

    assert (told["ok"], told["invariants"]["broken"], told["cases"]["unexplained"]) == (True, [], [])
    assert told["cases"]["explained"] > 10
    assert (told["numbers"]["listed"] > 100, told["numbers"]["unlisted"]) == (True, [])
    assert {"签发", "送达", "报送方案", "申请销号", "核查验收", "批准销号"} <= told["done"].keys()
    assert told["invariants"]["checked"]["INV-6"] > 300
