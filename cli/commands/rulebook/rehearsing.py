"""`ducha rules rehearse` and `what-if`: what would be sent, and which lights would change."""

from __future__ import annotations

import typer


def attach(group: typer.Typer) -> None:
    """Add these commands."""
