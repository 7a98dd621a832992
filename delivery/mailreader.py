"""Read MIME bytes strictly, the way a careful receiver does.

`build_mime` reads back what it wrote and compares: known folding and injection faults of mail libraries show up here
and not at the receiver (reliability M7).
"""

from __future__ import annotations

from dataclasses import dataclass
from email import policy
from email.errors import InvalidHeaderDefect
from email.header import decode_header, make_header
from email.headerregistry import ContentTypeHeader
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import EmailPolicy
from email.utils import getaddresses
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from core.errors import InvalidInput

MAX_LINE = 998  # RFC 5321 and 5322, without the line end
# Encoded words inside quotes are what older mail programs need for file names; the standard only frowns on them.
_KNOWN_DEFECTS = ("encoded word inside quoted string", "missing trailing whitespace after encoded-word")


@dataclass(frozen=True, slots=True)
class ReadFile:
    """An attachment as read; `name` comes from Content-Disposition, `typed_name` from Content-Type."""

    name: str
    typed_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReadMail:
    """What a receiver sees; addresses are (name, address) pairs, texts have CRLF line ends."""

    headers: dict[str, str]
    senders: tuple[tuple[str, str], ...]
    recipients: tuple[tuple[str, str], ...]
    reply_to: tuple[tuple[str, str], ...]
    subject: str
    message_id: str
    text: str
    html: str | None
    files: tuple[ReadFile, ...]


def read_mime(mime: bytes) -> ReadMail:
    """Parse a mail and refuse every defect: repeated headers, bare line ends, long lines, broken parts.

    raises: InvalidInput saying what is wrong with the bytes
    """
    fault = find_wire_fault(mime)
    if fault:
        raise _defective(fault)
    message: EmailMessage = BytesParser(EmailMessage, policy=_READING).parsebytes(mime)
    names = [name.lower() for name in message]
    if len(set(names)) < len(names):
        raise _defective("邮件头重复")
    for part in message.walk():
        _check_part(part)
    body = message.get_body(("plain",))
    html = message.get_body(("html",))
    return ReadMail(
        headers={name.lower(): str(value) for name, value in message.items()},
        senders=_addresses(message, "From"),
        recipients=_addresses(message, "To"),
        reply_to=_addresses(message, "Reply-To"),
        subject=str(message["Subject"]),
        message_id=str(message["Message-ID"]),
        text=_text(body) if body is not None else "",
        html=_text(html) if html is not None else None,
        files=tuple(_read_file(part) for part in message.iter_attachments()),
    )


if TYPE_CHECKING:
    _Policy = EmailPolicy[EmailMessage]
else:
    _Policy = EmailPolicy  # generic only for the type checker


class _Reading(_Policy):
    """The strict policy that remembers the headers it has read: the library parses them anew at each look."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return _read_header(name, value)


@lru_cache(maxsize=256)
def _read_header(name: str, value: str) -> Any:
    return policy.default.header_fetch_parse(name, value)


_READING = _Reading()


def find_wire_fault(mime: bytes) -> str:
    """Say what keeps these bytes from travelling unchanged over any mail server; empty when nothing does."""
    line_ends = mime.count(b"\r\n")
    if mime.count(b"\r") != line_ends or mime.count(b"\n") != line_ends or not mime.endswith(b"\r\n"):
        return "行结束符不是 CRLF"
    if not mime.isascii() or b"\0" in mime:
        return "含有非 7 位字符"
    longest = max(map(len, mime.split(b"\r\n")))
    return f"有{longest}字节的行，超过{MAX_LINE}字节" if longest > MAX_LINE else ""


def _check_part(part: Message) -> None:
    if part.defects:
        raise _defective(type(part.defects[0]).__name__)
    for name, value in part.items():
        for defect in getattr(value, "defects", ()):
            known = isinstance(defect, InvalidHeaderDefect) and str(defect) in _KNOWN_DEFECTS
            if not (known and name.lower() == "content-type"):
                raise _defective(f"{name}: {defect}")


def _addresses(message: Message, header: str) -> tuple[tuple[str, str], ...]:
    """Read addresses by the older reader: the new one puts a space between the encoded words of a long name."""
    raw = [str(value) for name, value in message.raw_items() if name.lower() == header.lower()]
    return tuple((str(make_header(decode_header(name))), address) for name, address in getaddresses(raw))


def _text(part: Message) -> str:
    return _bytes(part).decode("utf-8")


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _read_file(part: Message) -> ReadFile:
    typed = part["Content-Type"]
    params = typed.params if isinstance(typed, ContentTypeHeader) else {}
    return ReadFile(
        name=part.get_filename("") or "",
        typed_name=str(params.get("name", "")),
        media_type=part.get_content_type(),
        content=_bytes(part),
    )


def _defective(what: str) -> InvalidInput:
    return InvalidInput(
        "邮件格式不合规", found=what, expected="可被严格解析的邮件", remedy="检查邮件各字段后重新生成"
    )
