"""What a contact of a unit does in the portal: the verbs of the office, on rows this reader may see and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlmodel import select

from casework.inspection.inquiries import find_list
from casework.inspection.inquiryreturns import return_items
from casework.paperwork.answers import record_reply
from casework.paperwork.replies import take_reply
from casework.paperwork.serving import serve_document
from casework.portal.casepage import is_own_file
from casework.portal.duties import HALF, halves_of
from casework.portal.reader import Reader
from casework.rectification.cases import act_on_case
from casework.rectification.evidence import content_path
from casework.rectification.halfreports import send_report
from core.errors import InvalidInput, NotAllowed, NotFound
from core.life.rectification import ACTORS, CaseAct, Role
from core.life.sidelife import HORIZON_LABELS, Horizon
from models.document import Document
from models.halfreport import HalfReport
from models.rectification import Evidence, Rectification

PORTAL = "portal"
BREAKS = str.maketrans({"；": "，", ";": ",", "|": "/", "｜": "/", "\n": " ", "\r": " "})
NAME_BREAKS = str.maketrans({"、": "_", "，": "_", ",": "_", ":": "_", "：": "_"})


def sign_for(reader: Reader, document_id: int) -> Document:
    """Sign for a paper in the name of the contact; raise NotFound, InvalidInput."""
    document = reader.need_document(document_id)
    if document.serial is None:
        raise InvalidInput(
            "自动提醒不用签收", found=f"文书{document_id}", expected="编号的文书", remedy="按提醒办理即可"
        )
    return serve_document(reader.desk, document_id, PORTAL, reader.desk.today, note=f"签收人：{reader.title}")


def do_act(
    reader: Reader,
    code: str,
    act: str,
    *,
    note: str = "",
    files: Sequence[Path] = (),
    values: Mapping[str, str] | None = None,
) -> Rectification:
    """Carry out an act of the unit on one of its cases; raise NotFound, NotAllowed and what the act refuses."""
    reader.need_case(code)
    if act not in {one.value for one in CaseAct} or Role.UNIT not in ACTORS[CaseAct(act)]:
        raise NotAllowed(
            "单位不能办理这个操作", found=act[:40], expected="页面所列的操作", remedy="返回页面重新选择"
        )
    return act_on_case(reader.desk, code, act, note=note, files=files, values=values)


def reply_to(reader: Reader, document_id: int, note: str, file: Path | None) -> None:
    """Answer a paper in writing; a paper that nobody signed for has then arrived as well."""
    document = reader.need_document(document_id)
    if not note.strip() and file is None:
        raise InvalidInput(
            "请写明答复内容或者上传答复文件", found="空", expected="文字或文件", remedy="补充后重新提交"
        )
    if document.served_on is None:
        sign_for(reader, document_id)
    record_reply(reader.desk, document_id, reader.desk.today, file=file, note=note)


def take_workbook(
    reader: Reader, document_id: int, book: Path, evidence: Sequence[Path]
) -> dict[str, object]:
    """Carry out a filled answer workbook of one notice, with the files it names; all rows or none."""
    reader.need_document(document_id)
    return take_reply(reader.desk, document_id, book, evidence)


def find_half(reader: Reader, number: int) -> HalfReport:
    """Return a half-month report of the unit that the reader may know of; raise NotFound."""
    query = select(HalfReport).where(HALF.c.id == number, halves_of(reader))
    row = reader.desk.session.exec(query).first()
    if row is None:
        raise NotFound(
            "没有这份半月报", found=str(number), expected="本单位的半月报", remedy="回到本单位事项查找"
        )
    return row


def send_half(reader: Reader, number: int, text: str, percent: int | None, next_steps: str) -> HalfReport:
    """Hand in a half-month report."""
    find_half(reader, number)
    return send_report(reader.desk, number, text, percent=percent, next_steps=next_steps)


def return_list(
    reader: Reader, number: int, counts: Mapping[int, int] | None, note: str, file: Path | None
) -> None:
    """Hand in what a list asks for, or some of it."""
    find_list(reader.desk, number)
    return_items(reader.desk, number, counts, note=note, file=file)


# ---- files -------------------------------------------------------------------------------------------------------


def own_file(reader: Reader, subject: str, subject_id: int, evidence_id: int) -> tuple[str, bytes]:
    """Return a file that the unit itself brought, with its name; raise NotFound for any other.

    The caller has made sure that the reader may see what it is about.
    """
    row = reader.desk.session.get(Evidence, evidence_id)
    fits = row is not None and (row.subject, row.subject_id) == (subject, subject_id)
    path = content_path(reader.desk.files, row.sha256) if row is not None else None
    if row is None or path is None or not fits or not is_own_file(reader, row.filed_by) or not path.is_file():
        raise NotFound("没有这个文件", found=str(evidence_id), expected="本单位报送的材料", remedy="刷新页面")
    return row.name, path.read_bytes()


def sort_evidence(given: Mapping[str, Sequence[Path]]) -> tuple[list[Path], str]:
    """Return files with what `evidence` says of them: their kinds by name, each name used once.

    given   {kind, or "" for none: files}
    """
    paths: list[Path] = []
    said, used = [], set()
    for kind, files in given.items():
        for path in files:
            name = path.name.translate(NAME_BREAKS)
            while name in used:
                name = f"{Path(name).stem}+{Path(name).suffix}"
            used.add(name)
            kept = path if name == path.name else path.rename(path.with_name(name))
            paths.append(kept)
            if kind:
                said.append(f"{kind}:{name}")
    return paths, "、".join(said)


def join_measures(rows: Sequence[tuple[str, str, str, str]]) -> str:
    """Return measures (words, person, day, horizon) as the plan takes them; what would break a line is replaced.

    The usual horizon is not written: it says nothing.
    """
    usual, lines = HORIZON_LABELS[Horizon.DATED], []
    for words, *rest in rows:
        if words.strip():
            parts = (one.strip() for one in (words, *rest))
            lines.append("｜".join(one.translate(BREAKS) for one in parts if one and one != usual))
    return "；".join(lines)


def join_stages(rows: Sequence[tuple[str, str]]) -> str:
    """Return stage goals (day, words) as the request takes them."""
    return "；".join(
        f"{day.strip()} {goal.strip().translate(BREAKS)}" for day, goal in rows if day.strip() or goal.strip()
    )
