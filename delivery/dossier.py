"""A file (案卷) as one .zip that anybody can check without ducha: members, index, process log, and hashes.

Names inside are plain ASCII, so that every unpacker shows them; titles stand in the index. The same content gives the
same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from delivery.sandbox import open_pages
from system.paths import TEMPLATES_DIR

FOLDER = TEMPLATES_DIR / "archive"
SUMS = "SHA256SUMS"
BEFORE_ALL = (1980, 1, 1, 0, 0, 0)  # the first instant a .zip can tell
LOG_COLUMNS = ("日期", "记录时刻（北京时间）", "操作人", "对象", "操作", "变动前", "变动后", "内容")
COLUMNS = ("序号", "档号", "文号", "责任者", "题名", "日期", "密级", "大小（字节）", "位置", "备注")


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside: where it lies, what the index says about it, and its bytes or where they are kept."""

    path: str
    title: str
    content: bytes | Path
    number: str = ""
    author: str = ""
    on: str = ""
    secrecy: str = ""
    note: str = ""

    def read(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the process log with what its link in the audit chain covers.

    covered   the texts that the link hashes, in order; `previous` and `link` are hexadecimal
    """

    shard: int
    seq: int
    told: Sequence[str]
    covered: Sequence[str]
    previous: str
    link: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """The whole record of one subject."""

    title: str
    facts: Mapping[str, str]
    members: Sequence[Member]
    steps: Sequence[Step]
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Packed:
    """A written package; `sha256` is that of its list of hashes, so it does not depend on the packing."""

    sha256: str
    members: int
    size: int


def write_dossier(dossier: Dossier, target: Path) -> Packed:
    """Write the package under its name once it is whole; every member is read back and compared.

    raises   OSError; nothing with the target's name is left then
    """
    part = target.with_name(f".{target.name}.part")
    hashes: dict[str, str] = {}
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in _contents(dossier):
                hashes[name] = hashlib.sha256(content).hexdigest()
                _add(archive, name, content)
            sums = "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items())).encode()
            _add(archive, SUMS, sums)
        _read_back(part, hashes)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return Packed(hashlib.sha256(sums).hexdigest(), len(dossier.members), target.stat().st_size)


def _contents(dossier: Dossier) -> Iterable[tuple[str, bytes]]:
    sizes: dict[str, int] = {}
    for member in dossier.members:
        content = member.read()
        sizes[member.path] = len(content)
        yield member.path, content
    rows = [_row(place, member, sizes) for place, member in enumerate(dossier.members, 1)]
    yield "index.csv", _table(COLUMNS, rows)
    yield "log.csv", _table(LOG_COLUMNS, [step.told for step in dossier.steps])
    yield "log.jsonl", _chain(dossier.steps)
    yield "metadata.json", json.dumps(dict(dossier.facts), ensure_ascii=False, indent=1).encode()
    yield "index.html", _page(dossier, rows)
    yield "verify.py", (FOLDER / "verify.py.txt").read_bytes()
    yield "README.txt", (FOLDER / "README.txt").read_bytes()


def _row(place: int, member: Member, sizes: Mapping[str, int]) -> tuple[str, ...]:
    return (
        str(place),
        "",
        member.number,
        member.author,
        member.title,
        member.on,
        member.secrecy,
        str(sizes[member.path]),
        member.path,
        member.note,
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as office programs open it: UTF-8 with its mark, no cell read as a formula."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8")


def _plain(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _chain(steps: Sequence[Step]) -> bytes:
    lines = (
        json.dumps(
            {
                "shard": step.shard,
                "seq": step.seq,
                "covered": list(step.covered),
                "previous": step.previous,
                "link": step.link,
            },
            ensure_ascii=False,
        )
        for step in steps
    )
    return "".join(f"{line}\n" for line in lines).encode()


@cache
def _pages() -> Any:
    return open_pages(FOLDER, {})


def _page(dossier: Dossier, rows: Sequence[tuple[str, ...]]) -> bytes:
    text = (
        _pages()
        .get_template("index.html.j2")
        .render(
            title=dossier.title,
            facts=dossier.facts,
            columns=COLUMNS,
            rows=rows,
            log_columns=LOG_COLUMNS,
            steps=[step.told for step in dossier.steps],
            warnings=dossier.warnings,
        )
    )
    return str(text).encode()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, BEFORE_ALL)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


def _read_back(path: Path, hashes: Mapping[str, str]) -> None:
    """Compare what lies in the package with what was put in: an export that lost something is no export."""
    with zipfile.ZipFile(path) as archive:
        for name, digest in hashes.items():
            if hashlib.sha256(archive.read(name)).hexdigest() != digest:
                raise OSError(f"案卷成员读回不一致：{name}")
