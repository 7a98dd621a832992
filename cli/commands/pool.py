"""Talent pools and random draws."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.edge import day, emit, reading, writing

pools = typer.Typer(help="人才库：入库、续聘、退出、培训、成员", no_args_is_help=True)
draws = typer.Typer(help="随机抽取：抽取、复核", no_args_is_help=True)
Pool = Annotated[str, typer.Argument(help="人才库文件名，如 fazhi")]
Member = Annotated[str, typer.Argument(metavar="PERSON", help="人员编号")]
Number = Annotated[int, typer.Argument(metavar="ID", help="编号")]
Checked = Annotated[str | None, typer.Option("--checked-on", help="政治审查日期")]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(pools, name="pool")
    app.add_typer(draws, name="draw")


@pools.command("list", help="列出各人才库：人数、将届满、培训不足")
def list_() -> None:
    from casework.staff.poolviews import list_pools

    with reading() as desk:
        result = list_pools(desk)
    emit(result)


@pools.command("show", help="查看人才库的规则和专业构成")
def show(pool: Pool) -> None:
    from casework.staff.poolviews import show_pool

    with reading() as desk:
        result = show_pool(desk, pool)
    emit(result)


@pools.command("members", help="列出成员：任期、学时、本年督察次数")
def members(
    pool: Pool, every: Annotated[bool, typer.Option("--all", help="含已退出和届满的")] = False
) -> None:
    from casework.staff.poolviews import list_members

    with reading() as desk:
        result = list_members(desk, pool, every=every)
    emit(result)


@pools.command("enrol", help="入库")
def enrol(
    pool: Pool,
    person: Member,
    recommended: Annotated[str, typer.Option("--recommended-by", help="推荐单位")] = "",
    checked: Checked = None,
    first: Annotated[str | None, typer.Option("--from", help="任期首日，默认今天")] = None,
    last: Annotated[str | None, typer.Option("--until", help="届满日，默认按人才库的年数")] = None,
    specialty: Annotated[list[str] | None, typer.Option("--specialty", help="在本库的专业，可写多个")] = None,
) -> None:
    from casework.staff.pools import enrol as act

    with writing() as desk:
        row = act(
            desk, pool, person, from_on=day(first, "--from"), until_on=day(last, "--until"),
            recommended_by=recommended, checked_on=day(checked, "--checked-on"), specialties=specialty or (),
        )  # fmt: skip
        result = {
            "pool": pool,
            "person": person,
            "term": row.term,
            "from": row.from_on,
            "until": row.until_on,
        }
    emit(result)


@pools.command("renew", help="续聘一届")
def renew(pool: Pool, person: Member, checked: Checked = None) -> None:
    from casework.staff.pools import renew as act

    with writing() as desk:
        row = act(desk, pool, person, checked_on=day(checked, "--checked-on"))
        result = {
            "pool": pool,
            "person": person,
            "term": row.term,
            "from": row.from_on,
            "until": row.until_on,
        }
    emit(result)


@pools.command("exit", help="退出，写明情形；尚未进行的督察列为待更换")
def leave(
    pool: Pool,
    person: Member,
    reason: Annotated[str, typer.Option("--reason", help="退出情形，见 ducha pool show")] = "",
    note: Annotated[str, typer.Option("--note", help="说明")] = "",
) -> None:
    from casework.staff.pools import exit_pool

    with writing() as desk:
        row, affected = exit_pool(desk, pool, person, reason, note)
        result = {"pool": pool, "person": person, "exited_on": row.exited_on, "replace_on_visits": affected}
    emit(result)


@pools.command("train", help="登记培训学时，可一次登记多人")
def train(
    people: Annotated[list[str], typer.Argument(metavar="PERSON...", help="人员编号")],
    hours: Annotated[int, typer.Option(help="学时")],
    topic: Annotated[str, typer.Option(help="培训内容")],
    on: Annotated[str | None, typer.Option("--on", help="培训日期，默认今天")] = None,
) -> None:
    from casework.staff.pools import train as act

    with writing() as desk:
        rows = act(desk, people, day(on, "--on") or desk.today, hours, topic)
        result = {"recorded": len(rows), "hours": hours, "topic": topic}
    emit(result)


@pools.command("training", help="查看一人的培训记录")
def training(person: Member) -> None:
    from casework.staff.poolviews import list_training

    with reading() as desk:
        result = list_training(desk, person)
    emit(result)


Size = Annotated[int, typer.Option("--size", help="抽取数量")]
Purpose = Annotated[str, typer.Option("--purpose", help="用途")]
Seed = Annotated[str | None, typer.Option("--seed", help="随机种子，默认由系统生成并记录")]
Left = Annotated[list[str] | None, typer.Option("--leave-out", help="不参加抽取的，可写多个")]


@draws.command("units", help="抽取单位")
def draw_units(
    size: Size,
    purpose: Purpose,
    seed: Seed = None,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="单位类别，可写多个")] = None,
    leave_out: Left = None,
) -> None:
    _draw("units", size, purpose, seed, kinds=tuple(kind or ()), leave_out=tuple(leave_out or ()))


@draws.command("cases", help="抽取整改事项")
def draw_cases(
    size: Size,
    purpose: Purpose,
    seed: Seed = None,
    campaign: Annotated[str | None, typer.Option("--campaign", help="批次编码")] = None,
    state: Annotated[str | None, typer.Option("--state", help="整改事项状态，如 closed")] = None,
    leave_out: Left = None,
) -> None:
    _draw("cases", size, purpose, seed, campaign=campaign, state=state, leave_out=tuple(leave_out or ()))


@draws.command("items", help="抽取督察事项")
def draw_items(
    size: Size,
    purpose: Purpose,
    seed: Seed = None,
    catalog: Annotated[str | None, typer.Option("--catalog", help="事项目录")] = None,
    leave_out: Left = None,
) -> None:
    _draw("items", size, purpose, seed, catalog=catalog, leave_out=tuple(leave_out or ()))


@draws.command("people", help="抽取督察人员")
def draw_people(
    size: Size,
    purpose: Purpose,
    seed: Seed = None,
    pool: Annotated[str | None, typer.Option("--pool", help="人才库")] = None,
    leave_out: Left = None,
) -> None:
    _draw("people", size, purpose, seed, pool=pool, leave_out=tuple(leave_out or ()))


def _draw(kind: str, size: int, purpose: str, seed: str | None, **scope: Any) -> None:
    from casework.staff.drawing import Scope, describe_draw, make_draw

    with writing() as desk:
        result = describe_draw(make_draw(desk, kind, size, purpose, Scope(**scope), seed))
    emit(result)


@draws.command("list", help="列出历次抽取")
def list_draws() -> None:
    from casework.staff.drawing import list_draws as view

    with reading() as desk:
        result = view(desk)
    emit(result)


@draws.command("verify", help="按记录的范围和种子重新抽取，核对结果")
def verify(number: Number) -> None:
    from casework.staff.drawing import verify_draw
    from cli.edge import refuse
    from core.errors import Refused

    with reading() as desk:
        result = verify_draw(desk, number)
    if not result["ok"]:
        told = Refused(
            "抽取结果与记录不符",
            found=str(number),
            expected="按种子重新抽取的结果一致",
            remedy="核对数据库是否被改动",
        )
        refuse(result, told)
    emit(result)
