"""Words put into the text of a mail at the moment it goes out: what its stored bytes must not tell."""

from __future__ import annotations

import base64
from collections.abc import Mapping

HEAD = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
COLUMNS = 76


def text_of(mime: bytes) -> str:
    """Return the plain text of a mail that `build_mime` made."""
    start, end = _span(mime)
    return base64.b64decode(mime[start:end]).decode("utf-8")


def fill_text(mime: bytes, words: Mapping[str, str]) -> bytes:
    """Return the mail with some words of its plain text replaced; the same words give the same bytes.

    words   {what stands in the stored text: what goes out in its place}
    """
    start, end = _span(mime)
    text = text_of(mime)
    for old, new in words.items():
        text = text.replace(old, new)
    encoded = base64.b64encode(text.encode("utf-8"))
    lines = b"\r\n".join(encoded[at : at + COLUMNS] for at in range(0, len(encoded), COLUMNS))
    return mime[:start] + lines + mime[end:]


def _span(mime: bytes) -> tuple[int, int]:
    """Return where the coded text begins and ends; it is the first part, and base64 holds no hyphens."""
    start = mime.index(HEAD) + len(HEAD)
    boundary = mime.find(b"\r\n--", start)
    return start, boundary if boundary >= 0 else len(mime.rstrip(b"\r\n"))
