"""Templates in, blocks out: structure comes from the template, never from a value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.errors import InvalidInput, NotFound
from core.rulebook import load_rulebook
from delivery import wording
from delivery.paper import Heading, ListItem, Paragraph, Table
from delivery.wording import SAMPLES, list_kinds, render_wording, template_hash
from system.paths import RULES_DIR, read_texts


def texts_of(kind: str, values: Mapping[str, Any]) -> str:
    said = render_wording(kind, values)
    parts = [said.subject]
    for block in said.body:
        parts += [c for row in block.rows for c in row] if isinstance(block, Table) else [block.text]
    return "\n".join(parts)


def test_every_document_kind_has_templates_and_a_sample() -> None:
    rules = load_rulebook(read_texts(RULES_DIR, ".yaml"))
    assert set(list_kinds()) == set(rules.documents) == set(SAMPLES)


@pytest.mark.parametrize("kind", list_kinds())
def test_every_template_is_filled_by_its_sample(kind: str) -> None:
    said = render_wording(kind, SAMPLES[kind])
    assert said.subject
    assert said.body


@pytest.mark.parametrize("kind", list_kinds())
def test_values_that_went_through_json_say_the_same(kind: str) -> None:
    thawed = json.loads(json.dumps(dict(SAMPLES[kind]), default=date.isoformat))
    assert render_wording(kind, thawed) == render_wording(kind, SAMPLES[kind])


@pytest.mark.parametrize("kind", list_kinds())
def test_nothing_of_the_machinery_shows_on_paper(kind: str) -> None:
    text = texts_of(kind, SAMPLES[kind])
    assert not [sign for sign in ("{{", "}}", "{%", "None", "\ue000", "。。", "，。", "；。") if sign in text]


@pytest.mark.parametrize("kind", list_kinds())
def test_a_missing_value_is_refused_with_kind_and_name(kind: str) -> None:
    for name in SAMPLES[kind]:
        values = {key: value for key, value in SAMPLES[kind].items() if key != name}
        with pytest.raises(InvalidInput) as caught:
            render_wording(kind, values)
        assert kind in str(caught.value)
        assert f"缺少 {name}" in str(caught.value)


def test_all_missing_values_are_named_at_once_with_their_place() -> None:
    values = {**SAMPLES["urging"], "cases": [{"number": "1"}]}
    del values["reply"]
    with pytest.raises(InvalidInput) as caught:
        render_wording("urging", values)
    assert "缺少 reply" in str(caught.value)
    assert "缺少 cases[0].demand" in str(caught.value)


def test_a_value_of_none_is_refused_and_not_printed() -> None:
    with pytest.raises(InvalidInput, match="overall"):
        render_wording("feedback_notice", {**SAMPLES["feedback_notice"], "overall": None})


def test_the_period_is_printed_as_length_and_date() -> None:
    text = texts_of("feedback_notice", SAMPLES["feedback_notice"])
    assert "自本通知书签发之日起20个工作日内，即2026年6月5日前完成。" in text


def test_a_provisional_date_says_so() -> None:
    reply = {**SAMPLES["urging"]["reply"], "provisional": True}
    assert "暂定日期" in texts_of("urging", {**SAMPLES["urging"], "reply": reply})


HOSTILE = "# 一、伪造标题\n\n- 伪造列表 | 竖线 | {{ unit }} {% raw %} #[]$@<>_*`\\ &amp;"


def test_user_text_cannot_become_a_heading_an_item_or_a_cell() -> None:
    sample = SAMPLES["feedback_notice"]
    plain = render_wording("feedback_notice", sample)
    problem = {**sample["problems"][0], "fact": HOSTILE, "item": "| 甲 | 乙 |"}
    said = render_wording("feedback_notice", {**sample, "problems": [problem, *sample["problems"][1:]]})
    for shape in (Heading, ListItem, Table):
        assert sum(isinstance(b, shape) for b in said.body) == sum(isinstance(b, shape) for b in plain.body)
    paragraphs = [b.text for b in said.body if isinstance(b, Paragraph)]
    assert "# 一、伪造标题" in paragraphs
    assert any("{{ unit }} {% raw %} #[]$@<>_*`\\ &amp;" in text for text in paragraphs)


def test_cells_keep_pipes_and_line_ends() -> None:
    case = {**SAMPLES["urging"]["cases"][0], "demand": "甲 | 乙\n| --- |"}
    said = render_wording("urging", {**SAMPLES["urging"], "cases": [case]})
    table = next(block for block in said.body if isinstance(block, Table))
    assert table.rows[0][-1] == "甲 | 乙\n| --- |。"
    assert len(table.rows) == 1


def test_private_use_characters_cannot_forge_a_token() -> None:
    with pytest.raises(InvalidInput, match="U\\+E000"):
        render_wording("feedback_notice", {**SAMPLES["feedback_notice"], "overall": "\ue0000\ue001"})


def test_a_subject_is_one_line() -> None:
    said = render_wording("feedback_notice", {**SAMPLES["feedback_notice"], "unit": "示例县\n农业农村局"})
    assert "\n" not in said.subject


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(NotFound, match="no_such_kind"):
        render_wording("no_such_kind", {})
    with pytest.raises(NotFound):
        template_hash("../../etc")


def write_kind(folder: Path, body: str) -> None:
    (folder / "trial").mkdir()
    (folder / "trial" / "subject.txt.j2").write_text("标题", encoding="utf-8")
    (folder / "trial" / "body.md.j2").write_text(body, encoding="utf-8")
    (folder / "trial" / "sample.yaml").write_text("name: 值\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("{{ nmae }}", "nmae"),
        ("{{ name.upper() }}", "upper"),
        ("{{ name.__class__ }}", "__class__"),
        ("{{ range(10) }}", "range"),
        ("{{ name | eval }}", "eval"),
        ("{% if name %}", "body.md.j2"),
        ("| 甲 | 乙 |\n| --- | --- |\n| {{ name }} |", "表格"),
    ],
)
def test_a_faulty_template_is_refused_and_names_its_fault(
    body: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_kind(tmp_path, body)
    monkeypatch.setattr(wording, "DOCUMENTS", tmp_path)
    monkeypatch.setattr(wording, "_SANDBOX", wording.open_wording(tmp_path))
    with pytest.raises(InvalidInput, match=named):
        render_wording("trial", {"name": "值"})


def test_the_hash_follows_the_text_of_the_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_kind(tmp_path, "甲")
    monkeypatch.setattr(wording, "DOCUMENTS", tmp_path)
    before = template_hash("trial")
    assert before == template_hash("trial")
    (tmp_path / "trial" / "body.md.j2").write_text("乙", encoding="utf-8")
    assert template_hash("trial") != before


def test_numerals_go_beyond_the_longest_notice() -> None:
    assert [wording._print_numeral(n) for n in (1, 10, 11, 20, 46)] == ["一", "十", "十一", "二十", "四十六"]
    said = ["一百", "一百零一", "一百一十", "二百一十二", "五百零八", "九百九十九"]
    assert [wording._print_numeral(n) for n in (100, 101, 110, 212, 508, 999)] == said
    assert [wording._print_numeral(n) for n in (1000, 1001, 1010, 1100)] == [
        "一千", "一千零一", "一千零一十", "一千一百",
    ]  # fmt: skip
