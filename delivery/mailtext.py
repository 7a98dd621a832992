"""What a mail says: the office's own templates, filled with values that stay one line of text each.

A kind is `templates/emails/<kind>.txt.j2`, whose first line is `主题：` and the subject, and `<kind>.sample.yaml`,
which declares the names and shapes of its values. Files that begin with `_` are shared parts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from jinja2 import BaseLoader, TemplateError
from jinja2.runtime import Undefined

from core.errors import InvalidInput, NotFound
from delivery.sandbox import Sandbox, list_differences, open_sandbox
from system.paths import TEMPLATES_DIR

EMAILS = TEMPLATES_DIR / "emails"
SUBJECT_MARK = "主题："


@dataclass(frozen=True, slots=True)
class MailText:
    """The subject, one line, and the plain text of one mail."""

    subject: str
    text: str


def list_mail_kinds() -> tuple[str, ...]:
    """Return the kinds of mail that have a template, sorted."""
    names = (file.name.removesuffix(".txt.j2") for file in EMAILS.glob("*.txt.j2"))
    return tuple(sorted(name for name in names if not name.startswith("_")))


def render_mail(kind: str, values: Mapping[str, Any]) -> MailText:
    """Return what a mail of this kind says with these values; days are `date` or ISO text.

    values: the names of `SAMPLES[kind]`; "", [] or False leave an optional sentence out
    raises: NotFound for an unknown kind; InvalidInput naming every value that is missing, unknown or of the wrong
        shape, or what is wrong with the template
    """
    if kind not in SAMPLES:
        raise NotFound(
            "没有这种邮件模板",
            found=kind,
            expected="、".join(SAMPLES),
            remedy="在 templates/emails/ 中补充模板",
        )
    problems = list_differences(SAMPLES[kind], values, refuse_extra=True)
    if problems:
        raise _refuse(kind, "；".join(problems), "按该类邮件的 sample.yaml 所列名称给出取值")
    try:
        written = _sandbox().get_template(f"{kind}.txt.j2").render(values)
    except TemplateError as error:
        raise _refuse(kind, str(error.message), "改正模板，或补齐所缺的取值") from error
    except (KeyError, TypeError, ValueError) as error:
        raise _refuse(kind, str(error), "日期写作 2026-03-02，个数写作整数") from error
    first, _, rest = written.partition("\n")
    subject = " ".join(first.removeprefix(SUBJECT_MARK).split())
    if not first.startswith(SUBJECT_MARK) or not subject or not rest.strip():
        raise _refuse(kind, first[:60], f"模板第一行写“{SUBJECT_MARK}”和主题，空一行后写正文")
    return MailText(subject, rest.strip("\n") + "\n")


def _sample(kind: str) -> Mapping[str, Any]:
    text = (EMAILS / f"{kind}.sample.yaml").read_text(encoding="utf-8")
    return MappingProxyType(yaml.safe_load(text))


SAMPLES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {kind: _sample(kind) for kind in list_mail_kinds()}
)
"""For every kind of mail, one full set of values; its names and shapes are what `render_mail` asks for."""


@lru_cache(maxsize=1)
def _sandbox() -> Sandbox:
    return open_mailtext(EMAILS)


def open_mailtext(templates: Path | BaseLoader) -> Sandbox:
    """Return the sandbox in which mail templates run."""
    return open_sandbox(
        templates,
        _print,
        {"day": _print_day, "left": _print_left, "late": _print_late, "length": len, "join": _join},
    )


def _print(value: Any) -> str:
    """Write a value as one line, so that user text cannot pretend to be another paragraph or subject."""
    if isinstance(value, Undefined):
        return str(value)  # StrictUndefined raises here and names the variable
    if isinstance(value, date):
        return _print_day(value)
    if value is None or isinstance(value, list | tuple | Mapping):
        raise TypeError("取值为空，或为列表而未逐项列出")
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") else c for c in str(value))
    return " ".join(text.split())


def _print_day(value: object) -> str:
    if isinstance(value, Undefined):
        return str(value)
    day = value if isinstance(value, date) else date.fromisoformat(str(value))
    return f"{day.year}年{day.month}月{day.day}日"


def _print_left(workdays: int) -> str:
    if workdays > 0:
        return f"还有{workdays}个工作日"
    return "今日到期" if workdays == 0 else f"已逾期{-workdays}个工作日"


def _print_late(workdays: int) -> str:
    return f"已逾期{workdays}个工作日"


def _join(parts: Sequence[object], mark: str = "、") -> str:
    return mark.join(_print(part) for part in parts)


def _refuse(kind: str, found: str, remedy: str) -> InvalidInput:
    return InvalidInput(f"邮件模板 {kind} 不能生成", found=found, expected="模板和取值一致", remedy=remedy)
