"""`python -m benchmarks`: every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import rules, sweep, workdays

workdays.main()
rules.main()
sweep.main()
