"""`python -m benchmarks [NAME...]`: all benchmarks or those named, one after the other; writes docs/benchmarks.md."""

from __future__ import annotations

import argparse
from importlib import import_module

from benchmarks.frame import PAGE, run

# In the order of the page; the names of the plan are below.
EVERY = (
    *(
        "lifecycle",
        "sweep",
        "tasks",
        "jobs",
        "crashes",
        "mailing",
        "workdays",
        "rederiving",
        "workers",
        "years",
    ),
    *("rules", "assignment", "start", "console"),
)
CALLED = {
    "b1": ("lifecycle", "sweep"),
    "b2": ("tasks",),
    "b3": ("jobs",),
    "b6": ("workdays",),
    "b4": ("crashes",),
    "b5": ("mailing",),
    "b7": ("rederiving",),
    "b8": ("workers",),
    "b9": ("years",),
}


def main() -> None:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="、".join((*CALLED, *EVERY)))
    parser.add_argument("--quick", action="store_true", help="small sizes; the page is left alone")
    given = parser.parse_args()
    wanted = [one for name in given.names or EVERY for one in CALLED.get(name.lower(), (name.lower(),))]
    unknown = sorted(set(wanted) - set(EVERY))
    if unknown:
        parser.error(f"没有这个测量：{'、'.join(unknown)}")
    for name in dict.fromkeys(wanted):
        run(
            import_module(f"benchmarks.{name}").measure, quick=given.quick, page=None if given.quick else PAGE
        )


if __name__ == "__main__":
    main()
