"""Which kind of mail came in. A person's word is only what nothing speaks against; what leaves a doubt is for a person.

source   RFC 3464 (reports), RFC 8098 (receipts), RFC 3834 (automatic answers)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.inbound import InboundKind
from core.text.secrecy import find_secrecy_mark
from delivery.inbound import words
from delivery.inbound.reading import InboundLetter
from delivery.inbound.returns import Return, read_otherwise, read_report, read_words

MAX_HOPS = 40  # servers that a mail passes before it is taken for one that goes round
MAX_ODD = 2_000_000  # bytes of a report that is handed to the detectors of others
SHORT_REPLY, OPENING = 600, 300  # characters; robots say little, and say it first
_QUOTE = re.compile(
    r"(?im)^[ \t]*(>|-{2,}\s*(原始邮件|转发的?邮件|original message|forwarded)|_{10,}|发件人\s*[:：]|"
    r"from\s*:\s|on .{5,120} wrote:|在.{4,80}写道[:：])"
)
_OURS = re.compile(r"<[0-9a-f]{32}@([a-z0-9.-]+)>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a mail is, and for a report what it says.

    ids   Message-IDs that may be of our mails: of the mail that came back, or of those that are answered
    """

    kind: InboundKind
    why: str = ""
    recipients: tuple[str, ...] = ()
    status: str = ""
    diagnosis: str = ""
    ids: tuple[str, ...] = ()


def classify(letter: InboundLetter, mime: bytes, ours: frozenset[str]) -> Verdict:
    """Return what a mail is.

    ours   addresses that this office sends from, in lower case
    """
    if letter.fault:
        return Verdict(InboundKind.BROKEN, letter.fault)
    mark = _mark(letter)
    if mark:
        return Verdict(InboundKind.SECRET, mark)
    found = (
        _loop(letter, ours) or _receipt(letter) or _return(letter, mime) or _robot(letter) or _doubt(letter)
    )
    return found or Verdict(InboundKind.HUMAN, ids=letter.references)


def _mark(letter: InboundLetter) -> str:
    names = "\n".join(file.name for file in letter.files)
    return find_secrecy_mark(f"{letter.subject}\n{letter.scan}\n{names}") or ""


def _loop(letter: InboundLetter, ours: frozenset[str]) -> Verdict | None:
    """Know our own mails again: by their Message-ID, by their sender, or because they have passed too many servers."""
    own = _OURS.fullmatch(letter.message_id)
    domains = {address.rpartition("@")[2] for address in ours}
    if own and own[1].lower() in domains:
        return Verdict(InboundKind.LOOP, "本系统发出的邮件原样返回", ids=(letter.message_id,))
    automatic = letter.header("auto-submitted").lower().startswith("auto-generated")
    if letter.sender[1] in ours and automatic:
        return Verdict(InboundKind.LOOP, "发件人是本系统")
    if len(letter.headers.get("received", ())) > MAX_HOPS:
        return Verdict(InboundKind.LOOP, f"经过的服务器超过{MAX_HOPS}台")
    return None


def _receipt(letter: InboundLetter) -> Verdict | None:
    """A disposition notification, or what programs without one write in its place (RFC 8098)."""
    ids = _ids_in(letter)
    if letter.receipt or letter.report_type == "disposition-notification":
        return Verdict(InboundKind.RECEIPT, "阅读回执", diagnosis=_disposition(letter.receipt), ids=ids)
    if words.RECEIPT_SUBJECT.match(letter.subject):
        said = words.RECEIPT_BODY.search(letter.scan[:2_000]) is not None
        short = len(letter.text) <= SHORT_REPLY
        if said and short:
            return Verdict(InboundKind.RECEIPT, "主题和内容是阅读回执", ids=ids)
        return Verdict(InboundKind.UNCLEAR, "主题像阅读回执", ids=ids)
    return None


def _disposition(receipt: str) -> str:
    found = re.search(r"(?im)^disposition:\s*(.{1,120})$", receipt)
    return found[1].strip() if found else ""


def _return(letter: InboundLetter, mime: bytes) -> Verdict | None:
    """A report of what became of a mail: by its standard form, by its words, or as others have learned to read it."""
    told = read_report(letter)
    if told is None and letter.report_type == "delivery-status":
        told = read_words(letter, from_system=True)
    if told is None:
        told = read_words(letter, from_system=_from_system(letter))
    if told is None and _from_system(letter) and len(mime) <= MAX_ODD:
        told = read_otherwise(mime)
    if told is not None:
        return _as_verdict(letter, told)
    if letter.report_type:
        return Verdict(InboundKind.UNCLEAR, f"不认识的报告：{letter.report_type}", ids=_ids_in(letter))
    return None


def _as_verdict(letter: InboundLetter, told: Return) -> Verdict:
    return Verdict(told.kind, "", told.recipients, told.status, told.diagnosis, _ids_in(letter))


def _from_system(letter: InboundLetter) -> bool:
    """Tell whether a server speaks: nobody is the sender, or its name is one that servers have."""
    if letter.null_sender or words.DAEMON.match(letter.sender[1]) or letter.header("x-failed-recipients"):
        return True
    named = words.SYSTEM_SENDER.match(letter.sender[1]) is not None
    return named and words.BOUNCE_SUBJECT.search(letter.subject) is not None


def _robot(letter: InboundLetter) -> Verdict | None:
    """Know automatic answers by their headers (RFC 3834), an empty sender, or the word their subject begins with."""
    ids = (*letter.references, *_ids_in(letter))
    submitted = letter.header("auto-submitted").strip().lower()
    if submitted and not submitted.startswith("no"):
        return Verdict(InboundKind.AUTO_REPLY, f"Auto-Submitted: {submitted[:40]}", ids=ids)
    marked = next((name for name in words.AUTO_HEADERS if letter.header(name)), "")
    if marked:
        return Verdict(InboundKind.AUTO_REPLY, marked, ids=ids)
    precedence = letter.header("precedence").strip().lower()
    if precedence in ("auto_reply", "auto-reply"):
        return Verdict(InboundKind.AUTO_REPLY, f"Precedence: {precedence}", ids=ids)
    if words.AUTO_SUBJECT.match(words.PREFIX.sub("", letter.subject)):
        return Verdict(InboundKind.AUTO_REPLY, "主题是自动回复", ids=ids)
    listed = next((name for name in words.LIST_HEADERS if letter.header(name)), "")
    if precedence in ("bulk", "junk", "list") or listed:
        return Verdict(InboundKind.BULK, listed or f"Precedence: {precedence}", ids=ids)
    if letter.null_sender:
        return Verdict(InboundKind.AUTO_REPLY, "发件人为空", ids=ids)
    return None


def _doubt(letter: InboundLetter) -> Verdict | None:
    """Leave to a person what reads like a robot's though no header says so, and what has no sender to ask."""
    ids = (*letter.references, *_ids_in(letter))
    subject = words.PREFIX.sub("", letter.subject)
    own = own_words(letter.text)
    body = own if len(own) <= SHORT_REPLY else own[:OPENING]
    reasons = (
        ("没有发件人", "@" not in letter.sender[1]),
        ("发件人像系统", words.SYSTEM_SENDER.match(letter.sender[1]) is not None),
        ("主题像退信", words.BOUNCE_SUBJECT.search(subject) is not None),
        ("主题像自动回复", words.AUTO_HINT.search(subject) is not None),
        ("内容像自动回复", words.AUTO_BODY.search(body) is not None),
        ("没有内容", not letter.text.strip() and not letter.files),
    )
    why = next((reason for reason, holds in reasons if holds), "")
    return Verdict(InboundKind.UNCLEAR, why, ids=ids) if why else None


def own_words(text: str) -> str:
    """Return what somebody wrote themself, without the mail that is quoted below."""
    found = _QUOTE.search(text)
    return (text[: found.start()] if found else text).strip()


def _ids_in(letter: InboundLetter) -> tuple[str, ...]:
    """Return everything in a mail that looks like a Message-ID of ours, of what came back first."""
    blocks = " ".join(value for block in letter.blocks for value in block.values())
    text = f"{letter.returned}\n{blocks}\n{letter.receipt}\n{letter.scan}"
    return tuple(dict.fromkeys(f"<{found[0][1:-1].lower()}>" for found in _OURS.finditer(text)))[:20]
