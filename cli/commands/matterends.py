"""How matters of administrative litigation end: results, the next instance, performance, filing, other lines."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.commands.matteracts import Files, Note, Number, On, emit_matter, file_of, paths_of, shown
from cli.edge import day, emit, writing
from core.life.matterlife import INSTANCE_LABELS, RESULT_LABELS, Instance

RESULT_HELP = " ".join(f"{code.value}（{label}）" for code, label in RESULT_LABELS.items())


def attach(group: typer.Typer) -> None:
    """Add these commands to the group `matter`."""
    for name, text, command in COMMANDS:
        group.command(name, help=text)(command)


def result_(
    number: Number,
    result: Annotated[str, typer.Argument(help=RESULT_HELP)],
    on: On = None,
    served: Annotated[str | None, typer.Option(help="送达日，默认作出之日")] = None,
    text: Annotated[str, typer.Option(help="裁判（决定）要旨")] = "",
    ruling: Annotated[bool, typer.Option("--ruling", help="裁定（上诉期10日）")] = False,
    file: Files = None,
) -> None:
    from casework.litigation.ending import Outcome, conclude
    from cli.commands.matter import choose

    found = choose(result, RESULT_LABELS, "RESULT")
    with writing() as desk:
        decided = day(on, "--on") or desk.today
        outcome = Outcome(found, decided, day(served, "--served"), text, ruling, paths_of(file))
        conclude(desk, file_of(desk, number), outcome)
        found_now = shown(desk, number)
    emit_matter(found_now)


def appeal(
    number: Number,
    next_: Annotated[str, typer.Option("--number", help="下一审级的案号")],
    forum: Annotated[str, typer.Option(help="上级法院")],
    received: Annotated[str | None, typer.Option(help="收到日期，默认今天")] = None,
    instance: Annotated[str, typer.Option(help="二审、再审")] = "second",
    appellant: Annotated[str, typer.Option(help="上诉人、申请再审人")] = "",
) -> None:
    from casework.litigation.ending import appeal as do
    from casework.litigation.ending import next_instance
    from cli.commands.matter import choose

    stage: Instance = choose(instance, INSTANCE_LABELS, "--instance")
    with writing() as desk:
        matter = file_of(desk, number)
        entry = next_instance(desk, matter, next_, forum, stage, day(received, "--received") or desk.today)
        do(desk, matter, entry, appellant)
        result = shown(desk, next_)
    emit_matter(result)


def perform(
    number: Number,
    due: Annotated[str, typer.Option(help="生效裁判载明的履行期满日")],
    note: Note = "",
    file: Files = None,
) -> None:
    from casework.litigation.filing import perform as do

    with writing() as desk:
        until = day(due, "--due")
        assert until is not None  # a required option
        do(desk, file_of(desk, number), until, files=paths_of(file), note=note)
        result = shown(desk, number)
    emit_matter(result)


def close(number: Number, note: Note = "") -> None:
    from casework.litigation.filing import close as do

    with writing() as desk:
        do(desk, file_of(desk, number), note)
        result = shown(desk, number)
    emit_matter(result)


def annul(number: Number, note: Note = "") -> None:
    from casework.litigation.filing import annul as do

    with writing() as desk:
        do(desk, file_of(desk, number), note)
        result = shown(desk, number)
    emit_matter(result)


def revise(number: Number, note: Note = "") -> None:
    from casework.litigation.filing import revise as do

    with writing() as desk:
        do(desk, file_of(desk, number), note)
        result = shown(desk, number)
    emit_matter(result)


def link(number: Number, case: Annotated[str, typer.Option(help="问题编号")], note: Note = "") -> None:
    from casework.litigation.linking import link_case

    with writing() as desk:
        link_case(desk, file_of(desk, number), case, note)
        result = shown(desk, number)
    emit_matter(result)


def screening(
    number: Number, ground: Annotated[int, typer.Option(help="规则 linkage.grounds 的序号")], note: Note = ""
) -> None:
    from casework.litigation.linking import ask_screening

    with writing() as desk:
        task = ask_screening(desk, file_of(desk, number), ground, note)
    emit({"task": task})


COMMANDS = (
    ("result", "登记裁判、复议决定、和解、撤诉或答复", result_),
    ("appeal", "登记进入二审或再审：另立一件，前件等待结果", appeal),
    ("perform", "登记生效裁判进入履行", perform),
    ("close", "核销归档：应办事项全部办结后熄灯", close),
    ("annul", "撤销登记错误的事项", annul),
    ("revise", "更正登记错误的裁判结果，由另一名主任办理", revise),
    ("link", "关联同一单位的整改事项，写明理由", link),
    ("screening", "提请线索筛查（只开保密任务，不当然移送）", screening),
)
