"""The colours of a ladder file: the word, meaning and document of each; their order in the file is their rank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from core.codes import Light
from core.ladders.palette import Palette
from core.rulebook.fields import Count, Marked, Text, Texts, Word

LitLight = Literal[Light.BLUE, Light.YELLOW, Light.ORANGE, Light.RED, Light.BLACK]


class Colour(Marked):
    """What a colour means and which document goes with it; a colour is never shown without its word."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"label", "word", "document", "reply_workdays"})

    code: LitLight
    label: Text
    """颜色的短名，如 蓝"""
    word: Text | None = None
    """与颜色并列的文字；不写的为短名加“灯”，如 蓝灯"""
    meaning: Text
    document: Word
    signer: Text
    """签发人（文字，供说明）；生效的签发级别见文书规则 signer"""
    recipients: Texts
    cc: Texts
    reply_workdays: Count


def mix(colours: Sequence[Colour]) -> Palette:
    """Return the palette of some colours, lowest first; a colour that is written twice counts where it stands first."""
    lights = tuple(dict.fromkeys(colour.code for colour in colours))
    first = {colour.code: colour for colour in reversed(colours)}
    return Palette(
        lights,
        {light: first[light].label for light in lights},
        {light: first[light].meaning for light in lights},
        {light: word for light in lights if (word := first[light].word)},
    )
