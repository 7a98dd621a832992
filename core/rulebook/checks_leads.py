"""Checks of the lead rules: key, marks, bases, the clocks that may be extended, and the documents they name."""

from __future__ import annotations

from collections.abc import Iterator

from core.codes import LINE_LABELS, DocumentContent
from core.errors import Problem
from core.rulebook.checks_documents import check_content
from core.rulebook.checks_law import check_bases, check_dates
from core.rulebook.checks_marks import check_file_mark, check_mark
from core.rulebook.leads import LeadRules
from core.rulebook.mistakes import near
from core.rulebook.parts import Part, Parts
from core.text.yamltext import Path


def check_leads(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of every file of lead rules."""
    for part in parts.leads.values():
        rules, sources = part.model, parts.known_sources()
        if rules.key != part.key:
            yield part.problem(("key",), "E302", f"key“{rules.key}”应与文件名“{part.key}”一致")
        yield from check_dates(part, (), rules)
        yield from check_file_mark(part, rules, sources)
        yield from check_bases(part, ("basis",), rules.basis, sources)
        for code, origin in rules.sources.items():
            yield from check_mark(part, ("sources", code), origin, sources)
            if origin.extend is not None and origin.reply is None:
                message = "没有答复期限，不能规定延长；请写 reply 或删去 extend"
                yield part.problem(("sources", code, "extend"), "E505", message)
        yield from _check_documents(part, parts)


def _check_documents(part: Part[LeadRules], parts: Parts) -> Iterator[Problem]:
    known = parts.names("documents")
    named: list[tuple[Path, str, DocumentContent, str]] = [
        (("reply_document",), part.model.reply_document, DocumentContent.REFERRAL, "答复来源所用")
    ]
    for line, kind in part.model.documents.items():
        named.append((("documents", line.value), kind, DocumentContent.FREE, "转办所用"))
    for path, kind, content, what in named:
        if kind not in known:
            yield part.problem(path, "E404", f"没有文书“{kind}”{near(kind, known)}")
            continue
        yield from check_content(part, path, kind, content, what, parts)
    for line, kind in part.model.documents.items():
        rule = parts.documents.get(kind)
        if rule is not None and not rule.model.serves(line):
            message = f"{rule.model.name}不用于{LINE_LABELS[line]}线"
            yield part.problem(("documents", line.value), "E404", message)
