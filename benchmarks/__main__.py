"""`python -m benchmarks`: every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import assignment, rules, sweep, workdays

workdays.main()
assignment.main()
rules.main()
sweep.main()
