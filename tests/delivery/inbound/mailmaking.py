"""Writes mails as they come to an office, from what the services send; addresses of example domains only."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass

from core.inbound import InboundKind as K

OFFICE = "ducha@shilixian.example"
ID = "<0123456789abcdef0123456789abcdef@shilixian.example>"
UNIT = "liaison@d001.example"
SUBJECT = "示法督办〔2026〕1号 督办通知"
WORDS = "UTF-8"


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail with what it is; `named` tells whether its return names our mail and the failed address."""

    name: str
    kind: K
    mime: bytes
    named: bool = False
    status: str = ""


def word(text: str, charset: str = WORDS) -> str:
    """Write a header word in base64."""
    code = {"GB2312": "gb18030", "GBK": "gb18030"}.get(charset.upper(), charset)
    return f"=?{charset}?B?{base64.b64encode(text.encode(code)).decode()}?="


def mail(
    *,
    sender: str = "postmaster@mail.example",
    subject: str = "",
    body: str = "",
    charset: str = WORDS,
    more: str = "",
    null: bool = False,
    raw_subject: bytes = b"",
    html: bool = False,
) -> bytes:
    """Write a mail of one text part."""
    code = "gb18030" if charset.upper().startswith("GB") else charset
    lines = [f"Return-Path: {'<>' if null else f'<{sender}>'}", f"From: {sender}", f"To: {OFFICE}"]
    head = "\r\n".join(lines).encode()
    told = raw_subject or word(subject, charset).encode()
    kind = "html" if html else "plain"
    rest = (
        f"\r\nDate: Wed, 27 May 2026 10:00:00 +0800\r\nMessage-ID: "
        f"<{hash_of(body + subject)}@mail.example>\r\n{more}"
        f"MIME-Version: 1.0\r\nContent-Type: text/{kind}; charset={charset}\r\nContent-Transfer-Encoding: "
        f"base64\r\n\r\n"
    )
    return head + b"\r\nSubject: " + told + rest.encode() + base64.encodebytes(body.encode(code))


def hash_of(text: str) -> int:
    """Return a number that is the same in every run."""
    return zlib.crc32(text.encode())


def report(
    blocks: str,
    *,
    subject: str = "Undelivered Mail Returned to Sender",
    sender: str = "MAILER-DAEMON@mail.example",
    body: str = "This is the mail system.",
    returned: str = "message/rfc822",
    kind: str = "message/delivery-status",
    null: bool = True,
    more: str = "Auto-Submitted: auto-replied\r\n",
    message_id: str = ID,
    charset: str = WORDS,
    date: str = "Wed, 27 May 2026 10:00:00 +0800",
) -> bytes:
    """Write an RFC 3464 report about our mail."""
    inner = f"From: {OFFICE}\nTo: {UNIT}\nSubject: {word(SUBJECT)}\nMessage-ID: {message_id}\n\nbody\n"
    text = base64.encodebytes(
        body.encode("gb18030" if charset.upper().startswith("GB") else charset)
    ).decode()
    parts = [
        f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: base64\n\n{text}",
        f"Content-Type: {kind}\n\nReporting-MTA: dns; mail.example\nArrival-Date: {date}\n\n{blocks}\n",
    ]
    if returned:
        parts.append(f"Content-Type: {returned}\n\n{inner}")
    joined = "".join(f"--b\n{part}\n" for part in parts) + "--b--\n"
    number = hash_of(blocks + subject + date + returned + kind + body + message_id)
    head = (
        f"{'Return-Path: <>' if null else 'X-Nothing: 1'}\nFrom: {sender}\nTo: {OFFICE}\nSubject: {word(subject)}\n"
        f"Date: {date}\nMessage-ID: <r{number}@mail.example>\n{more.replace(chr(13), '')}"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
    )
    return (head + joined).replace("\n", "\r\n").encode()


def block(action: str, status: str, diagnosis: str = "", address: str = UNIT) -> str:
    """Write the block of one recipient."""
    told = f"\nDiagnostic-Code: smtp; {diagnosis}" if diagnosis else ""
    return f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}{told}\n"
