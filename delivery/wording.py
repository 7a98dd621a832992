"""What a document says: the office's own templates, filled with values that stay text.

A kind has a folder `templates/documents/<kind>/` with `subject.txt.j2`, `body.md.j2` and `sample.yaml`; the sample
declares the names and shapes of the values (`SAMPLES`), for lint, for casework and for previews.

The body is a small part of Markdown: `# ` to `#### ` headings, `- ` items, tables whose second line gives the
widths by its dashes, paragraphs between blank lines. Every value leaves Jinja as a numbered token and comes back
after the structure has been read, so a value can never become a heading, an item, a table cell or Jinja.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from jinja2 import BaseLoader, Template, TemplateError, UndefinedError, pass_context
from jinja2.runtime import Context, Undefined

from core.errors import InvalidInput, NotFound
from delivery.paper import Block, Heading, ListItem, Paragraph, Table, check_text, print_day
from delivery.sandbox import Sandbox, list_differences, open_sandbox
from system.paths import TEMPLATES_DIR

DOCUMENTS = TEMPLATES_DIR / "documents"
FILES = ("subject.txt.j2", "body.md.j2", "sample.yaml")
_TEXTS = "_texts"  # the name under which a rendering keeps the values it has met
_TOKEN = re.compile("\ue000(\\d+)\ue001")
_NUMERALS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Wording:
    """The subject (one line, also the title) and the body of one document."""

    subject: str
    body: tuple[Block, ...]


def render_wording(kind: str, values: Mapping[str, Any]) -> Wording:
    """Return what a document of this kind says with these values; days may be `date` or ISO text.

    raises: NotFound for an unknown kind; InvalidInput naming the kind and every value that is missing or of the wrong
    shape, or what is wrong with the template.
    """
    lacking = list_differences(_sample(kind), values)
    if lacking:
        raise _refuse(kind, "；".join(lacking), "按 sample.yaml 所列名称补齐取值")
    subject = _fill(kind, "subject.txt.j2", values)
    body = _fill(kind, "body.md.j2", values)
    return Wording(" ".join(_restore(*subject).split()), tuple(_read_blocks(*body)))


def template_hash(kind: str) -> str:
    """Return the SHA-256 over the templates of a kind, the shared paragraphs included."""
    files = [_folder(kind) / name for name in FILES[:2]] + sorted(DOCUMENTS.glob("*.j2"))
    return sha256(b"\0".join(file.name.encode() + b"\0" + file.read_bytes() for file in files)).hexdigest()


def sample_of(kind: str) -> Mapping[str, Any]:
    """Return the full set of values that a kind's sample declares; raises NotFound for an unknown kind."""
    return _sample(kind)


def list_kinds() -> tuple[str, ...]:
    """Return the kinds that have templates, sorted."""
    return tuple(sorted(folder.name for folder in DOCUMENTS.iterdir() if folder.is_dir()))


def _folder(kind: str) -> Path:
    folder = DOCUMENTS / kind
    if not re.fullmatch(r"[a-z_]+", kind) or not folder.is_dir():
        raise NotFound(
            "没有这种文书的模板",
            found=kind,
            expected="、".join(list_kinds()),
            remedy="在 templates/documents 中补充模板",
        )
    return folder


@lru_cache(maxsize=64)
def _sample(kind: str) -> Mapping[str, Any]:
    text = (_folder(kind) / "sample.yaml").read_text(encoding="utf-8")
    return MappingProxyType(yaml.load(text, Loader=yaml.CSafeLoader))


SAMPLES: Mapping[str, Mapping[str, Any]] = MappingProxyType({kind: _sample(kind) for kind in list_kinds()})
"""For every kind, one full set of values; its names and shapes are what `render_wording` asks for."""


def _print_day(value: object) -> str:
    return print_day(value if isinstance(value, date) else date.fromisoformat(str(value)))


def _print_within(period: Mapping[str, Any]) -> str:
    """Return e.g. 自签发之日起20个工作日内，即2026年6月5日前; without the day while that is not known yet."""
    length = f"自{period['start']}之日起{period['count']}{period['unit']}内"
    if not period["due_on"]:
        return length
    note = "（含放假安排尚未公布的日期，为暂定日期）" if period.get("provisional") else ""
    return f"{length}，即{_print_day(period['due_on'])}前{note}"


def _print_numeral(number: int) -> str:
    """Return a number from 1 to 9999 in Chinese numerals."""
    for size, word in ((1000, "千"), (100, "百")):
        if number >= size:
            high, rest = divmod(int(number), size)
            gap = "零" if 0 < rest < size // 10 else ""
            ten = "一" if 10 <= rest < 20 else ""  # 一百一十, not 一百十
            return _NUMERALS[high] + word + gap + (ten + _print_numeral(rest) if rest else "")
    tens, ones = divmod(int(number), 10)
    head = "" if tens == 0 else ("十" if tens == 1 else _NUMERALS[tens] + "十")
    return head + (_NUMERALS[ones] if ones or not head else "")


def _end_sentence(text: object) -> str:
    """Return the text with a full stop, unless it ends with a mark of its own."""
    words = str(text).strip()
    return words if not words or words[-1] in "。！？；：.!?" else words.rstrip("，、,") + "。"


@pass_context
def _take(context: Context, value: Any) -> str:
    """Keep a value aside and return its token; constant text of the template never comes here."""
    if isinstance(value, Undefined):
        return str(value)  # StrictUndefined raises here and names the variable
    if value is None or isinstance(value, list | tuple | Mapping):
        raise UndefinedError("取值为空，或为列表而未逐项列出")
    texts: list[str] = context[_TEXTS]
    texts.append(check_text(_print_day(value) if isinstance(value, date) else str(value), "文书取值"))
    return f"\ue000{len(texts) - 1}\ue001"


def open_wording(templates: Path | BaseLoader) -> Sandbox:
    """Return the sandbox in which document templates run."""
    filters: dict[str, Callable[..., Any]] = {
        "day": _print_day,
        "within": _print_within,
        "numeral": _print_numeral,
        "sentence": _end_sentence,
        "join": lambda parts, mark="": mark.join(str(part) for part in parts),
        "length": len,
    }
    return open_sandbox(templates, _take, filters)


_SANDBOX = open_wording(DOCUMENTS)


def write_wording(template: Template, values: Mapping[str, Any]) -> tuple[str, list[Block]]:
    """Return what a template says as one text, and as blocks; raise what goes wrong as it is."""
    texts: list[str] = []
    written = template.render({**values, _TEXTS: texts})
    return _restore(written, texts), _read_blocks(written, texts)


def _fill(kind: str, name: str, values: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return the rendered template with tokens for values, and the values in the order of their tokens."""
    texts: list[str] = []
    try:
        template: Template = _SANDBOX.get_template(f"{kind}/{name}")
        return template.render({**values, _TEXTS: texts}), texts
    except TemplateError as error:
        raise _refuse(kind, f"{name}：{error.message}", "改正模板，或补齐所缺的取值") from error
    except (KeyError, TypeError, ValueError) as error:
        raise _refuse(
            kind, f"{name}：{error}", "日期写作 2026-03-02，期限写明 count、unit、start、due_on"
        ) from error


def _refuse(kind: str, found: str, remedy: str) -> InvalidInput:
    return InvalidInput(f"文书 {kind} 的模板不能填写", found=found, expected="模板与取值一致", remedy=remedy)


def _restore(text: str, texts: Sequence[str]) -> str:
    return _TOKEN.sub(lambda token: texts[int(token[1])], text)


def _read_blocks(text: str, texts: Sequence[str]) -> list[Block]:
    blocks: list[Block] = []
    for chunk in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in chunk.split("\n") if line.strip()]
        if len(lines) > 1 and lines[0].startswith("|"):
            blocks.append(_read_table(lines, texts))
        elif lines:
            blocks += _read_lines(lines, texts)
    return blocks


def _read_lines(lines: Sequence[str], texts: Sequence[str]) -> list[Block]:
    """Return headings and items line by line; other neighbouring lines are one paragraph."""
    blocks: list[Block] = []
    running = ""
    for line in (*lines, ""):
        heading = re.match(r"(#{1,4}) +(.+)", line)
        if running and (heading or not line or line.startswith("- ")):
            blocks += [
                Paragraph(part.strip()) for part in _restore(running, texts).split("\n") if part.strip()
            ]
            running = ""
        if heading:
            blocks.append(Heading(len(heading[1]), " ".join(_restore(heading[2], texts).split())))
        elif line.startswith("- "):
            blocks.append(ListItem(" ".join(_restore(line[2:], texts).split())))
        else:
            running += line
    return blocks


def _read_table(lines: Sequence[str], texts: Sequence[str]) -> Table:
    def split(line: str) -> list[str]:
        return [cell.strip() for cell in line.strip("|").split("|")]

    titles, widths = split(lines[0]), [float(len(dashes)) for dashes in split(lines[1])]
    rows = [tuple(_restore(cell, texts).strip() for cell in split(line)) for line in lines[2:]]
    if any(len(row) != len(titles) for row in [widths, *rows]):
        raise InvalidInput(
            "文书模板中的表格各行格数不一致",
            found=lines[0],
            expected=f"每行{len(titles)}格",
            remedy="改正模板",
        )
    return Table(tuple(zip((_restore(t, texts) for t in titles), widths, strict=True)), tuple(rows))
