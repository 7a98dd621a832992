"""INV-11: what was frozen is still what was frozen: documents, their files, mails, rule sets and kept evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa

from casework.desk import Desk
from casework.invariants.tally import Invariant, Tally
from casework.paperwork.hashing import hash_content
from casework.rectification.evidence import content_path
from models.base import table_of
from models.campaign import Campaign, RuleSet
from models.document import Document, DocumentFile, ServiceRecord
from models.message import Message, MessageBody
from models.rectification import Evidence

DOCUMENT, FILE, SERVICE = table_of(Document), table_of(DocumentFile), table_of(ServiceRecord)
MESSAGE, BODY, RULES = table_of(Message), table_of(MessageBody), table_of(RuleSet)
EVIDENCE, CAMPAIGN = table_of(Evidence), table_of(Campaign)
PAGE = {"yield_per": 100}  # files are large: a few at a time
BLOCK = 1 << 20


def check_frozen(desk: Desk) -> list[Invariant]:
    """Return INV-11."""
    tally = Tally("INV-11", "定稿、附件、邮件和佐证材料未被改动")
    _check_contents(desk, tally)
    ours = DOCUMENT.c.office_id == desk.office_id
    files = (
        sa.select(FILE.c.id, FILE.c.sha256, FILE.c.content)
        .join(DOCUMENT, DOCUMENT.c.id == FILE.c.document_id)
        .where(ours)
    )
    _check_bytes(desk, tally, files, "文书文件")
    mails = (
        sa.select(BODY.c.message_id, BODY.c.sha256, BODY.c.mime)
        .join(MESSAGE, MESSAGE.c.id == BODY.c.message_id)
        .where(MESSAGE.c.office_id == desk.office_id)
    )
    _check_bytes(desk, tally, mails, "邮件")
    _check_bytes(desk, tally, sa.select(RULES.c.sha256, RULES.c.sha256, RULES.c.content), "规则集")
    _check_kept(desk, tally)
    return [tally.close()]


def _check_contents(desk: Desk, tally: Tally) -> None:
    query = sa.select(
        DOCUMENT.c.id, DOCUMENT.c.number, DOCUMENT.c.content, DOCUMENT.c.content_sha256,
        DOCUMENT.c.template_sha256, DOCUMENT.c.rules_sha256,
    ).where(DOCUMENT.c.office_id == desk.office_id, DOCUMENT.c.content_sha256.is_not(None))  # fmt: skip
    for row in desk.session.connection().execute(query.execution_options(yield_per=500)):
        tally.look_at(1)
        digest = hash_content(row.content or "", row.template_sha256 or "", row.rules_sha256 or "")
        if digest != row.content_sha256:
            tally.find(f"{row.number or f'文书{row.id}'} 定稿内容与校验值不符")


def _check_bytes(desk: Desk, tally: Tally, query: sa.Select[tuple[object, str, bytes]], what: str) -> None:
    found = desk.session.connection().execute(query.execution_options(**PAGE))
    for key, digest, content in found.tuples():
        tally.look_at(1)
        if hashlib.sha256(content).hexdigest() != digest:
            tally.find(f"{what}{key} 内容与校验值不符")


def _check_kept(desk: Desk, tally: Tally) -> None:
    """Compare every kept file with the name it was stored under."""
    for digest in sorted(set(_kept_hashes(desk))):
        tally.look_at(1)
        path = content_path(desk.files, digest)
        if not path.is_file():
            tally.find(f"材料 {digest[:12]} 不在文件夹中")
        elif hash_file(path) != digest:
            tally.find(f"材料 {digest[:12]} 内容与校验值不符")


def _kept_hashes(desk: Desk) -> Iterable[str]:
    link = desk.session.connection()
    queries = (
        sa.select(EVIDENCE.c.sha256).where(EVIDENCE.c.office_id == desk.office_id),
        sa.select(CAMPAIGN.c.scheme_sha256).where(
            CAMPAIGN.c.office_id == desk.office_id, CAMPAIGN.c.scheme_sha256.is_not(None)
        ),
        sa.select(SERVICE.c.file_sha256)
        .join(DOCUMENT, DOCUMENT.c.id == SERVICE.c.document_id)
        .where(DOCUMENT.c.office_id == desk.office_id, SERVICE.c.file_sha256.is_not(None)),
    )
    for query in queries:
        yield from link.execute(query).scalars()


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file of any size."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
