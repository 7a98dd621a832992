"""The unit's answer workbook: made for each notice, read back as acts on its cases, all rows or none."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import col, select

from casework.desk import Desk
from casework.lights.climbing import cases_of_document
from casework.paperwork.serving import serve_document
from casework.rectification.cases import act_on_case, acting_on
from casework.units.lineage import codes_with_heirs
from core.errors import InvalidInput, NotAllowed
from core.life.lives import DocumentState
from core.life.rectification import CaseAct, CaseState
from core.text.secrecy import refuse_state_secrets
from delivery.sheets.answer import AnswerMeta, AnswerProblem, Request, write_answer
from delivery.sheets.answer_return import AnswerRow, read_answer, read_answer_meta
from models.base import key_of
from models.campaign import Campaign, Finding
from models.document import Document
from models.organisation import Unit
from models.rectification import Rectification

NO_NUMBER = "无文号"
ASKED = {Request.EXTENSION: CaseAct.REQUEST_EXTENSION, Request.OBJECTION: CaseAct.OBJECT}


def answer_workbook(desk: Desk, document: Document) -> bytes:
    """Return the answer workbook of a signed notice, one row a problem."""
    rows = _rows(desk, document)
    problems = [AnswerProblem(finding.code, finding.problem, _due(case)) for case, finding in rows]
    return write_answer(_meta(desk, document, rows), problems, made_on=document.signed_on or desk.today)


def import_reply(desk: Desk, path: Path, evidence: Path | None = None) -> dict[str, object]:
    """Read a filled answer workbook and carry out what it says; return {document, unit, cases, acts}.

    A reply is proof that the notice arrived: a notice not yet served is recorded as acknowledged.
    raises   InvalidInput naming every bad cell; IllegalMove, Refused for what cannot be asked now; nothing is done then
    """
    said = read_answer_meta(path, name=path.name)
    document = desk.session.get(Document, int(said.document)) if said.document.isdigit() else None
    if document is None or document.office_id != desk.office_id or said.office != desk.office.code:
        raise _wrong(path, said.document, "本单位发出的通知书")
    unit = desk.session.get(Unit, document.unit_id)
    assert unit is not None  # foreign key
    _check_sender(desk, unit)
    expected = _meta(desk, document, _rows(desk, document))
    if said.rules_sha256 != expected.rules_sha256 or said.unit != expected.unit:
        raise _wrong(
            path, f"{said.unit} {said.rules_sha256[:12]}", f"{expected.unit} {expected.rules_sha256[:12]}"
        )
    filled = read_answer(path, expected=expected, name=path.name)
    files = {row.case: _files(row, evidence, path) for row in filled.rows}
    if document.state == DocumentState.ISSUED:
        serve_document(desk, key_of(document), "acknowledgement", desk.today, note=f"收到{path.name}")
    acts: list[str] = []
    answered = [row for row in filled.rows if row.is_answered]
    with acting_on(desk, [row.case for row in answered]):
        for row in answered:
            acts += [f"{row.case}:{act}" for act in _carry_out(desk, row, files[row.case])]
    return {"document": document.id, "unit": unit.code, "cases": len(filled.rows), "acts": acts}


def take_reply(desk: Desk, document_id: int, book: Path, evidence: Sequence[Path]) -> dict[str, object]:
    """Carry out a filled answer workbook of one document, with the files that it names; see import_reply.

    raises   InvalidInput for the workbook of another document, and for two files of one name; nothing is done then
    """
    said = read_answer_meta(book, name=book.name)
    if said.document != str(document_id):
        raise InvalidInput(
            "不是这份通知书的报告表",
            found=said.number,
            expected="随本通知书发送的报告表",
            remedy="核对文件后重新上传",
        )
    with TemporaryDirectory(prefix="ducha-reply-") as folder:
        for path in evidence:
            target = Path(folder) / path.name
            if target.exists():
                raise InvalidInput(
                    "两个佐证材料同名", found=path.name, expected="文件名互不相同", remedy="改名后重新上传"
                )
            shutil.copyfile(path, target)
        return import_reply(desk, book, Path(folder))


def _check_sender(desk: Desk, unit: Unit) -> None:
    actor = desk.actor
    heirs = codes_with_heirs(desk, [unit.code])  # whoever carries on for the unit answers for it
    if (actor.unit_code in heirs and actor.speaks_for_unit) or "officer" in actor.roles:
        return
    raise NotAllowed(
        "无权报送该单位的整改情况",
        found=actor.code,
        expected=f"{unit.code}:liaison|head|leader 或办公室经办人",
        remedy="由该单位联络员报送，或由经办人代为登记",
    )


def _carry_out(desk: Desk, row: AnswerRow, files: list[Path]) -> list[str]:
    for text in (row.measure, row.progress, row.completion, row.request_note):
        refuse_state_secrets(text, f"问题 {row.case} 的填报内容")
    done = []
    state = CaseState(_case(desk, row.case).state)
    plan = f"{row.measure}（责任人：{row.responsible}）" if row.responsible else row.measure
    if (
        row.measure
        and state in (CaseState.OPEN, CaseState.PLANNED)
        and _case(desk, row.case).plan_text != plan
    ):
        with_plan = files if row.percent is None and row.request is Request.NONE else []
        act_on_case(desk, row.case, CaseAct.SUBMIT_PLAN.value, values={"measures": plan}, files=with_plan)
        done.append(CaseAct.SUBMIT_PLAN.value)
    if row.percent is not None and row.request is not Request.CLOSURE:
        said = "；".join(text for text in (row.progress, row.completion) if text)
        act_on_case(
            desk,
            row.case,
            CaseAct.REPORT_PROGRESS.value,
            values={"percent": str(row.percent), "text": said},
            files=files,
        )
        done.append(CaseAct.REPORT_PROGRESS.value)
    if row.request is Request.CLOSURE:
        said = row.completion or row.request_note
        # The form is the unit's statement on the whole problem: its measures are reported as done with it.
        act_on_case(
            desk, row.case, CaseAct.APPLY_CLOSURE.value, note=said, files=files, values={"done": "all"}
        )
        done.append(CaseAct.APPLY_CLOSURE.value)
    elif row.request in ASKED:
        act = ASKED[row.request]
        until = (
            {"until": row.extend_to.isoformat()} if row.extend_to and act is CaseAct.REQUEST_EXTENSION else {}
        )
        with_request = files if row.percent is None else []  # else they were kept with the progress
        act_on_case(desk, row.case, act.value, note=row.request_note, values=until, files=with_request)
        done.append(act.value)
    return done


def _files(row: AnswerRow, evidence: Path | None, workbook: Path) -> list[Path]:
    """Return the evidence files a row names; raise InvalidInput naming those that are not there."""
    if not row.evidence:
        return []
    folder = evidence or workbook.parent
    paths = [folder / Path(name).name for name in row.evidence]
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise InvalidInput(
            f"问题 {row.case} 所列佐证材料没有找到",
            found="、".join(missing),
            expected=f"文件夹 {folder} 中的文件",
            remedy="把佐证材料与报表一并提供，用 --evidence 指明文件夹",
        )
    return paths


def _rows(desk: Desk, document: Document) -> list[tuple[Rectification, Finding]]:
    cases = {case.id: case for case in cases_of_document(desk, key_of(document))}
    query = select(Finding).where(col(Finding.id).in_(list(cases))).order_by(col(Finding.code))
    return [(cases[key_of(finding)], finding) for finding in desk.session.exec(query)]


def _meta(desk: Desk, document: Document, rows: list[tuple[Rectification, Finding]]) -> AnswerMeta:
    unit = desk.session.get(Unit, document.unit_id)
    campaign = desk.session.get(Campaign, document.campaign_id)
    assert unit is not None  # foreign key
    return AnswerMeta(
        office=desk.office.code,
        document=str(document.id),
        number=document.number or NO_NUMBER,
        unit=unit.code,
        unit_name=unit.name,
        campaign=campaign.code if campaign else "",
        rules_sha256=document.rules_sha256 or "",
        due=tuple((finding.code, _due(case)) for case, finding in rows),
    )


def _case(desk: Desk, code: str) -> Rectification:
    from casework.rectification.cases import find_case

    return find_case(desk, code)[0]


def _due(case: Rectification) -> date:
    assert case.due_on is not None  # a notice carries cases whose due date was set at its signature
    return case.due_on


def _wrong(path: Path, found: str, expected: str) -> InvalidInput:
    return InvalidInput(
        f"{path.name}不是本单位发出的整改情况报告表",
        found=found,
        expected=expected,
        remedy="使用随通知书发送的报告表填写",
    )
