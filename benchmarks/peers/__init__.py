"""Peers run in an environment of their own (`make peers`), in a process of their own, in the same run as ducha."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from system.paths import ROOT

PYTHON = ROOT / "build" / "peers" / "bin" / "python"
HERE = Path(__file__).parent


def are_there() -> bool:
    """Return whether the environment of the peers was set up."""
    return PYTHON.exists()


def ask(script: str, *words: object) -> dict[str, Any] | None:
    """Run a script of this folder among the peers and return the JSON it prints; None where there are no peers.

    raises   RuntimeError with what the script wrote when it fails
    """
    if not are_there():
        return None
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [str(PYTHON), str(HERE / script), *map(str, words)]
    done = subprocess.run(command, cwd=HERE, env=kept, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{script}: {done.stderr[-4000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
