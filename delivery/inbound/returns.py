"""What a return of a mail says: RFC 3464 reports, what Chinese mail services write instead, the rest by its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes

from core.inbound import InboundKind
from delivery.inbound import words
from delivery.inbound.reading import InboundLetter

MAX_DIAGNOSIS = 400
FULL_STATUS = frozenset({"5.2.2", "4.2.2"})
# The server gave up after trying: nothing is known to be wrong with the address.
SOFT_STATUS = FULL_STATUS | {"5.4.7", "5.4.1", "5.3.2", "5.4.5"}
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.])([45])\d\d(?=[ \-:：,，]|$)")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+=-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")
_KINDS = {
    "failed": InboundKind.HARD_BOUNCE,
    "delayed": InboundKind.DELAYED,
    "delivered": InboundKind.DELIVERED,
    "relayed": InboundKind.RELAYED,
    "expanded": InboundKind.RELAYED,
}
# What weighs most of several recipients in one report.
_WEIGHT = (
    InboundKind.HARD_BOUNCE, InboundKind.SOFT_BOUNCE, InboundKind.DELAYED, InboundKind.RELAYED,
    InboundKind.DELIVERED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Return:
    """What became of a mail, by a report: of which address, with which code of RFC 3463, in which words."""

    kind: InboundKind
    recipients: tuple[str, ...]
    status: str
    diagnosis: str


def read_report(letter: InboundLetter) -> Return | None:
    """Return what an RFC 3464 report says; None when it names no recipient's fate."""
    found = [one for block in letter.blocks if (one := _of_block(block, letter)) is not None]
    if not found:
        return None
    worst = min(found, key=lambda one: _WEIGHT.index(one.kind))
    same = [one for one in found if one.kind is worst.kind]
    recipients = tuple(dict.fromkeys(address for one in same for address in one.recipients))
    return Return(worst.kind, recipients, worst.status, worst.diagnosis)


def _of_block(block: dict[str, str], letter: InboundLetter) -> Return | None:
    action = block.get("action", "").strip().lower().partition(" ")[0]
    status = _first_status(block.get("status", ""))
    if not action and not status:
        return None
    diagnosis = block.get("diagnostic-code", "") or block.get("status", "")
    kind = _KINDS.get(action) or _kind_of_status(status)
    if kind is None:
        return None
    if kind is InboundKind.HARD_BOUNCE:
        kind = _how_bad(status, diagnosis, letter.scan if not diagnosis else "")
    addresses = (
        block.get(name, "") for name in ("original-recipient", "final-recipient", "x-actual-recipient")
    )
    recipients = tuple(dict.fromkeys(one for text in addresses for one in _addresses(text)))
    return Return(kind, recipients, status or _first_status(diagnosis), _short(diagnosis))


def _kind_of_status(status: str) -> InboundKind | None:
    kinds = {"2": InboundKind.DELIVERED, "4": InboundKind.DELAYED, "5": InboundKind.HARD_BOUNCE}
    return kinds.get(status[:1])


def read_words(letter: InboundLetter, *, from_system: bool) -> Return | None:
    """Return what a return in free words says, as Chinese services and old servers send it; None for other mails.

    from_system   the sender is a server; words alone make no return
    """
    if not from_system:
        return None
    says_so = words.BOUNCE_SUBJECT.search(letter.subject) or words.BOUNCE_BODY.search(letter.scan[:8_000])
    about = _about(letter)
    if words.DELAY.search(f"{letter.subject}\n{about[:3_000]}") and not _gave_up(letter):
        return Return(InboundKind.DELAYED, _failed(letter), _first_status(about), _reason(about))
    if not says_so and not letter.header("x-failed-recipients"):
        if words.SUCCESS.search(f"{letter.subject}\n{about[:2_000]}"):
            return Return(InboundKind.DELIVERED, _failed(letter), "", _reason(about))
        return None
    status = _first_status(about)
    return Return(_how_bad(status, _reason(about), about), _failed(letter), status, _reason(about))


def _gave_up(letter: InboundLetter) -> bool:
    """Tell whether a server that speaks of delays has given up after them."""
    return words.BOUNCE_SUBJECT.search(letter.subject) is not None and "delay" not in letter.subject.lower()


def _about(letter: InboundLetter) -> str:
    """Return the words of the report alone: what it quotes of our mail is no reason."""
    text = letter.scan[:20_000]
    found = re.search(
        r"(?im)^\s*[->*=]*\s*(original message|this is a copy of the message|below this line is a copy|"
        r"原(始)?邮件(内容|信息|如下)?|以下(是|为)(您的)?原(始)?邮件|included is a copy|message headers follow)",
        text,
    )
    return text[: found.start()] if found and found.start() > 40 else text


def _how_bad(status: str, diagnosis: str, text: str) -> InboundKind:
    """Tell a full mailbox and a passing trouble from an address that takes nothing; in doubt it is the latter."""
    if status:
        soft = status in SOFT_STATUS or status.startswith("4") or _full(diagnosis)
        return InboundKind.SOFT_BOUNCE if soft else InboundKind.HARD_BOUNCE
    for said in (diagnosis, text[:4_000]):
        if _full(said):
            return InboundKind.SOFT_BOUNCE
        hard, soft = words.HARD.search(said) is not None, words.SOFT.search(said) is not None
        if hard or soft:
            return InboundKind.SOFT_BOUNCE if soft and not hard else InboundKind.HARD_BOUNCE
        if code := _CODE.search(said):
            return InboundKind.SOFT_BOUNCE if code[1] == "4" else InboundKind.HARD_BOUNCE
    return InboundKind.HARD_BOUNCE


def _full(text: str) -> bool:
    return words.FULL.search(text) is not None


def _first_status(text: str) -> str:
    found = _STATUS.search(text)
    return found[1] if found else ""


def _reason(text: str) -> str:
    """Return the line that tells why, of a report in free words."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    signs = (words.FULL, words.HARD, words.SOFT, _STATUS, _CODE)
    named = (line for line in lines if re.match(r"(?i)(退信|失败|退回)?(原因|reason)", line))
    said = next(named, None) or next((line for line in lines if any(s.search(line) for s in signs)), "")
    return _short(said or (lines[0] if lines else ""))


def _short(text: str) -> str:
    text = re.sub(r"^\s*(smtp|x-[a-z0-9-]+)\s*;\s*", "", text, flags=re.IGNORECASE)
    return " ".join(text.split())[:MAX_DIAGNOSIS]


def _failed(letter: InboundLetter) -> tuple[str, ...]:
    """Return the addresses that a report in free words names, those named as failed first."""
    named = letter.header("x-failed-recipients")
    return tuple(dict.fromkeys((*_addresses(named), *_addresses(_about(letter)[:8_000]))))[:20]


def _addresses(text: str) -> Iterator[str]:
    for found in _ADDRESS.finditer(text):
        yield found[0].lower().strip(".")


def read_otherwise(mime: bytes) -> Return | None:
    """Ask flufl.bounce, which knows the formats of many old and odd servers; None when it knows nothing either."""
    from flufl.bounce import all_failures  # only asked about reports that we cannot read ourselves

    try:
        temporary, permanent = all_failures(message_from_bytes(mime))
        found = _texts(permanent), _texts(temporary)
    except Exception:  # noqa: BLE001  # dozens of detectors read bytes of strangers; none says what it may raise
        return None
    if not any(found):
        return None
    kind = InboundKind.HARD_BOUNCE if found[0] else InboundKind.SOFT_BOUNCE
    return Return(kind, found[0] or found[1], "", "")


def _texts(addresses: Iterable[object]) -> tuple[str, ...]:
    found = (one.decode("latin-1") if isinstance(one, bytes) else str(one) for one in addresses)
    return tuple(sorted(address.lower() for address in found))[:20]
