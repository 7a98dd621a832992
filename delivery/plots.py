"""The geometry of the plots of a report: numbers in, places on a drawing sheet out; templates draw them.

All drawings are 720 wide, which a page prints as 178 mm; heights follow the content.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.codes import Light
from core.ladders.palette import DEFAULT, Palette

WIDTH = 720.0
ROWS_PER_PLOT = 42  # what fits on one page below a heading
_NAME_WIDTH, _ROW, _HEAD = 158.0, 18.0, 34.0
_BAR_NAME, _BAR_ROW, _BAR_END = 206.0, 23.0, 44.0
_CURVE = (40.0, 18.0, 648.0, 248.0)  # left, top, right, bottom of the field
_LABEL_GAP = 17.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A text at a place; `y` is its baseline."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with a style name, a letter or number in it, and words for who asks what it is."""

    x: float
    y: float
    width: float
    height: float
    style: str
    text: str
    hint: str = ""

    @property
    def middle(self) -> Mark:
        """The place of its text."""
        return Mark(round(self.x + self.width / 2, 1), round(self.y + self.height / 2 + 4, 1), self.text)


@dataclass(frozen=True, slots=True)
class Heat:
    """A grid of units by weeks."""

    height: float
    names: tuple[Mark, ...]
    days: tuple[Mark, ...]
    months: tuple[Mark, ...]
    cells: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the curve with its label at the end."""

    name: str
    points: str
    last: Mark
    label: Mark


@dataclass(frozen=True, slots=True)
class Curve:
    """Cumulative numbers over the weeks; `area` lies under the last line."""

    height: float
    left: float
    right: float
    bottom: float
    grid: tuple[Mark, ...]
    days: tuple[Mark, ...]
    lines: tuple[Line, ...]
    area: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars, each of several parts; the total stands at its end."""

    height: float
    names: tuple[Mark, ...]
    parts: tuple[Box, ...]
    totals: tuple[Mark, ...]


def draw_heat(
    rows: Sequence[tuple[str, Sequence[Light]]], weeks: Sequence[date], palette: Palette = DEFAULT
) -> list[Heat]:
    """Return the grid of units by weeks, cut into plots that fit on a page each.

    rows      (unit, its light at the end of each week)
    palette   the words of the lights
    """
    if not weeks:
        return []
    step = (WIDTH - _NAME_WIDTH) / len(weeks)
    return [
        _draw_grid(rows[start : start + ROWS_PER_PLOT], weeks, min(step, 34.0), palette)
        for start in range(0, len(rows), ROWS_PER_PLOT)
    ]


def _draw_grid(
    rows: Sequence[tuple[str, Sequence[Light]]], weeks: Sequence[date], step: float, palette: Palette
) -> Heat:
    cells: list[Box] = []
    names: list[Mark] = []
    for place, (unit, lights) in enumerate(rows):
        y = _HEAD + place * _ROW
        names.append(Mark(_NAME_WIDTH - 8, y + _ROW - 5, shorten(unit, 12)))
        for column, (week, light) in enumerate(zip(weeks, lights, strict=True)):
            letter = "" if light is Light.NONE else palette.label(light)
            hint = f"{unit}　{week.isoformat()}　{palette.word(light)}"
            x = round(_NAME_WIDTH + column * step, 2)
            cells.append(Box(x + 0.75, y + 0.75, round(step - 1.5, 2), _ROW - 1.5, light.value, letter, hint))
    days, months = _week_marks(weeks, step)
    return Heat(_HEAD + len(rows) * _ROW + 4, tuple(names), days, months, tuple(cells))


def _week_marks(weeks: Sequence[date], step: float) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """Return the day under each column and the month where a new one begins."""
    days: list[Mark] = []
    months: list[Mark] = []
    for column, week in enumerate(weeks):
        x = round(_NAME_WIDTH + (column + 0.5) * step, 2)
        days.append(Mark(x, _HEAD - 6, str(week.day)))
        before = weeks[column - 1] if column else None
        if before is None or week.month != before.month:
            year = f"{week.year}年" if before is None or week.year != before.year else ""
            months.append(Mark(round(x - step / 2 + 2, 2), _HEAD - 21, f"{year}{week.month}月"))
    if len(months) > 1 and months[1].x - months[0].x < 56:
        months[0] = Mark(months[0].x, months[0].y, "")  # no room beside the next month
    return tuple(days), tuple(months)


def draw_curve(points: Sequence[tuple[date, int, int, int]], names: tuple[str, str, str]) -> Curve | None:
    """Return three cumulative lines over the week ends, or None when there are fewer than two weeks.

    points   (week end, first, second, third number)
    """
    if len(points) < 2:
        return None
    left, top, right, bottom = _CURVE
    step = _nice_step(max(max(point[1:]) for point in points))
    most = step * max(1, -(-max(max(point[1:]) for point in points) // step))
    across = (right - left) / (len(points) - 1)

    def place(column: int, number: int) -> tuple[float, float]:
        return round(left + column * across, 1), round(bottom - (bottom - top) * number / most, 1)

    ends = [place(len(points) - 1, number) for number in points[-1][1:]]
    heights = _spread([y for _x, y in ends])
    lines = []
    for at, name in enumerate(names):
        track = [place(column, point[1:][at]) for column, point in enumerate(points)]
        lines.append(
            Line(
                name,
                " ".join(f"{x},{y}" for x, y in track),
                Mark(*track[-1], ""),
                Mark(right + 10, heights[at] + 4, f"{name} {points[-1][1:][at]}"),
            )
        )
    skip = -(-len(points) // 12)
    days = [
        Mark(place(column, 0)[0], bottom + 18, f"{point[0].month}.{point[0].day}")
        for column, point in enumerate(points)
        if (len(points) - 1 - column) % skip == 0
    ]
    grid = [Mark(left - 7, place(0, number)[1], str(number)) for number in range(0, most + 1, step)]
    area = f"{left},{bottom} {lines[-1].points} {right},{bottom}"
    return Curve(bottom + 30, left, right, bottom, tuple(grid), tuple(days), tuple(lines), area)


def _nice_step(most: int) -> int:
    """Return a round step that gives the axis four to six lines."""
    for scale in (1, 10, 100, 1_000, 10_000):
        for step in (1, 2, 5):
            if step * scale * 5 >= most:
                return step * scale
    return max(1, most // 5)


def _spread(heights: Sequence[float]) -> list[float]:
    """Return heights moved apart so that labels do not lie on one another; their order is kept."""
    order = sorted(range(len(heights)), key=lambda at: heights[at])
    moved = list(heights)
    for lower, upper in zip(order[1:], order, strict=False):
        moved[lower] = max(moved[lower], moved[upper] + _LABEL_GAP)
    surplus = max(moved) - _CURVE[3]
    return [height - surplus for height in moved] if surplus > 0 else moved


def draw_bars(rows: Sequence[tuple[str, Sequence[int]]]) -> Bars | None:
    """Return horizontal bars of stacked parts, or None when there is nothing to show.

    rows   (name, numbers of the parts from left to right)
    """
    most = max((sum(numbers) for _name, numbers in rows), default=0)
    if most == 0:
        return None
    scale = (WIDTH - _BAR_NAME - _BAR_END) / most
    names: list[Mark] = []
    parts: list[Box] = []
    totals: list[Mark] = []
    for place, (name, numbers) in enumerate(rows):
        y = place * _BAR_ROW + 2
        x = _BAR_NAME
        names.append(Mark(_BAR_NAME - 10, y + 13.5, shorten(name, 16)))
        for at, number in enumerate(numbers):
            width = round(number * scale, 2)
            if number:
                shown = str(number) if width >= 9 + 7 * len(str(number)) else ""
                parts.append(Box(round(x, 2), y, width, _BAR_ROW - 5, str(at), shown, f"{name}　{number}"))
            x += width
        totals.append(Mark(round(x + 7, 2), y + 13.5, str(sum(numbers))))
    return Bars(len(rows) * _BAR_ROW + 4, tuple(names), tuple(parts), tuple(totals))


def shorten(text: str, most: int) -> str:
    """Return a text of at most `most` wide characters; a longer one keeps both ends, where units differ."""
    if sum(1 if ord(letter) > 0x2000 else 0.55 for letter in text) <= most:
        return text
    return f"{text[: most - 5]}…{text[-4:]}"
