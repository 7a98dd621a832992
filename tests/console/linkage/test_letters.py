"""限知文书: a reply is changed, previewed, reviewed and signed like any document; every look is noted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from tests.console.house import DIRECTOR, LINKAGE, OFFICER, PASSWORD, PDF, House, came, open_house
from tests.console.linkage.test_compartment_pages import MAJOR, ONE, incoming, studied

WORDS = "我单位已于6月20日修订裁量基准，并组织全员培训。"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as opened:
        opened.scene.notify(MAJOR)
        yield opened


@pytest.fixture
def letter(house: House) -> str:
    """Draft the reply to what came in, and return its address."""
    address = incoming(house, items="一项")
    came(house.act(LINKAGE, address, "assign", owner=LINKAGE))
    came(house.act(LINKAGE, address, "draft_reply", handling="已办理", next="继续"))
    (row,) = house.scene.documents("linkage_reply")
    return f"/letters/{row.id}"


def fields_of(page: str) -> dict[str, list[str]]:
    """Return what a browser would send for the words of a draft that nobody touched."""
    form = page.partition("papers-form")[2].partition("</form>")[0]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        values = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        found.setdefault(values["name"], []).append(unescape(values.get("value", "")))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found.setdefault(name, []).append(unescape(text))
    return {name: values for name, values in found.items() if name != "_csrf"}


def changed(house: House, holder: str, letter: str, words: str = WORDS) -> dict[str, list[str]]:
    """Return the form of a letter with other words."""
    fields = fields_of(house.get(holder, f"{letter}/edit").text)
    (name,) = [name for name in fields if name.endswith("handling")]
    return {**fields, name: [words]}


def test_a_reply_is_previewed_and_changed_by_its_drafter_and_every_look_is_noted(
    house: House, letter: str
) -> None:
    number = int(letter.rpartition("/")[2])
    assert f'href="{letter}/edit"' in house.get(LINKAGE, letter).text
    form = changed(house, LINKAGE, letter)
    assert house.looks("document", number).count(LINKAGE) == 2  # the letter, and its words
    assert "查阅和修改均有记录" in house.get(LINKAGE, f"{letter}/edit").text

    tried = house.send(LINKAGE, f"{letter}/edit", {**form, "do": "preview"})
    assert tried.status_code == 200
    assert "尚未保存" in tried.text
    assert WORDS in tried.text
    assert WORDS not in house.get(LINKAGE, f"{letter}/edit").text
    assert came(house.send(LINKAGE, f"{letter}/edit", {**form, "do": "save"})) == letter
    assert WORDS in house.get(DIRECTOR, f"{letter}/edit").text


def test_who_may_not_know_of_a_letter_does_not_change_it(house: House, letter: str) -> None:
    form = changed(house, LINKAGE, letter)
    for address in (f"{letter}/edit", letter.replace("letters", "documents") + "/edit"):
        assert house.get(OFFICER, address).status_code == 404
        assert house.send(OFFICER, address, {**form, "do": "save"}).status_code == 404
        assert house.send(OFFICER, address, {**form, "do": "preview"}).status_code == 404
    assert house.get(LINKAGE, letter.replace("letters", "documents") + "/edit").status_code in (403, 404)
    assert WORDS not in house.get(LINKAGE, f"{letter}/edit").text


def test_two_who_change_one_letter_do_not_undo_each_other(house: House, letter: str) -> None:
    late, early = changed(house, DIRECTOR, letter, "主任改的办理情况。"), changed(house, LINKAGE, letter)
    came(house.send(LINKAGE, f"{letter}/edit", {**early, "do": "save"}))
    refused = house.send(DIRECTOR, f"{letter}/edit", {**late, "do": "save"})

    assert refused.status_code == 409
    assert re.search("已由.+于.+办理“修改文稿”", refused.text)
    assert "主任改的办理情况。" in refused.text
    fresh = fields_of(refused.text)
    came(house.send(DIRECTOR, f"{letter}/edit", {**fresh, "do": "save"}))
    assert "主任改的办理情况。" in house.get(LINKAGE, f"{letter}/edit").text


def test_a_changed_reply_goes_through_review_and_is_signed_by_another_one(house: House, letter: str) -> None:
    came(house.send(LINKAGE, f"{letter}/edit", {**changed(house, LINKAGE, letter), "do": "save"}))
    came(house.send(LINKAGE, f"{letter}/review"))
    assert (
        house.send(LINKAGE, f"{letter}/approve", {"approve_step": "reviewed"}).status_code == 403
    )  # its author
    house.get(DIRECTOR, letter)
    came(house.send(DIRECTOR, f"{letter}/approve", {"approve_step": "reviewed"}))
    house.get(DIRECTOR, letter)
    came(house.send(DIRECTOR, f"{letter}/sign", {"proof": PASSWORD}))
    came(house.send(LINKAGE, f"{letter}/seal", None, {"seal_file": ("盖章.pdf", PDF[1], PDF[2])}))
    (row,) = house.scene.documents("linkage_reply")
    assert row.state == "issued"
    assert WORDS in (row.content or "")
    assert f'href="{letter}/edit"' not in house.get(LINKAGE, letter).text


def test_a_letter_of_transfer_says_what_was_approved_and_is_not_changed(house: House) -> None:
    code = house.scene.finding("2026-ZH-01-D001-01").code
    from tests.console.house import DAY

    house.scene.act(code, "flag", "P90", DAY, note="佐证系伪造", event="E1")
    studied(house)
    came(house.act(DIRECTOR, ONE, "approve", proof=PASSWORD))
    number = house.scene.referrals()[0].document_id
    assert f"/letters/{number}/edit" not in house.get(LINKAGE, f"/letters/{number}").text
    assert house.get(LINKAGE, f"/letters/{number}/edit").status_code == 409
