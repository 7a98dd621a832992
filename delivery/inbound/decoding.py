"""Bytes of strangers to text: headers and bodies in UTF-8, GBK and GB18030, declared rightly, wrongly or not at all."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from html import unescape
from urllib.parse import unquote_to_bytes

GUESSES = ("utf-8", "gb18030", "latin-1")
MAX_HTML = 400_000
# What senders call the Chinese charsets: GB18030 reads all of them, and more characters than each.
_CHINESE = re.compile(r"(gb|cp936|936|hz|chinese|ms936|x-gbk)", re.IGNORECASE)
_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)[ \t\r\n]+(=\?[^?\s]{1,40}\?[bBqQ]\?)")
_SILENT = ("script", "style", "head", "title")
_BREAKS = ("br", "p", "div", "tr", "li", "h1", "h2", "h3", "table", "td", "th", "hr", "blockquote")


def decode_bytes(content: bytes, charset: str = "") -> str:
    """Return text whatever the charset is said to be; never raises."""
    for code in (_known(charset), *GUESSES):
        try:
            return content.decode(code)
        except (LookupError, ValueError, UnicodeError):
            continue
    return content.decode("latin-1")


def _known(charset: str) -> str:
    name = charset.strip().strip('"').lower()
    if not name or name in ("us-ascii", "ascii", "unknown-8bit", "x-unknown", "default"):
        return "utf-8"
    if _CHINESE.match(name):
        return "hz" if name.startswith("hz") else "gb18030"
    return name if re.fullmatch(r"[a-z0-9][a-z0-9_.:-]{0,39}", name) else "utf-8"


def decode_header(raw: str) -> str:
    """Return a header as people read it: one line, encoded words joined, raw 8-bit text decoded.

    raw   as the parser of the standard library keeps it, bytes above 127 as surrogates
    """
    text = raw if raw.isascii() else decode_bytes(raw.encode("utf-8", "surrogateescape"))
    text = _BETWEEN.sub(r"\1\2", text)
    text = _join_words(text)
    return " ".join(_printable(text).split())


def _join_words(text: str) -> str:
    """Decode runs of encoded words; a character may be cut in two by the border between words of one charset."""
    parts: list[str] = []
    place, run, charset = 0, b"", ""
    for found in _WORD.finditer(text):
        between = text[place : found.start()]
        if between or found[1].lower() != charset:
            parts.append(decode_bytes(run, charset))
            run = b""
        parts.append(between)
        charset = found[1].lower()
        run += _word_bytes(found[2], found[3])
        place = found.end()
    parts += [decode_bytes(run, charset), text[place:]]
    return "".join(parts)


def _word_bytes(way: str, word: str) -> bytes:
    if way in "qQ":
        return quopri.decodestring(word.encode("utf-8", "replace"), header=True)
    plain = re.sub(r"[^A-Za-z0-9+/]", "", word)
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except binascii.Error:
        return b""


def _printable(text: str) -> str:
    """Drop what shows otherwise than it reads: control characters, marks of direction, halves of characters."""
    return "".join(
        one
        for one in text
        if one in "\t\n\r" or not (ord(one) < 32 or 0x7F <= ord(one) < 0xA0 or _is_odd(ord(one)))
    )


def _is_odd(code: int) -> bool:
    return 0xD800 <= code <= 0xDFFF or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069


def clean_text(text: str, limit: int) -> str:
    """Return text of a body that may be stored and shown: lines kept, nothing invisible, at most `limit` characters."""
    plain = _printable(text[: limit * 2].replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"\n{3,}", "\n\n", plain).strip()[:limit]


def plain_of_html(html: str) -> str:
    """Return the words of a page, its scripts, styles and head left out; linear in its length."""
    parts: list[str] = []
    silent = ""
    for number, piece in enumerate(html[:MAX_HTML].split("<")):
        tag, closed, words = piece.partition(">")
        if number == 0 or not closed:
            tag, words = "", piece
        name = tag.strip("/ \t\r\n").split(maxsplit=1)[0].lower() if tag.strip("/ \t\r\n") else ""
        ends = tag.startswith("/")
        if silent and not (ends and name == silent):
            continue
        silent = name if name in _SILENT and not ends else ""
        if silent:
            continue
        parts.append(("\n" if name in _BREAKS else "") + words)
    return unescape("".join(parts))


def parameter(raw: str, name: str) -> str:
    """Return a parameter of a Content- header, in any of the ways in which senders write file names."""
    text = raw if raw.isascii() else decode_bytes(raw.encode("utf-8", "surrogateescape"))
    pieces = {
        (int(found[1] or 0), found[2]): found[3].strip().strip('"')
        for found in re.finditer(
            rf'(?i)(?:^|[;\s]){name}(?:\*(\d{{1,2}}))?(\*?)\s*=\s*("[^"]*"|[^;\r\n]*)', text
        )
    }
    encoded = sorted(key for key in pieces if key[1])
    if encoded:
        return _from_percent([pieces[key] for key in sorted(pieces) if key[1] or key[0]])
    return decode_header("".join(pieces[key] for key in sorted(pieces)))


def _from_percent(pieces: list[str]) -> str:
    charset, quote, rest = pieces[0].partition("'")
    first = rest.partition("'")[2] if quote else pieces[0]
    text = "".join([first, *pieces[1:]])
    return decode_header(decode_bytes(unquote_to_bytes(text), charset if quote else ""))
