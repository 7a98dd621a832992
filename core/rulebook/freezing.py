"""The frozen rule set of a campaign: canonical bytes, their hash, and the way back.

Frozen are the catalogues (or the chosen items), ladders, clocks, documents, linkage, offices and sources. Calendars and
the timetable are not: holidays are published later than a campaign opens, and jobs are no part of its law.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel

from core.errors import InvalidInput
from core.rulebook.book import Rulebook

FORMAT = 1
NOT_FROZEN = {"calendars", "local_calendars", "timetable"}


def canonical(part: BaseModel | Mapping[str, Any]) -> bytes:
    """Return compact UTF-8 JSON with sorted keys: the same rules give the same bytes anywhere."""
    data = part.model_dump(mode="json") if isinstance(part, BaseModel) else part
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


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
    return canonical({"format": FORMAT, "rules": rulebook.model_dump(mode="json", exclude=NOT_FROZEN)})


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
