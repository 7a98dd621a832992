"""The check of templates: each mistake with its file, line and column, on the shipped templates with one change."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import Problem
from core.rulebook import load_rulebook
from delivery import mailtext, wording
from delivery.lint.papers import MAILS, lint_templates
from delivery.lint.sources import read_templates
from system.paths import RULES_DIR, read_texts

BOOK = load_rulebook(read_texts(RULES_DIR, ".yaml"))
SHIPPED = read_templates()
PROMPT = "templates/documents/prompt/body.md.j2"
SAMPLE = "templates/documents/prompt/sample.yaml"
REPLY = "templates/documents/extension_reply/body.md.j2"
CONTACT = "templates/documents/contact.md.j2"
TASK = "templates/emails/task.txt.j2"
FORM = "templates/layouts/form.typ"


def lint(path: str, before: str, after: str) -> list[Problem]:
    assert before in SHIPPED[path]
    return lint_templates(BOOK, {**SHIPPED, path: SHIPPED[path].replace(before, after, 1)})


def spot(path: str, before: str, after: str, word: str) -> str:
    """Return line:column of a word in the changed text of a template."""
    text = SHIPPED[path].replace(before, after, 1)
    at = text.index(after) + after.index(word)
    return f"{path}:{text.count(chr(10), 0, at) + 1}:{at - text.rfind(chr(10), 0, at)}"


def test_the_shipped_templates_are_without_mistakes() -> None:
    assert lint_templates(BOOK, SHIPPED) == []


@pytest.mark.parametrize(
    ("path", "before", "after", "word", "code", "hint"),
    [
        (PROMPT, "{{ work }}", "{{ wrok }}", "wrok", "E802", "“work”"),
        (PROMPT, "{{ case.item }}", "{{ case.itme }}", "itme", "E802", "“item”"),
        (PROMPT, "{{ case.item }}", "{{ case.item }}{{ case.item.name }}", "name", "E802", "一个值"),
        (PROMPT, "为督促", "{{ cases.item }}为督促", "item", "E802", "列表"),
        (PROMPT, "为督促", "{{ work }}{{ workk }}为督促", "workk", "E802", "“work”"),
        (PROMPT, "为督促", "{% if wrok == 'wrok' %}{% endif %}为督促", "wrok", "E802", "“work”"),
        (CONTACT, "contact.person", "contact.preson", "preson", "E802", "“person”"),
        (TASK, "{{ leader }}", "{{ leadr }}", "leadr", "E802", "“leader”"),
        (PROMPT, "{{ case.percent }}%", "{{ case.percent }%", "}", "E801", "“}}”"),
        (PROMPT, "为督促", "{% if unit %}为督促", "{% if", "E801", "没有结束"),
        (PROMPT, "为督促", "{{ unit | days }}为督促", "days", "E801", "“day”"),
        (PROMPT, "为督促", "{{ “unit” }}为督促", "“", "E801", "半角"),
        (PROMPT, "为督促", "{% include 'contcat.md.j2' %}为督促", "contcat", "E801", "“contact.md.j2”"),
        (PROMPT, "为督促", "示法督办〔2026〕5号，为督促", "示法督办", "E804", "签发时"),
        (PROMPT, "为督促", "示法督办〔{{ unit }}〕{{ work }}号，为督促", "示法督办", "E804", "签发时"),
        (PROMPT, "为督促", "{{ cases }}为督促", "{{", "E806", "逐项"),
        (PROMPT, "为督促", "{{ unit | day }}为督促", "{{", "E806", "不是日期"),
        (PROMPT, "{{ reply | within }}", "{{ reply.count }}日内", "reply", "E807", "到期日"),
    ],
)
def test_a_mistake_is_told_at_its_word(
    path: str, before: str, after: str, word: str, code: str, hint: str
) -> None:
    problems = lint(path, before, after)
    assert {f"{one.file}:{one.line}:{one.column} {one.code}" for one in problems if one.file == path} >= {
        f"{spot(path, before, after, word)} {code}"
    }
    assert {one.code for one in problems} == {code}
    assert any(hint in one.message for one in problems)


def test_a_branch_that_the_sample_does_not_take_is_printed_too() -> None:
    (problem,) = lint(REPLY, "不同意延期。", "{{ item | day }}不同意延期。")
    assert problem.code == "E806"
    assert "“verdict”为“其他”" in problem.message


def test_a_table_with_a_cell_too_few_is_told_at_its_head() -> None:
    (problem,) = lint(PROMPT, "| {{ case.number }} ", "")
    assert (problem.code, problem.line) == ("E806", 3)


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (TASK, "没有主题\n\n正文\n", "第一行"),
        (TASK, "主题：\n\n正文\n", "第一行"),
        (TASK, "主题：甲\n", "没有正文"),
        ("templates/documents/prompt/subject.txt.j2", "{# 空 #}\n", "空的"),
    ],
)
def test_a_mail_without_subject_or_text_and_an_empty_paper_are_told(path: str, text: str, said: str) -> None:
    (problem,) = lint_templates(BOOK, {**SHIPPED, path: text})
    assert (problem.file, problem.code) == (path, "E806")
    assert said in problem.message


def test_a_matter_without_its_number_is_told() -> None:
    (problem,) = lint(PROMPT, "{{ case.number }}", "—")
    assert (problem.code, "cases.number" in problem.message) == ("E804", True)


def test_a_reply_that_is_asked_for_must_be_printed() -> None:
    texts = {
        **SHIPPED,
        PROMPT: SHIPPED[PROMPT].replace("{{ reply | within }}", "尽快"),
        SAMPLE: "\n".join(line for line in SHIPPED[SAMPLE].split("\n") if not line.startswith("reply")),
    }
    (problem,) = lint_templates(BOOK, texts)
    assert (problem.code, "reply_workdays" in problem.message) == ("E807", True)


def test_a_value_that_no_template_prints_is_only_a_warning() -> None:
    (problem,) = lint(SAMPLE, "unit:", "deputy: 分管副县长\nunit:")
    assert (problem.code, problem.line, problem.column) == ("W803", 1, 1)


def test_a_broken_sample_is_told_with_its_place() -> None:
    (problem,) = lint(SAMPLE, "unit:", "extra: [一\nunit:")
    assert (problem.file, problem.line, problem.code) == (SAMPLE, 2, "E101")


def test_a_layout_without_the_number_is_told() -> None:
    (problem,) = lint(FORM, "paper.number_text", "[]")
    assert (problem.file, problem.code) == (FORM, "E804")


def test_a_kind_without_templates_and_templates_without_a_kind_are_told() -> None:
    moved = {path.replace("/prompt/", "/promt/"): text for path, text in SHIPPED.items()}
    first, second = lint_templates(BOOK, moved)
    assert (first.file, first.code) == ("documents/prompt.yaml", "E805")
    assert second.file.startswith("templates/documents/promt/")
    assert "“prompt”" in second.message


@pytest.mark.parametrize("path", [PROMPT, SAMPLE, TASK])
def test_a_file_that_is_missing_is_told(path: str) -> None:
    texts = {name: text for name, text in SHIPPED.items() if name != path}
    assert [(one.file, one.code) for one in lint_templates(BOOK, texts)] == [(path, "E805")]


def test_without_rules_the_templates_are_still_read() -> None:
    assert lint_templates(None, SHIPPED) == []
    broken = {**SHIPPED, PROMPT: "{{ wrok }}"}
    assert "E802" in {one.code for one in lint_templates(None, broken)}


def test_every_mail_that_the_machine_sends_is_looked_for() -> None:
    assert set(MAILS) <= set(mailtext.list_mail_kinds())


def test_the_templates_are_read_where_the_documents_are_written_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "documents" / "prompt").mkdir(parents=True)
    (tmp_path / "documents" / "prompt" / "body.md.j2").write_text("甲", encoding="utf-8")
    monkeypatch.setattr(wording, "DOCUMENTS", tmp_path / "documents")
    found = {path: text for path, text in read_templates().items() if path.startswith("templates/documents")}
    assert found == {PROMPT: "甲"}
