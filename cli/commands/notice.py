"""Documents: from draft to service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands import notice_review
from cli.commands.register import existing
from cli.edge import day, emit, reading, writing
from core.errors import InvalidInput, InvalidRuleFile
from core.life.lives import DOCUMENT_STATE_LABELS
from core.text.yamltext import read_yaml

if TYPE_CHECKING:
    from casework.desk import Desk
    from models.document import Document

notices = typer.Typer(help="文书：拟稿、核稿、签发编号、用印、送达、作废", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="ID", help="文书编号")]
CHANNELS = {
    "签收": "acknowledgement", "回执": "acknowledgement", "专人": "hand", "直接": "hand", "电话": "telephone",
    "phone": "telephone", "邮寄": "post", "mail": "post", "门户": "portal", "留置": "left",
}  # fmt: skip
# What people look up with `notice show`, so that a line of the list keeps its number and its days whole
ON_ITS_OWN_PAGE = frozenset({"sha256", "replied_on", "about"})
KNOWN_CHANNELS = ("acknowledgement", "hand", "telephone", "post", "portal", "left")


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    notice_review.attach(notices)
    app.add_typer(notices, name="notice")


@notices.command("draft", help="拟稿：为批次中每个单位拟一份问题通知书；带 --kind 时逐件拟写一份其他文书")
def draft(
    code: Annotated[str, typer.Argument(help="批次编码")],
    kind: Annotated[str | None, typer.Option(help="文书种类，如 supervision_letter 督办函")] = None,
    unit: Annotated[str | None, typer.Option(help="主送单位编码")] = None,
    values: Annotated[Path | None, typer.Option(help="取值文件（YAML），名称同该文书的 sample.yaml")] = None,
    case: Annotated[list[str] | None, typer.Option(help="所涉问题编号，可写多次")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help="单个取值：名称=文字")] = None,
    major: Annotated[str, typer.Option(help="认定问题重大的理由（决定书的前提之一）")] = "",
    copy_to: Annotated[list[str] | None, typer.Option("--copy-to", help="抄送机关，可写多次")] = None,
) -> None:
    from casework.paperwork.notices import draft_by_hand, draft_notices

    by_hand = {"--unit": unit, "--values": values, "--case": case, "--set": settings,
               "--major": major, "--copy-to": copy_to}  # fmt: skip
    if kind is None and any(by_hand.values()):
        found = "、".join(name for name, given in by_hand.items() if given)
        raise InvalidInput(
            "没有写明文书种类", found=found, expected="与 --kind 同用", remedy="加上 --kind 文书种类"
        )
    with writing() as desk:
        if kind is None:
            result = [describe_here(desk, document) for document in draft_notices(desk, code)]
        else:
            given = read_values(values, settings or [])
            row = draft_by_hand(
                desk, code, kind, unit or "", given, case or [], major=major, copies_to=copy_to or []
            )
            result = [describe_here(desk, row)]
    emit(result, states=DOCUMENT_STATE_LABELS)


def read_values(file: Path | None, settings: list[str]) -> dict[str, Any]:
    """Return the values of a file with single ones laid over it; raise InvalidRuleFile or InvalidInput."""
    given: dict[str, Any] = {}
    if file is not None:
        text = read_yaml(existing(file).read_text(encoding="utf-8"), file.name)
        problems = list(text.problems)
        if not problems and not isinstance(text.tree, dict):
            problems.append(text.problem((), "E203", "取值文件应是一组“名称: 值”"))
        if problems:
            raise InvalidRuleFile(problems)
        given |= text.tree if isinstance(text.tree, dict) else {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not name.strip() or not equals:
            raise InvalidInput(
                "--set 的写法不正确", found=setting, expected="名称=文字", remedy="例如 --set topic=检查计划"
            )
        given[name.strip()] = value
    return given


@notices.command("sheet", help="生成发文稿纸，进入核稿")
def sheet(document: Number, out: Annotated[Path | None, typer.Option(help="输出的 PDF 文件")] = None) -> None:
    from casework.paperwork.reviewing import send_to_review

    path = out or Path(f"发文稿纸-{document}.pdf")
    with writing() as desk:
        row, content = send_to_review(desk, document, path.name)
        path.write_bytes(content)
        result = {**describe_here(desk, row), "file": str(path)}
    emit(result, states=DOCUMENT_STATE_LABELS)


@notices.command("sign", help="签发一份或多份：编号、冻结内容、确定整改期限")
def sign(
    documents: Annotated[list[int], typer.Argument(metavar="ID...", help="文书编号")],
    file: Annotated[
        Path | None, typer.Option(help="签批后的发文稿纸扫描件；由政府决定的文书为政府的决定")
    ] = None,
) -> None:
    from casework.paperwork.documents import sign_documents

    with writing() as desk:
        rows = sign_documents(desk, documents, existing(file) if file else None)
        result = [describe_here(desk, row) for row in rows]
    emit(result, states=DOCUMENT_STATE_LABELS)


@notices.command("seal", help="登记用印：上传盖章后的 PDF，随即发出")
def seal(document: Number, file: Annotated[Path, typer.Option(help="盖章后的 PDF")]) -> None:
    from casework.paperwork.documents import seal_document

    with writing() as desk:
        result = describe_here(desk, seal_document(desk, document, existing(file)))
    emit(result, states=DOCUMENT_STATE_LABELS)


@notices.command("serve", help="登记送达")
def serve(
    document: Number,
    channel: Annotated[str, typer.Option(help="签收、专人、电话、邮寄、门户、留置")],
    on: Annotated[str | None, typer.Option(help="送达日期，默认今天")] = None,
    file: Annotated[Path | None, typer.Option(help="送达回证扫描件")] = None,
    note: Annotated[str, typer.Option(help="说明")] = "",
) -> None:
    from casework.paperwork.serving import serve_document

    known = CHANNELS.get(channel, channel)
    if known not in KNOWN_CHANNELS:
        raise InvalidInput(
            "送达方式不正确",
            found=channel,
            expected="、".join((*KNOWN_CHANNELS, *CHANNELS)),
            remedy="改正 --channel",
        )
    with writing() as desk:
        when = day(on, "--on") or desk.today
        row = serve_document(desk, document, known, when, existing(file) if file else None, note)
        result = {**describe_here(desk, row), "served_on": row.served_on}
    emit(result, states=DOCUMENT_STATE_LABELS)


@notices.command("list", help="列出文书")
def list_(
    state: Annotated[
        str | None, typer.Option(help="draft、in_review、signed、sealed、issued、served、void")
    ] = None,
    campaign: Annotated[str | None, typer.Option(help="批次编码")] = None,
    unserved: Annotated[bool, typer.Option("--unserved", help="逾期未签收、须电话或专人送达的")] = False,
) -> None:
    from casework.mail.reminders import unserved as list_unserved
    from casework.paperwork.documents import list_documents

    with reading() as desk:
        if unserved:
            result: list[dict[str, Any]] = list_unserved(desk)
        else:
            result = [
                describe(doc, unit) for doc, unit in list_documents(desk, state=state, campaign=campaign)
            ]
    emit(result, _say_documents)


def _say_documents(rows: list[dict[str, Any]]) -> None:
    from cli.tables import print_value

    print_value(
        [{key: value for key, value in row.items() if key not in ON_ITS_OWN_PAGE} for row in rows],
        DOCUMENT_STATE_LABELS,
    )


@notices.command("show", help="查看一份文书、审核记录和缺少的字体；--out 写出 PDF 和可编辑的 .docx")
def show(document: Number, out: Annotated[Path | None, typer.Option(help="输出文件夹")] = None) -> None:
    from casework.paperwork.documents import find_document
    from casework.paperwork.papers import fonts_of, paper_of, print_docx, print_pdf
    from casework.paperwork.reviewing import UNSIGNED, compose, list_approvals

    with reading() as desk:
        row = find_document(desk, document)
        paper = paper_of(desk, row)
        result = {**describe_here(desk, row), "title": paper.title, "addressee": paper.addressee, "files": []}
        result["approvals"] = list_approvals(desk, row)
        if row.state in UNSIGNED:
            result["preview_sha256"] = compose(desk, row)[1]
        result["warnings"] = list(fonts_of(desk).missing)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            stem = out / f"{row.kind}-{row.id}"
            stem.with_suffix(".pdf").write_bytes(print_pdf(desk, row))
            stem.with_suffix(".docx").write_bytes(print_docx(desk, row))
            result["files"] = [str(stem.with_suffix(suffix)) for suffix in (".pdf", ".docx")]
    emit(result, states=DOCUMENT_STATE_LABELS)


@notices.command("void", help="作废文书，编号保留")
def void(
    document: Number, note: Annotated[str, typer.Option("--note", "--reason", help="作废理由")] = ""
) -> None:
    from casework.paperwork.documents import void_document

    with writing() as desk:
        result = describe_here(desk, void_document(desk, document, note))
    emit(result, states=DOCUMENT_STATE_LABELS)


def describe(document: Document, unit: str) -> dict[str, Any]:
    """Return a document as outside programs read it."""
    return {
        "id": document.id,
        "kind": document.kind,
        "number": document.number,
        "state": document.state,
        "unit": unit,
        "sha256": document.content_sha256,
        "drafted_on": document.drafted_on,
        "signed_on": document.signed_on,
        "served_on": document.served_on,
        "reply_due_on": document.reply_due_on,
        "replied_on": document.replied_on,
        "about": f"{document.about}:{document.about_id}" if document.about else None,
    }


def describe_here(desk: Desk, document: Document) -> dict[str, Any]:
    """Return a document as outside programs read it, with the code of its unit."""
    from models.organisation import Unit

    unit = desk.session.get(Unit, document.unit_id)
    return describe(document, unit.code if unit else "")
