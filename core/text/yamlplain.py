"""The quick reading of a YAML file without mistakes of writing: the tree alone, in one tight loop.

Anything out of the ordinary (an anchor, a tag, a key written twice, a second document) ends it; the careful reader of
core/text/yamltext.py then says what is wrong and where. It costs a fraction of the careful one's time and memory, and
nearly every file is read by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from sys import intern
from typing import Any

import yaml

from core.text.characters import FULL_WIDTH

NOTHING = frozenset({"", "null", "~", "Null", "NULL"})
WORD = 12
_PLAIN_TAGS = (None, "!")
_NODES = (yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent, yaml.AliasEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class Unusual(Exception):
    """The file holds something that only the careful reader can judge."""


def read_plain(events: Iterable[Any]) -> Any:  # noqa: C901  # one loop: more calls would double its cost
    """Return the tree of a file of one document; raise Unusual where it is not plain.

    events   of yaml.parse
    """
    stack: list[Any] = []
    tree: Any = None
    here: Any = None
    key: str | None = None
    documents = 0
    for event in events:
        kind = type(event)
        if kind in _ENDS:
            here, key = stack.pop()
            continue
        if kind not in _NODES:
            documents += kind is yaml.DocumentStartEvent
            continue
        if event.anchor is not None or event.tag not in _PLAIN_TAGS:
            raise Unusual
        if key is None and type(here) is dict:
            key = _key(event, here)
            continue
        value = _value(event, kind)
        if here is None:
            tree = value
        elif key is None:
            here.append(value)
        else:
            here[key] = value
            key = None
        if kind is not yaml.ScalarEvent:
            stack.append((here, key))
            here = value
    if documents != 1 or tree is None:
        raise Unusual
    return tree


def _key(event: Any, here: dict[str, Any]) -> str:
    """Return a key that stands for itself: one word, new in its group, in half-width letters."""
    text: str = event.value if type(event) is yaml.ScalarEvent else "<<"
    if text == "<<" or text in here or (not text.isascii() and (FULL_WIDTH.search(text) or "：" in text)):
        raise Unusual
    return intern(text)


def _value(event: Any, kind: type) -> Any:
    if kind is yaml.ScalarEvent:
        text: str = event.value
        if not event.style and text in NOTHING:
            return None
        # The words of the vocabularies, days and codes occur thousands of times; kept once, they cost nothing.
        return intern(text) if len(text) <= WORD else text
    return {} if kind is yaml.MappingStartEvent else []
