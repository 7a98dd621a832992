"""The templates as the checks read them: their texts by path, their samples, and a sandbox that knows the paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from jinja2 import FunctionLoader, TemplateSyntaxError, nodes

from core.errors import Problem
from core.rulebook.hints import near
from core.text.characters import check_characters
from core.text.yamltext import read_yaml
from delivery import mailtext, wording
from delivery.sandbox import Sandbox
from system.paths import read_texts

DOCUMENTS = "templates/documents"
EMAILS = "templates/emails"
LAYOUTS = "templates/layouts"
SUFFIXES = (".j2", ".yaml", ".typ")


def read_templates() -> dict[str, str]:
    """Return {path: text} of every template, sample and layout, the paths beginning with `templates/`."""
    folders = (
        (DOCUMENTS, wording.DOCUMENTS),
        (EMAILS, mailtext.EMAILS),
        (LAYOUTS, wording.DOCUMENTS.parent / "layouts"),
    )
    return {
        f"{prefix}/{name}": text
        for prefix, folder in folders
        for name, text in _read(folder).items()
    }  # fmt: skip


def _read(folder: Path) -> dict[str, str]:
    return read_texts(folder, *SUFFIXES) if folder.is_dir() else {}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document or mail: the files that say what it says, the first of them the body."""

    name: str
    folder: str
    files: tuple[str, ...]
    sample_file: str

    @property
    def is_mail(self) -> bool:
        return self.folder == EMAILS


@dataclass
class Sources:
    """All templates of an office, and what is wrong with them as files."""

    texts: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)
    _trees: dict[str, nodes.Template | None] = field(default_factory=dict)
    _samples: dict[str, Any] = field(default_factory=dict)

    def kinds(self) -> Iterator[Kind]:
        """Yield every kind of document and of mail that has a file, sorted."""
        for name in sorted({path.split("/")[2] for path in self._under(DOCUMENTS) if path.count("/") == 3}):
            yield document_kind(name)
        stems = {re.sub(r"\.(txt\.j2|sample\.yaml)$", "", path.split("/")[2]) for path in self._under(EMAILS)}
        for name in sorted(stem for stem in stems if not stem.startswith("_")):
            yield Kind(name, EMAILS, (f"{EMAILS}/{name}.txt.j2",), f"{EMAILS}/{name}.sample.yaml")

    def _under(self, folder: str) -> list[str]:
        return [path for path in self.texts if path.startswith(folder + "/")]

    @cached_property
    def document_sandbox(self) -> Sandbox:
        return wording.open_wording(self._loader(DOCUMENTS))

    @cached_property
    def mail_sandbox(self) -> Sandbox:
        return mailtext.open_mailtext(self._loader(EMAILS))

    def sandbox(self, folder: str) -> Sandbox:
        """Return the sandbox in which the templates of a folder run."""
        return self.mail_sandbox if folder == EMAILS else self.document_sandbox

    def _loader(self, folder: str) -> FunctionLoader:
        def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
            path = f"{folder}/{name}"
            text = self.texts.get(path)
            return None if text is None else (text, path, lambda: True)

        return FunctionLoader(load)

    def tree(self, path: str, folder: str) -> nodes.Template | None:
        """Return what Jinja reads in a template, or None with the problem noted once."""
        if path not in self._trees:
            self._trees[path] = self._parse(path, self.sandbox(folder))
        return self._trees[path]

    def _parse(self, path: str, sandbox: Sandbox) -> nodes.Template | None:
        text = self.texts[path]
        odd = [
            one for one in check_characters(path, text) if one.code in ("E111", "E109") and _hurts(one, text)
        ]
        self.problems += odd
        if any(one.code == "E111" for one in odd):
            return None
        try:
            tree = sandbox.parse(text)
            sandbox.compile(tree, filename=path)  # filters and tests are looked up only now
            return sandbox.parse(text)
        except TemplateSyntaxError as error:
            self.problems.append(_syntax(path, text, error, sandbox))
            return None

    def sample(self, kind: Kind) -> Mapping[str, Any] | None:
        """Return one full set of values of a kind, or None with the problem noted once."""
        if kind.sample_file not in self._samples:
            self._samples[kind.sample_file] = self._read_sample(kind.sample_file)
        sample: Mapping[str, Any] | None = self._samples[kind.sample_file]
        return sample

    def _read_sample(self, path: str) -> Mapping[str, Any] | None:
        if path not in self.texts:
            return None
        wrong = read_yaml(self.texts[path], path).problems
        self.problems += wrong
        if wrong:
            return None
        try:
            sample = yaml.load(self.texts[path], Loader=yaml.CSafeLoader)
        except (yaml.YAMLError, ValueError) as error:  # a day that does not exist
            self.problems.append(Problem(path, 1, 1, "E801", f"示例中有不能读取的值：{error}"))
            return None
        if not isinstance(sample, dict):
            self.problems.append(Problem(path, 1, 1, "E801", "示例应是一组“名称: 值”"))
            return None
        return sample


def document_kind(name: str) -> Kind:
    """Return the files that a kind of document should have."""
    folder = f"{DOCUMENTS}/{name}"
    return Kind(
        name, DOCUMENTS, (f"{folder}/body.md.j2", f"{folder}/subject.txt.j2"), f"{folder}/sample.yaml"
    )


def _hurts(problem: Problem, text: str) -> bool:
    """Tell whether an odd character matters: in prose a wide or fixed space is only a matter of taste."""
    return text.split("\n")[problem.line - 1][problem.column - 1] not in "\u00a0\u3000"


def _syntax(path: str, text: str, error: TemplateSyntaxError, sandbox: Sandbox) -> Problem:
    said = str(error.message)
    line, column = _stumble(text, error.lineno, said)
    return Problem(path, line, column, "E801", f"模板写法有误：{_translate(said, sandbox)}")


def _stumble(text: str, number: int, said: str) -> tuple[int, int]:
    """Return where the writer should look: the tag left open, the word Jinja names, else the first tag of the line."""
    if "innermost block that needs to be closed" in said:
        before = "\n".join(text.split("\n")[: number - ("unknown tag" in said)])
        return _left_open(before) or (number, 1)
    line = text.split("\n")[number - 1]
    if "unexpected '}'" in said:
        lone = re.search(r"(?<!\})\}(?!\})", line)
        return number, lone.start() + 1 if lone else 1
    name = re.search(r"'([^']*)'", said)
    at = line.find(name[1]) if name else -1
    if at < 0:
        opening = re.search(r"\{[{%#]", line)
        at = opening.start() if opening else len(line) - len(line.lstrip())
    return number, at + 1


def _left_open(text: str) -> tuple[int, int] | None:
    open_tags: list[int] = []
    for tag in re.finditer(r"\{%-?\s*(end)?(if|for)\b", text):
        if not tag[1]:
            open_tags.append(tag.start())
        elif open_tags:
            open_tags.pop()
    if not open_tags:
        return None
    at = open_tags[-1]
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


SAYINGS = {
    "unexpected '}'": "“}}”多余，或前面少了“{{”",
    "expected token 'end of print statement'": "“{{ … }}”内写了多余的内容；几个名称之间用“.”，过滤器前写“|”",
    "expected token 'end of statement block'": "“{% … %}”内写了多余的内容；文字要加引号",
    "Encountered unknown tag": "不认识的标签；只用 if、elif、else、endif、for、endfor、include、set",
    "unexpected char": "花括号内有不认识的字符；引号、逗号、括号只用半角",
    "Expected an expression": "花括号内是空的；请写上值的名称",
    "Missing end of comment tag": "“{#”没有结束；请补上“#}”",
}


def _translate(said: str, sandbox: Sandbox) -> str:
    missing = re.match(r"No filter named '([^']*)'", said)
    if missing:
        hint = near(missing[1], sandbox.filters)
        return f"没有过滤器“{missing[1]}”{hint}；可用：{'、'.join(sorted(sandbox.filters))}"
    if "innermost block that needs to be closed" in said:
        return "“{% if %}”或“{% for %}”没有结束；请补上 {% endif %} 或 {% endfor %}"
    for part, meaning in SAYINGS.items():
        if part in said:
            return meaning
    return f"{said}；请检查花括号是否成对"
