"""`python -m tests.proof.simulator --seed N --days D`: one seed again, with its last steps when something broke."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from pathlib import Path

from tests.proof.simulator.broken import SENDERS
from tests.proof.simulator.run import Ending, simulate
from tests.proof.simulator.trace import KEPT

MEMORY = Path("/dev/shm")  # noqa: S108  # a folder in memory: nothing has to outlive this process
DAYS = 60


def play(seed: int, days: int, sender: str = "", kept: int | None = KEPT) -> Ending:
    """Live one seed in a folder that is thrown away."""
    logging.disable(logging.CRITICAL)  # what jobs say of their failures is in the trace
    with tempfile.TemporaryDirectory(prefix="ducha-seed-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        return simulate(seed, days, Path(folder) / "office", sender, kept)


def say(ending: Ending, *, steps: bool) -> None:
    """Print what a seed came to."""
    write = sys.stdout.write
    if steps:
        write("".join(f"{step}\n" for step in ending.last))
    write("".join(f"FAULT {fault}\n" for fault in ending.faults))
    write(
        f"seed {ending.seed}, {ending.days} days, {ending.steps} steps, {ending.mails} mails, {ending.rungs} rungs\n"
    )
    write(f"hash {ending.digest}\n")


def main() -> int:
    """Live one seed; 1 when something did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof.simulator")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument(
        "--sender", choices=tuple(SENDERS), default="", help="a broken one in place of the real one"
    )
    parser.add_argument("--trace", action="store_true", help="print every step")
    options = parser.parse_args()
    ending = play(options.seed, options.days, options.sender, None if options.trace else KEPT)
    say(ending, steps=options.trace or not ending.ok)
    return 0 if ending.ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
