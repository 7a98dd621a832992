"""Mail out and mail in: the outbox and the mailbox that answers and bounces come to."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.edge import emit, open_edge, reading, writing
from core.inbound import INBOUND_KIND_LABELS, OUTCOME_LABELS
from core.life.inboundlife import INBOUND
from core.life.lives import MESSAGE_STATE_LABELS

outbox = typer.Typer(help="待发邮件：发送、查看、处理结果不明的", no_args_is_help=True)
inbox = typer.Typer(help="来信：读取收信邮箱、查看退信和来信", no_args_is_help=True)
WORDS = {**INBOUND.state_labels, **INBOUND_KIND_LABELS, **OUTCOME_LABELS}


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(outbox, name="outbox")
    app.add_typer(inbox, name="intake")


@outbox.command("send", help="发送待发邮件；结果不明的不重发，等人处理")
def send(limit: Annotated[int | None, typer.Option(min=1, help="最多发送几封")] = None) -> None:
    from flows.sending import run_outbox

    emit(run_outbox(open_edge(), limit))


@outbox.command("list", help="列出邮件")
def list_mail(
    state: Annotated[
        str | None, typer.Option(help="ready、sending、accepted、rejected、unknown、bounced、cancelled")
    ] = None,
) -> None:
    from casework.mail.outbox import list_messages

    with reading() as desk:
        result = list_messages(desk, state=state)
    emit(result, states=MESSAGE_STATE_LABELS)


@outbox.command("resolve", help="处理结果不明的邮件：accepted 已送达，resend 重发原件")
def resolve(
    message: Annotated[int, typer.Argument(metavar="ID", help="邮件编号")],
    verdict: Annotated[str, typer.Argument(help="accepted 或 resend")],
) -> None:
    from casework.mail.outbox import resolve as do

    with writing() as desk:
        row = do(desk, message, verdict)
        result = {"id": row.id, "state": row.state}
    emit(result, states=MESSAGE_STATE_LABELS)


@inbox.command("run", help="读取收信邮箱：退信记账，来信归入文书；不自动回复，不作签收")
def read_mailbox(limit: Annotated[int | None, typer.Option(min=1, help="最多读取几封")] = None) -> None:
    from flows.reading import run_intake

    emit(run_intake(open_edge(), limit))


@inbox.command("list", help="列出来信和退信")
def list_inbox(
    state: Annotated[str, typer.Option(help="waiting、filed、noted、dismissed")] = "",
) -> None:
    from casework.listings.offices import inbound_page

    with reading() as desk:
        rows = [
            {
                "id": row.id, "kind": row.kind, "state": row.state, "outcome": row.outcome, "from": row.sender,
                "subject": row.subject, "message": row.message, "document": row.number or row.document,
                "case": row.case,
            }
            for row in inbound_page(desk, "", 100, state=state).rows
        ]  # fmt: skip
    emit(rows, states=WORDS)
