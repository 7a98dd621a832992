"""The colours of a ladder (预警灯色): which it uses, in which order, and the word that stands beside each.

Codes are stored; order, labels and meanings are data of the ladder. A colour is never shown without its word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from core.codes import LIGHT_LABELS, LIGHT_ORDER, Light

NO_LIGHT = "未亮灯"


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one ladder, lowest first; `none` is no colour and stands below them all.

    lights     each once, without `none`
    words      what stands beside a colour where its label with 灯 behind it will not do, such as 黄牌
    ranks      the rank of every code, for comparing only: one the ladder does not use (kept from older rules, or from
               another ladder) stands where the default order would put it
    """

    lights: tuple[Light, ...]
    labels: Mapping[Light, str]
    meanings: Mapping[Light, str] = field(default_factory=dict)
    words: Mapping[Light, str] = field(default_factory=dict)
    every: tuple[Light, ...] = field(init=False, compare=False)
    ranks: Mapping[Light, int] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        every = _every(self.lights)
        object.__setattr__(self, "every", every)
        object.__setattr__(self, "ranks", MappingProxyType({light: at for at, light in enumerate(every)}))

    @property
    def lowest(self) -> Light:
        """The colour a ladder begins with."""
        return self.lights[0]

    @property
    def highest_first(self) -> tuple[Light, ...]:
        """The colours with `none` at the end, as lists show them."""
        return (*reversed(self.lights), Light.NONE)

    def rank(self, light: Light) -> int:
        """Return the place of a colour in the order; 0 for none."""
        return self.ranks[light]

    def label(self, light: Light) -> str:
        """Return the short word of a colour: 蓝; 无 for none."""
        return self.labels.get(light) or LIGHT_LABELS[light]

    def word(self, light: Light) -> str:
        """Return the word that stands beside a colour: 蓝灯; 未亮灯 for none."""
        if light is Light.NONE:
            return NO_LIGHT
        return self.words.get(light) or f"{self.label(light)}灯"

    def meaning(self, light: Light) -> str:
        """Return what a colour means here, or nothing."""
        return self.meanings.get(light, "")

    def highest(self, lights: Iterable[Light]) -> Light:
        """Return the highest of some colours; `none` of nothing."""
        return max(lights, key=self.ranks.__getitem__, default=Light.NONE)

    def in_order(self, lights: Iterable[Light]) -> tuple[Light, ...]:
        """Return each of some colours once, lowest first."""
        return tuple(sorted(set(lights), key=self.ranks.__getitem__))

    def raised(self, light: Light) -> Light:
        """Return the next colour up that the ladder uses; the highest stays."""
        above = (one for one in self.lights if self.ranks[one] > self.ranks[light])
        return next(above, light)

    def lowered(self, light: Light) -> Light:
        """Return the next colour down that the ladder uses; below the lowest there is none."""
        below = (one for one in reversed(self.lights) if self.ranks[one] < self.ranks[light])
        return next(below, Light.NONE)

    def named(self) -> dict[str, Light]:
        """Return every word by which a person may name a colour, with its colour.

        The ladder's own words win over the default ones.
        """
        known = (Light.NONE, *self.lights)
        words = {LIGHT_LABELS[light]: light for light in known}
        words |= {f"{LIGHT_LABELS[light]}灯": light for light in self.lights}
        for light in known:
            words |= {self.label(light): light, self.word(light): light}
        return words


def _every(lights: tuple[Light, ...]) -> tuple[Light, ...]:
    """Return every code in one order: the ladder's own, each other one above the last that is below it by default."""
    every = [Light.NONE, *lights]
    for light in Light:
        if light not in every:
            below = [at for at, one in enumerate(every) if LIGHT_ORDER[one] < LIGHT_ORDER[light]]
            every.insert(below[-1] + 1, light)
    return tuple(every)


# For places without a ladder: every colour there is, in the default order.
DEFAULT = Palette(tuple(light for light in Light if light is not Light.NONE), LIGHT_LABELS)
