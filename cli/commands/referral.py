"""Linkage; only people named for it see anything here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands.register import existing
from cli.edge import emit, looking, reading, writing
from core.errors import InvalidInput
from core.life.lives import REFERRAL_STATE_LABELS

if TYPE_CHECKING:
    from models.referral import Referral

group = typer.Typer(help="贯通联动：筛查、研究、批准、移送、回执、结果", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="ID", help="线索编号")]
Note = Annotated[str, typer.Option("--note", help="说明")]
Scan = Annotated[Path | None, typer.Option("--file", help="扫描件")]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    from cli.commands import transfer  # it adds its commands to the group

    transfer.add_to(group)
    app.add_typer(group, name="referral")


@group.command("list", help="列出线索")
def list_(state: Annotated[str | None, typer.Option(help="状态")] = None) -> None:
    from casework.linkage.referrals import list_referrals

    with reading() as desk:
        result = list_referrals(desk, state=state)
    emit(result, states=REFERRAL_STATE_LABELS)


@group.command("show", help="查看一件线索；查看留痕")
def show(referral: Number) -> None:
    from casework.linkage.referralviews import show_referral

    with looking() as desk:
        result = show_referral(desk, referral)
    emit(result, states=REFERRAL_STATE_LABELS)


@group.command("open", help="因事项的联动条件成立，启动线索筛查")
def open_(
    case: Annotated[str, typer.Argument(metavar="CASE", help="问题编号")],
    note: Annotated[str, typer.Option("--note", "--reason", help="联动条件如何成立")] = "",
) -> None:
    from casework.linkage.screening import open_screening_by_hand

    with writing() as desk:
        result = _row(open_screening_by_hand(desk, case, note))
    emit(result)


@group.command("screen", help="提出初核意见和建议的接收机关")
def screen(
    referral: Number,
    note: Annotated[str, typer.Option("--note", "--opinion", help="初核意见")] = "",
    receiver: Annotated[
        str, typer.Option(help="接收机关代码，如 discipline、procuratorate、inspection")
    ] = "discipline",
) -> None:
    from casework.linkage.referrals import screen as do

    with writing() as desk:
        result = _row(do(desk, referral, receiver=receiver, opinion=note))
    emit(result, states=REFERRAL_STATE_LABELS)


@group.command("study", help="登记集体研究：参加人员（可写多次）和会议纪要")
def study(
    referral: Number,
    note: Note = "",
    file: Scan = None,
    participant: Annotated[list[str] | None, typer.Option(help="参加人员编号，可写多次")] = None,
) -> None:
    from casework.linkage.referrals import study as do

    said = note or (f"见{file.name}" if file else "")
    with writing() as desk:
        result = _row(do(desk, referral, note=said, participants=participant or [], file=_scan(file)))
    emit(result, states=REFERRAL_STATE_LABELS)


@group.command("approve", help="主要负责人批准移送，起草移送函")
def approve(referral: Number, note: Note = "") -> None:
    from casework.linkage.referrals import approve as do

    with writing() as desk:
        result = _row(do(desk, referral, note=note))
    emit(result, states=REFERRAL_STATE_LABELS)


@group.command("decline", help="不予移送，写明理由")
def decline(
    referral: Number, note: Annotated[str, typer.Option("--note", "--reason", help="理由")] = ""
) -> None:
    from casework.linkage.referrals import decline as do

    with writing() as desk:
        result = _row(do(desk, referral, reason=note))
    emit(result, states=REFERRAL_STATE_LABELS)


@group.command("send", help="登记移送函及材料已专人送达或交机要")
def send(
    referral: Number,
    channel: Annotated[str, typer.Option(help="hand 专人，confidential_post 机要")] = "hand",
    file: Scan = None,
    handed_to: Annotated[str, typer.Option("--handed-to", help="对方收件人")] = "",
    post_number: Annotated[str, typer.Option("--post-number", help="机要编号")] = "",
) -> None:
    from casework.linkage.referrals import send as do

    with writing() as desk:
        row = do(
            desk, referral, channel=channel, handed_to=handed_to, post_number=post_number, file=_scan(file)
        )
        result = _row(row)
    emit(result, states=REFERRAL_STATE_LABELS)


@group.command("receipt", help="登记回执：received 接收，returned 退回，passed_on 转送")
def receipt(
    referral: Number,
    verdict: Annotated[str, typer.Option(help="received、returned、passed_on")] = "received",
    number: Annotated[str, typer.Option(help="对方编号")] = "",
    note: Annotated[str, typer.Option("--note", "--reason", help="退回的理由等")] = "",
    passed_to: Annotated[str, typer.Option("--passed-to", help="转送的机关")] = "",
    file: Scan = None,
) -> None:
    from casework.linkage.referrals import receipt as do

    with writing() as desk:
        row = do(
            desk, referral, verdict=verdict, number=number, note=note, passed_to=passed_to, file=_scan(file)
        )
        result = _row(row)
    emit(result, states=REFERRAL_STATE_LABELS)


@group.command("result", help="登记办理结果和人数（不记姓名）")
def result(
    referral: Number,
    note: Note = "",
    organisational: Annotated[int, typer.Option(help="组织处理人数")] = 0,
    disciplinary: Annotated[int, typer.Option(help="党纪政务处分人数")] = 0,
    criminal: Annotated[int, typer.Option(help="移送司法人数")] = 0,
    educational: Annotated[int, typer.Option(help="批评教育帮助人数")] = 0,
    sanction: Annotated[
        list[str] | None, typer.Option(help="按种类登记：种类=人数，如 party_warning=2，可写多次")
    ] = None,
    advice: Annotated[
        list[str] | None, typer.Option(help="建章立制建议：内容|负责人|日期，可写多次，各成一项任务")
    ] = None,
    interim: Annotated[bool, typer.Option("--interim", help="阶段性结果，暂不办结")] = False,
    file: Scan = None,
) -> None:
    from casework.linkage.linkageitems import read_item
    from casework.linkage.referrals import Outcome
    from casework.linkage.referrals import result as do

    outcome = Outcome(organisational, disciplinary, criminal, educational, _kinds(sanction or []))
    items = [read_item(text) for text in advice or []]
    with writing() as desk:
        row = _row(
            do(desk, referral, note=note, outcome=outcome, advice=items, interim=interim, file=_scan(file))
        )
    emit(row, states=REFERRAL_STATE_LABELS)


def _kinds(texts: list[str]) -> dict[str, int]:
    """Return {kind: people} of options written kind=people."""
    found: dict[str, int] = {}
    for text in texts:
        kind, _, people = text.partition("=")
        if not kind or not people.strip().isdigit():
            raise InvalidInput(
                "--sanction 的写法不正确", found=text, expected="种类=人数", remedy="例如 party_warning=2"
            )
        found[kind.strip()] = found.get(kind.strip(), 0) + int(people)
    return found


def _scan(file: Path | None) -> Path | None:
    return existing(file) if file else None


def _row(referral: Referral) -> dict[str, Any]:
    return {
        "id": referral.id,
        "state": referral.state,
        "receiver": referral.receiver,
        "document": referral.document_id,
        "feedback_due_on": referral.feedback_due_on,
    }
