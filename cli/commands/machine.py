"""What runs by itself, and what keeps it honest: sweep, clock, console, audit, doctor, backup, demo."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.edge import emit, open_edge, reading, refuse, settings, writing
from core.errors import DuchaError, Refused

if TYPE_CHECKING:
    from datetime import date

    from fastapi import FastAPI
    from sqlalchemy import Engine

    from casework.rehearsal.rehearsalplan import Asked
    from casework.rehearsal.rehearsed import Programme
    from flows.edge import Edge
    from flows.rehearsal import Step
    from system.settings import Settings

audits = typer.Typer(help="操作记录链", no_args_is_help=True)
PAGES_FIRST = 3  # seconds for the first pages before the clock does all that is due


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("sweep", help="到期巡检：亮灯，起草或发出单据")(sweep)
    app.command("watch", help="每日巡看：到期的事变成待办任务，如半月报、回头看、机构变动")(watch)
    app.add_typer(audits, name="audit")
    app.command("doctor", help="核对全部不变量")(doctor)
    app.command("backup", help="备份数据库和佐证材料为一个文件")(backup)
    app.command("restore", help="从备份恢复；恢复后处于暂停状态")(restore)
    app.command("release", help="两人核对后解除暂停状态")(release)
    app.command("clock", help="单机定时器")(clock)
    app.command("pulse", help="值守检查：定时工作、待发邮件、磁盘、备份、日历；有异常时以 1 结束")(pulse)
    app.command("serve", help="控制台和单机定时器（只在本机）")(serve)
    app.command("demo", help="演示一个完整的督察年度")(demo)


def sweep() -> None:
    from flows.jobs import run_sweep

    emit(run_sweep(open_edge()))


def watch() -> None:
    from flows.jobs import run_watch

    emit(run_watch(open_edge()))


@audits.command("verify", help="重新计算每一环的校验值")
def verify() -> None:
    from models.audit import verify_chains

    with reading() as desk:
        checked, broken = verify_chains(desk.session, desk.office_id)
    result = {
        "ok": not broken,
        "checked": checked,
        "broken": [{"shard": b.shard, "seq": b.seq, "why": b.why} for b in broken],
    }
    if broken:
        error = Refused(
            "操作记录链不相符",
            found=f"{len(broken)}处，首处在第{broken[0].shard}链第{broken[0].seq}环",
            expected="各环相符",
            remedy="停止写入，查明原因，必要时从备份恢复",
        )
        refuse(result, error, _say_chains)
    emit(result, _say_chains)


def _say_chains(data: dict[str, Any]) -> None:
    for link in data["broken"]:
        print(f"第{link['shard']}链第{link['seq']}环：{link['why']}")
    print(f"核对{data['checked']}条记录，" + ("各环相符" if data["ok"] else f"{len(data['broken'])}处不符"))


def doctor() -> None:
    from casework.upkeep.doctor import examine

    with reading() as desk:
        result = examine(desk).as_dict()
    if not result["ok"]:
        refuse(result, _illness(result), _say_diagnosis)
    emit(result, _say_diagnosis)


def _illness(data: dict[str, Any]) -> Refused:
    broken = [f"{one['id']} {one['broken']}处" for one in data["invariants"] if one["broken"]]
    return Refused(
        "数据自检有异常",
        found="，".join(broken),
        expected="每项0处",
        remedy="按所列各处办理后再运行 ducha doctor",
    )


def _say_diagnosis(data: dict[str, Any]) -> None:
    for one in data["invariants"]:
        mark = "正常" if not one["broken"] else f"异常{one['broken']}处"
        print(f"{one['id']:<7} {one.get('title', '')}：核对{one['checked']}项，{mark}")
        for example in one.get("examples", ()):
            print(f"        {example}")
    for warning in data["warnings"]:
        print(f"提醒：{warning}")
    print("全部正常" if data["ok"] else "有异常，请处理")


def backup(file: Annotated[Path, typer.Argument(help="备份文件")]) -> None:
    from casework.upkeep.backup import backup as do

    edge = open_edge()
    emit(do(edge.engine, edge.settings, file, edge.clock.now()))


def restore(
    file: Annotated[Path, typer.Argument(help="备份文件")],
    force: Annotated[bool, typer.Option("--force", help="覆盖现有数据库")] = False,
) -> None:
    from casework.upkeep.backup import restore as do

    edge = open_edge(must_exist=False)
    edge.engine.dispose()
    emit(do(file, edge.settings, edge.clock.now(), force=force))


def release(
    second: Annotated[str, typer.Option(help="第二名核对人")],
    number: Annotated[
        list[str] | None, typer.Option(help="发文登记簿上已用的最后文号，每个代字一个；此前的不再使用")
    ] = None,
) -> None:
    from casework.upkeep.backup import release_hold

    with writing() as desk:
        compared = release_hold(desk, second, number or ())
    emit({"released": True, "journal": compared})


def clock(
    standby: Annotated[
        bool, typer.Option("--standby", help="只办别处（如 Prefect）没有按时办的工作")
    ] = False,
) -> None:
    from flows.clock import run_clock

    run_clock(open_edge(), standby=standby)


def pulse(
    mail: Annotated[
        bool, typer.Option("--mail", help="有变化时发邮件给 DUCHA_ALARM_TO，平安也每天发一次")
    ] = False,
) -> None:
    from flows.pulse import lines_of, mail_pulse, take_pulse, wrong_in

    edge = open_edge(must_exist=False)
    found = take_pulse(edge)
    sent = mail and mail_pulse(edge, found)
    wrong, lines = wrong_in(found), lines_of(found)
    result = {"ok": not wrong, "wrong": list(wrong), "mailed": sent, "lines": lines}
    if wrong:
        error = Refused(
            "值守检查有异常", found="，".join(wrong), expected="各项正常", remedy="按所列各项办理"
        )
        refuse(result, error, lambda _data: print("\n".join(lines)))
    emit(result, lambda _data: print("\n".join(lines)))


def serve(
    port: Annotated[int | None, typer.Option(help="端口，默认取 DUCHA_PORT")] = None,
    clock: Annotated[
        bool, typer.Option("--clock/--no-clock", help="定时器另有服务在运行的，只开页面")
    ] = True,
) -> None:
    from console.serve import serve as do

    known, beside = settings(), ClockBeside()
    try:
        do(known, lambda: _console(beside if clock else None), port=port or known.port)
    finally:
        beside.stop()


def _console(clock: ClockBeside | None) -> FastAPI:
    """Return the console on the database of the settings, and have the clock follow it where there is to be one."""
    edge = open_edge()
    from casework.rulesets.library import current_rules
    from console.app import create_app

    current_rules(edge.settings.rules)  # which the first page after it would wait for
    app = create_app(edge.engine, edge.settings, edge.clock.now, rehearse=_rehearse, send=lambda: _send(edge))
    if clock is not None:
        clock.start(edge)
    return app


def _send(edge: Edge) -> dict[str, object]:
    """Send what is ready, as the clock does."""
    from flows.sending import run_outbox

    return run_outbox(edge)


def _rehearse(engine: Engine, held: Settings, today: date, asked: Asked, step: Step) -> Programme:
    """Play a campaign for a page of the console."""
    from flows.edge import Edge, WallClock
    from flows.rehearsal import rehearse

    return rehearse(Edge(engine, held, WallClock(today)), asked, step)


class ClockBeside:
    """The single-box clock in a thread of its own."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, edge: Edge) -> None:
        """Run it from now on."""
        self._thread = threading.Thread(target=self._tick, args=(edge,), name="clock")
        self._thread.start()

    def stop(self) -> None:
        """Have it end, and wait until it has."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _tick(self, edge: Edge) -> None:
        if self._stopped.wait(PAGES_FIRST):
            return
        from flows.clock import run_clock  # with all that its jobs need, which pages need not wait for

        try:
            run_clock(edge, self._stopped)
        except DuchaError as error:
            # The pages stay useful where a `ducha clock` runs beside them already.
            print(f"定时器没有启动：{error}", file=sys.stderr)


def demo(
    out: Annotated[Path, typer.Option(help="输出文件夹")] = Path("out/demo"),
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示进度")] = False,
) -> None:
    from cli.demo.run import run_demo

    summary = run_demo(out, progress=not quiet)
    broken = summary["invariants"]["broken"]
    if broken:
        error = Refused(
            "演示数据自检有异常",
            found=f"{broken}处",
            expected="0处",
            remedy=f"对 {out} 的数据库运行 ducha doctor",
        )
        refuse(summary, error, lambda _data: None)
    emit(summary, lambda _data: None)
