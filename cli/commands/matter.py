"""Matters of administrative litigation (行政争议): registering, looking, rates; the acts are in matteracts.py."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.commands import matteracts, matterends
from cli.commands.register import existing
from cli.edge import day, emit, reading, writing
from cli.mattertext import say_board, say_clocks, say_explanation, say_list, say_matter
from core.errors import InvalidInput
from core.life.matterlife import (
    INSTANCE_LABELS,
    MATTER,
    MATTER_KIND_LABELS,
    PLAINTIFF_LABELS,
    Instance,
    MatterKind,
)

group = typer.Typer(help="行政争议：应诉、复议、履行、司法建议和检察建议", no_args_is_help=True)
STATES = MATTER.state_labels
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="案号、复议案号或建议书文号")]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    matteracts.attach(group)
    matterends.attach(group)
    app.add_typer(group, name="matter")


def choose(text: str | None, labels: dict[Any, str], name: str) -> Any:
    """Return the code meant by a code or its Chinese word, None for nothing; raise InvalidInput."""
    if text is None:
        return None
    found = next((code for code, label in labels.items() if text in (code.value, label)), None)
    if found is None:
        expected = "、".join(f"{code.value}（{label}）" for code, label in labels.items())
        raise InvalidInput(f"{name} 不正确", found=text, expected=expected, remedy=f"改正 {name}")
    return found


@group.command("register", help="登记一件行政争议：冻结规则，推算法定期限")
def register(
    number: Number,
    unit: Annotated[str, typer.Option(help="被告（被申请人）单位编码")],
    forum: Annotated[str, typer.Option(help="法院、复议机关或发出建议的机关")],
    cause: Annotated[str, typer.Option(help="案由")],
    received: Annotated[str, typer.Option(help="收到日期")],
    kind: Annotated[str, typer.Option(help="、".join(MATTER_KIND_LABELS.values()))] = "litigation",
    instance: Annotated[str | None, typer.Option(help="一审、二审、再审；行政诉讼不写的为一审")] = None,
    plaintiff: Annotated[str, typer.Option(help="个人、企业、群体")] = "person",
    claim: Annotated[str, typer.Option(help="被诉行政行为和请求")] = "",
    item: Annotated[str | None, typer.Option(help="相关事项编号，如 S17")] = None,
    party: Annotated[list[str] | None, typer.Option(help="共同被告单位编码，可多次")] = None,
    start: Annotated[str | None, typer.Option(help="答辩（答复）期限起算日，默认收到日期")] = None,
    clock: Annotated[str, typer.Option(help="另一法定期限，如 review_reply_simple")] = "",
    variant: Annotated[str, typer.Option(help="期限的情形，如 urgent")] = "",
    handler: Annotated[str, typer.Option(help="承办人")] = "",
    agent: Annotated[str, typer.Option(help="代理人")] = "",
    note: Annotated[str, typer.Option(help="备注")] = "",
    secrecy: Annotated[str, typer.Option(help="public、internal、work_secret")] = "internal",
) -> None:
    from core.codes import SECRECY_LABELS

    found, stage = _kind(kind, instance)
    _register(
        number=number, kind=found, instance=stage, unit=unit, forum=forum, cause=cause, claim=claim, item=item,
        clock=clock, variant=variant, handler=handler, agent=agent, note=note, parties=tuple(party or ()),
        received_on=day(received, "--received"), start_on=day(start, "--start"),
        plaintiff=choose(plaintiff, PLAINTIFF_LABELS, "--plaintiff"),
        secrecy=choose(secrecy, SECRECY_LABELS, "--secrecy"),
    )  # fmt: skip


def _kind(kind: str, instance: str | None) -> tuple[MatterKind, Instance | None]:
    """Return the kind and the instance meant; a lawsuit without one is in its first."""
    found: MatterKind = choose(kind, MATTER_KIND_LABELS, "--kind")
    stage: Instance | None = choose(instance, INSTANCE_LABELS, "--instance")
    return found, Instance.FIRST if found is MatterKind.LITIGATION and stage is None else stage


def _register(**values: Any) -> None:
    from casework.litigation.listing import show_matter
    from casework.litigation.registering import Entry
    from casework.litigation.registering import register as do

    with writing() as desk:
        do(desk, Entry(**values))
        result = show_matter(desk, values["number"], timeline=False)
    emit(result, say_matter)


@group.command("import", help="导入行政争议台账（.xlsx）：全部成功或全部不写，已登记的案号更新")
def import_(file: Annotated[Path, typer.Argument(help="台账（.xlsx 或 .csv）")]) -> None:
    from casework.litigation.exchange import import_matters

    with writing() as desk:
        result = import_matters(desk, existing(file))
    emit(result)


@group.command("export", help="导出行政争议台账（.xlsx），可填写后再导入")
def export(file: Annotated[Path, typer.Argument(help="输出文件")]) -> None:
    from casework.litigation.exchange import export_matters

    with reading() as desk:
        content = export_matters(desk)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    emit({"file": str(file), "bytes": len(content)})


@group.command("list", help="列出行政争议，灯色高的在前")
def list_(
    unit: Annotated[str | None, typer.Option(help="单位编码")] = None,
    kind: Annotated[str | None, typer.Option(help="案件类型")] = None,
    state: Annotated[str | None, typer.Option(help="状态")] = None,
    light: Annotated[str | None, typer.Option(help="灯色：none、blue、yellow、red、black")] = None,
    every: Annotated[bool, typer.Option("--all", help="含已办结的")] = False,
) -> None:
    from casework.litigation.matterlist import list_matters

    found = choose(kind, MATTER_KIND_LABELS, "--kind")
    stage = choose(state, dict(STATES), "--state")
    with reading() as desk:
        result = list_matters(
            desk,
            unit=unit,
            kind=found.value if found else None,
            state=stage.value if stage else None,
            light=light,
            every=every,
        )
    emit(result, say_list)


@group.command("show", help="查看一件行政争议：期限、事实、事件、评分、文书和办理过程")
def show(number: Number) -> None:
    from casework.litigation.listing import show_matter

    with reading() as desk:
        result = show_matter(desk, number)
    emit(result, say_matter)


@group.command("explain", help="为什么是这个灯：逐日重算，注明规则、期限和因子")
def explain(number: Number) -> None:
    from casework.litigation.listing import explain_matter

    with reading() as desk:
        result = explain_matter(desk, number)
    emit(result, say_explanation)


@group.command("clocks", help="一件行政争议的法定期限和日期，附推算过程和依据")
def clocks(number: Number) -> None:
    from casework.litigation.clocks import list_clocks_of
    from casework.litigation.files import find_matter

    with reading() as desk:
        result = list_clocks_of(desk, find_matter(desk, number))
    emit(result, say_clocks)


@group.command("rate", help="败诉率：各单位一审审结、败诉件数和灯色，可下钻到案件")
def rate(
    unit: Annotated[str | None, typer.Option(help="单位编码；写明的列出各案")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="起日；不写的按规则的滚动期间")] = None,
    to: Annotated[str | None, typer.Option("--to", help="止日，默认今天")] = None,
    drill: Annotated[bool, typer.Option("--matters", help="列出各案")] = False,
) -> None:
    from casework.litigation.rates import rate_board

    with reading() as desk:
        board = rate_board(desk, unit=unit, from_on=day(from_, "--from"), to_on=day(to, "--to"))
    emit(board.as_dict(drill=drill or unit is not None), say_board)
