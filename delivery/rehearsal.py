"""The overview of a rehearsal: one self-contained HTML file for leaders, plain and made to be printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from core.codes import Light
from core.errors import InvalidInput
from delivery.paper import print_day
from delivery.sandbox import open_pages
from system.paths import TEMPLATES_DIR

FOLDERS = (TEMPLATES_DIR / "rules", TEMPLATES_DIR / "report")  # the style is that of the campaign report


def render_rehearsal(values: Mapping[str, Any]) -> str:
    """Return the overview; equal values give equal text.

    values   what `ducha rules rehearse --json` prints, and `issuer`, `words` {field: {code: word}}
    raises   InvalidInput naming what is wrong with the template
    """
    try:
        return _sandbox().get_template("rehearsal.html.j2").render(values) + "\n"
    except (TemplateError, TypeError, KeyError) as error:
        raise InvalidInput(
            "预演概览模板不能填写",
            found=str(error),
            expected="模板与取值一致",
            remedy="改正 templates/rules/rehearsal.html.j2",
        ) from error


def _print_day(value: str) -> str:
    return print_day(date.fromisoformat(value))


def _lamp(code: str, words: Mapping[str, str]) -> Markup:
    """Return a light as a coloured square with its word: colour is never alone."""
    if code == Light.NONE:
        return Markup("—")
    return Markup('<span class="lamp word {}">{}</span>').format(code, words[code])


@lru_cache(maxsize=1)
def _sandbox() -> ImmutableSandboxedEnvironment:
    return open_pages(FOLDERS, {"day": _print_day, "lamp": _lamp})
