"""`ducha rules`: check, read, compare, rehearse, print and publish the rule files."""

from __future__ import annotations

import typer

from cli.commands.rulebook import checking, comparing, printing, publishing, rehearsing, showing


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="规则：检查、查看、比较、预演、印制", no_args_is_help=True)
    for part in (checking, showing, comparing, rehearsing, printing, publishing):
        part.attach(group)
    app.add_typer(group, name="rules")
