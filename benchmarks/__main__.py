"""`python -m benchmarks`: every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import sweep, workdays

workdays.main()
sweep.main()
