"""Numbers: statistics with their drill-down, scores and ranks, closed periods, the register of yearly reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.edge import UsageProblem, day, emit, reading, writing

if TYPE_CHECKING:
    from casework.counts.tallies import Scope
    from casework.desk import Desk

ranks = typer.Typer(help="单位评价：按公布的算法计分、排名、逐项说明", invoke_without_command=True)
periods = typer.Typer(help="统计期：结账后数字不再变动，迟报的计入下一期", no_args_is_help=True)
filings = typer.Typer(help="登记各单位的年度报告、述法和建章立制", no_args_is_help=True)
CampaignOption = Annotated[str | None, typer.Option("--campaign", help="批次编码")]
FromOption = Annotated[str | None, typer.Option("--from", help="自某日（含）")]
ToOption = Annotated[str | None, typer.Option("--to", help="至某日（含）")]
UnitOption = Annotated[str | None, typer.Option("--unit", help="单位编码")]
AreaOption = Annotated[str | None, typer.Option("--area", help="单位编码：该单位及其下级")]
KindOption = Annotated[str | None, typer.Option("--kind", help="督察方式，如 comprehensive")]
PeriodOption = Annotated[str, typer.Option("--kind", help="half_month、month、quarter 或 year")]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("stats", help="统计：份、条、人次、件分开计数；--indicator 列出一个数字背后的每一条")(stats)
    app.add_typer(ranks, name="rank")
    app.add_typer(periods, name="period")
    app.add_typer(filings, name="filing")


def stats(
    campaign: CampaignOption = None,
    from_on: FromOption = None,
    to_on: ToOption = None,
    unit: UnitOption = None,
    area: AreaOption = None,
    kind: KindOption = None,
    indicator: Annotated[
        str | None, typer.Option("--indicator", help="指标代码，如 findings.confirmed")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="与 --indicator 合用：列出明细")] = False,
    definitions: Annotated[
        bool, typer.Option("--definitions", help="列出全部指标的代码、单位和口径")
    ] = False,
) -> None:
    from casework.counts.indicators import list_indicators
    from casework.counts.statistics import count

    if definitions:
        emit(list_indicators())
        return
    given: dict[str, Any] = {
        "campaign": campaign, "from_on": day(from_on, "--from"), "to_on": day(to_on, "--to"),
        "unit": unit, "area": area, "kind": kind,
    }  # fmt: skip
    if indicator is not None:
        _drill(given, indicator, rows=list_)
        return
    if list_:
        raise UsageProblem(
            "没有写明指标",
            found="--list",
            expected="--indicator 代码",
            remedy="运行 ducha stats --definitions",
        )
    with reading() as desk:
        result = count(desk, **given).as_dict()
    emit(result, _say_stats)


def _drill(given: dict[str, Any], indicator: str, *, rows: bool) -> None:
    from casework.counts.countscope import scope_of
    from casework.counts.indicators import drill

    with reading() as desk:
        found = drill(scope_of(desk, **given), indicator)
    if not rows:
        found.pop("rows")
    emit(found, _say_drill)


def _say_stats(data: dict[str, Any]) -> None:
    if data.get("note"):
        print(f"（{data['note']}）")
    for group in data["groups"]:
        print(group["name"])
        for row in group["rows"]:
            shown = "—" if row["value"] is None else f"{row['value']}{row['unit']}"
            print(f"  {row['label']}：{shown}")


def _say_drill(data: dict[str, Any]) -> None:
    shown = "—" if data["value"] is None else f"{data['value']}{data['unit']}"
    print(f"{data['label']}：{shown}\n口径：{data['definition']}")
    for row in data.get("rows", ()):
        amount = f"（计{row['amount']}）" if row["amount"] != 1 else ""
        print("  " + "　".join(part for part in (row["on"] or "", row["unit"], row["text"]) if part) + amount)


@ranks.callback()
def rank(
    context: typer.Context,
    campaign: CampaignOption = None,
    from_on: FromOption = None,
    to_on: ToOption = None,
) -> None:
    """按公布的算法给单位计分、排名。"""
    if context.invoked_subcommand is not None:
        return
    from casework.reports.ranking import as_row
    from casework.reports.ranking import rank as do

    with reading() as desk:
        result = [as_row(one) for one in do(_scope(desk, campaign, from_on, to_on))]
    emit(result, _say_rank)


@ranks.command("explain", help="一个单位的得分：逐项算式、事实和明细")
def explain(
    unit: Annotated[str, typer.Argument(help="单位编码")],
    campaign: CampaignOption = None,
    from_on: FromOption = None,
    to_on: ToOption = None,
) -> None:
    from casework.reports.ranking import explain_unit

    with reading() as desk:
        result = explain_unit(_scope(desk, campaign, from_on, to_on), unit)
    emit(result, _say_explained)


def _scope(desk: Desk, campaign: str | None, from_on: str | None, to_on: str | None) -> Scope:
    from casework.counts.countscope import scope_of

    return scope_of(desk, campaign=campaign, from_on=day(from_on, "--from"), to_on=day(to_on, "--to"))


def _say_rank(rows: list[dict[str, Any]]) -> None:
    group = ""
    for row in rows:
        if row["group"] != group:
            group = row["group"]
            print(group)
        place = f"第{row['place']}名" if row["place"] else f"不排名：{row['reason']}"
        print(f"  {row['name']}：{row['total']}分（{row['grade']}），{place}")


def _say_explained(data: dict[str, Any]) -> None:
    place = (
        f"第{data['place']}名（共{data['group_size']}家）" if data["place"] else f"不排名：{data['reason']}"
    )
    print(
        f"{data['name']}：{data['total']}分（{data['grade']}），{data['group']}{place}\n依据：{data['rules']}"
    )
    for step in data["explained"]:
        print(f"  {step['name']}：{step['said']}")
    print(data["said"])
    for fact in data["facts"]:
        print(f"{fact['label']}：{fact['value']}{fact['unit']}（{fact['definition']}）")
        for row in fact["rows"]:
            print(f"    {row['text']}")


@periods.command("close", help="结账：存下本期全部数字，此后不再变动")
def close(
    kind: PeriodOption,
    on: Annotated[str, typer.Option("--on", help="该期中的任一日")],
) -> None:
    from casework.reports.periods import close_period, read_kind
    from casework.reports.periodview import describe_period

    with writing() as desk:
        wanted, one = read_kind(kind), _day(on)
        close_period(desk, wanted, one)
        result = describe_period(desk, wanted, one)
    result.pop("groups")
    emit(result)


@periods.command("list", help="列出统计期")
def list_periods() -> None:
    from casework.reports.periods import list_periods as do
    from core.calendar.periods import PeriodKind, name_period
    from core.life.periodlife import PERIOD

    with reading() as desk:
        result = [
            {
                "kind": row.kind, "name": name_period(PeriodKind(row.kind), row.from_on), "from": str(row.from_on),
                "to": str(row.to_on), "state": row.state, "closed_on": str(row.closed_on) if row.closed_on else None,
                "closed_by": row.closed_by, "sha256": row.sha256,
            }
            for row in do(desk)
        ]  # fmt: skip
    emit(result, states=PERIOD.state_labels)


@periods.command("show", help="一个统计期的数字：已结的为结账时的数字，未结的含以前各期迟报")
def show(
    kind: PeriodOption,
    on: Annotated[str, typer.Option("--on", help="该期中的任一日")],
) -> None:
    from casework.reports.periods import read_kind
    from casework.reports.periodview import describe_period

    with reading() as desk:
        result = describe_period(desk, read_kind(kind), _day(on))
    emit(result, _say_period)


def _say_period(data: dict[str, Any]) -> None:
    print(
        f"{data['name']}（{data['from']}至{data['to']}，{'已结账' if data['state'] == 'closed' else '未结账'}）"
    )
    for code, number in data["late"].items():
        print(f"  迟报调整：{code} {number}项")
    _say_stats(data)


@filings.command("add", help="登记或补记一家单位的年度报告、述法：期限、报送日、公开日")
def add(
    unit: Annotated[str, typer.Argument(help="单位编码")],
    year: Annotated[int, typer.Option(help="报告所属年度")],
    kind: Annotated[
        str, typer.Option(help="annual_report 年度报告，work_statement 述法报告")
    ] = "annual_report",
    due: Annotated[str | None, typer.Option(help="报送期限")] = None,
    filed: Annotated[str | None, typer.Option(help="报送日期")] = None,
    published: Annotated[str | None, typer.Option(help="向社会公开日期")] = None,
) -> None:
    from casework.units.filings import register_filing

    with writing() as desk:
        row = register_filing(
            desk, unit, kind, year, due_on=day(due, "--due"), filed_on=day(filed, "--filed"),
            published_on=day(published, "--published"),
        )  # fmt: skip
        result = {"unit": unit, "kind": row.kind, "year": row.year, "due_on": str(row.due_on)}
    emit(result)


@filings.command("list", help="列出登记的年度报告、述法")
def list_filings(year: Annotated[int | None, typer.Option(help="报告所属年度")] = None) -> None:
    from casework.units.filings import list_filings as do

    with reading() as desk:
        result = do(desk, year)
    emit(result)


@filings.command("rule", help="登记一项建章立制")
def rule(
    unit: Annotated[str, typer.Argument(help="单位编码")],
    title: Annotated[str, typer.Argument(help="制度名称")],
    on: Annotated[str, typer.Option("--on", help="制定、修订日期")],
    finding: Annotated[str | None, typer.Option(help="起因的问题编号")] = None,
) -> None:
    from casework.units.filings import register_institution

    with writing() as desk:
        row = register_institution(desk, unit, title, _day(on), finding=finding)
        result = {"id": row.id, "unit": unit, "title": row.title, "made_on": str(row.made_on)}
    emit(result)


@filings.command("point", help="登记行政执法监督联系点，或其撤销之日")
def point(
    code: Annotated[str, typer.Argument(help="联系点编号")],
    name: Annotated[str, typer.Argument(help="名称")],
    on: Annotated[str, typer.Option("--on", help="设立日期")],
    until: Annotated[str | None, typer.Option(help="撤销日期")] = None,
) -> None:
    from casework.units.filings import register_point

    with writing() as desk:
        row = register_point(desk, code, name, _day(on), until_on=day(until, "--until"))
        result = {
            "code": row.code,
            "name": row.name,
            "from_on": str(row.from_on),
            "until_on": str(row.until_on or ""),
        }
    emit(result)


def _day(text: str) -> Any:
    return day(text, "--on")
