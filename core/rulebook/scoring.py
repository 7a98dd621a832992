"""How units are scored and ranked: indicators, weights and the formula."""

from __future__ import annotations

from core.rulebook.fields import Marked, Text


class ScoringRules(Marked):
    """How units are scored and ranked; the key is the name of the file."""

    key: str = ""
    name: Text
    version: Text
