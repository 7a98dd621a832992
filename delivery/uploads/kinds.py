"""Kinds of files by their content: a file is what its first bytes say, and its ending has to agree.

source   ASVS 5.0, 5.2.2: the ending and the content of a file are compared
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that may come in; `endings` are those it may carry."""

    key: str
    name: str
    endings: tuple[str, ...]


PDF = Kind("pdf", "PDF", (".pdf",))
WORD = Kind("word", "Word 文档", (".docx",))
SHEET = Kind("sheet", "Excel 工作簿", (".xlsx",))
SLIDES = Kind("slides", "演示文稿", (".pptx",))
OLD_OFFICE = Kind("old_office", "旧版 Office 或 WPS 文件", (".doc", ".xls", ".ppt", ".wps", ".et", ".dps"))
OFD = Kind("ofd", "OFD 版式文件", (".ofd",))
PICTURE = Kind(
    "picture", "图片", (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic")
)
RECORDING = Kind("recording", "音像资料", (".mp3", ".wav", ".m4a", ".amr", ".mp4", ".mov", ".avi"))
TEXT = Kind("text", "文本", (".txt", ".csv", ".yaml", ".yml"))
ARCHIVE = Kind("archive", "压缩包", (".zip",))

# What a form takes that says nothing else: evidence and papers of every sort.
ALL = frozenset({PDF, WORD, SHEET, SLIDES, OLD_OFFICE, OFD, PICTURE, RECORDING, TEXT, ARCHIVE})
TABLES = frozenset({SHEET, TEXT})  # what is imported
PAPERS = frozenset({PDF, OFD, PICTURE, WORD, OLD_OFFICE})  # scans of signed papers
SEALED = frozenset({PDF})
PICTURES = frozenset({PICTURE})

_HEADS: tuple[tuple[int, bytes, Kind, tuple[str, ...]], ...] = (
    (0, b"%PDF-", PDF, (".pdf",)),
    (0, b"\x89PNG\r\n\x1a\n", PICTURE, (".png",)),
    (0, b"\xff\xd8\xff", PICTURE, (".jpg", ".jpeg")),
    (0, b"GIF87a", PICTURE, (".gif",)),
    (0, b"GIF89a", PICTURE, (".gif",)),
    (0, b"BM", PICTURE, (".bmp",)),
    (0, b"II*\x00", PICTURE, (".tif", ".tiff")),
    (0, b"MM\x00*", PICTURE, (".tif", ".tiff")),
    (8, b"WEBP", PICTURE, (".webp",)),
    (8, b"WAVE", RECORDING, (".wav",)),
    (8, b"AVI ", RECORDING, (".avi",)),
    (4, b"ftyphei", PICTURE, (".heic",)),
    (4, b"ftypmif1", PICTURE, (".heic",)),
    (4, b"ftyp", RECORDING, (".mp4", ".mov", ".m4a")),
    (0, b"ID3", RECORDING, (".mp3",)),
    (0, b"\xff\xfb", RECORDING, (".mp3",)),
    (0, b"\xff\xf3", RECORDING, (".mp3",)),
    (0, b"#!AMR", RECORDING, (".amr",)),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE, OLD_OFFICE.endings),
)
ZIP_HEAD = b"PK\x03\x04"
# Text that a browser or a shell would carry out; no office sends its evidence in it.
ACTIVE = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml", b"#!/", b"mz\x90", b"\x7felf")


def kind_of(head: bytes) -> tuple[Kind | None, tuple[str, ...]]:
    """Return what the first bytes of a file say it is, with the endings that fit; zips and texts come later."""
    for place, magic, kind, endings in _HEADS:
        if head[place : place + len(magic)] == magic:
            return kind, endings
    return None, ()


def words_of(kinds: frozenset[Kind]) -> str:
    """Return the kinds that a form takes, with their endings, for a message."""
    parts = [f"{kind.name}（{'、'.join(kind.endings)}）" for kind in sorted(kinds, key=lambda one: one.key)]
    return "或".join(parts) if len(parts) < 3 else "、".join(parts)
