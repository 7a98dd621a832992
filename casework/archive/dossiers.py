"""What belongs into the file of a subject: its documents, mails, receipts, evidence and its whole process log."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import col, select

from casework.desk import Desk
from casework.paperwork.kinds import is_shown, name_of_kind
from casework.paperwork.paperless import has_paper
from casework.paperwork.papers import print_docx
from casework.rectification.evidence import content_path
from core.codes import SECRECY_LABELS, Secrecy
from core.life.everymachine import MACHINES
from delivery.dossier import Member, Step
from models.audit import Link, history_of, links_of
from models.base import key_of
from models.document import Document, DocumentCase, DocumentFile, ServiceRecord
from models.message import Message, MessageBody
from models.record import AuditEntry
from models.rectification import Evidence
from models.referral import Referral

SHANGHAI = ZoneInfo("Asia/Shanghai")
ROLE_LABELS = {
    "pdf": "印发件", "docx": "文字稿", "sealed": "用印件", "scan": "签批件", "decision": "政府决定",
    "sheet": "发文稿纸", "answer": "整改情况报告表", "package": "移送材料", "receipt": "回执",
}  # fmt: skip
SUBJECT_LABELS = {
    "case": "整改事项", "finding": "问题", "document": "文书", "message": "邮件", "campaign": "督察批次",
    "visit": "督察", "matter": "行政争议", "lead": "线索", "referral": "移送",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """Everything kept about a subject: `kinds` are the document kinds in it, `year` that of its last paper."""

    members: tuple[Member, ...]
    steps: tuple[Step, ...]
    kinds: frozenset[str]
    warnings: tuple[str, ...]


def record_of(desk: Desk, subject: str, subject_id: int) -> Record:
    """Gather the record of a subject; what belongs to the compartment of referrals only goes into their own file."""
    documents = _documents(desk, subject, subject_id)
    warnings: list[str] = []
    members = [
        *_papers(desk, documents),
        *_mails(desk, documents),
        *_services(desk, documents),
        *_evidence(desk, subject, subject_id, documents, warnings),
    ]
    steps = _log(desk, subject, subject_id, documents)
    return Record(
        tuple(members), tuple(steps), frozenset(document.kind for document in documents), tuple(warnings)
    )


def _documents(desk: Desk, subject: str, subject_id: int) -> list[Document]:
    query = select(Document).where(col(Document.office_id) == desk.office_id)
    on_case = select(DocumentCase.document_id)
    if subject == "case":
        query = query.where(
            col(Document.id).in_(on_case.where(col(DocumentCase.case_id) == subject_id)), is_shown()
        )
    elif subject == "campaign":
        query = query.where(
            col(Document.campaign_id) == subject_id, is_shown(), col(Document.id).not_in(on_case)
        )
    elif subject == "referral":
        row = desk.session.get_one(Referral, subject_id)
        about = sa.and_(col(Document.about) == "referral", col(Document.about_id) == subject_id)
        query = query.where(sa.or_(about, col(Document.id) == row.document_id))
    else:
        query = query.where(col(Document.about) == subject, col(Document.about_id) == subject_id, is_shown())
    return list(desk.session.exec(query.order_by(col(Document.drafted_on), col(Document.id))))


def _papers(desk: Desk, documents: Sequence[Document]) -> Iterator[Member]:
    """Yield the files of the documents; the editable text of a signed one is made from its frozen content."""
    for place, document in enumerate(documents, 1):
        name = name_of_kind(desk, document.kind, document.rules_sha256)
        facts = {
            "number": document.number or "",
            "author": document.signed_by or document.drafted_by,
            "on": (document.signed_on or document.drafted_on).isoformat(),
            "secrecy": SECRECY_LABELS[Secrecy(document.secrecy)],
            "note": f"作废：{document.void_reason}" if document.void_reason else "",
        }
        stem = f"documents/{place:03d}-{document.kind}"
        files = desk.session.exec(
            select(DocumentFile)
            .where(col(DocumentFile.document_id) == document.id)
            .order_by(col(DocumentFile.role), col(DocumentFile.position))
        )
        for file in files:
            role = ROLE_LABELS.get(file.role, file.role)
            path = f"{stem}-{file.role}-{file.position}{_ending(file.name)}"
            yield Member(path, f"{document.title or name}（{role}）", file.content, **facts)
        if document.content is not None and has_paper(document):  # a reminder's words are in its mail
            yield Member(
                f"{stem}.docx", f"{document.title or name}（文字稿）", print_docx(desk, document), **facts
            )


def _ending(name: str) -> str:
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return f".{ending}" if ending.isascii() and ending.isalnum() and len(ending) <= 5 else ".bin"


def _mails(desk: Desk, documents: Sequence[Document]) -> Iterator[Member]:
    ids = [key_of(document) for document in documents]
    query = (
        select(Message, MessageBody)
        .outerjoin(MessageBody, col(MessageBody.message_id) == col(Message.id))
        .where(col(Message.document_id).in_(ids))
        .order_by(col(Message.id))
    )
    for place, (message, body) in enumerate(desk.session.exec(query), 1):
        receipt = {
            "收件人": message.recipient_name,
            "地址": message.recipient,
            "邮件编号": message.message_id,
            "状态": message.state,
            "服务器答复": message.smtp_reply,
            "答复时刻": message.settled_at.isoformat() if message.settled_at else None,
            "人工核定": message.resolved_by,
        }
        on = message.queued_at.astimezone(SHANGHAI).date().isoformat()
        if body is not None:
            yield Member(
                f"mails/{place:03d}.eml",
                f"邮件：{body.subject}（{message.recipient_name}）",
                body.mime,
                on=on,
            )
        yield Member(
            f"mails/{place:03d}-receipt.json",
            f"邮件投递回执（{message.recipient_name}）",
            json.dumps(receipt, ensure_ascii=False, indent=1).encode(),
            on=on,
        )


def _services(desk: Desk, documents: Sequence[Document]) -> Iterator[Member]:
    ids = [key_of(document) for document in documents]
    query = (
        select(ServiceRecord)
        .where(col(ServiceRecord.document_id).in_(ids))
        .order_by(col(ServiceRecord.served_on), col(ServiceRecord.id))
    )
    numbers = {key_of(document): document.number or "" for document in documents}
    for place, row in enumerate(desk.session.exec(query), 1):
        told = row.model_dump(mode="json", exclude={"id", "document_id"})
        yield Member(
            f"service/{place:03d}.json",
            "送达记录",
            json.dumps(told, ensure_ascii=False, indent=1).encode(),
            number=numbers[row.document_id],
            author=row.recorded_by,
            on=row.served_on.isoformat(),
        )


def _evidence(
    desk: Desk, subject: str, subject_id: int, documents: Sequence[Document], warnings: list[str]
) -> Iterator[Member]:
    mine = sa.and_(col(Evidence.subject) == subject, col(Evidence.subject_id) == subject_id)
    ids = [key_of(document) for document in documents]
    theirs = sa.and_(col(Evidence.subject) == "document", col(Evidence.subject_id).in_(ids))
    query = (
        select(Evidence)
        .where(col(Evidence.office_id) == desk.office_id, sa.or_(mine, theirs))
        .order_by(col(Evidence.filed_on), col(Evidence.id))
    )
    for place, row in enumerate(desk.session.exec(query), 1):
        path = content_path(desk.files, row.sha256)
        if not path.is_file():
            warnings.append(f"佐证文件缺失：{row.name}（{row.sha256[:12]}）")
            continue
        yield Member(
            f"evidence/{place:03d}{_ending(row.name)}",
            row.name,
            path,
            author=row.filed_by,
            on=row.filed_on.isoformat(),
        )


def _log(desk: Desk, subject: str, subject_id: int, documents: Sequence[Document]) -> list[Step]:
    """Return the whole process: every entry about the subject, its finding, its documents and their mails."""
    entries: list[AuditEntry] = list(history_of(desk.session, desk.office_id, subject, [subject_id]))
    if subject == "case":
        entries += history_of(desk.session, desk.office_id, "finding", [subject_id])
    ids = [key_of(document) for document in documents]
    if ids:
        entries += history_of(desk.session, desk.office_id, "document", ids)
        mails = desk.session.exec(select(Message.id).where(col(Message.document_id).in_(ids))).all()
        entries += history_of(desk.session, desk.office_id, "message", [one for one in mails if one])
    steps = [_step(link) for link in links_of(desk.session, entries)]
    return sorted(steps, key=lambda step: (step.covered[0], step.shard, step.seq))


def _step(link: Link) -> Step:
    entry = link.entry
    machine = BY_CODE.get(entry.subject)
    acts = {act.value: label for act, label in machine.act_labels.items()} if machine else {}
    states = {state.value: label for state, label in machine.state_labels.items()} if machine else {}
    told = (
        entry.on_day.isoformat(),
        _instant(entry.at),
        entry.actor,
        f"{SUBJECT_LABELS.get(entry.subject, entry.subject)}{entry.subject_id}",
        acts.get(entry.act, entry.act),
        states.get(entry.from_state, entry.from_state),
        states.get(entry.to_state, entry.to_state),
        entry.detail,
    )
    return Step(entry.shard, entry.seq, told, link.covered, link.previous.hex(), bytes(entry.hash).hex())


def _instant(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(sep=" ", timespec="seconds")


BY_CODE = {machine.code: machine for machine in MACHINES}
