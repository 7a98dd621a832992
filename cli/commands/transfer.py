"""More of linkage: parts, materials, the print set, special reasons, who may know."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.commands.register import existing
from cli.edge import day, emit, looking, reading, writing
from core.life.lives import REFERRAL_STATE_LABELS

Number = Annotated[int, typer.Argument(metavar="ID", help="线索编号")]
Reason = Annotated[str, typer.Option("--reason", "--note", help="理由")]


def add_to(group: typer.Typer) -> None:
    """Add these commands to `ducha referral`."""
    group.command("split", help="分送：把一部分另送一个机关，自成一件，另行批准")(split)
    group.command("material", help="编制证据材料清单（份数、页数、原件），未签发的移送函随之更新")(material)
    group.command("package", help="打印移送材料：函、登记表、清单、交接清单、回执；标明工作秘密，留痕")(
        package
    )
    group.command("back", help="退回补充核查")(back)
    group.command("block", help="登记因特殊原因暂缓移送")(block)
    group.command("unblock", help="登记暂缓原因消除，重新计算移送期限")(unblock)
    group.command("close", help="办结被退回且不再移送的，或已反馈最后结果的")(close)
    group.command("reader", help="指定知悉人员：全部，或 --scope referral:编号 一件")(reader)
    group.command("readers", help="列出知悉人员")(readers)
    group.command("unread", help="撤销一项知悉授权")(unread)


def split(
    referral: Number,
    receiver: Annotated[str, typer.Option(help="接收机关代码")],
    matter: Annotated[str, typer.Option(help="分送的部分")],
    instead: Annotated[bool, typer.Option("--instead", help="改送：原移送被退回，由本件代替")] = False,
) -> None:
    from casework.linkage.splitting import split as do

    with writing() as desk:
        row = do(desk, referral, receiver=receiver, matter=matter, instead=instead)
        result = {
            "id": row.id,
            "part": row.part,
            "receiver": row.receiver,
            "state": row.state,
            "transfer_by_on": row.transfer_by_on,
        }
    emit(result, states=REFERRAL_STATE_LABELS)


def material(
    referral: Number,
    name: Annotated[str, typer.Option(help="材料名称")],
    copies: Annotated[int, typer.Option(help="份数")] = 1,
    pages: Annotated[int, typer.Option(help="每份页数，0 为手工清点")] = 0,
    original: Annotated[bool, typer.Option("--original", help="原件")] = False,
    file: Annotated[Path | None, typer.Option(help="材料的电子件")] = None,
    anew: Annotated[bool, typer.Option("--anew", help="清空后重新编制")] = False,
) -> None:
    from casework.linkage.letters import Material, list_materials

    with writing() as desk:
        rows = list_materials(
            desk,
            referral,
            [Material(name, copies, pages, original)],
            [existing(file)] if file else [],
            anew=anew,
        )
        result = [
            {"name": row.name, "copies": row.copies, "pages": row.pages, "original": row.original}
            for row in rows
        ]
    emit(result)


def package(referral: Number, out: Annotated[Path, typer.Option(help="输出文件夹")]) -> None:
    from casework.linkage.packages import print_package

    with looking() as desk:
        result = print_package(desk, referral, out)
    emit(result)


def back(referral: Number, reason: Reason = "") -> None:
    from casework.linkage.referrals import send_back

    with writing() as desk:
        result = _row(send_back(desk, referral, reason=reason))
    emit(result, states=REFERRAL_STATE_LABELS)


def block(referral: Number, reason: Reason = "") -> None:
    from casework.linkage.referrals import block as do

    with writing() as desk:
        result = _row(do(desk, referral, reason=reason))
    emit(result, states=REFERRAL_STATE_LABELS)


def unblock(referral: Number) -> None:
    from casework.linkage.referrals import unblock as do

    with writing() as desk:
        result = _row(do(desk, referral))
    emit(result, states=REFERRAL_STATE_LABELS)


def close(referral: Number, reason: Reason = "") -> None:
    from casework.linkage.referrals import close as do

    with writing() as desk:
        result = _row(do(desk, referral, reason=reason))
    emit(result, states=REFERRAL_STATE_LABELS)


def reader(
    person: Annotated[str, typer.Argument(help="人员编号或岗位编码")],
    until: Annotated[str, typer.Option(help="知悉至何日")],
    reason: Reason = "",
    since: Annotated[str | None, typer.Option("--from", help="自何日，默认今天")] = None,
    scope: Annotated[str | None, typer.Option(help="如 referral:3、incoming:1；不写为全部")] = None,
) -> None:
    from casework.linkage.compartment import name_reader
    from core.errors import InvalidInput

    subject, _, number = (scope or "").partition(":")
    if scope and not number.isdigit():
        raise InvalidInput(
            "--scope 的写法不正确", found=scope, expected="种类:编号", remedy="例如 --scope referral:3"
        )
    last = day(until, "--until")
    assert last is not None  # required
    with writing() as desk:
        row = name_reader(
            desk,
            person,
            from_on=day(since, "--from") or desk.today,
            until_on=last,
            reason=reason,
            subject=subject or None,
            subject_id=int(number) if number else None,
        )
        result = {"id": row.id, "person": row.person, "from": row.from_on, "until": row.until_on}
    emit(result)


def readers() -> None:
    from casework.linkage.compartment import list_readers

    with reading() as desk:
        result = list_readers(desk)
    emit(result)


def unread(number: Annotated[int, typer.Argument(metavar="ID", help="授权编号")]) -> None:
    from casework.linkage.compartment import revoke_reader

    with writing() as desk:
        row = revoke_reader(desk, number)
        result = {"id": row.id, "person": row.person, "revoked_on": row.revoked_on}
    emit(result)


def _row(row: Any) -> dict[str, Any]:
    return {"id": row.id, "state": row.state, "transfer_by_on": row.transfer_by_on}
