"""From the bytes of a mail that came in to what is asked of it; whatever the bytes are, nothing is raised.

What is hostile ends as a fault: too many parts, parts in parts without end, more header lines than any mail has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

from delivery.inbound.decoding import clean_text, decode_bytes, decode_header, parameter, plain_of_html

MAX_TEXT = 20_000  # characters of the words that are kept
MAX_SCAN = 200_000  # characters that are searched for signs
MAX_PARTS, MAX_DEPTH, MAX_FILES = 200, 12, 50
MAX_HEADER_LINES, MAX_BORDERS = 20_000, 4_000
_HEADER_LINE = re.compile(rb"(?m)^[!-9;-~]{1,60}:")
_ID = re.compile(r"<([^<>@\s]{1,200}@[^<>@\s]{1,200})>")


@dataclass(frozen=True, slots=True)
class InboundFile:
    """A file that a mail carries."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class InboundLetter:
    """What a mail says.

    headers    {lower-case name: values as people read them}
    blocks     of a delivery report: the block about the mail first, then one a recipient
    receipt    the words of a disposition notification
    returned   headers of ours that came back, as text
    scan       all words of all parts, for signs
    fault      why it could not be read whole
    """

    headers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    text: str = ""
    scan: str = ""
    blocks: tuple[dict[str, str], ...] = ()
    receipt: str = ""
    returned: str = ""
    report_type: str = ""
    files: tuple[InboundFile, ...] = ()
    fault: str = ""

    def header(self, name: str) -> str:
        """Return the first header of a name, "" without one."""
        return self.headers.get(name, ("",))[0]

    @property
    def sender(self) -> tuple[str, str]:
        """The name and the address, in lower case, of whoever wrote."""
        name, address = parseaddr(self.header("from"))
        return name[:120], address.strip().lower()[:254]

    @property
    def null_sender(self) -> bool:
        """Whether it came from nobody, as reports do."""
        return "return-path" in self.headers and self.header("return-path").strip() in ("<>", "")

    @property
    def subject(self) -> str:
        return self.header("subject")[:300]

    @property
    def message_id(self) -> str:
        found = _ID.search(self.header("message-id"))
        return f"<{found[1]}>" if found else ""

    @property
    def references(self) -> tuple[str, ...]:
        """The mails that this one answers, the nearest first."""
        said = " ".join((*self.headers.get("in-reply-to", ()), *self.headers.get("references", ())[::-1]))
        return tuple(dict.fromkeys(f"<{one}>" for one in _ID.findall(said[:20_000])))

    @property
    def sent_at(self) -> datetime | None:
        """The instant that its Date names, where it names one that can be."""
        try:
            when = parsedate_to_datetime(self.header("date"))
        except (TypeError, ValueError, IndexError, OverflowError):
            return None
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        try:
            return when.astimezone(UTC) if 1990 < when.year < 2200 else None
        except (OverflowError, ValueError):
            return None


def read_letter(mime: bytes) -> InboundLetter:
    """Return what a mail says; a mail that cannot be read is returned with its fault and what was legible."""
    fault = _fault_of(mime)
    if fault:
        return InboundLetter(headers=_headers(_top(mime)), fault=fault)
    try:
        return _Reader().read(message_from_bytes(mime))
    except Exception as error:  # noqa: BLE001  # the library meets bytes of strangers, and raises what nobody listed
        return InboundLetter(headers=_headers(_top(mime)), fault=f"{type(error).__name__}: {error}"[:200])


def headers_of(mime: bytes) -> InboundLetter:
    """Return what the headers of a mail say, whose rest is not read."""
    return InboundLetter(headers=_headers(_top(mime)))


def _fault_of(mime: bytes) -> str:
    """Find what would cost the parser its memory, in one pass that needs none."""
    if not mime.strip():
        return "空邮件"
    if mime.count(b"\n--") > MAX_BORDERS:
        return f"分段超过{MAX_BORDERS}个"
    for number, _line in enumerate(_HEADER_LINE.finditer(mime)):
        if number > MAX_HEADER_LINES:
            return f"邮件头超过{MAX_HEADER_LINES}行"
    return ""


def _top(mime: bytes) -> Message:
    """Parse the first headers alone."""
    return message_from_bytes(re.split(rb"\r?\n\r?\n", mime[:65_536], maxsplit=1)[0] + b"\n\n")


def _headers(message: Message) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        values = found.setdefault(name.lower()[:80], [])
        if len(values) < 100:
            values.append(decode_header(str(value)[:20_000]))
    return {name: tuple(values) for name, values in found.items()}


class _Reader:
    """Collects what the parts of one mail say."""

    def __init__(self) -> None:
        self.plain: list[str] = []
        self.html: list[str] = []
        self.blocks: list[dict[str, str]] = []
        self.returned: list[str] = []
        self.files: list[InboundFile] = []
        self.receipt = self.fault = ""

    def read(self, message: Message) -> InboundLetter:
        for number, (part, depth) in enumerate(_walk(message)):
            if number >= MAX_PARTS or depth > MAX_DEPTH:
                self.fault = "分段过多或嵌套过深"
                break
            self._take(part)
        page = "\n".join(plain_of_html(one) for one in self.html)
        words = "\n".join(self.plain)
        text = clean_text(words if words.strip() else page, MAX_TEXT)
        return InboundLetter(
            headers=_headers(message),
            text=text,
            scan=clean_text(f"{words}\n{page}", MAX_SCAN),
            blocks=tuple(self.blocks[:MAX_PARTS]),
            receipt=self.receipt[:4_000],
            returned="\n".join(self.returned)[:MAX_SCAN],
            report_type=parameter(_raw(message, "content-type"), "report-type").lower()[:60],
            files=tuple(self.files[:MAX_FILES]),
            fault=self.fault,
        )

    def _take(self, part: Message) -> None:
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            self.blocks += _blocks(part)
        elif kind in ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"):
            self.returned.append(_head_of(part))
        elif kind == "message/disposition-notification":
            self.receipt += _raw_text(part) or "（阅读回执）"
        elif not part.is_multipart():
            self._take_leaf(part, kind)

    def _take_leaf(self, part: Message, kind: str) -> None:
        told = _raw(part, "content-disposition")
        name = parameter(told, "filename") or parameter(_raw(part, "content-type"), "name")
        content = _content(part)
        if kind.startswith("text/") and not (name or told.lower().startswith("attachment")):
            text = decode_bytes(content, parameter(_raw(part, "content-type"), "charset"))
            (self.html if kind == "text/html" else self.plain).append(text[:MAX_SCAN])
        elif name or not kind.startswith("multipart/"):
            self.files.append(InboundFile((name or "附件")[-120:], kind[:80], content))


def _walk(message: Message, depth: int = 0) -> Iterator[tuple[Message, int]]:
    """Yield the parts of a mail; a mail within the mail and a report are parts, what lies in them is not walked."""
    yield message, depth
    payload: Any = message.get_payload()
    inside = message.get_content_maintype() == "multipart" and isinstance(payload, list)
    if inside and depth <= MAX_DEPTH:
        for part in payload:
            yield from _walk(part, depth + 1)


def _raw(part: Message, name: str) -> str:
    return next((str(value) for key, value in part.raw_items() if key.lower() == name), "")


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _raw_text(part: Message) -> str:
    payload: Any = part.get_payload()
    if isinstance(payload, list):
        return "\n".join(f"{name}: {value}" for one in payload for name, value in one.raw_items())
    return decode_bytes(_content(part))


def _blocks(part: Message) -> list[dict[str, str]]:
    """Return the blocks of a delivery report, also of one whose blocks the parser left as text."""
    payload: Any = part.get_payload()
    if isinstance(payload, list) and any(one.keys() for one in payload):
        said = [
            {name.lower(): decode_header(str(value)) for name, value in one.raw_items()} for one in payload
        ]
        # A report of which the parser knows no form: its first block are headers, the others a text below.
        texts = [one.get_payload() for one in payload if isinstance(one.get_payload(), str)]
    else:
        said, texts = [], [decode_bytes(_content(part))]
    for text in texts:
        said += [_fields(block) for block in re.split(r"\n\s*\n", text[:MAX_SCAN].replace("\r\n", "\n"))]
    return [{name: value[:1_000] for name, value in block.items()} for block in said if block]


def _fields(block: str) -> dict[str, str]:
    lines = re.sub(r"\n[ \t]+", " ", block).splitlines()
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {name.strip().lower(): decode_header(value) for name, _colon, value in pairs}


def _head_of(part: Message) -> str:
    """Return the headers of a mail that came back, decoded; of a text without headers the text itself."""
    payload: Any = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if inner is None:
        text = decode_bytes(_content(part))
        inner = message_from_bytes(text.encode("utf-8", "replace"))
    said = [f"{name}: {decode_header(str(value))}" for name, value in inner.raw_items()]
    return "\n".join(said) or str(inner.get_payload())[:MAX_TEXT]
