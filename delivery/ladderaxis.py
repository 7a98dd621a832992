"""The rungs of one severity on an axis of working days: numbers in, places on a drawing sheet out; a template draws.

Each colour has a shape of its own and stands beside its word, so that the axis reads without colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.ladders.palette import Palette
from core.rulebook.ladder import Profile, Rung
from core.rulebook.passages import Names, write_offset

WIDTH = 720.0
_LEFT, _RIGHT = 46.0, 674.0
_LANE, _FOOT = 36.0, 46.0
_LABEL_GAP = 10.0
_SIZE = 9.0
# Points of each shape around its middle, in units of its size; blue is drawn as a circle.
SHAPES: dict[str, tuple[tuple[float, float], ...]] = {
    "yellow": ((0, -1.25), (1.15, 0.85), (-1.15, 0.85)),
    "orange": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
    "red": ((-0.95, -0.95), (0.95, -0.95), (0.95, 0.95), (-0.95, 0.95)),
    "black": ((-0.5, -1.15), (0.5, -1.15), (1.15, -0.5), (1.15, 0.5), (0.5, 1.15), (-0.5, 1.15), (-1.15, 0.5),
              (-1.15, -0.5)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stop:
    """A rung on the axis: `points` is empty for a circle; the label's two lines begin or end at `label_x`."""

    light: str
    x: float
    points: str
    letter: str
    label_x: float
    label_y: float
    lead_y: float
    word: str
    when: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A day on the axis, counted in working days from the due date."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The rungs of one severity; `y` is the height of the axis itself."""

    title: str
    height: float
    y: float
    left: float
    right: float
    served_x: float
    due_x: float
    ticks: tuple[Tick, ...]
    stops: tuple[Stop, ...]


def draw_axis(title: str, profile: Profile, palette: Palette, names: Names) -> Axis:
    """Return the axis of one severity, from service to a little after its last rung."""
    days = [_day(rung, profile.rectify_workdays) for rung in profile.rungs]
    first, last = min(-profile.rectify_workdays, *days), max(2, *days) + 1
    scale = (_RIGHT - _LEFT) / (last - first)

    def at(day: float) -> float:
        return round(_LEFT + (day - first) * scale, 1)

    order = sorted(range(len(days)), key=lambda index: (days[index], index))
    labels = [_label(profile.rungs[index], palette, names) for index in order]
    places = [at(days[index]) for index in order]
    lanes = _lanes(places, [max(_width(line) for line in label) for label in labels])
    y = 14 + (max(lanes) + 1) * _LANE + 8
    stops = tuple(
        _stop(profile.rungs[index], palette, x, lane, label, y)
        for index, x, lane, label in zip(order, places, lanes, labels, strict=True)
    )
    ticks = tuple(Tick(at(day), _tick(day)) for day in range(first, last + 1) if day % 5 == 0 and day != 0)
    served = at(-profile.rectify_workdays)
    return Axis(title, y + _FOOT, y, _LEFT - 14, _RIGHT + 14, served, at(0), ticks, stops)


def _tick(day: int) -> str:
    return f"+{day}" if day > 0 else f"−{-day}"


def _day(rung: Rung, rectify_workdays: int) -> int:
    """Return the place of a rung in working days from the due date; calendar days are about seven for five."""
    offset = rung.offset if rung.unit == "workday" else round(rung.offset * 5 / 7)
    return offset if rung.anchor == "due" else offset - rectify_workdays


def _label(rung: Rung, palette: Palette, names: Names) -> tuple[str, str]:
    return f"{palette.word(rung.light)}　{names.get(rung.document, rung.document)}", write_offset(rung)


def _width(text: str) -> float:
    return sum(12.0 if ord(letter) > 0x2000 else 6.6 for letter in text)


def _lanes(places: Sequence[float], widths: Sequence[float]) -> list[int]:
    """Return for each label the lowest lane in which it touches neither a label nor the leader of one above."""
    taken: list[list[tuple[float, float]]] = []
    found = [0] * len(places)
    # from right to left: a label hangs to the right of its leader, so only what lies further right is in its way
    for index in sorted(range(len(places)), key=lambda one: -places[one]):
        start, end = _span(places[index], widths[index])
        lane = 0
        while lane < len(taken) and any(start < other[1] and other[0] < end for other in taken[lane]):
            lane += 1
        for below in range(lane + 1):
            if below == len(taken):
                taken.append([])
            taken[below].append((start, end) if below == lane else (places[index] - 3, places[index] + 3))
        found[index] = lane
    return found


def _span(x: float, width: float) -> tuple[float, float]:
    start = _label_start(x, width)
    return min(start, x) - 2, max(start + width, x) + _LABEL_GAP


def _label_start(x: float, width: float) -> float:
    return round(min(x + 5, WIDTH - width - 2), 1)


def _stop(rung: Rung, palette: Palette, x: float, lane: int, label: tuple[str, str], y: float) -> Stop:
    points = " ".join(
        f"{round(x + dx * _SIZE, 1)},{round(y + dy * _SIZE, 1)}"
        for dx, dy in SHAPES.get(rung.light.value, ())
    )
    top = y - 22 - (lane + 1) * _LANE + 14
    start = _label_start(x, max(_width(line) for line in label))
    return Stop(
        rung.light.value,
        x,
        points,
        palette.label(rung.light),
        start,
        round(top + 10, 1),
        round(top, 1),
        *label,
    )
