"""PDF files from outside: one that would do something by itself when it is opened is not taken.

Old readers carry out scripts and start programs. Only the names are looked for, in the file and in its packed objects.
What a password hides stays unseen: sealed papers are often locked against changes, so a lock alone is no fault.
"""

from __future__ import annotations

import re
import zlib

MAX_UNPACKED = 40_000_000
# Names by which a PDF runs a script, starts a program, or carries a film with code; all of them long enough not to
# stand in the bytes of a picture by chance.
_ACTS = {
    b"/JavaScript": "脚本（JavaScript）",
    b"/Launch": "启动程序的动作",
    b"/RichMedia": "富媒体",
}
_NAME = re.compile(rb"/(?:[A-Za-z0-9]|#[0-9A-Fa-f]{2}){1,40}")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_PACKED = re.compile(rb"/ObjStm\b")
_STREAM = re.compile(rb"stream\r?\n")


def fault_of_pdf(content: bytes) -> str:
    """Return what is wrong with a PDF, in Chinese; empty when nothing is."""
    return _acts_in(content) or _acts_packed(content)


def _acts_in(text: bytes) -> str:
    """Return what a text would do; names may be written with #-codes to hide them."""
    for found in set(_NAME.findall(text)):
        name = _HEX.sub(lambda code: bytes([int(code[1], 16)]), found)
        if name in _ACTS:
            return f"含有{_ACTS[name]}"
    return ""


def _acts_packed(content: bytes) -> str:
    """Look into the packed objects, unpacking no more than the bound in all."""
    left = MAX_UNPACKED
    for mark in _PACKED.finditer(content):
        start = _STREAM.search(content, mark.end(), mark.end() + 1_024)
        if start is None:
            continue
        unpacker = zlib.decompressobj()
        try:
            text = unpacker.decompress(content[start.end() : start.end() + len(content)], left)
        except zlib.error:
            continue  # packed in another way, or not at all: then the names stand in the file itself
        left -= len(text)
        if left <= 0:
            return "压缩的内容过大"
        if acts := _acts_in(text):
            return acts
    return ""
