"""Plots as pictures: the drawings of the HTML report, with their own colours and fonts, printed to PNG by Typst."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import typst

from core.errors import DeliveryFailed
from delivery.fonts import Fonts
from delivery.plots import WIDTH
from delivery.report import REPORT, page_sandbox
from system.paths import TEMPLATES_DIR

LAYOUT = TEMPLATES_DIR / "layouts" / "plot.typ"
PPI = 150
_SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)
_VARIABLE = re.compile(r"--([a-z]+):\s*([^;]+);")
_RULE = re.compile(r"((?:svg|\.grave|\.served)[^{}]*)\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for a document: `caption` stands below it; width and height in pixels."""

    key: str
    caption: str
    png: bytes
    width: int
    height: int


def draw_svg(template: str, values: Mapping[str, Any]) -> str:
    """Return the first drawing of a plot template as one SVG that needs nothing else; '' when it draws nothing."""
    drawn = _SVG.search(page_sandbox().get_template(template).render(**values))
    if drawn is None:
        return ""
    return drawn[0]


def print_svg(key: str, caption: str, svg: str, fonts: Fonts) -> Picture:
    """Return a drawing as PNG, with the first 黑体 of this machine; raise DeliveryFailed when it cannot be printed."""
    family = fonts.family["黑体"][0]
    style = f"<style>text {{ font-family: '{family}'; font-size: 12px; fill: #1d232b }} {_style()}</style>"
    whole = re.sub(r"^<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', svg)
    head, rest = whole.split(">", 1)
    try:
        png = fonts.compiler.compile(
            input=str(LAYOUT), sys_inputs={"svg": f"{head}>{style}{rest}", "width": str(WIDTH + 12)}, format="png",
            ppi=PPI, timestamp=0,
        )  # fmt: skip
    except (typst.TypstError, RuntimeError) as error:
        raise DeliveryFailed(
            f"图“{caption}”不能印成图片",
            retry=False,
            found=str(error),
            expected="可以排版的图",
            remedy="检查 templates/report 中的图",
        ) from error
    if not isinstance(png, bytes):
        raise DeliveryFailed(
            f"图“{caption}”没有印成一张图片",
            retry=False,
            found="多页",
            expected="一页",
            remedy="减少图的行数",
        )
    return Picture(key, caption, png, *_size(png))


def _size(png: bytes) -> tuple[int, int]:
    """Return width and height as the PNG header tells them."""
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


@lru_cache(maxsize=1)
def _style() -> str:
    """Return the rules of the report's style sheet that speak of drawings, with its colours put in their places."""
    text = (REPORT / "style.css.j2").read_text(encoding="utf-8")
    colours = {name: value.strip() for name, value in _VARIABLE.findall(text)}
    rules = []
    for selector, body in _RULE.findall(text):
        drawn = re.sub(r"var\(--([a-z]+)\)", lambda found: colours[found[1]], body)
        kept = [
            part
            for part in drawn.split(";")
            if part.strip()
            and not re.match(r"\s*(background|font-family|display|width|height|overflow)\b", part)
        ]
        if kept and selector.strip() != "svg":
            rules.append(f"{selector.replace('svg ', '').strip()} {{ {';'.join(kept)} }}")
    return " ".join(rules)
