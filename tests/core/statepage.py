"""Writes docs/states.md anew from the machines: python -m tests.core.statepage."""

from __future__ import annotations

from pathlib import Path

from core.life.everymachine import MACHINES
from core.life.statediagram import state_page

PAGE = Path(__file__).parents[2] / "docs" / "states.md"

if __name__ == "__main__":
    PAGE.write_text(state_page(MACHINES), encoding="utf-8")
