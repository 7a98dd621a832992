"""The geometry of a plot of upright columns: numbers in, places on a drawing sheet out; templates draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from delivery.plots import Box, Mark

WIDTH = 560.0
_LEFT, _TOP, _BOTTOM, _UNDER = 34.0, 10.0, 150.0, 22.0
_MOST_LABELS = 12


@dataclass(frozen=True, slots=True)
class Columns:
    """Stacked columns over an axis; `grid` are the numbers at its lines."""

    width: float
    height: float
    left: float
    bottom: float
    grid: tuple[Mark, ...]
    names: tuple[Mark, ...]
    parts: tuple[Box, ...]


def draw_columns(rows: Sequence[tuple[str, Sequence[tuple[str, int]]]]) -> Columns | None:
    """Return stacked columns, or None when there is nothing to show.

    rows   (name below the column, (style, number) of its parts from the bottom up)
    """
    most = max((sum(number for _style, number in parts) for _name, parts in rows), default=0)
    if most == 0:
        return None
    step = next(size for size in _steps() if size * 4 >= most)
    top = step * -(-most // step)
    across = (WIDTH - _LEFT) / len(rows)
    scale = (_BOTTOM - _TOP) / top
    boxes: list[Box] = []
    for place, (name, parts) in enumerate(rows):
        y = _BOTTOM
        for style, number in parts:
            if number:
                height = round(number * scale, 2)
                y = round(y - height, 2)
                x, width = round(_LEFT + place * across + across * 0.15, 2), round(across * 0.7, 2)
                boxes.append(Box(x, y, width, height, style, str(number), f"{name}　{number}"))
    skip = -(-len(rows) // _MOST_LABELS)
    names = tuple(
        Mark(round(_LEFT + (place + 0.5) * across, 1), _BOTTOM + 16, name)
        for place, (name, _parts) in enumerate(rows)
        if place % skip == 0
    )
    grid = tuple(
        Mark(_LEFT - 6, round(_BOTTOM - number * scale, 1), str(number)) for number in range(0, top + 1, step)
    )
    return Columns(WIDTH, _BOTTOM + _UNDER, _LEFT, _BOTTOM, grid, names, tuple(boxes))


def _steps() -> Sequence[int]:
    return [size * scale for scale in (1, 10, 100, 1_000, 10_000, 100_000) for size in (1, 2, 5)]
