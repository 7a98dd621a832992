"""`ducha rules manual` and `law`: the rule manual, and the state of the law it rests on."""

from __future__ import annotations

import typer


def attach(group: typer.Typer) -> None:
    """Add these commands."""
