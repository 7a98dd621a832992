"""Files that nobody should get through with: made here, so that no scanner ever finds one in the repository."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import xlsxwriter

Make = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Bad:
    """A hostile or broken file: its name, how it is made, and a word of the error that names what is wrong."""

    label: str
    name: str
    make: Make
    said: str


def workbook(*rows: tuple[object, ...], password: str = "") -> bytes:
    """Return an honest workbook."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("表一")
    for number, row in enumerate(rows or (("编号", "名称"), ("A", "甲"))):
        sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


def word(document: bytes = b"<w:document/>") -> bytes:
    """Return the least that is a Word file."""
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": document})


def zipped(parts: dict[str, bytes], *, packed: bool = True) -> bytes:
    """Return a zip of parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def with_parts(data: bytes, parts: dict[str, bytes]) -> bytes:
    """Return a zip with some parts added or replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    return zipped(kept | parts)


def flat_bomb() -> bytes:
    return with_parts(workbook(), {"xl/worksheets/sheet2.xml": b"<a>" + b" " * 90_000_000 + b"</a>"})


def wide_bomb() -> bytes:
    """Return many parts of 900 kB each, every one of them below the floor of the ratio."""
    return with_parts(workbook(), {f"xl/media/{number}.xml": b" " * 900_000 for number in range(150)})


def many_parts() -> bytes:
    return with_parts(word(), {f"word/p{number}.xml": b"" for number in range(3_000)})


def nested_bomb() -> bytes:
    inner = zipped({"0.txt": b"0" * 5_000_000})
    return zipped({f"{number}.zip": inner for number in range(16)})


def lying_sizes() -> bytes:
    """Return a workbook whose directory says 100 bytes of a part that unpacks to 60 MB."""
    name = "xl/worksheets/sheet1.xml"
    data = bytearray(with_parts(workbook(), {name: b" " * 60_000_000}))
    for mark, at_size, at_name in ((b"PK\x01\x02", 24, 46), (b"PK\x03\x04", 22, 30)):
        at = data.find(mark)
        while at >= 0:
            if data[at + at_name : at + at_name + len(name)] == name.encode():
                struct.pack_into("<I", data, at + at_size, 100)
            at = data.find(mark, at + 4)
    return bytes(data)


def overlapping() -> bytes:
    """Return a zip in which every part is the same bytes: 1,500 times 60 kB from one block of it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    plain = b"0" * 60_000
    packed = packer.compress(plain) + packer.flush()
    sizes = struct.pack("<III", zlib.crc32(plain), len(packed), len(plain))
    local = (
        b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes + struct.pack("<HH", 4, 0) + b"0000"
    )
    body, entries = local + packed, b""
    for number in range(1_500):
        entries += b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33) + sizes
        entries += struct.pack("<HHHHHII", 4, 0, 0, 0, 0, 0, 0) + f"{number:04}".encode()
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1_500, 1_500, len(entries), len(body), 0)
    return body + entries + end


def long_strings() -> bytes:
    """Return a workbook of a few hundred kB whose every cell repeats one long text: gigabytes in a list."""
    from random import Random

    letters = "".join(Random(1).choices("abcdefghijklmnop", k=60_000)).encode()
    strings = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>' + letters * 16
    strings += b"</t></si></sst>"
    cells = b"".join(
        b'<row r="%d">' % row + b'<c t="s"><v>0</v></c>' * 10 + b"</row>" for row in range(1, 400)
    )
    return with_parts(
        workbook(), {"xl/sharedStrings.xml": strings, "xl/worksheets/sheet1.xml": _sheet(cells)}
    )


def far_cells() -> bytes:
    rows = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return with_parts(workbook(), {"xl/worksheets/sheet1.xml": _sheet(rows)})


def _sheet(rows: bytes) -> bytes:
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return head + rows + b"</sheetData></worksheet>"


def macros() -> bytes:
    return with_parts(workbook(), {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def hidden_macros() -> bytes:
    types = b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
    return with_parts(word(), {"[Content_Types].xml": types})


def old_macros() -> bytes:
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\x00" * 600
        + "_VBA_PROJECT".encode("utf-16-le")
        + b"\x00" * 600
    )


def entities() -> bytes:
    lol = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    return with_parts(workbook(), {"xl/workbook.xml": lol})


def outside_entity() -> bytes:
    return word(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')


def wide_doctype() -> bytes:
    return word('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a []><a/>'.encode("utf-16"))


def packed_script() -> bytes:
    objects = zlib.compress(b"1 0 <</S /Java#53cript /JS (app.alert(1))>>")
    return (
        b"%PDF-1.7\n1 0 obj <</Type /ObjStm /N 1 /Filter /FlateDecode>>\nstream\n"
        + objects
        + b"\nendstream\n%%EOF"
    )


def with_name(name: str) -> Make:
    return lambda: zipped({"甲.txt": b"x", name: b"x"})


def encrypted() -> bytes:
    data = bytearray(word())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 60

HOSTILE: tuple[Bad, ...] = (
    Bad("a flat bomb", "表.xlsx", flat_bomb, "压缩比过高"),
    Bad("a bomb in many parts", "表.xlsx", wide_bomb, "解压后"),
    Bad("a bomb in a bomb", "附件.zip", nested_bomb, "另一个压缩包"),
    Bad("too many parts", "报告.docx", many_parts, "部件"),
    Bad("sizes that lie", "表.xlsx", lying_sizes, "已损坏"),
    Bad("parts that share their bytes", "附件.zip", overlapping, "重叠"),
    Bad("macros", "表.xlsx", macros, "含有宏"),
    Bad("macros by their ending", "表.xlsm", workbook, "含有宏"),
    Bad("macros by their type", "报告.docm", hidden_macros, "含有宏"),
    Bad("macros by their type under an honest ending", "报告.docx", hidden_macros, "含有宏"),
    Bad("macros of an old file", "报告.doc", old_macros, "含有宏"),
    Bad("entities", "表.xlsx", entities, "DOCTYPE"),
    Bad("an entity of a file", "报告.docx", outside_entity, "DOCTYPE"),
    Bad("a document type in UTF-16", "报告.docx", wide_doctype, "DOCTYPE"),
    Bad("a script in a PDF", "通知.pdf", lambda: PDF + b"<</S /JavaScript /JS (x)>>", "脚本"),
    Bad("a script under another spelling", "通知.pdf", lambda: PDF + b"<</S /J#61vaScript>>", "脚本"),
    Bad("a script among packed objects", "通知.pdf", packed_script, "脚本"),
    Bad("a program that a PDF starts", "通知.pdf", lambda: PDF + b"<</S /Launch /F (cmd)>>", "启动程序"),
    Bad("a program", "通知.pdf", lambda: b"MZ\x90\x00" + b"\x00" * 200, "不认识"),
    Bad("a program in a zip", "附件.zip", with_name("查看.exe"), "程序"),
    Bad("a workbook with macros in a zip", "附件.zip", with_name("表.xlsm"), "程序"),
    Bad("a page", "说明.txt", lambda: b"  <!DOCTYPE html><script>alert(1)</script>", "不认识"),
    Bad("a page called a picture", "照片.png", lambda: b"<html>", "不认识"),
    Bad("a drawing with a script", "图.svg", lambda: b"<svg onload='alert(1)'/>", "不认识"),
    Bad("a PDF called a workbook", "表.xlsx", lambda: PDF, "内容是PDF"),
    Bad("a workbook called a PDF", "通知.pdf", workbook, "内容是Excel"),
    Bad("a Word file called a workbook", "表.xlsx", word, "内容是Word"),
    Bad("a file with no ending", "README", lambda: b"text", "不认识"),
    Bad("a picture with a zip behind", "照片.png", lambda: PNG + zipped({"a.txt": b"x"}), "附有压缩包"),
    Bad("a zip behind something else", "附件.zip", lambda: b"PK\x03\x04" + b"x" * 40 + word(), "前面附有"),
    Bad("a zip with something behind", "报告.docx", lambda: word() + b"<html>" * 20, "附有其他内容"),
    Bad("a path that climbs", "附件.zip", with_name("../../etc/passwd"), "部件路径"),
    Bad("a path that climbs on Windows", "附件.zip", with_name("a\\..\\..\\b"), "部件路径"),
    Bad("a path from the root", "附件.zip", with_name("/etc/cron.d/x"), "部件路径"),
    Bad("a drive", "附件.zip", with_name("C:/Windows/x"), "部件路径"),
    Bad("a name that runs backwards", "附件.zip", with_name("通知\u202efdp.txt"), "部件路径"),
    Bad("a name twice in other letters", "附件.zip", lambda: zipped({"A.txt": b"1", "a.TXT": b"2"}), "同名"),
    Bad("a locked file", "报告.docx", encrypted, "加密"),
    Bad("a broken zip", "报告.docx", lambda: word()[:-30], "已损坏"),
    Bad("a few bytes of a zip", "报告.docx", lambda: b"PK\x03\x04", "已损坏"),
    Bad("nothing", "报告.pdf", lambda: b"", "空文件"),
    Bad("bytes called text", "说明.txt", lambda: b"a\x00b", "不是文本"),
    Bad("bytes in no writing", "表.csv", lambda: b"\xff\xff\xff", "不是文本"),
)
# What passes for evidence, for nothing unpacks it, and is stopped when somebody imports it.
SWELLING: tuple[Bad, ...] = (
    Bad("one long text in every cell", "表.xlsx", long_strings, "过大"),
    Bad("two cells far apart", "表.xlsx", far_cells, "过大"),
)


def honest() -> Iterator[tuple[str, bytes]]:
    """Yield files as offices send them."""
    yield "表.xlsx", workbook()
    yield "公式.xlsx", workbook(("编号", "名称"), ("=1+1", '=HYPERLINK("http://x","y")'))
    yield "报告.docx", word()
    yield "通知.PDF", PDF
    yield "照片.png", PNG
    yield "照片.JPG", b"\xff\xd8\xff\xe0" + b"\x00" * 64
    yield "说明.txt", "整改情况说明".encode()
    yield "说明.txt", "整改情况说明".encode("gb18030")
    yield "单位.csv", "编号,名称\r\nD001,教育局".encode("utf-8-sig")
    yield "旧表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
    yield "附件.zip", zipped({"佐证/照片.png": PNG, "佐证/通知.pdf": PDF})
    yield "版式.ofd", zipped({"OFD.xml": b"<ofd/>", "Doc_0/Document.xml": b"<d/>"})
    yield "录音.mp3", b"ID3\x03" + b"\x00" * 64
