"""Delegation of signature."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.edge import UsageProblem, day, emit, reading, writing

if TYPE_CHECKING:
    from models.delegation import Delegation

group = typer.Typer(help="授权代签：谁代谁、签什么、何时起止", no_args_is_help=True)
STATES = {"registered": "已登记", "revoked": "已撤回"}


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="delegation")


@group.command("add", help="登记授权：由授权人本人登记，或由经办人凭授权书登记")
def add(
    to: Annotated[str, typer.Option("--to", help="被授权人：岗位编码或人员编号")],
    until: Annotated[str, typer.Option("--until", help="止于何日")],
    principal: Annotated[str | None, typer.Option("--principal", help="授权人岗位，不写的为操作人")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="起于何日，不写的为今天")] = None,
    document: Annotated[
        list[str] | None, typer.Option("--document", help="文书代码，* 为全部，可写多次")
    ] = None,
    act: Annotated[list[str] | None, typer.Option("--act", help="事项操作，如 close，可写多次")] = None,
    reason: Annotated[str, typer.Option("--reason", "--note", help="理由")] = "",
    file: Annotated[Path | None, typer.Option("--file", help="授权书扫描件")] = None,
) -> None:
    from casework.staff.delegations import Wish, add_delegation

    until_on = day(until, "--until")
    if until_on is None:
        raise UsageProblem("没有写明止期", found="空", expected="--until 日期", remedy="加上 --until")
    with writing() as desk:
        wish = Wish(
            principal=principal or desk.actor.code,
            delegate=to,
            documents=tuple(document or ()),
            acts=tuple(act or ()),
            from_on=day(from_, "--from") or desk.today,
            until_on=until_on,
            reason=reason,
            file=file,
        )
        result = _row(add_delegation(desk, wish))
    emit(result, states=STATES)


@group.command("revoke", help="提前撤回授权，写明理由")
def revoke(
    delegation: Annotated[int, typer.Argument(metavar="ID", help="授权编号")],
    reason: Annotated[str, typer.Option("--reason", "--note", help="理由")] = "",
) -> None:
    from casework.staff.delegations import revoke_delegation

    with writing() as desk:
        result = _row(revoke_delegation(desk, delegation, reason))
    emit(result, states=STATES)


@group.command("list", help="列出授权")
def list_(
    now: Annotated[bool, typer.Option("--now", help="只列今天有效的")] = False,
) -> None:
    from casework.staff.delegations import list_delegations

    with reading() as desk:
        result = [_row(row) for row in list_delegations(desk, desk.today if now else None)]
    emit(result, states=STATES)


def _row(row: Delegation) -> dict[str, object]:
    return {
        "id": row.id,
        "principal": row.principal,
        "delegate": row.delegate,
        "documents": row.documents,
        "acts": row.acts,
        "from_on": row.from_on.isoformat(),
        "until_on": row.until_on.isoformat(),
        "state": row.state,
        "reason": row.reason,
        "by": row.registered_by,
    }
