"""Zip files from outside, checked by their directory before any part of them is unpacked.

Office files are zips. A few hundred bytes may claim gigabytes, hold a million parts, share their bytes between parts
(which Python 3.11 unpacks without a word), or say something else at the end than at the start.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

MAX_ENTRIES = 2_000
MAX_UNPACKED_BYTES = 100_000_000
MAX_RATIO = 200
# Below this size a high ratio harms nobody: an almost empty sheet of blanks packs very well.
RATIO_FLOOR_BYTES = 1_000_000
LOCAL_HEADER = 30  # bytes before the name of a part
BLOCK = 1 << 20
END, END_LENGTH, LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
DIRECTORY_ENTRY = b"PK\x01\x02"
# What zipfile was seen to raise on damaged files, beside its own error.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
)


@dataclass(frozen=True, slots=True)
class Bad:
    """What is wrong with a zip, and what it should be."""

    found: str
    expected: str


def fault_of_directory(stream: BinaryIO) -> Bad | None:
    """Return what is wrong with the way a zip ends, before a library reads its directory into memory.

    A zip ends with its directory: bytes behind it, or in front of its first part, belong to another file.
    """
    if _count(stream, DIRECTORY_ENTRY, MAX_ENTRIES) > MAX_ENTRIES:
        return Bad(f"内含部件超过{MAX_ENTRIES}个", f"不超过{MAX_ENTRIES}个")
    if not ends_as_zip(stream):
        return Bad("压缩结构已损坏，或者后面附有其他内容", "能用 Excel、WPS 等正常打开的文件")
    return None


def ends_as_zip(stream: BinaryIO) -> bool:
    """Tell whether a file ends with the directory of a zip, and nothing follows."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - END_LENGTH - LONGEST_COMMENT))
    tail = stream.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < END_LENGTH:
        return False
    (comment,) = struct.unpack_from("<H", tail, at + 20)
    return at + END_LENGTH + int(comment) == len(tail)


def fault_of_entries(archive: zipfile.ZipFile, sizes: bool = True) -> Bad | None:
    """Return what is wrong with the parts of a zip: their number, sizes, names, and where they lie.

    sizes   whether the sizes that parts declare are bounded too
    """
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        return Bad(f"内含{len(entries)}个部件", f"不超过{MAX_ENTRIES}个")
    names = [entry.filename.casefold() for entry in entries]
    if len(set(names)) != len(names):
        return Bad("内含同名部件", "各部件不同名的文件")
    found = next((bad for entry in entries if (bad := _fault_of_entry(entry))), None)
    return found or (_fault_of_sizes(entries) if sizes else None) or _fault_of_places(archive, entries)


def _fault_of_entry(entry: zipfile.ZipInfo) -> Bad | None:
    path = entry.orig_filename.replace("\\", "/")
    if path.startswith("/") or ":" in path or ".." in path.split("/") or not path.isprintable():
        return Bad(f"部件路径 {entry.filename[:60]!r}", "文件内部的相对路径")
    if stat.S_ISLNK(entry.external_attr >> 16):
        return Bad("内含符号链接", "普通文件")
    if entry.flag_bits & 1:
        return Bad("文件已加密", "取消打开密码后另存的文件")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return Bad("压缩方式不受支持", "用通常方式保存的文件")
    return None


def _fault_of_sizes(entries: Iterable[zipfile.ZipInfo]) -> Bad | None:
    total = 0
    for entry in entries:
        total += entry.file_size
        if entry.file_size > RATIO_FLOOR_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            return Bad("压缩比过高", f"压缩比不超过{MAX_RATIO}")
    if total > MAX_UNPACKED_BYTES:
        return Bad(f"解压后{total / 1e6:.0f} MB", f"不超过{MAX_UNPACKED_BYTES // 1_000_000} MB")
    return None


def _fault_of_places(archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo]) -> Bad | None:
    """Tell when parts share bytes, or when something lies in front of the first one."""
    placed = sorted(entries, key=lambda entry: entry.header_offset)
    if placed and placed[0].header_offset != 0:
        return Bad("前面附有其他内容", "能用 Excel、WPS 等正常打开的文件")
    ends = [entry.header_offset for entry in placed[1:]] + [archive.start_dir]
    for entry, end in zip(placed, ends, strict=True):
        if entry.header_offset + LOCAL_HEADER + len(entry.orig_filename) + entry.compress_size > end:
            return Bad("部件互相重叠", "能用 Excel、WPS 等正常打开的文件")
    return None


def fault_of_contents(archive: zipfile.ZipFile) -> Bad | None:
    """Unpack every part into nothing: what it declares must be what comes out, and no XML declares a document type."""
    for entry in archive.infolist():
        is_xml = entry.filename.casefold().endswith((".xml", ".rels", ".vml"))
        last = b""
        with archive.open(entry) as part:
            while block := part.read(BLOCK):
                # zipfile reads no more than declared and compares the checksum at the end: a lie ends as BadZipFile.
                if is_xml and _declares_type(last + block):
                    return Bad("内含 DOCTYPE 声明", "Office 或 WPS 保存的文件")
                last = block[-32:]
    return None


def _declares_type(text: bytes) -> bool:
    """UTF-16 puts a NUL beside every letter of it."""
    bare = text.replace(b"\x00", b"")
    return b"<!DOCTYPE" in bare or b"<!ENTITY" in bare


def _count(stream: BinaryIO, word: bytes, enough: int) -> int:
    """Count how often a word stands in a file, up to a little more than enough."""
    stream.seek(0)
    found, last = 0, b""
    while found <= enough and (block := stream.read(BLOCK)):
        found += (last + block).count(word)
        last = block[-(len(word) - 1) :]
    return found
