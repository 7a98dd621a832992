"""What differs between two rule sets, as data: an address, what happened there, the value before and after.

Rule sets are compared as the plain trees that `freeze` writes. Entries of a list are matched by their `id` or `code`,
so an inserted item moves nothing; where they have neither, equal ones are paired and the rest are counted from 1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from core.rulebook.addresses import name_of
from core.rulebook.freezing import FORMAT
from core.text.yamltext import Tree

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; the address is such as `catalogs/fazhi-ducha-46/items/E24/rectify_days`."""

    address: str
    kind: Kind
    before: Any
    after: Any

    def as_dict(self) -> dict[str, Any]:
        """Return the difference as outside programs read it."""
        return {"address": self.address, "kind": self.kind, "before": self.before, "after": self.after}


def tree_of(frozen: bytes) -> Tree:
    """Return the rules of a frozen set as a plain tree, without the record of how an overlay made them."""
    content = json.loads(frozen)
    assert content["format"] == FORMAT  # `thaw` has read it
    rules: dict[str, Tree] = content["rules"]
    rules.pop("changes", None)
    return rules


def differences(before: Tree, after: Tree) -> tuple[Difference, ...]:
    """Return every difference, in the order of the addresses' files and of the entries within them."""
    return tuple(_compare("", before, after))


def _compare(address: str, before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _compare_groups(address, before, after)
    elif _has_entries(before) and _has_entries(after):
        yield from _compare_entries(address, before, after)
    else:
        yield Difference(address, _kind(before, after), before, after)


def _kind(before: Any, after: Any) -> Kind:
    """Return what happened to one value; a value that was not written is no value."""
    if before is None:
        return "added"
    return "removed" if after is None else "changed"


def _compare_groups(
    address: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Difference]:
    for key in sorted({*before, *after}):
        yield from _compare(_join(address, key), before.get(key), after.get(key))


def _has_entries(value: Any) -> bool:
    """Tell whether a value is a list of groups, or an empty list, which may have been one."""
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and all(isinstance(v, Mapping) for v in value)
    )


def _compare_entries(address: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Difference]:
    old, new = _by_name(before), _by_name(after)
    if old is None or new is None:
        yield from _compare_unnamed(address, before, after)
        return
    for name in dict.fromkeys((*old, *new)):
        yield from _compare(_join(address, name), old.get(name), new.get(name))
    stayed = [name for name in old if name in new]
    moved = [name for name in new if name in old]
    if stayed != moved:  # the order of colours and rungs carries meaning
        yield Difference(address, "changed", stayed, moved)


def _by_name(entries: Sequence[Any]) -> dict[str, Any] | None:
    """Return entries by id or code; None when one has neither or two share one."""
    named = {name: entry for entry in entries if (name := name_of(entry)) is not None}
    return named if len(named) == len(entries) else None


def _compare_unnamed(address: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Difference]:
    """Pair equal entries; what stands between them is paired by place and told by the place it has, or had."""
    old, new = [_canonical(entry) for entry in before], [_canonical(entry) for entry in after]
    for tag, i, i_end, j, j_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        paired = min(i_end - i, j_end - j)
        for step in range(paired):
            yield from _compare(_join(address, str(j + step + 1)), before[i + step], after[j + step])
        for place in range(i + paired, i_end):
            yield Difference(_join(address, str(place + 1)), "removed", before[place], None)
        for place in range(j + paired, j_end):
            yield Difference(_join(address, str(place + 1)), "added", None, after[place])


def _canonical(entry: Any) -> str:
    return json.dumps(entry, ensure_ascii=False, sort_keys=True)


def _join(address: str, step: str) -> str:
    return f"{address}/{step}" if address else step
