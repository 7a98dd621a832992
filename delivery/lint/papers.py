"""What a kind of paper must be: there, numbered by the machine, its periods in full, printable in every case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import TemplateError

from core.errors import InvalidInput, Problem
from core.rulebook import DocumentRule, Rulebook
from core.rulebook.hints import near
from delivery import mailtext, wording
from delivery.lint.names import Usage, read_usage, unused
from delivery.lint.sources import DOCUMENTS, EMAILS, LAYOUTS, Kind, Sources
from delivery.lint.values import Mark, Trial, marked, trials, variants

# What every document may name (casework gives these values to all kinds).
COMMON = frozenset({"unit", "work", "campaign", "basis", "contact"})
OWN_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,10}〔[^〕\n]{1,40}〕\s*第?\s*(?:[0-9]+|\{\{[^}\n]*\}\})\s*号")
# What the machine sends by mail; a kind without a template could not be told.
MAILS = (
    *("document", "half_report", "late_reports", "notice_collect", "reminder", "staff", "task"),
    "team_reminder",
)


def lint_templates(book: Rulebook | None, texts: Mapping[str, str]) -> list[Problem]:
    """Return every mistake of the templates, sorted by place.

    book    the rules they serve; None while the rules themselves have mistakes: then no trial prints are made
    texts   {path from `templates/` on: text} of templates, samples and layouts
    """
    sources = Sources(texts)
    problems = list(_check_presence(book, sources))
    for kind in sources.kinds():
        sample = sources.sample(kind)
        if sample is None:
            continue
        usage = read_usage(sources, kind, sample)
        problems += usage.problems
        rule = book.documents.get(kind.name) if book and not kind.is_mail else None
        problems += _check_own_numbers(sources, kind)
        if not all(path in texts and sources.tree(path, kind.folder) for path in kind.files):
            continue
        problems += _check_unused(sources, kind, sample, usage)
        if not usage.problems and (rule or kind.is_mail):
            problems += _check_prints(book, rule, sources, kind, sample, usage)
    problems += sources.problems
    if book:
        problems += _check_layouts(book, sources)
    return sorted(set(problems), key=lambda one: (one.file, one.line, one.column, one.code, one.message))


def _check_presence(book: Rulebook | None, sources: Sources) -> Iterator[Problem]:
    found = {kind.name: kind for kind in sources.kinds() if not kind.is_mail}
    rules = book.documents if book else {}
    for code in rules:
        if code not in found:
            message = (
                f"文书“{code}（{rules[code].name}）”没有模板；"
                f"请补充 {DOCUMENTS}/{code}/ 下的 subject.txt.j2、body.md.j2、sample.yaml"
            )
            yield Problem(f"documents/{code}.yaml", 1, 1, "E805", message)
    for code, kind in found.items():
        files = (*kind.files, kind.sample_file)
        for path in files:
            if path not in sources.texts:
                yield Problem(path, 1, 1, "E805", f"文书“{code}”缺少文件 {path.split('/')[-1]}；请补写")
        if book and code not in rules:
            first = next(path for path in sources.texts if path.startswith(f"{DOCUMENTS}/{code}/"))
            message = (
                f"模板“{code}”没有对应的文书规则{near(code, rules)}；请补写 documents/{code}.yaml 或删去模板"
            )
            yield Problem(first, 1, 1, "E805", message)
    yield from _check_mail_presence(sources)


def _check_mail_presence(sources: Sources) -> Iterator[Problem]:
    for name in sorted({*MAILS, *(kind.name for kind in sources.kinds() if kind.is_mail)}):
        for path in (f"{EMAILS}/{name}.txt.j2", f"{EMAILS}/{name}.sample.yaml"):
            if path not in sources.texts:
                yield Problem(path, 1, 1, "E805", f"邮件“{name}”缺少文件 {path.split('/')[-1]}；请补写")


def _check_own_numbers(sources: Sources, kind: Kind) -> Iterator[Problem]:
    for path in kind.files:
        for number, line in enumerate(sources.texts.get(path, "").split("\n"), start=1):
            for own in OWN_NUMBER.finditer(line):
                message = (
                    f"模板自行书写了文号“{own.group()}”；"
                    "本件文号由系统在签发时编排，引用的文件由规则的依据给出，请删去"
                )
                yield Problem(path, number, own.start() + 1, "E804", message)


def _check_unused(sources: Sources, kind: Kind, sample: Mapping[str, Any], usage: Usage) -> Iterator[Problem]:
    if kind.is_mail:  # a mail's sample is exactly what the machine gives; nothing can be struck from it
        return
    for name in unused(usage, sample, COMMON):
        line, column = _place(sources.texts[kind.sample_file], name)
        message = f"示例中的“{name}”没有一个模板用到；请在模板中印出，或从示例中删去"
        yield Problem(kind.sample_file, line, column, "W803", message)


def _place(text: str, name: str) -> tuple[int, int]:
    """Return where a word first stands in a text, or its beginning."""
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    if not found:
        return 1, 1
    return text.count("\n", 0, found.start()) + 1, found.start() - (
        text.rfind("\n", 0, found.start()) + 1
    ) + 1


def _check_prints(
    book: Rulebook | None,
    rule: DocumentRule | None,
    sources: Sources,
    kind: Kind,
    sample: Mapping[str, Any],
    usage: Usage,
) -> Iterator[Problem]:
    """Yield what goes wrong in the trial prints of a kind: each place once, with the first case and their number."""
    prints = trials(book, rule, sample, usage) if book and rule else variants(dict(sample), usage)
    failures: dict[tuple[str, int, int, str], list[str]] = {}
    for trial in (Trial("按示例", dict(sample)), *prints):
        for place, said in _print(sources, kind, trial):
            failures.setdefault((*place, said), []).append(trial.case)
    for (path, line, column, said), cases in failures.items():
        others = f"等{len(cases)}种情形" if len(cases) > 1 else ""
        yield Problem(
            path, line, column, "E806", f"试印不成：{said}；情形：{cases[0]}{others}；请改正模板或示例"
        )
    if not failures:
        yield from _check_marks(rule, sources, kind, sample)


def _print(sources: Sources, kind: Kind, trial: Trial) -> Iterator[tuple[tuple[str, int, int], str]]:
    for path in kind.files:
        try:
            text = _text(sources, kind, path, trial.values)
        except (TemplateError, InvalidInput, KeyError, TypeError, ValueError) as error:
            yield _where(error, sources, path), _said(error)
            continue
        fault = _fault_of_mail(text) if kind.is_mail else ("" if text.strip() else "印出来是空的")
        if fault:
            yield (path, 1, 1), fault


def _fault_of_mail(text: str) -> str:
    first, _, rest = text.partition("\n")
    if not first.removeprefix(mailtext.SUBJECT_MARK).strip() or not first.startswith(mailtext.SUBJECT_MARK):
        return f"第一行应写“{mailtext.SUBJECT_MARK}”和主题（实际：{first[:20] or '空'}）"
    return "" if rest.strip() else "只有主题，没有正文"


def _text(sources: Sources, kind: Kind, path: str, values: Mapping[str, Any]) -> str:
    template = sources.sandbox(kind.folder).get_template(path.removeprefix(kind.folder + "/"))
    return template.render(values) if kind.is_mail else wording.write_wording(template, values)[0]


def _where(error: Exception, sources: Sources, path: str) -> tuple[str, int, int]:
    """Return the innermost line of a template that an error came through; of a table, its head."""
    if isinstance(error, InvalidInput):
        return (path, *_place(sources.texts[path], error.found.strip("| ").split("|")[0].strip()))
    place, trace = (path, 1, 1), error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name in sources.texts:
            line = sources.texts[name].split("\n")[trace.tb_lineno - 1]
            opening = re.search(r"\{[{%]", line)
            place = (name, trace.tb_lineno, opening.start() + 1 if opening else 1)
        trace = trace.tb_next
    return place


def _said(error: Exception) -> str:
    if isinstance(error, InvalidInput):
        return f"{error.what}（{error.found}）；应为{error.expected}"
    said = str(getattr(error, "message", None) or error)
    if isinstance(error, ValueError) and "isoformat" in said:
        return f"{said.rpartition(':')[2].strip()} 不是日期，不能用 day 印出；先用 if 判断是否有值"
    return f"缺少 {said}" if isinstance(error, KeyError) else said


def _check_marks(
    rule: DocumentRule | None, sources: Sources, kind: Kind, sample: Mapping[str, Any]
) -> Iterator[Problem]:
    values, marks = marked(sample)
    text = "".join(_text(sources, kind, path, values) for path in kind.files)
    told: set[tuple[str, str]] = set()
    for mark in marks:
        lacking = [words for words in mark.texts if words not in text]
        name = ".".join(step for step in mark.where if step != "*")
        if lacking and (mark.code, name) not in told:
            told.add((mark.code, name))
            yield _unprinted(sources, kind, mark, name, lacking)
    periods = any(mark.code == "E807" for mark in marks)
    if rule is not None and rule.reply_workdays and not periods:
        message = (
            f"文书规则写明 reply_workdays: {rule.reply_workdays}，模板却没有印出期限；"
            "请写“{{ reply | within }}”并在 sample.yaml 中列出 reply"
        )
        yield Problem(kind.files[0], 1, 1, "E807", message)


def _unprinted(sources: Sources, kind: Kind, mark: Mark, name: str, lacking: list[str]) -> Problem:
    path = kind.files[0]
    last = [step for step in mark.where if step != "*"][-1]
    line, column = _place(sources.texts[path], last)
    if mark.code == "E804":
        message = f"没有印出编号“{name}”；收文单位凭编号对账，请在正文中写出"
    else:
        lack = "长度和到期日" if len(lacking) > 1 else ("长度" if lacking == [mark.texts[0]] else "到期日")
        message = f"期限“{name}”没有印出{lack}；请写“{{{{ {last} | within }}}}”，长度、起算和到期日一并印出"
    return Problem(path, line, column, mark.code, message)


def _check_layouts(book: Rulebook, sources: Sources) -> Iterator[Problem]:
    for layout in sorted({rule.layout for rule in book.documents.values() if rule.numbered}):
        path = f"{LAYOUTS}/{layout}.typ"
        if path not in sources.texts:
            yield Problem(path, 1, 1, "E805", f"版式“{layout}”没有文件 {path}；请补写")
        elif "paper.number_text" not in sources.texts[path]:
            message = "编号的文书用这个版式，版式却没有印文号；请在红线之上写 #paper.number_text"
            yield Problem(path, 1, 1, "E804", message)
