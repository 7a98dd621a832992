"""`make proof`: the long campaigns with parameters; their figures go between the markers of docs/proof.md."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path

from models.database import sqlite_module
from system.clock import civil_day, now
from system.paths import ROOT
from tests.conftest import IN_CI
from tests.proof.books import Verdict
from tests.proof.campaign import Campaign, Tally, connections
from tests.proof.faults import KINDS
from tests.proof.nursery import open_nursery
from tests.proof.postoffice import SLOW, STORMY, post_office
from tests.proof.simulator.__main__ import DAYS
from tests.proof.simulator.__main__ import play as live
from tests.proof.stage import Played, play
from tests.proof.suite import Skipped, run_marked
from tests.proof.usecases import CAMPAIGN
from tests.proof.usecases_more import MORE

DOCUMENT = ROOT / "docs" / "proof.md"
MEMORY = Path("/dev/shm")  # noqa: S108  # a folder in memory: kill -9 does not need a disk
PARTS = ("kills", "power", "mutants", "faults", "simulation", "servers")


@dataclass(frozen=True, slots=True)
class Order:
    """One campaign for one worker."""

    seed: int
    kills: int
    first: int
    folder: str
    mutant: str = ""
    power: str = ""


def fight(order: Order) -> Tally:
    """Fight one campaign in this process."""
    folder = Path(tempfile.mkdtemp(prefix="ducha-proof-", dir=order.folder))
    weather = SLOW if order.mutant else STORMY
    try:
        with open_nursery() as nursery, post_office(folder / "office", weather) as office:
            campaign = Campaign(nursery, office, folder, order.seed, mutant=order.mutant, power=order.power)
            return campaign.run(order.kills, first=order.first, tell=_tell)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tell(line: str) -> None:
    sys.stderr.write(line[:2000] + "\n")


def together(tallies: Sequence[Tally]) -> Tally:
    """Add up what several workers have seen."""
    total = Tally()
    for tally in tallies:
        for one in fields(Tally):
            setattr(total, one.name, getattr(total, one.name) + getattr(tally, one.name))
    return total


def campaign(options: argparse.Namespace, kills: int, mutant: str = "", power: str = "") -> Tally:
    """Fight with all workers; each has worlds of its own, so that a world that fails is found again by its number."""
    share = -(-kills // options.workers)
    orders = [
        Order(options.seed, share, options.first + 10_000 * worker, str(options.folder), mutant, power)
        for worker in range(options.workers)
    ]
    with ProcessPoolExecutor(options.workers) as pool:
        return together(list(pool.map(fight, orders)))


def kills(options: argparse.Namespace) -> tuple[str, bool]:
    began = time.monotonic()
    tally = campaign(options, options.kills)
    _show_faults(tally)
    return (
        (
            f"| kill -9 | {tally.kills} 次，其中 {tally.struck} 次落在两次提交之间；{tally.worlds} 个世界，"
            f"{tally.verdict.mails} 封邮件 | 丢失 {tally.verdict.lost}，重复 {tally.verdict.twice}，"
            f"结果不明 {tally.verdict.unknown}（杀死发送进程 {tally.senders} 次 × {connections()} 个连接，"
            f"另有 {tally.in_doubt} 次服务器不应答；超出上限 {tally.excess}），其他 {_rest(tally)} | {_span(began)} |"
        ),
        tally.ok,
    )


def power(options: argparse.Namespace) -> tuple[str, bool]:
    began = time.monotonic()
    tally = campaign(options, options.cuts, power="honest")
    _show_faults(tally)
    return (
        (
            f"| 断电 | {tally.kills} 次，撕坏日志、数据页或文件 {tally.torn} 处；{tally.verdict.mails} 封邮件 | "
            f"丢失 {tally.verdict.lost}，重复 {tally.verdict.twice}，其他 {_rest(tally)} | {_span(began)} |"
        ),
        tally.ok,
    )


def mutants(options: argparse.Namespace) -> tuple[str, bool]:
    began = time.monotonic()
    first = campaign(options, options.mutant_kills, mutant="send_then_mark")
    second = campaign(options, options.mutant_kills, mutant="mark_then_send")
    return (
        (
            f"| 两个错误的发送程序 | 各 {first.kills} 次 kill -9 | 先发后记：重复 {first.verdict.twice}/"
            f"{first.verdict.mails} 封；先记后发：丢失 {second.verdict.lost}/{second.verdict.mails} 封 | "
            f"{_span(began)} |"
        ),
        first.verdict.twice > 0 and second.verdict.lost > 0,
    )


def faults(options: argparse.Namespace) -> tuple[str, bool]:
    began, met, wrong = time.monotonic(), Counter[str](), list[str]()
    cases = [(case, name) for name in options.databases for case in range(len(ALL))
             if name == "sqlite" or not ALL[case].lite]  # fmt: skip
    with ProcessPoolExecutor(options.workers) as pool:
        for played in pool.map(
            play_one, cases, [options.stride] * len(cases), [str(options.folder)] * len(cases)
        ):
            met += played.faults
            wrong += played.wrong
    for line in wrong:
        _tell(line)
    each = "、".join(f"{kind} {count}" for kind, count in sorted(met.items()))
    where = "、".join(options.databases)
    return (
        (
            f"| 第 N 次故障 | {len(ALL)} 个用例（{where}），步长 {options.stride}，共 {met.total()} 次故障：{each} | "
            f"做了一半或者重做结果不同 {len(wrong)} | {_span(began)} |"
        ),
        not wrong,
    )


def servers(_options: argparse.Namespace) -> tuple[str, bool]:
    """Run the tests with the mark `proof`; those that were skipped are told with their reason."""
    began = time.monotonic()
    ran = run_marked()
    left = "；".join(f"{count}个：{why}" for why, count in ran.reasons.items())
    return (
        (
            f"| 真实的服务器、主机和磁盘 | {ran.passed + ran.failed} 个试验（`pytest -m proof`）"
            f"{f'，跳过 {ran.skipped} 个（{left}）' if left else ''} | 通过 {ran.passed}，未通过 {ran.failed} | "
            f"{_span(began)} |"
        ),
        ran.passed > 0 and not ran.failed and not (IN_CI and ran.skipped),
    )


ALL = (*CAMPAIGN, *MORE)


def play_one(which: tuple[int, str], stride: int, folder: str) -> Played:
    """Play one use case with every kind of fault."""
    place = Path(tempfile.mkdtemp(prefix="ducha-fault-", dir=folder))
    try:
        return play(ALL[which[0]], which[1], place, KINDS, stride)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def simulation(options: argparse.Namespace) -> tuple[str, bool]:
    began, count = time.monotonic(), options.seeds
    seeds = range(options.seed, options.seed + count)
    with ProcessPoolExecutor(options.workers) as pool:
        endings = list(pool.map(live, seeds, [options.days] * count))
    for ending in endings:
        if not ending.ok:
            _tell(
                f"seed {ending.seed}: python -m tests.proof.simulator --seed {ending.seed} --days {options.days}"
            )
            _tell("\n".join(ending.faults))
    steps: Counter[str] = sum((ending.counts for ending in endings), Counter())
    return (
        (
            f"| 确定性模拟 | {count} 个种子 × {options.days} 天：{sum(one.steps for one in endings)} 步，"
            f"{sum(one.mails for one in endings)} 封邮件，{sum(one.rungs for one in endings)} 次亮灯；进程死亡 "
            f"{steps['dies'] + steps['killed']} 次，时钟被调 {steps['clock']} 次，数据库失败 {steps['database']} 次，"
            f"由备份恢复 {steps['restore']} 次，退信 {steps['hard_bounce'] + steps['soft_bounce']} 封，"
            f"来信和自动回复 {steps['human'] + steps['auto_reply']} 封 | "
            f"不成立 {sum(len(one.faults) for one in endings)}，"
            f"结果不明 {sum(one.unknown for one in endings)}（均有缘由） | {_span(began)} |"
        ),
        all(ending.ok for ending in endings),
    )


RUN: dict[str, Callable[[argparse.Namespace], tuple[str, bool]]] = {
    "kills": kills, "power": power, "mutants": mutants, "faults": faults, "simulation": simulation,
    "servers": servers,
}  # fmt: skip


def _rest(tally: Tally) -> int:
    verdict: Verdict = tally.verdict
    return verdict.ghosts + verdict.waiting + len(tally.faults)


def _show_faults(tally: Tally) -> None:
    for fault in tally.faults:
        _tell(fault)


def _span(began: float) -> str:
    return f"{(time.monotonic() - began) / 60:.1f} 分钟"


def write(part: str, row: str) -> None:
    """Put a row between the markers of its part: `<!-- proof:kills -->` to `<!-- /proof -->`."""
    text = DOCUMENT.read_text(encoding="utf-8")
    begin = f"<!-- proof:{part} -->"
    head, found, rest = text.partition(begin)
    assert found, f"{DOCUMENT} has no {begin}"
    _old, end, tail = rest.partition("<!-- /proof -->")
    DOCUMENT.write_text(f"{head}{begin}\n{row}\n{end}{tail}", encoding="utf-8")


def machine() -> str:
    """Return on what the figures were taken."""
    load = os.getloadavg()[0]
    return (
        f"{civil_day(now())}，{os.cpu_count()} 核（负载 {load:.1f}），Python {platform.python_version()}，"
        f"SQLite {sqlite_module().sqlite_version}"
    )


def main() -> int:
    """Run the parts that were asked for; 1 when something did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof")
    parser.add_argument("parts", nargs="*", default=PARTS, metavar="part", help=" ".join(PARTS))
    parser.add_argument("--kills", type=int, default=3000)
    parser.add_argument("--cuts", type=int, default=500)
    parser.add_argument("--mutant-kills", type=int, default=100)
    parser.add_argument("--stride", type=int, default=1, help="beyond the third fault only each so many-th")
    parser.add_argument("--databases", nargs="+", default=["sqlite"])
    parser.add_argument("--seed", type=int, default=20260615)
    parser.add_argument("--seeds", type=int, default=50, help="of the simulation, from --seed on")
    parser.add_argument("--days", type=int, default=DAYS, help="of each simulated seed")
    parser.add_argument(
        "--first", type=int, default=1, help="number of the first world: plays a failed one again"
    )
    parser.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 1)))
    parser.add_argument(
        "--folder", type=Path, default=MEMORY if MEMORY.is_dir() else Path(tempfile.gettempdir())
    )
    options = parser.parse_args()
    _tell(f"seed {options.seed}, {options.workers} workers, in {options.folder}")
    held = True
    for part in options.parts:
        try:
            row, ok = RUN[part](options)
        except Skipped as reason:
            _tell(f"skipped {part}: {reason}")
            held = held and not IN_CI
            continue
        _tell(("ok     " if ok else "FAILED ") + row)
        held = held and ok
        if ok:
            write(part, f"| 项目 | 做了什么 | 结果 | 用时 |\n|---|---|---|---|\n{row}\n\n{machine()}。")
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
