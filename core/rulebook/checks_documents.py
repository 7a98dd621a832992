"""Checks of document kinds: what they carry, how they travel, by whom they are decided, and who may use them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from core.codes import DOCUMENT_CONTENT_LABELS, LINE_LABELS, DocumentContent, Line, Secrecy
from core.errors import Problem
from core.rulebook.checks_law import check_bases, check_dates
from core.rulebook.checks_marks import check_file_mark
from core.rulebook.documents import SHORT_NAME_CHARS, DocumentRule
from core.rulebook.mistakes import near
from core.rulebook.offices import Office
from core.rulebook.parts import Part, Parts
from core.text.yamltext import Path

# The machine writes these by itself, so every line that an office works on needs one, and only one at a time.
MADE_BY_MACHINE = (
    DocumentContent.ANNOUNCEMENT,
    DocumentContent.EXTENSION_REPLY,
    DocumentContent.OBJECTION_REPLY,
    DocumentContent.CLOSURE,
    DocumentContent.CORRECTION,
)
# 行政执法监督条例 第二十九条: a 决定书 is the government's.
GOVERNMENT_NAME = "决定书"


def check_documents(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of every document kind, and of what uses them."""
    sources = parts.known_sources()
    for part in parts.documents.values():
        rule = part.model
        if rule.code != part.key:
            yield part.problem(("code",), "E302", f"code“{rule.code}”应与文件名“{part.key}”一致")
        yield from check_dates(part, (), rule)
        yield from check_file_mark(part, rule, sources)
        yield from check_bases(part, ("basis",), rule.basis, sources)
        yield from _check_matters(part)
        yield from _check_travel(part)
        yield from _check_names(part)
        yield from _check_period(part)
        yield from _check_decision(part)
        yield from _check_premise(part, parts)
    if not parts.names("documents"):
        yield Problem("documents", 1, 1, "E304", "没有文书规则；至少应有 documents/<文书>.yaml")
    elif len(parts.documents) == len(parts.names("documents")):
        yield from _check_cover(parts)
    yield from _check_users(parts)


def _check_matters(part: Part[DocumentRule]) -> Iterator[Problem]:
    for index, basis in enumerate(part.model.basis):
        first, last = basis.opened_from, basis.opened_until
        if first and last and first > last:
            message = f"启动日期的止期早于起期（{first}）"
            yield part.problem(("basis", index, "opened_until"), "E501", message)


def _check_travel(part: Part[DocumentRule]) -> Iterator[Problem]:
    rule = part.model
    if rule.content is DocumentContent.REFERRAL:
        if rule.mailed:
            yield part.problem(("mailed",), "E605", "移送、移交文书由专人或机要送达，mailed 应为 false")
        if rule.secrecy is not Secrecy.WORK_SECRET:
            yield part.problem(("secrecy",), "E605", "移送、移交文书至少按工作秘密管理，应为 work_secret")
    elif rule.upward and rule.mailed:
        yield part.problem(("mailed",), "E605", "上行文由公文渠道报送，mailed 应为 false")
    elif not rule.recipients and not rule.upward:
        yield part.problem((), "E202", "缺少必填项“recipients”（收件角色）")
    if rule.numbered and rule.series is None:
        yield part.problem(("numbered",), "E405", "编号的文书应写明文号系列 series")


def _check_names(part: Part[DocumentRule]) -> Iterator[Problem]:
    rule = part.model
    if rule.mailed and len(rule.short) > SHORT_NAME_CHARS:
        message = f"邮寄的文书名称超过{SHORT_NAME_CHARS}字，附件名放不下；请另写 short_name（简称）"
        yield part.problem(("name",), "E206", message)


def _check_period(part: Part[DocumentRule]) -> Iterator[Problem]:
    rule = part.model
    if rule.period is not None and (rule.period_unit is None or rule.starts_on is None):
        message = "期限应同时写明 period_unit（workday 或 day）和 starts_on（signed、served 或 received）"
        yield part.problem(("period",), "E505", message)
    right = rule.objection
    if right is not None and (right.answer_period is None) != (right.answer_unit is None):
        message = "答复期限应同时写明 answer_period 和 answer_unit（workday 或 day）"
        yield part.problem(("objection",), "E505", message)
    if rule.content is DocumentContent.FINDINGS:
        if rule.starts_on not in (None, "signed"):
            message = "反馈问题的文书在签发时印明各问题的到期日，starts_on 应为 signed"
            yield part.problem(("starts_on",), "E505", message)
        if right is None:
            yield part.problem((), "E202", "缺少必填项“objection”（反馈问题的文书应写明异议期限）")


def _check_decision(part: Part[DocumentRule]) -> Iterator[Problem]:
    rule = part.model
    if rule.name.endswith(GOVERNMENT_NAME) and not rule.by_government:
        message = "决定书由本级政府作出，应写明 decided_by: government"
        yield part.problem(("name",), "E608", message)
    if rule.by_government and rule.line != "enforcement":
        message = "由本级政府决定的文书只用于执法监督线，line 应为 enforcement"
        yield part.problem(("line",), "E608", message)
    if rule.by_government and rule.content not in (DocumentContent.FREE, DocumentContent.FINDINGS):
        message = f"“{DOCUMENT_CONTENT_LABELS[rule.content]}”类文书由系统自动拟制，不能由本级政府决定"
        yield part.problem(("decided_by",), "E608", message)


def _check_premise(part: Part[DocumentRule], parts: Parts) -> Iterator[Problem]:
    known = parts.names("documents")
    for index, kind in enumerate(part.model.after_unobeyed):
        if kind not in known:
            yield part.problem(("after_unobeyed", index), "E404", f"没有文书“{kind}”{near(kind, known)}")


def _check_cover(parts: Parts) -> Iterator[Problem]:
    lines = {line for office in parts.offices.values() for line in office.model.lines}
    for content, line in itertools.product(MADE_BY_MACHINE, sorted(lines)):
        able = [
            part
            for part in parts.documents.values()
            if part.model.content is content and part.model.serves(line)
        ]
        label = f"“{DOCUMENT_CONTENT_LABELS[content]}”（content: {content.value}）"
        if not able:
            message = f"{LINE_LABELS[line]}线没有{label}类文书，系统届时无法拟制"
            yield Problem("documents", 1, 1, "W704", message)
        for first, second in itertools.pairwise(able):
            if _overlap(first.model, second.model):
                message = f"{LINE_LABELS[line]}线已有{label}类文书“{first.model.name}”，系统自动拟制的同时只能有一种"
                yield second.problem(("content",), "E418", message)


def _overlap(one: DocumentRule, other: DocumentRule) -> bool:
    """Tell whether two kinds are in effect on some same day."""
    starts = [rule.effective_from for rule in (one, other) if rule.effective_from is not None]
    ends = [rule.effective_until for rule in (one, other) if rule.effective_until is not None]
    return not starts or not ends or max(starts) <= min(ends)


def _check_users(parts: Parts) -> Iterator[Problem]:
    sheet, referral = DocumentContent.SHEET, DocumentContent.REFERRAL
    for ladder in parts.ladders.values():
        for index, colour in enumerate(ladder.model.colours):
            yield from check_content(
                ladder, ("colours", index, "document"), colour.document, sheet, "颜色对应", parts
            )
        for severity, profile in ladder.model.profiles.items():
            for index, rung in enumerate(profile.rungs):
                path: Path = ("profiles", severity.value, "rungs", index, "document")
                yield from check_content(ladder, path, rung.document, sheet, "级次发出", parts)
    for linkage in parts.linkage.values():
        for key, receiver in linkage.model.receivers.items():
            path = ("receivers", key, "document")
            yield from check_content(linkage, path, receiver.document, referral, "受理机关所用", parts)


def check_content(
    part: Part[Any], path: Path, code: str, wanted: DocumentContent, use: str, parts: Parts
) -> Iterator[Problem]:
    """Yield a mistake when a document kind that exists carries something else than its use asks for.

    use   how the kind is used here, in words
    """
    document = parts.documents.get(code)
    if document is not None and document.model.content is not wanted:
        found = DOCUMENT_CONTENT_LABELS[document.model.content]
        fitting = [key for key, one in parts.documents.items() if one.model.content is wanted]
        message = (
            f"{use}的文书应为“{DOCUMENT_CONTENT_LABELS[wanted]}”类（content: {wanted.value}），"
            f"“{code}”属“{found}”类；可用：{'、'.join(sorted(fitting)) or '无'}"
        )
        yield part.problem(path, "E418", message)


def check_notice(part: Part[Office], line: Line, parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of the document kind with which a line of an office first tells a unit its problems."""
    profile = part.model.lines[line]
    path: Path = ("lines", line.value, "notice")
    able = [
        key
        for key, one in parts.documents.items()
        if one.model.content is DocumentContent.FINDINGS and one.model.serves(line)
    ]
    if profile.notice is None:
        if len(able) > 1:
            known = "、".join(sorted(able))
            message = f"{LINE_LABELS[line]}线有几种反馈问题的文书，应以 notice 写明缺省用哪一种：{known}"
            yield part.problem(("lines", line.value), "E410", message)
        return
    if profile.notice not in parts.names("documents"):
        message = f"没有文书“{profile.notice}”{near(profile.notice, parts.names('documents'))}"
        yield part.problem(path, "E404", message)
    elif profile.notice in parts.documents and profile.notice not in able:
        message = (
            f"“{profile.notice}”不是{LINE_LABELS[line]}线反馈问题、通知整改的文书（content: findings）；"
            f"可用：{'、'.join(sorted(able)) or '无'}"
        )
        yield part.problem(path, "E418", message)


def check_government(part: Part[Office], parts: Parts) -> Iterator[Problem]:
    """Yield a mistake where an office would issue in its own name what only the government decides."""
    decided = {key: one.model for key, one in parts.documents.items() if one.model.by_government}
    for line, profile in part.model.lines.items():
        names = sorted(rule.name for rule in decided.values() if rule.serves(line))
        if names and profile.government is None:
            message = f"{'、'.join(names)}由本级政府决定，应以 government 写明本级政府全称"
            yield part.problem(("lines", line.value), "E608", message)
    for index, given in enumerate(part.model.authorisations):
        if given.kind in decided:
            message = f"“{decided[given.kind].name}”由本级政府决定，不得常设授权签发"
            yield part.problem(("authorisations", index, "kind"), "E608", message)
