"""Checks of a ladder's colours: each declared once and in one order, used only when declared, graver never laxer."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from core.codes import LIGHT_LABELS, Light
from core.errors import Problem
from core.ladders.palette import Palette
from core.rulebook.clearing import Review
from core.rulebook.ladder import Ladder
from core.rulebook.parts import Part
from core.text.yamltext import Path


def check_colours(part: Part[Ladder]) -> Iterator[Problem]:
    """Yield colours or words written twice, and rules that contradict the order of the colours."""
    seen: set[Light] = set()
    words: dict[str, str] = {}
    palette = part.model.palette
    for index, colour in enumerate(part.model.colours):
        path: Path = ("colours", index)
        if colour.code in seen:
            message = f"颜色“{colour.code.value}”写了两次；每种颜色只在一个等级上"
            yield part.problem((*path, "code"), "E508", message)
        elif colour.label in words:
            message = (
                f"颜色“{colour.code.value}”与“{words[colour.label]}”的短名都是“{colour.label}”，无法区分"
            )
            yield part.problem((*path, "label"), "E301", message)
        seen.add(colour.code)
        words.setdefault(colour.label, colour.code.value)
    yield from _check_reviews(part, palette)
    yield from _check_look_back(part, palette)
    yield from _check_aggregation(part, palette)


def _weight(review: Review) -> tuple[int, int]:
    """Return how strict a review is: who approves counts before how many verify."""
    return (review.approver.rank + 1 if review.approver else 0, review.verifiers)


def _check_reviews(part: Part[Ladder], palette: Palette) -> Iterator[Problem]:
    known = [light for light in palette.lights if part.model.review(light) is not None]
    for lower, higher in itertools.pairwise(known):
        first, second = part.model.review(lower), part.model.review(higher)
        assert first is not None
        assert second is not None  # kept above
        (approved, verified), (approves, verifies) = _weight(first), _weight(second)
        if approves < approved or verifies < verified:
            at = part.model.clearing.reviews.index(second)
            words = f"{palette.word(higher)}的销号核验比{palette.word(lower)}的还松"
            message = f"{words}；颜色越高，核查人数和审签级别不得降低"
            yield part.problem(("clearing", "reviews", at), "E508", message)


def _check_look_back(part: Part[Ladder], palette: Palette) -> Iterator[Problem]:
    chosen = part.model.clearing.look_back_lights
    lowest = min((palette.rank(light) for light in chosen), default=len(palette.every))
    left = [light for light in palette.lights if palette.rank(light) > lowest and light not in chosen]
    if left:
        words = "、".join(f"{light.value}（{palette.word(light)}）" for light in left)
        message = f"全部“回头看”的颜色漏了更高的{words}；应自某一色起向上都列"
        yield part.problem(("clearing", "look_back_lights"), "E508", message)


def _check_aggregation(part: Part[Ladder], palette: Palette) -> Iterator[Problem]:
    for index, rule in enumerate(part.model.aggregation):
        given = [value is not None for value in (rule.count, rule.of, rule.counts_as)]
        path: Path = ("aggregation", index)
        if any(given) and not all(given):
            yield part.problem(path, "E411", "count（几个）、of（何色）、counts_as（按何色）应一并写明")
        elif rule.of and rule.counts_as and palette.rank(rule.counts_as) <= palette.rank(rule.of):
            message = f"{palette.word(rule.of)}再多也不应按不更高的{palette.word(rule.counts_as)}对待"
            yield part.problem((*path, "counts_as"), "E508", message)


def check_uses(part: Part[Ladder]) -> Iterator[Problem]:
    """Yield every colour that is used without being declared among the colours, once, where it is used first."""
    palette = part.model.palette
    places: dict[Light, list[Path]] = {}
    for path, light in _uses(part.model):
        if light not in palette.lights and light is not Light.NONE:
            places.setdefault(light, []).append(path)
    declared = "、".join(f"{light.value}（{palette.label(light)}）" for light in palette.lights)
    labels = {palette.label(light): light.value for light in palette.lights}
    for light, uses in places.items():
        meant = labels.get(LIGHT_LABELS[light])
        hint = f"；是否想写“{meant}”" if meant else ""
        often = f"（共{len(uses)}处用到）" if len(uses) > 1 else ""
        message = (
            f"颜色“{light.value}（{LIGHT_LABELS[light]}）”没有在 colours 中说明{often}{hint}；"
            f"本等级的颜色：{declared}；请改用其一，或在 colours 中增加"
        )
        yield part.problem(uses[0], "E411", message)


def _uses(ladder: Ladder) -> Iterator[tuple[Path, Light]]:
    """Yield every place that names a colour, with the colour."""
    for severity, profile in ladder.profiles.items():
        for index, rung in enumerate(profile.rungs):
            yield ("profiles", severity.value, "rungs", index, "light"), rung.light
    for code, event in ladder.events.items():
        path: Path = ("events", code)
        yield from (((*path, "light"), light) for light in (event.light,) if light)
        yield from (((*path, "grave_light"), light) for light in (event.grave_light,) if light)
        for index, repeat in enumerate(event.repeats):
            yield (*path, "repeats", index, "light"), repeat.light
    for index, rule in enumerate(ladder.aggregation):
        yield from ((("aggregation", index, "of"), light) for light in (rule.of,) if light)
        yield from ((("aggregation", index, "counts_as"), light) for light in (rule.counts_as,) if light)
    yield from _uses_in_clearing(ladder)
    for index, example in enumerate(ladder.examples):
        if example.expect.light is not None:
            yield ("examples", index, "expect", "light"), example.expect.light


def _uses_in_clearing(ladder: Ladder) -> Iterator[tuple[Path, Light]]:
    for number, review in enumerate(ladder.clearing.reviews):
        for index, light in enumerate(review.lights):
            yield ("clearing", "reviews", number, "lights", index), light
    for index, light in enumerate(ladder.clearing.look_back_lights):
        yield ("clearing", "look_back_lights", index), light
