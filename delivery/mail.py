"""Turn one letter to one recipient into the exact bytes that go over the wire.

The MIME text is written line by line instead of by `EmailMessage`: the standard library emits attachment names in
one encoding only, and mail programs used in offices disagree about which one they read. The result is 7-bit, so
neither 8BITMIME nor SMTPUTF8 is ever needed, and the same letter always gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from core.errors import InvalidInput
from delivery.addresses import Address, check_address, show_plainly
from delivery.mailreader import ReadMail, find_wire_fault, read_mime

__all__ = [
    "Address",
    "Attachment",
    "Letter",
    "build_mime",
    "check_address",
    "make_message_id",
    "safe_attachment_name",
]

CHINA_TIME = timezone(timedelta(hours=8))  # the wall time people read; no summer time since 1991
MAX_NAME = 40  # characters of an attachment name; longer ones are cut by mail programs in different places
PROBE = 300  # bytes of each file that are read back: a few whole lines and a broken one
WORD_BYTES = 39  # UTF-8 bytes of one encoded word, so that the line with its header name stays within 76

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+(; [a-z]+=[A-Za-z0-9-]+)*")
_EXTRA_HEADER = re.compile(r"X-[A-Za-z0-9-]{1,60}|References|In-Reply-To")
_OWN_HEADERS = frozenset({"x-auto-response-suppress"})
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ,.:()_-]{0,58}[A-Za-z0-9)])?")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a letter; `media_type` is lower case, such as `application/pdf`."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to exactly one recipient; a copy to somebody else is a letter of its own."""

    message_id: str
    sender: Address
    recipient: Address
    subject: str
    text: str
    date: datetime
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    reply_to: Address | None = None
    headers: tuple[tuple[str, str], ...] = ()


def build_mime(letter: Letter) -> bytes:
    """Return the letter as MIME bytes: 7-bit, CRLF line ends, the same bytes for the same letter.

    raises: InvalidInput naming the field, before anything could be sent
    """
    # What a strict reader may see otherwise are headers, texts and names. The bytes of a file travel as base64, whose
    # lines are looked at below; reading all of them back would cost most of the time of a mail and show nothing more.
    files = tuple(replace(file, content=file.content[:PROBE]) for file in letter.attachments)
    probe = replace(letter, attachments=files)
    _compare(probe, read_mime(_write(probe)))
    mime = _write(letter)
    fault = find_wire_fault(mime)
    if fault:
        raise _refused("attachments", fault, "能原样传送的邮件")
    return mime


def _write(letter: Letter) -> bytes:
    return "\r\n".join([*_header_lines(letter), *_body_lines(letter), ""]).encode("ascii")


def make_message_id(office: str, key: str, domain: str) -> str:
    """Return the Message-ID of an outbox row: always the same for the same office, key and domain."""
    digest = hashlib.sha256(f"{office}\n{key}".encode()).hexdigest()[:32]
    return f"<{digest}@{_host(domain)}>"


@lru_cache(maxsize=64)  # an office has one domain, and a day thousands of mails
def _host(domain: str) -> str:
    return check_address(f"ducha@{domain}").rpartition("@")[2]


def safe_attachment_name(text: str, limit: int = 20) -> str:
    """Return a short file name that every mail program shows alike: no 〔〕, no spaces, extension and number kept.

    limit: characters with the extension, at least 12
    """
    dot = re.search(r"\.([A-Za-z0-9]{1,5})$", text)
    ending = f".{dot.group(1).lower()}" if dot else ""
    stem = "".join(c for c in (text[: dot.start()] if dot else text) if c.isprintable())
    stem = re.sub(r"[〔〕\[\]()（）【】《》<>“”\"'/\\:*?|;；：，,、。%&#~!！？.]+", "-", stem)
    stem = re.sub(r"-{2,}", "-", re.sub(r"\s+", "", stem)).strip("-") or "附件"
    number = re.search(r"(-[0-9A-Za-z]{1,8}){1,3}号?$", stem)
    tail = number.group(0) if number else ""
    room = limit - len(ending)
    if len(stem) > room:
        stem = stem[: max(room - len(tail), 1)].rstrip("-") + tail if len(tail) < room else stem[:room]
    return stem + ending


def _compare(letter: Letter, read: ReadMail) -> None:
    """Refuse a letter that a strict reader would see otherwise than it was meant."""
    reply_to = () if letter.reply_to is None else (_pair(letter.reply_to),)
    files = [(a.name, a.name, a.media_type.partition(";")[0], a.content) for a in letter.attachments]
    wanted: tuple[tuple[str, object, object], ...] = (
        ("message_id", letter.message_id, read.message_id),
        ("sender", (_pair(letter.sender),), read.senders),
        ("recipient", (_pair(letter.recipient),), read.recipients),
        ("reply_to", reply_to, read.reply_to),
        ("subject", letter.subject.strip(), read.subject),
        ("text", normal_text(letter.text), read.text),
        ("html", None if letter.html is None else normal_text(letter.html), read.html),
        ("attachments", files, [(f.name, f.typed_name, f.media_type, f.content) for f in read.files]),
    )
    for field, meant, seen in wanted:
        if meant != seen:
            raise _refused(field, repr(seen), "写入与读回一致的内容")


def _pair(who: Address) -> tuple[str, str]:
    return who.name.strip(), check_address(who.address)


# Headers


def _header_lines(letter: Letter) -> Iterator[str]:
    if letter.date.tzinfo is None:
        raise _refused("date", letter.date.isoformat(), "带时区的时刻")
    if not _MESSAGE_ID.fullmatch(letter.message_id) or len(letter.message_id) > 200:
        raise _refused("message_id", letter.message_id, "形如 <编号@域名>")
    yield "Date: " + format_datetime(letter.date.astimezone(CHINA_TIME))
    yield from _address_lines("From", "sender", letter.sender)
    if letter.reply_to is not None:
        yield from _address_lines("Reply-To", "reply_to", letter.reply_to)
    yield from _address_lines("To", "recipient", letter.recipient)
    yield from _folded("Subject: ", _words(_one_line("subject", letter.subject, required=True)))
    yield "Message-ID: " + letter.message_id
    yield "Auto-Submitted: auto-generated"
    yield "X-Auto-Response-Suppress: All"
    yield from _extra_lines(letter)
    yield "MIME-Version: 1.0"


def _address_lines(header: str, field: str, who: Address) -> Iterator[str]:
    address = check_address(who.address)
    name = _one_line(f"{field}.name", who.name)
    if not name:
        yield f"{header}: {address}"
        return
    words = [f'"{name}"'] if _PLAIN.fullmatch(name) else _words(name)
    yield from _folded(f"{header}: ", [*words, f"<{address}>"])


def _extra_lines(letter: Letter) -> Iterator[str]:
    seen = set(_OWN_HEADERS)
    for name, value in letter.headers:
        if not _EXTRA_HEADER.fullmatch(name) or name.lower() in seen:
            raise _refused("headers", name, "每个 X- 开头的邮件头只出现一次")
        if not re.fullmatch(r"[!-~]([ -~]{0,198}[!-~])?", value):
            raise _refused(f"headers.{name}", value, "不超过200个英文可见字符，单行")
        seen.add(name.lower())
        yield f"{name}: {value}"


def _one_line(field: str, text: str, *, required: bool = False) -> str:
    """Refuse what could start another header, or what shows other text than is there."""
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char in _BIDI:
            raise _refused(field, text, "单行文字，不含换行、控制字符和方向控制符")
    if required and not text.strip():
        raise _refused(field, text, "非空文字")
    return text.strip()


def _words(text: str) -> list[str]:
    """Split into encoded words at character borders; short plain ASCII stays readable."""
    if _PLAIN.fullmatch(text):
        return [text]
    pieces, piece = [], b""
    for char in text:
        encoded = char.encode("utf-8")
        if len(piece) + len(encoded) > WORD_BYTES:
            pieces.append(piece)
            piece = b""
        piece += encoded
    return [f"=?UTF-8?B?{base64.b64encode(p).decode()}?=" for p in (*pieces, piece)]


def _folded(start: str, words: list[str]) -> Iterator[str]:
    line = start + words[0]
    for word in words[1:]:
        if len(line) + 1 + len(word) > 76:
            yield line
            line = ""
        line += " " + word
    yield line


def _refused(field: str, found: str, expected: str) -> InvalidInput:
    return InvalidInput(
        f"邮件字段 {field} 不能使用",
        found=show_plainly(found),
        expected=expected,
        remedy="改正该字段后重新生成邮件",
    )


# Body


def _body_lines(letter: Letter) -> Iterator[str]:
    digest = hashlib.sha256(letter.message_id.encode()).hexdigest()[:24]
    if not letter.attachments:
        yield from _text_lines(letter, f"=_alt_{digest}")
        return
    names = [a.name for a in letter.attachments]
    if len({n.lower() for n in names}) < len(names):
        raise _refused("attachments", "、".join(names), "附件名互不相同")
    mixed = f"=_mix_{digest}"
    yield from ("Content-Type: multipart/mixed;", f' boundary="{mixed}"', "", f"--{mixed}")
    yield from _text_lines(letter, f"=_alt_{digest}")
    for attachment in letter.attachments:
        yield f"--{mixed}"
        yield from _attachment_lines(attachment)
    yield f"--{mixed}--"


def _text_lines(letter: Letter, boundary: str) -> Iterator[str]:
    plain = _part("text", "text/plain", letter.text)
    if letter.html is None:
        yield from plain
        return
    yield from ("Content-Type: multipart/alternative;", f' boundary="{boundary}"', "", f"--{boundary}")
    yield from plain
    yield f"--{boundary}"
    yield from _part("html", "text/html", letter.html)
    yield f"--{boundary}--"


def _part(field: str, media_type: str, text: str) -> Iterator[str]:
    body = normal_text(text)
    if not body.strip() or any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\r\n\t" for c in body):
        raise _refused(field, text, "非空文字，除换行和制表符外不含控制字符")
    yield f"Content-Type: {media_type}; charset=utf-8"
    yield from ("Content-Transfer-Encoding: base64", "", *_base64_lines(body.encode("utf-8")))


def normal_text(text: str) -> str:
    """Return the text with CRLF line ends and one at its end, as it is inside the mail."""
    return "\r\n".join(re.split(r"\r\n|\r|\n", text.rstrip("\r\n"))) + "\r\n"


def _attachment_lines(attachment: Attachment) -> Iterator[str]:
    name = _one_line("attachments.name", attachment.name, required=True)
    if name != attachment.name or len(name) > MAX_NAME or re.search(r'[\s〔〕/\\"<>:*?|]', name):
        raise _refused("attachments.name", name, f"不超过{MAX_NAME}字、无空格和〔〕的文件名")
    if not _MEDIA_TYPE.fullmatch(attachment.media_type) or attachment.media_type.startswith("multipart/"):
        raise _refused("attachments.media_type", attachment.media_type, "形如 application/pdf")
    # Both forms: QQ Mail and old Outlook read name=, the standard readers filename* (reliability M6).
    # filename* stays on one line: readers that fail on its continuations (filename*0*) are common.
    plain = re.fullmatch(r"[A-Za-z0-9._-]+", name)
    words = [name] if plain else _words(name)
    yield f"Content-Type: {attachment.media_type};"
    yield from _folded(' name="', [*words[:-1], words[-1] + '"'])
    yield "Content-Transfer-Encoding: base64"
    yield "Content-Disposition: attachment;"
    yield f' filename="{name}"' if plain else f" filename*=UTF-8''{quote(name, safe='')}"
    yield from ("", *_base64_lines(attachment.content))


def _base64_lines(content: bytes) -> Iterator[str]:
    encoded = base64.b64encode(content).decode("ascii")
    yield from (encoded[i : i + 76] for i in range(0, len(encoded), 76))
