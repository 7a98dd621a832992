"""`ducha demo`: build the folder of the demo from an empty database to the summary, and show what came of it."""

from __future__ import annotations

import gc
import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from casework.rulesets.library import current_rules
from cli.demo.accounts import FILE, open_accounts
from cli.demo.clock import DemoClock
from cli.demo.outcome import summarise, write_documents, write_reports
from cli.demo.post import open_sink
from cli.demo.story import FIRST_DAY, WORKDAYS, Story, prepare
from cli.demo.world import make_world
from core.codes import LIGHT_LABELS, Light
from core.errors import InvalidInput
from core.life.lives import MESSAGE_STATE_LABELS, REFERRAL_STATE_LABELS, MessageState, ReferralState
from core.life.rectification import CASE_STATE_LABELS, CaseState
from flows.edge import Edge
from models.database import make_engine
from models.schema import upgrade
from system.paths import RULES_DIR
from system.settings import Settings

MARK = ".ducha-demo"
OFFICE = "shilixian"
Step = Callable[[str, int, int], None]


def run_demo(out: Path, *, progress: bool = True) -> dict[str, Any]:
    """Play the story of the example county into a folder and return its summary.

    out     a new or empty folder, or the folder of an earlier demo, which is replaced
    raises  InvalidInput when the folder holds something else
    """
    _clear(out)
    began = time.perf_counter()
    settings = Settings.model_validate(
        {
            "database_url": f"sqlite:///{out / 'ducha.db'}",
            "files": out / "files",
            "rules": RULES_DIR,
            "office": OFFICE,
            "watermark": "示例",
        }
    )
    console = Console(stderr=True, quiet=not progress)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(), console=console, refresh_per_second=4,
    ) as bar:  # fmt: skip
        task = bar.add_task("准备", total=1)
        with _rare_collections():
            summary = _play(out, settings, began, lambda text, done, total: bar.update(
                task, description=text, completed=done, total=total))  # fmt: skip
    (out / "summary.json").write_text(
        json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    _show(console, summary, out)
    return summary


def _play(out: Path, settings: Settings, began: float, step: Step) -> dict[str, Any]:
    clock = DemoClock(FIRST_DAY)
    engine = make_engine(settings.database_url)
    try:
        upgrade(engine)
        with open_sink(out / "mails", clock) as sink:
            edge = Edge(engine, settings.model_copy(update={"smtp_url": SecretStr(sink.url)}), clock)
            prepare(edge)
            world = make_world(edge, clock, out)
            days = iter(range(WORKDAYS))

            def tell(day: date, headline: str) -> None:
                step(f"{day:%Y-%m-%d} {headline}", next(days), WORKDAYS)

            Story(world, sink).walk(tell)
        open_accounts(world)
        write_documents(world, lambda done, total: step("排版全部文书", done, total))
        step("台账和报告", 0, 1)
        write_reports(world)
        step("数据自检", 0, 1)
        return summarise(world, time.perf_counter() - began)
    finally:
        engine.dispose()


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for cyclic garbage less often: thousands of short transactions make little of it and much churn."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _clear(out: Path) -> None:
    """Empty the folder of an earlier demo; refuse any other folder that is not empty."""
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MARK).is_file())):
        raise InvalidInput(
            "目标文件夹不是演示文件夹，不能覆盖",
            found=str(out),
            expected="新文件夹、空文件夹，或以前演示生成的文件夹",
            remedy="改用 --out 指明另一个文件夹",
        )
    if out.exists():
        for path in out.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != MARK:
                path.unlink()
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).write_text("ducha demo\n", encoding="utf-8")


def _show(console: Console, summary: dict[str, Any], out: Path) -> None:
    rules = current_rules(RULES_DIR)
    table = Table(title="演示结果", show_lines=False)
    for header in ("类别", "内容"):
        table.add_column(header, overflow="fold")
    labels: tuple[tuple[str, str, Callable[[str], str]], ...] = (
        ("documents", "文书（份）", lambda code: rules.document(code).name),
        ("lights", "曾亮最高灯（件）", lambda code: LIGHT_LABELS[Light(code)]),
        ("cases", "整改事项（件）", _case_label),
        ("mails", "邮件（封）", _mail_label),
        ("referrals", "线索（件）", lambda code: REFERRAL_STATE_LABELS[ReferralState(code)]),
    )
    for key, title, label in labels:
        table.add_row(title, "  ".join(f"{label(code)} {count}" for code, count in summary[key].items()))
    invariants = summary["invariants"]
    table.add_row("自检", f"核对 {invariants['checked']}  不符 {invariants['broken']}")
    table.add_row("用时", f"{summary['seconds']} 秒，内存峰值 {summary['peak_mb']} MB")
    table.add_row("位置", str(out))
    table.add_row("账号", f"打开控制台（make serve）用的登录名和密码见 {out / FILE}")
    console.print(table)


def _case_label(code: str) -> str:
    others = {"total": "合计", "reopened": "曾重启", "extended": "曾延期", "returned": "曾退回"}
    return others.get(code) or CASE_STATE_LABELS[CaseState(code)]


def _mail_label(code: str) -> str:
    others = {"total": "合计", "tried_again": "重试后投递", "resolved": "人工处理"}
    return others.get(code) or MESSAGE_STATE_LABELS[MessageState(code)]
