"""Linkage; only people named for it see anything here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands.register import existing
from cli.edge import emit, reading, writing
from core.lives import REFERRAL_STATE_LABELS

if TYPE_CHECKING:
    from models.referral import Referral

group = typer.Typer(help="贯通联动：筛查、研究、批准、移送、回执、结果", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="ID", help="线索编号")]
Note = Annotated[str, typer.Option("--note", help="说明")]
Scan = Annotated[Path | None, typer.Option("--file", help="扫描件")]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="referral")


@group.command("list", help="列出线索")
def list_(state: Annotated[str | None, typer.Option(help="状态")] = None) -> None:
    from casework.referrals import list_referrals

    with reading() as desk:
        result = list_referrals(desk, state=state)
    emit(result, states=REFERRAL_STATE_LABELS)


@group.command("show", help="查看一件线索")
def show(referral: Number) -> None:
    from casework.referrals import find_referral
    from models.campaign import Finding

    with reading() as desk:
        row = find_referral(desk, referral)
        kept = row.model_dump(mode="json")
        case = desk.session.get_one(Finding, row.case_id).code
        # In the order of the life of a screening; the dump has none.
        kept = {
            name: kept[name] for name in type(row).model_fields if name not in ("id", "office_id", "case_id")
        }
        result = {"id": row.id, "case": case, **kept}
    emit(result, states=REFERRAL_STATE_LABELS)


@group.command("open", help="因事项的联动条件成立，启动线索筛查")
def open_(
    case: Annotated[str, typer.Argument(metavar="CASE", help="问题编号")],
    note: Annotated[str, typer.Option("--note", "--reason", help="联动条件如何成立")] = "",
) -> None:
    from casework.screening import open_screening_by_hand

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
    from casework.referrals import screen as do

    with writing() as desk:
        result = _row(do(desk, referral, receiver=receiver, opinion=note))
    emit(result, states=REFERRAL_STATE_LABELS)


@group.command("study", help="登记集体研究")
def study(referral: Number, note: Note = "", file: Scan = None) -> None:
    from casework.referrals import study as do

    with writing() as desk:
        result = _row(do(desk, referral, note=note or (f"见{file.name}" if file else ""), file=_scan(file)))
    emit(result, states=REFERRAL_STATE_LABELS)


@group.command("approve", help="主要负责人批准移送，起草移送函")
def approve(referral: Number, note: Note = "") -> None:
    from casework.referrals import approve as do

    with writing() as desk:
        result = _row(do(desk, referral, note=note))
    emit(result, states=REFERRAL_STATE_LABELS)


@group.command("decline", help="不予移送，写明理由")
def decline(
    referral: Number, note: Annotated[str, typer.Option("--note", "--reason", help="理由")] = ""
) -> None:
    from casework.referrals import decline as do

    with writing() as desk:
        result = _row(do(desk, referral, reason=note))
    emit(result, states=REFERRAL_STATE_LABELS)


@group.command("send", help="登记移送函及材料已专人送达或交机要")
def send(
    referral: Number,
    channel: Annotated[str, typer.Option(help="hand 专人，confidential_post 机要")] = "hand",
    file: Scan = None,
) -> None:
    from casework.referrals import send as do

    with writing() as desk:
        result = _row(do(desk, referral, channel=channel, file=_scan(file)))
    emit(result, states=REFERRAL_STATE_LABELS)


@group.command("receipt", help="登记回执：received 接收，returned 退回，passed_on 转送")
def receipt(
    referral: Number,
    verdict: Annotated[str, typer.Option(help="received、returned、passed_on")] = "received",
    number: Annotated[str, typer.Option(help="对方编号")] = "",
    file: Scan = None,
) -> None:
    from casework.referrals import receipt as do

    with writing() as desk:
        result = _row(do(desk, referral, verdict=verdict, number=number, file=_scan(file)))
    emit(result, states=REFERRAL_STATE_LABELS)


@group.command("result", help="登记办理结果和人数（不记姓名）")
def result(
    referral: Number,
    note: Note = "",
    organisational: Annotated[int, typer.Option(help="组织处理人数")] = 0,
    disciplinary: Annotated[int, typer.Option(help="党纪政务处分人数")] = 0,
    criminal: Annotated[int, typer.Option(help="移送司法人数")] = 0,
    file: Scan = None,
) -> None:
    from casework.referrals import Outcome
    from casework.referrals import result as do

    outcome = Outcome(organisational, disciplinary, criminal)
    with writing() as desk:
        row = _row(do(desk, referral, note=note, outcome=outcome, file=_scan(file)))
    emit(row, states=REFERRAL_STATE_LABELS)


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
