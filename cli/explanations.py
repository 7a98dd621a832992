"""How the reasons of a light are told on the terminal: `case explain` and `rules explain` say the same."""

from __future__ import annotations

from typing import Any


def say_explanation(data: dict[str, Any]) -> None:
    """Print the sentences of an explanation."""
    print("\n".join(str(sentence) for sentence in data["sentences"]))
