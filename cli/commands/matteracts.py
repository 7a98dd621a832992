"""The acts on a matter of administrative litigation: assessing, recording, ending, 三个一, papers, corrections."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands.register import existing
from cli.edge import day, emit, writing
from cli.mattertext import say_matter
from core.errors import InvalidInput
from core.ladders.matters import ANCHORS, FACTS
from core.life.matterlife import (
    FAULT_LABELS,
    PAPER_KIND_LABELS,
    PaperKind,
)

if TYPE_CHECKING:
    from casework.desk import Desk
    from casework.litigation.files import MatterFile

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="案号、复议案号或建议书文号")]
Note = Annotated[str, typer.Option("--note", help="说明或理由")]
On = Annotated[str | None, typer.Option("--on", help="日期，默认今天")]
Files = Annotated[list[Path] | None, typer.Option("--file", help="附件，可多次")]
FACT_HELP = " ".join(f"{code}（{meaning}）" for code, meaning in FACTS.items())
DATE_HELP = " ".join(f"{code}（{meaning}）" for code, meaning in ANCHORS.items())
PAPER_HELP = " ".join(f"{code.value}（{label}）" for code, label in PAPER_KIND_LABELS.items())


def attach(group: typer.Typer) -> None:
    """Add these commands to the group `matter`."""
    for name, text, command in COMMANDS:
        group.command(name, help=text)(command)


def file_of(desk: Desk, number: str) -> MatterFile:
    """Return a matter by its number."""
    from casework.litigation.files import find_matter

    return find_matter(desk, number)


def shown(desk: Desk, number: str) -> dict[str, Any]:
    """Return a matter as it is shown after an act."""
    from casework.litigation.listing import show_matter

    return show_matter(desk, number, timeline=False)


def emit_matter(result: dict[str, Any]) -> None:
    """Print a matter."""
    emit(result, say_matter)


def paths_of(files: list[Path] | None) -> tuple[Path, ...]:
    """Return the files of an act; raise InvalidInput for one that is not there."""
    return tuple(existing(path) for path in files or ())


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise InvalidInput(
                "--factor 的写法不正确",
                found=text,
                expected="因子=理由",
                remedy="例如 --factor F2=未告知听证权利",
            )
        pairs[key] = value
    return pairs


def assess(
    number: Number,
    factor: Annotated[
        list[str] | None, typer.Option("--factor", help="因子=理由，可多次；没有的不写")
    ] = None,
    on: On = None,
) -> None:
    from casework.litigation.assessing import assess as do

    with writing() as desk:
        do(desk, file_of(desk, number), _pairs(factor or []), on=day(on, "--on"))
        result = shown(desk, number)
    emit_matter(result)


def occasion(
    number: Number,
    cause: Annotated[str, typer.Argument(help="证据交换、开庭、出现新证据、法院沟通")],
    on: On = None,
) -> None:
    from casework.litigation.assessing import note_trigger

    with writing() as desk:
        note_trigger(desk, file_of(desk, number), cause, day(on, "--on"))
        result = shown(desk, number)
    emit_matter(result)


def event(
    number: Number,
    code: Annotated[str, typer.Argument(help="事件代码，如 J6")],
    basis: Annotated[str, typer.Option(help="依据：法律文书名称、文号或记录")] = "",
    on: On = None,
    file: Files = None,
) -> None:
    from casework.litigation.recording import record_event

    with writing() as desk:
        record_event(desk, file_of(desk, number), code, on=day(on, "--on"), basis=basis, files=paths_of(file))
        result = shown(desk, number)
    emit_matter(result)


def fact(
    number: Number,
    code: Annotated[str, typer.Argument(help=FACT_HELP)],
    since: Annotated[str | None, typer.Option(help="自何日起，默认今天")] = None,
    basis: Annotated[str, typer.Option(help="凭据")] = "",
    file: Files = None,
) -> None:
    from casework.litigation.recording import record_fact

    with writing() as desk:
        matter = file_of(desk, number)
        record_fact(desk, matter, code, since=day(since, "--since"), basis=basis, files=paths_of(file))
        result = shown(desk, number)
    emit_matter(result)


def date_(
    number: Number,
    code: Annotated[str, typer.Argument(help=DATE_HELP)],
    on: Annotated[str | None, typer.Option("--on", help="法院或有关机关指定的日期")] = None,
    start: Annotated[str | None, typer.Option(help="起算日：按法定期限推算")] = None,
    clock: Annotated[str, typer.Option(help="法定期限代码，见 calendar clocks")] = "",
    variant: Annotated[str, typer.Option(help="期限的情形")] = "",
    extended: Annotated[bool, typer.Option(help="已依法延长")] = False,
    recount: Annotated[bool, typer.Option("--recount", help="按现行日历重新核定")] = False,
    note: Note = "",
) -> None:
    from casework.litigation import clocks
    from casework.litigation.lights import refresh

    if [on is not None, start is not None, recount].count(True) != 1:
        raise InvalidInput(
            "日期的写法不正确",
            found="--on、--start、--recount",
            expected="三者写且只写一个",
            remedy="改正选项",
        )
    with writing() as desk:
        matter = file_of(desk, number)
        given, began = day(on, "--on"), day(start, "--start")
        if given is not None:
            clocks.set_given(desk, matter, code, given, note)
        elif began is not None:
            counting = clocks.Counting(began, clock, variant, extended)
            clocks.set_counted(desk, matter, code, counting, note)
        else:
            clocks.recount(desk, matter, code)
        refresh(desk, matter)
        result = shown(desk, number)
    emit_matter(result)


def assign(
    number: Number,
    handler: Annotated[str | None, typer.Option(help="承办人")] = None,
    agent: Annotated[str | None, typer.Option(help="代理人")] = None,
    attendee: Annotated[str | None, typer.Option(help="出庭负责人")] = None,
    forum: Annotated[str | None, typer.Option(help="法院或复议机关")] = None,
    claim: Annotated[str | None, typer.Option(help="被诉行政行为和请求")] = None,
    note: Annotated[str | None, typer.Option(help="备注")] = None,
) -> None:
    from casework.litigation.registering import describe

    given = {
        "handler": handler,
        "agent": agent,
        "attendee": attendee,
        "forum": forum,
        "claim": claim,
        "note": note,
    }
    with writing() as desk:
        describe(
            desk, file_of(desk, number), **{key: text for key, text in given.items() if text is not None}
        )
        result = shown(desk, number)
    emit_matter(result)


def ones(
    number: Number,
    leader: Annotated[str, typer.Option(help="包案领导姓名")],
    post: Annotated[str, typer.Option(help="包案领导职务")],
    member: Annotated[list[str], typer.Option(help="化解小组成员，可多次")],
    plan: Annotated[str, typer.Option(help="化解方案要点；附文件的可不写")] = "",
    file: Files = None,
) -> None:
    from casework.litigation.ones import Ones, set_ones

    with writing() as desk:
        set_ones(desk, file_of(desk, number), Ones(leader, post, tuple(member), plan, paths_of(file)))
        result = shown(desk, number)
    emit_matter(result)


def report(
    number: Number,
    text: Annotated[str, typer.Option(help="化解进展")],
    next_: Annotated[str, typer.Option("--next", help="下一步措施")] = "",
    file: Files = None,
) -> None:
    _hand_in(number, PaperKind.PROGRESS, text, next_, None, file)


def paper(
    number: Number,
    kind: Annotated[str, typer.Argument(help=PAPER_HELP)],
    text: Annotated[str, typer.Option(help="内容摘要")],
    fault: Annotated[str | None, typer.Option(help="复盘的责任认定：none、slight、grave")] = None,
    file: Files = None,
) -> None:
    from cli.commands.matter import choose

    found = choose(kind, PAPER_KIND_LABELS, "KIND")
    _hand_in(number, found, text, "", choose(fault, FAULT_LABELS, "--fault"), file)


def _hand_in(
    number: str, kind: PaperKind, text: str, next_: str, fault: Any, file: list[Path] | None
) -> None:
    from casework.litigation.ones import hand_in

    with writing() as desk:
        hand_in(desk, file_of(desk, number), kind, text, next_steps=next_, fault=fault, files=paths_of(file))
        result = shown(desk, number)
    emit_matter(result)


def void(
    number: Number,
    what: Annotated[str, typer.Argument(help="event、fact、assessment")],
    code: Annotated[str, typer.Argument(help="事件或事实的代码，评分的序号")],
    note: Note = "",
) -> None:
    from casework.litigation.recording import void as do

    with writing() as desk:
        do(desk, file_of(desk, number), what, code, note)
        result = shown(desk, number)
    emit_matter(result)


COMMANDS = (
    ("assess", "评分：人写明成立的因子和理由，F6、F7 由系统推定", assess),
    ("occasion", "登记证据交换、开庭、新证据、法院沟通，提示按期重新评分", occasion),
    ("event", "登记诉讼事件（J1—J19），写明依据；熄灯的须附裁判文书", event),
    ("fact", "登记办理事实，如已提交答辩，附凭据", fact),
    ("date", "登记或推算日期；改动须写明理由，逐次留存", date_),
    ("assign", "写明承办人、代理人、出庭负责人等", assign),
    ("ones", "登记“三个一”：包案领导、化解小组、化解方案", ones),
    ("report", "报送化解进展（实时+半月），书面抄送", report),
    ("paper", "报送败诉报告、上诉意见、复盘、整改方案、自我纠错情况", paper),
    ("void", "撤销登记错误的事件、事实、评分，由另一名负责人办理", void),
)
