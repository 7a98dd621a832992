"""Overlays: they change what they name and nothing else, in whatever order they were written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.errors import InvalidRuleFile, NotFound
from core.rulebook import Rulebook, RuleFiles, check_rules, freeze, load_rulebook
from system.paths import RULES_DIR, read_texts

FILES = {
    path: text for path, text in read_texts(RULES_DIR, ".yaml").items() if not path.startswith("overlays/")
}
KEY = "fazhi-ducha-46"
HEAD = {"name": "试验调整", "version": "1", "date": "2026-03-01", "status": "试验"}
WHY = {"reason": "本县实际", "authority": "县委依法治县委员会第3次会议"}
BASE = load_rulebook(FILES)


def overlay(**parts: Any) -> str:
    return yaml.safe_dump({**HEAD, **parts}, allow_unicode=True, sort_keys=False)


def setting(target: str, **fields: Any) -> dict[str, Any]:
    return {"target": target, "to": fields, **WHY}


def resolved(overlays: Mapping[str, str], name: str, on: date | None = None) -> Rulebook:
    return load_rulebook(
        {**FILES, **{f"overlays/{key}.yaml": text for key, text in overlays.items()}}, name, on
    )


def told(overlays: Mapping[str, str]) -> list[str]:
    files = {**FILES, **{f"overlays/{key}.yaml": text for key, text in overlays.items()}}
    return [
        f"{one.file}:{one.line} {one.code}" for one in check_rules(files) if one.file.startswith("overlays/")
    ]


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (address, value) of every value; entries of lists are named by id or code."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{path}/{key}")
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            name = value.get("id") or value.get("code") or index if isinstance(value, dict) else index
            yield from leaves(value, f"{path}/{name}")
    else:
        yield path.removeprefix("/"), tree


def differences(before: Rulebook, after: Rulebook) -> set[str]:
    old, new = (dict(leaves(json.loads(freeze(book))["rules"])) for book in (before, after))
    both = {*old, *new}
    return {one for one in both if old.get(one, "-") != new.get(one, "-") and not one.startswith("changes/")}


def test_a_set_changes_the_field_and_is_on_record() -> None:
    text = overlay(set=[setting(f"catalogs/{KEY}/items/E24", rectify_days="12")])
    book = resolved({"county": text}, "county")
    assert book.catalog(KEY).item("E24").rectify_days == 12
    assert differences(BASE, book) == {f"catalogs/{KEY}/items/E24/rectify_days"}
    (change,) = book.changes
    assert (change.overlay, change.kind, change.after) == ("county", "set", '"12"')
    assert (change.reason, change.authority) == (WHY["reason"], WHY["authority"])


def test_a_deselected_item_goes_and_the_counts_follow() -> None:
    text = overlay(deselect=[{"catalog": KEY, "items": ["E24", "K"], **WHY}])
    catalog = resolved({"county": text}, "county").catalog(KEY)
    assert "E24" not in {item.id for item in catalog.items}
    assert "K" not in {one.code for one in catalog.classes}
    gone = [item for item in BASE.catalog(KEY).items if item.id == "E24" or item.category == "K"]
    assert catalog.counts() == {
        "classes": 10, "items": 46 - len(gone), "weight": 100 - sum(item.weight for item in gone),
    }  # fmt: skip
    assert catalog.item_count == len(catalog.items)


def test_what_follows_a_deselected_item_keeps_its_place_in_messages() -> None:
    item = f"catalogs/{KEY}/items/E25x"
    text = overlay(deselect=[{"catalog": KEY, "items": ["E18"], **WHY}], set=[setting(item, weight="3")])
    assert told({"county": text}) == ["overlays/county.yaml:12 E414"]


def test_a_selection_keeps_only_what_it_names() -> None:
    book = resolved({"county": overlay(select=[{"catalog": KEY, "items": ["A", "E18"], **WHY}])}, "county")
    names = {item.id for item in book.catalog(KEY).items}
    assert names == {item.id for item in BASE.catalog(KEY).items if item.category == "A"} | {"E18"}


def test_an_overlay_stands_on_another_and_wins() -> None:
    item = f"catalogs/{KEY}/items/E24"
    province = overlay(set=[setting(item, rectify_days="12", weight="4")])
    county = overlay(extends=["province"], set=[setting(item, rectify_days="9")])
    found = resolved({"province": province, "county": county}, "county").catalog(KEY).item("E24")
    assert (found.rectify_days, found.weight) == (9, 4)


def test_additions_come_after_what_is_there() -> None:
    text = overlay(add=[{"target": f"catalogs/{KEY}/items/E24/evidence", "values": ["扫码入企记录"], **WHY}])
    found = resolved({"county": text}, "county").catalog(KEY).item("E24")
    assert found.evidence == (*BASE.catalog(KEY).item("E24").evidence, "扫码入企记录")


def test_a_new_item_goes_to_the_file_of_its_class() -> None:
    item = yaml.safe_load(FILES[f"catalogs/{KEY}/A.yaml"])["items"][0]
    new = {**{k: v for k, v in item.items() if k != "code"}, "id": "A90", "title": "本县自设事项"}
    text = overlay(add=[{"target": f"catalogs/{KEY}/items", "values": [new], **WHY}])
    catalog = resolved({"county": text}, "county").catalog(KEY)
    assert catalog.item("A90").category == "A"
    assert catalog.counts()["items"] == 47


def test_a_change_holds_only_in_its_span() -> None:
    item = f"catalogs/{KEY}/items/E24"
    text = overlay(set=[{**setting(item, rectify_days="9"), "effective_from": "2026-02-01"}])
    before = resolved({"county": text}, "county", date(2026, 1, 31))
    after = resolved({"county": text}, "county", date(2026, 2, 1))
    days = BASE.catalog(KEY).item("E24").rectify_days
    assert [book.catalog(KEY).item("E24").rectify_days for book in (before, after)] == [days, 9]


def test_two_spans_of_one_field_do_not_quarrel() -> None:
    item = f"catalogs/{KEY}/items/E24"
    text = overlay(
        set=[
            {**setting(item, rectify_days="9"), "effective_until": "2026-01-31"},
            {**setting(item, rectify_days="8"), "effective_from": "2026-02-01"},
        ]
    )
    assert told({"county": text}) == []


BROKEN: dict[str, tuple[dict[str, Any], list[str]]] = {
    "text in place": ({"set": [setting(f"catalogs/{KEY}/items/E24", title="新标题")]}, ["8 E415"]),
    "unknown field": ({"set": [setting(f"catalogs/{KEY}/items/E24", rectify_day="9")]}, ["8 E415"]),
    "unknown item": ({"set": [setting(f"catalogs/{KEY}/items/E99", weight="1")]}, ["6 E414"]),
    "unknown folder": ({"set": [setting("ladder/problem", weight="1")]}, ["6 E414"]),
    "a value that does not fit": ({"set": [setting(f"catalogs/{KEY}/items/E24", weight="101")]}, ["8 E206"]),
    "no reason": (
        {"set": [{"target": f"catalogs/{KEY}/items/E24", "to": {"weight": "1"}, "authority": "无"}]},
        ["6 E202"],
    ),
    "set twice": ({"set": [setting(f"catalogs/{KEY}/items/E24", weight="1")] * 2}, ["13 E417"]),
    "selection of nothing": ({"select": [{"catalog": KEY, "items": ["A", "Q9"], **WHY}]}, ["9 E413"]),
    "unknown catalogue": ({"deselect": [{"catalog": "fazhi", "items": ["A"], **WHY}]}, ["6 E413"]),
    "no such overlay": ({"extends": ["provinz"]}, ["6 E416"]),
    "on itself": ({"extends": ["county"]}, ["6 E416"]),
    "a list as a group": (
        {"add": [{"target": f"catalogs/{KEY}/items/E24/evidence", "values": {"a": "b"}, **WHY}]},
        ["8 E415"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_mistake_of_an_overlay_is_told_at_its_place(name: str) -> None:
    parts, expected = BROKEN[name]
    text = yaml.safe_dump({**HEAD, **parts}, allow_unicode=True, sort_keys=False, default_flow_style=False)
    text = yaml.dump({**HEAD, **parts}, Dumper=_Plain, allow_unicode=True, sort_keys=False)
    assert told({"county": text}) == [f"overlays/county.yaml:{one}" for one in expected]
    with pytest.raises(InvalidRuleFile):
        resolved({"county": text}, "county")


class _Plain(yaml.SafeDumper):
    """Writes repeated values again instead of using an alias."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def test_two_bases_that_disagree_must_be_decided() -> None:
    item = f"catalogs/{KEY}/items/E24"
    two = {
        "one": overlay(set=[setting(item, weight="4")]),
        "other": overlay(set=[setting(item, weight="5")]),
        "county": overlay(extends=["one", "other"]),
    }
    assert [one for one in told(two) if "W" not in one] == ["overlays/county.yaml:6 E417"]
    decided = overlay(extends=["one", "other"], set=[setting(item, weight="6")])
    assert resolved({**two, "county": decided}, "county").catalog(KEY).item("E24").weight == 6


def test_a_circle_of_overlays_is_told() -> None:
    circle = {"one": overlay(extends=["two"]), "two": overlay(extends=["one"])}
    assert {line.split()[1] for line in told(circle)} == {"E416"}


def test_an_unknown_overlay_is_refused() -> None:
    with pytest.raises(NotFound, match="没有这个本地调整"):
        load_rulebook(FILES, "nowhere")


ITEMS = [item.id for item in BASE.catalog(KEY).items]
NUMBERS = st.fixed_dictionaries({}, optional={
    "weight": st.integers(0, 9).map(str), "rectify_days": st.integers(1, 60).map(str),
    "severity": st.sampled_from(["minor", "major", "grave"]),
}).filter(bool)  # fmt: skip
CHANGES = st.dictionaries(st.sampled_from(ITEMS), NUMBERS, min_size=1, max_size=5)


@settings(max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(CHANGES, CHANGES, st.sets(st.sampled_from(ITEMS), max_size=5), st.randoms())
def test_resolving_is_deterministic_and_order_does_not_matter(
    low: dict[str, dict[str, str]], high: dict[str, dict[str, str]], dropped: set[str], random: Any
) -> None:
    def write(order: list[str], extends: list[str], changes: dict[str, dict[str, str]]) -> str:
        sets = [setting(f"catalogs/{KEY}/items/{one}", **changes[one]) for one in order]
        drop = [{"catalog": KEY, "items": sorted(dropped), **WHY}] if dropped else []
        return yaml.dump(
            {**HEAD, "extends": extends, "set": sets, "deselect": drop}, Dumper=_Plain, allow_unicode=True
        )

    low = {one: fields for one, fields in low.items() if one not in dropped}
    high = {one: fields for one, fields in high.items() if one not in dropped}

    def freeze_with(shuffled: bool) -> bytes:
        orders = [list(low), list(high)]
        if shuffled:
            for order in orders:
                random.shuffle(order)
        texts = {"low": write(orders[0], [], low), "high": write(orders[1], ["low"], high)}
        files = {**FILES, **{f"overlays/{key}.yaml": text for key, text in texts.items()}}
        if shuffled:
            entries = list(files.items())
            random.shuffle(entries)
            files = dict(entries)
        return freeze(RuleFiles(files).rulebook("high"))

    assert freeze_with(False) == freeze_with(True)
    book = resolved({"low": write(list(low), [], low), "high": write(list(high), ["low"], high)}, "high")
    named = {f"catalogs/{KEY}/items/{one}" for one in {*low, *high, *dropped}}
    counted = ("item_count", "total_weight", "class_count", "weight")
    for address in differences(BASE, book):
        inside = "/".join(address.split("/")[:4])
        assert inside in named or address.rsplit("/", 1)[1] in counted or _is_dropped_class(address, book)
    for one in {*low, *high} - dropped:
        wanted = {**low.get(one, {}), **high.get(one, {})}
        item = book.catalog(KEY).item(one)
        assert {name: str(getattr(item, name)) for name in wanted} == wanted


def _is_dropped_class(address: str, book: Rulebook) -> bool:
    """Tell whether an address is of a class that lost its last item."""
    pieces = address.split("/")
    return pieces[2] == "classes" and pieces[3] not in {one.code for one in book.catalog(KEY).classes}


def test_a_colour_is_inserted_after_another() -> None:
    orange = {**yaml.safe_load(FILES["ladders/problem.yaml"])["colours"][0], "code": "orange", "label": "橙"}
    review = {"lights": ["orange"], "verifiers": "1"}
    text = overlay(
        add=[
            {"target": "ladders/problem/colours", "after": "yellow", "values": [orange], **WHY},
            {"target": "ladders/problem/clearing/reviews", "values": [review], **WHY},
        ]
    )
    ladder = resolved({"county": text}, "county").ladders["problem"]
    assert [one.code.value for one in ladder.colours] == [
        "blue", "yellow", "orange", "red", "black",
    ]  # fmt: skip


def test_a_whole_class_is_added() -> None:
    item = yaml.safe_load(FILES[f"catalogs/{KEY}/A.yaml"])["items"][0]
    new = {**{k: v for k, v in item.items() if k != "code"}, "id": "L01", "category": "L"}
    group = {"category": {"code": "L", "name": "本县自设", "item_count": 1, "weight": 2}, "items": [new]}
    text = overlay(add=[{"target": f"catalogs/{KEY}/classes", "values": [group], **WHY}])
    catalog = resolved({"county": text}, "county").catalog(KEY)
    assert catalog.counts()["classes"] == 12
    assert catalog.class_name("L") == "本县自设"


def test_a_class_without_items_is_told_and_nothing_crashes() -> None:
    text = overlay(
        add=[{"target": f"catalogs/{KEY}/classes", "values": [{"category": "L"}, "nonsense"], **WHY}]
    )
    assert {line.split()[1] for line in told({"county": text})} >= {"E202", "E203"}
