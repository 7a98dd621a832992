"""`ducha rules rehearse` and `what-if`: what would be sent, and which lights would change."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.edge import CALL, emit, open_edge, reading, settings
from cli.labels import CAMPAIGN_STATES
from core.codes import Line
from core.errors import InvalidInput

if TYPE_CHECKING:
    from casework.rehearsal.rehearsed import Programme
    from flows.edge import Edge
    from flows.rehearsal import Step

OVERVIEW = "预演概览.html"
TEXTS = "文书"
ISSUES = {"automatic": "自动提醒", "authorised": "授权发出", "on_signature": "签发"}
SHOWN = 60  # lines of the programme a person is shown; the overview has them all


class Signed(StrEnum):
    NEXT = "next"
    SAME = "same"


def attach(group: typer.Typer) -> None:
    """Add these commands."""
    group.command("rehearse", help="预演：一个批次今后若干天将发出的全部文书，不留任何痕迹")(rehearse)
    group.command("what-if", help="换一个预警督办等级，未办结事项的灯会怎样；只读")(what_if)


def rehearse(
    campaign: Annotated[str, typer.Argument(help="批次编码")],
    days: Annotated[int, typer.Option("--days", help="推演多少天（含今天）")] = 60,
    findings: Annotated[int, typer.Option("--findings", help="每个单位的样例问题数")] = 3,
    signed: Annotated[
        Signed, typer.Option("--signed", help="next 次一工作日签发，same 当日签发")
    ] = Signed.NEXT,
    out: Annotated[Path | None, typer.Option("--out", help="概览和全部文书文字写入此文件夹")] = None,
) -> None:
    from casework.rehearsal.rehearsalplan import Asked
    from flows.rehearsal import rehearse

    if out is not None:
        _refuse_filled(out)
    edge = open_edge()
    asked = Asked(campaign, days, findings, signed.value)
    with _progress() as step:
        programme = rehearse(edge, asked, step)
    data = programme.as_dict()
    if out is not None:
        data["out"] = str(out)
        _write(edge, programme, out)
    emit(data, _say_programme)


@contextmanager
def _progress() -> Iterator[Step]:
    """Show each day on stderr when a person is looking."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, quiet=CALL.as_json or not sys.stderr.isatty())
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(), console=console, refresh_per_second=4,
    ) as bar:  # fmt: skip
        task = bar.add_task("预演", total=None)

        def step(day: date, done: int, total: int) -> None:
            bar.update(task, description=f"预演 {day}", completed=done, total=total)

        yield step


def _refuse_filled(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InvalidInput(
            "目标文件夹不是空的",
            found=str(out),
            expected="新文件夹或空文件夹",
            remedy="改用 --out 指明另一个文件夹",
        )


def _write(edge: Edge, programme: Programme, out: Path) -> None:
    """Write the overview, and the words of every document into a file of its own."""
    from delivery.rehearsal import render_rehearsal

    (out / TEXTS).mkdir(parents=True, exist_ok=True)
    for place, row in enumerate(programme.documents, 1):
        text = programme.texts[row["id"]]
        name = f"{place:04}-{row['day']}-{row['unit']}-{row['kind']}.txt"
        (out / TEXTS / name).write_text(f"{text.subject}\n\n{text.body}", encoding="utf-8")
    with edge.desk(readonly=True) as desk:
        issuer = (
            desk.office_rules.lines[Line.PARTY].issuer
            if Line.PARTY in desk.office_rules.lines
            else desk.office.name
        )
    page = render_rehearsal({**programme.as_dict(), "issuer": issuer, "words": words_of(programme)})
    (out / OVERVIEW).write_text(page, encoding="utf-8")


def words_of(programme: Programme) -> dict[str, Mapping[str, str]]:
    """Return the words of every code that a programme uses."""
    from core.ladders.palette import DEFAULT
    from core.rulebook.roles import UNIT_ROLE_LABELS

    return {
        "kind": {row["kind"]: row["name"] for row in programme.documents},
        "unit": {row["unit"]: row["unit_name"] for row in programme.documents},
        "light": {light.value: DEFAULT.word(light) for light in DEFAULT.every},
        "recipients": {role.value: label for role, label in UNIT_ROLE_LABELS.items()},
        "issue": ISSUES,
        "state": CAMPAIGN_STATES,
    }


def _say_programme(data: dict[str, Any]) -> None:
    from cli.tables import print_value

    print(f"{data['title']}（{data['campaign']}）发文预演：{data['from']}至{data['to']}")
    print("前提：")
    for number, sentence in enumerate(data["assumptions"], 1):
        print(f"  {number}. {sentence}")
    rows = _by_day(data["documents"])
    print_value(rows[:SHOWN])
    if len(rows) > SHOWN:
        print(f"以上为前{SHOWN}行，其余见 --out 概览或 --json")
    names = {row["kind"]: row["name"] for row in data["documents"]}
    kinds = "，".join(f"{names[kind]}{count}份" for kind, count in data["totals"]["by_kind"].items())
    print(f"合计{data['totals']['documents']}份：{kinds or '无'}；尚未发出{len(data['waiting'])}份")
    for row in data["burden"]["units"][:1]:
        span = f"{row['from']}至{row['to']}"
        print(
            f"负担最重：{row['unit_name']}，{data['burden']['workdays']}个工作日内{row['documents']}份（{span}）"
        )
    if data["held"]:
        print(f"系统处于暂停状态（{data['held']}），到期巡检未运行")
    for row in data["refused"]:
        print(f"{row['day']} {row['what']}不能办理：{row['error']}")
    if "out" in data:
        print(f"概览和文书文字已写入 {data['out']}")


def _by_day(documents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one line a day, kind, light and way of going out, with how many units get one."""
    groups = Counter((row["day"], row["name"], row["light"], ISSUES[row["issue"]]) for row in documents)
    return [
        {"on": day, "kind": name, "light": light, "发出方式": way, "份数": count}
        for (day, name, light, way), count in groups.items()
    ]


def what_if(
    ladder: Annotated[str, typer.Option("--ladder", help="等级名称、等级文件或规则文件夹")],
    campaign: Annotated[str | None, typer.Option("--campaign", help="只看一个批次")] = None,
    days: Annotated[int, typer.Option("--days", help="今后多少天之内")] = 30,
) -> None:
    from casework.rulesets.whatif import compare_ladders, read_ladder

    with reading() as desk:
        other = read_ladder(desk, ladder, settings().rules)
        emit(compare_ladders(desk, other, campaign=campaign, days=days), _say_changes)


def _say_changes(data: dict[str, Any]) -> None:
    from cli.tables import print_value

    print(f"另一等级：{data['ladder']}；未办结事项{data['totals']['cases']}件")
    print_value(
        [
            {key: row[key] for key in ("case", "unit", "item", "on", "now", "then", "why")}
            for row in data["changes"]
        ]
    )
    ways = Counter(data["totals"]["by_change"])
    print(
        f"今天变灯{data['totals']['today']}件，{data['days']}天内变灯{data['totals']['within']}件，其中更高{data['totals']['higher']}件、更低{data['totals']['lower']}件"
    )
    for way, count in ways.most_common():
        print(f"  {way}：{count}件")
