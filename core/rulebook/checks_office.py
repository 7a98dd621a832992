"""Checks of linkage and offices: receivers, series, signers, authorisations."""

from __future__ import annotations

from collections.abc import Iterator

from core.codes import LINE_LABELS, Line
from core.errors import Problem
from core.rulebook.checks_documents import check_government, check_notice
from core.rulebook.checks_items import NO_REFERRAL
from core.rulebook.checks_law import check_bases, check_dates
from core.rulebook.checks_marks import check_file_mark, check_mark
from core.rulebook.linkage import LinkageRules
from core.rulebook.mistakes import near
from core.rulebook.offices import Authorisation, Office
from core.rulebook.parts import Part, Parts
from core.rulebook.roles import LEADER_ROLE_LABELS
from core.text.yamltext import Path


def check_linkage(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of the linkage rules; exactly one file is used."""
    if len(parts.names("linkage")) != 1:
        count = len(parts.names("linkage"))
        yield Problem("linkage", 1, 1, "E304", f"贯通联动规则应有且只有一个文件，现有{count}个")
    for part in parts.linkage.values():
        rules = part.model
        if rules.key != part.key:
            yield part.problem(("key",), "E302", f"key“{rules.key}”应与文件名“{part.key}”一致")
        yield from check_dates(part, (), rules)
        yield from check_file_mark(part, rules, parts.known_sources())
        for key, receiver in rules.receivers.items():
            yield from check_mark(part, ("receivers", key), receiver, parts.known_sources())
        yield from check_bases(part, ("basis",), rules.basis, parts.known_sources())
        yield from _check_receivers(part, parts)
        yield from _check_triggers(part, parts)
        yield from _check_incoming(part, parts)


def _check_receivers(part: Part[LinkageRules], parts: Parts) -> Iterator[Problem]:
    served = {receiver.target for receiver in part.model.receivers.values()}
    for key, receiver in part.model.receivers.items():
        if receiver.document not in parts.names("documents"):
            message = f"没有文书“{receiver.document}”{near(receiver.document, parts.names('documents'))}"
            yield part.problem(("receivers", key, "document"), "E404", message)
    for head in parts.heads.values():
        words = head.model.vocabularies
        for target in words.linkage_targets if words else ():
            if target != NO_REFERRAL and target not in served:
                message = f"目录 {head.key} 的联动对象“{target}”没有受理机关"
                yield part.problem(("receivers",), "E408", message)


def _check_triggers(part: Part[LinkageRules], parts: Parts) -> Iterator[Problem]:
    events = {code for ladder in parts.ladders.values() for code in ladder.model.events}
    if len(parts.ladders) < len(parts.names("ladders")):
        return
    for index, code in enumerate(part.model.triggers.events):
        if code not in events:
            message = f"没有升级事件“{code}”{near(code, events)}"
            yield part.problem(("triggers", "events", index), "E410", message)


def _check_incoming(part: Part[LinkageRules], parts: Parts) -> Iterator[Problem]:
    clocks = {clock.code for file in parts.clocks.values() for clock in file.model.clocks}
    whole = len(parts.clocks) == len(parts.names("clocks"))
    for code, kind in part.model.incoming.items():
        yield from check_mark(part, ("incoming", code), kind, parts.known_sources())
        if kind.clock is not None and whole and kind.clock not in clocks:
            message = f"没有法定期限“{kind.clock}”{near(kind.clock, clocks)}"
            yield part.problem(("incoming", code, "clock"), "E410", message)
        if kind.clock is not None and kind.reply_workdays is not None:
            message = "已从法定期限，不得另写工作日；请删去 reply_workdays 或 clock"
            yield part.problem(("incoming", code, "reply_workdays"), "E505", message)
    kind_of_reply = part.model.reply_document
    if kind_of_reply is not None and kind_of_reply not in parts.names("documents"):
        message = f"没有文书“{kind_of_reply}”{near(kind_of_reply, parts.names('documents'))}"
        yield part.problem(("reply_document",), "E404", message)


def check_offices(parts: Parts) -> Iterator[Problem]:
    """Yield the mistakes of every office."""
    if not parts.names("offices"):
        yield Problem("offices", 1, 1, "E304", "没有督察单位文件；至少应有 offices/<单位>.yaml")
    for part in parts.offices.values():
        if part.model.code != part.key:
            yield part.problem(("code",), "E302", f"code“{part.model.code}”应与文件名“{part.key}”一致")
        yield from _check_series(part, parts)
        yield from _check_signers(part, parts)
        yield from _check_choices(part, parts)
        yield from check_government(part, parts)
        for line in part.model.lines:
            yield from check_notice(part, line, parts)
        for index, given in enumerate(part.model.authorisations):
            yield from _check_authorisation(part, ("authorisations", index), given, parts)


def _check_series(part: Part[Office], parts: Parts) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for line, profile in part.model.lines.items():
        path: Path = ("lines", line.value, "series")
        for key, series in profile.series.items():
            if series.code_text in owners:
                message = (
                    f"文号代字“{series.code_text}”已用于 {owners[series.code_text]}；每个系列的代字应不同"
                )
                yield part.problem((*path, key, "code_text"), "E305", message)
            owners.setdefault(series.code_text, f"{line.value}.{key}")
        yield from _check_needed(part, line, path, set(profile.series), parts)


def _check_needed(
    part: Part[Office], line: Line, path: Path, has: set[str], parts: Parts
) -> Iterator[Problem]:
    needed = {
        document.model.series: document.model.name
        for document in parts.documents.values()
        if document.model.serves(line)
    }
    for series, name in needed.items():
        if series is not None and series not in has:
            message = f"{LINE_LABELS[line]}线缺少文号系列“{series}”（{name}等使用）{near(series, has)}"
            yield part.problem(path, "E405", message)


def _check_signers(part: Part[Office], parts: Parts) -> Iterator[Problem]:
    for role in {document.model.signer for document in parts.documents.values()}:
        if part.model.leader_for(role) is None:
            message = f"没有能签发的岗位：{role.value}（{LEADER_ROLE_LABELS[role]}）"
            yield part.problem(("leaders",), "E406", message)


def _check_choices(part: Part[Office], parts: Parts) -> Iterator[Problem]:
    named = {"ladder": "ladders", "overlay": "overlays", "linkage": "linkage", "leads": "leads"}
    for name, folder in named.items():
        chosen, known = getattr(part.model.choices, name), parts.names(folder)
        if chosen is not None and chosen not in known:
            message = f"没有规则文件 {folder}/{chosen}.yaml{near(chosen, known)}"
            yield part.problem(("choices", name), "E410", message)
    receivers = {code for linkage in parts.linkage.values() for code in linkage.model.receivers}
    for code in part.model.receivers:
        if receivers and code not in receivers:
            message = f"贯通联动规则中没有受理机关“{code}”{near(code, receivers)}"
            yield part.problem(("receivers", code), "E410", message, of_key=True)


def _check_authorisation(
    part: Part[Office], path: Path, given: Authorisation, parts: Parts
) -> Iterator[Problem]:
    if given.from_on > given.until_on:
        yield part.problem((*path, "until_on"), "E501", f"截止日期早于起始日期（{given.from_on}）")
    leader = part.model.leaders.get(given.by)
    document = parts.documents.get(given.kind)
    if given.kind not in parts.names("documents"):
        message = f"没有文书“{given.kind}”{near(given.kind, parts.names('documents'))}"
        yield part.problem((*path, "kind"), "E407", message)
    if leader is None:
        message = f"没有岗位“{given.by}”{near(given.by, part.model.leaders)}"
        yield part.problem((*path, "by"), "E407", message)
    elif document is not None and not leader.role.may_sign(document.model.signer):
        needed = LEADER_ROLE_LABELS[document.model.signer]
        message = f"岗位“{given.by}”无权签发“{document.model.name}”，应由{needed}以上授权"
        yield part.problem((*path, "by"), "E407", message)
