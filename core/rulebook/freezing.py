"""The frozen rule set of a campaign: canonical bytes, their hash, and the way back.

Frozen are the catalogues (or the chosen items), ladders, clocks, documents, linkage, offices and sources. Not frozen
is what is no law of a campaign: holidays, which are published later, the timetable, and how the office itself works
(pools, kinds of campaign, leads, scoring, archives).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from core.errors import InvalidInput
from core.rulebook.book import Rulebook
from core.rulebook.catalog import Catalog

FORMAT = 1
NOT_FROZEN = {
    "calendars",
    "local_calendars",
    "timetable",
    "pools",
    "campaigns",
    "leads",
    "scoring",
    "archives",
}


def canonical(part: BaseModel | Mapping[str, Any]) -> bytes:
    """Return compact UTF-8 JSON with sorted keys: the same rules give the same bytes anywhere."""
    return canonical_tree(part.model_dump(mode="json") if isinstance(part, BaseModel) else part)


def canonical_tree(tree: Any) -> bytes:
    """Return plain data as compact UTF-8 JSON with sorted keys."""
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes in lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def freeze(rulebook: Rulebook, chosen: Mapping[str, Collection[str] | None] | None = None) -> bytes:
    """Return the canonical bytes of a rule set.

    chosen   {catalogue key: item ids, or None for the whole catalogue}; None for all catalogues
    raises   NotFound for an unknown catalogue or item
    """
    if chosen is not None:
        catalogs = {}
        for key, ids in chosen.items():
            catalog = rulebook.catalog(key)
            catalogs[key] = catalog if ids is None else catalog.keep({catalog.item(one).id for one in ids})
        rulebook = rulebook.model_copy(update={"catalogs": catalogs})
    rules = {name: part for name, part in rulebook if name not in NOT_FROZEN}
    content = bytearray()  # a join would hold every piece and the whole at once
    for piece in _written({"format": FORMAT, "rules": rules}):
        content += piece
    return bytes(content)


def _written(part: Any) -> Iterator[bytes]:
    """Yield the bytes of `canonical` without the examples; one item of a catalogue at a time, as there may be many."""
    if isinstance(part, Mapping):
        for index, key in enumerate(sorted(part, key=str)):
            yield (b"," if index else b"{") + canonical_tree(str(key)) + b":"
            yield from _written(part[key])
        yield b"}" if part else b"{}"
    elif isinstance(part, Catalog):
        yield from _written(dict(part))
    elif isinstance(part, tuple):
        for index, one in enumerate(part):
            yield b"," if index else b"["
            yield from _written(one)
        yield b"]" if part else b"[]"
    else:
        data = part.model_dump(mode="json") if isinstance(part, BaseModel) else to_jsonable_python(part)
        yield canonical_tree(_without_examples(data))


def _without_examples(tree: Any) -> Any:
    """Leave out the examples: they test the rules and are no part of them."""
    if isinstance(tree, dict):
        return {key: _without_examples(branch) for key, branch in tree.items() if key != "examples"}
    return [_without_examples(branch) for branch in tree] if isinstance(tree, list) else tree


def thaw(data: bytes) -> Rulebook:
    """Return the rule set that `freeze` wrote; its calendars and timetable are empty.

    raises   InvalidInput when the bytes are not a frozen rule set of a known format
    """
    try:
        content = json.loads(data)
        if content["format"] == FORMAT:
            return Rulebook.model_validate(content["rules"])
        found = f"格式 {content['format']}"
    except (ValueError, KeyError, TypeError) as error:
        found = str(error).splitlines()[0]
    raise InvalidInput(
        "冻结的规则集无法读取", found=found[:80], expected=f"格式 {FORMAT}", remedy="核对数据库备份中的规则集"
    )
