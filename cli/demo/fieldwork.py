"""The visits: self-reports come in, teams fill their workbooks, papers are confirmed, contested ones are reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from sqlmodel import col, select

from casework.inspection.campaigns import describe_campaign, find_campaign
from casework.inspection.checklists import (
    checklist_name,
    import_checklists,
    make_checklist,
    record_self_report,
)
from casework.inspection.findings import confirm_findings, list_findings, withdraw_finding
from casework.rectification.cases import act_on_case
from cli.demo.world import COMPREHENSIVE, REVIEWERS, SEED, SPECIAL, Course, World
from core.codes import SEVERITY_LABELS, Severity
from core.rulebook import Item
from models.campaign import Visit
from models.organisation import Unit

Answers = list[dict[str, str | date]]
CONTEST_NOTE = "案卷已于检查后补正，请予核对。"
REVIEW_NOTE = "已调阅原始案卷和谈话记录，问题发生在检查时点之前，事后补正不影响认定。"
WITHDRAW_NOTE = "经复核，单位提供的原始记录形成于检查之前，问题不成立。"
REFUSE_NOTE = "单位负责人未在底稿上签字，已由两名督察员注明情况。"
SPOT_UNITS = 2


@dataclass(frozen=True, slots=True)
class Trip:
    """One visit with the days on which its papers move."""

    visit: int
    campaign: str
    unit: str
    to_on: date
    team: tuple[str, ...]
    items: tuple[str, ...]
    report_on: date | None
    workbook_on: date
    confirm_on: date


class Fieldwork:
    """The visits of both campaigns, day by day."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.trips: list[Trip] = []
        self.contested = 0
        self.spotted = 0

    def open(self, campaign: str) -> None:
        """Learn the visits of a campaign that has just been opened."""
        with self.world.desk(readonly=True) as desk:
            described = describe_campaign(desk, find_campaign(desk, campaign))
        visits: Any = described["visits"]
        for visit in visits:
            self.trips.append(self._trip(campaign, visit))

    def _trip(self, campaign: str, visit: dict[str, Any]) -> Trip:
        world, unit = self.world, visit["unit"]
        rng = Random(f"{SEED}/{campaign}/{unit}")
        after = world.calendar.after
        to_on = date.fromisoformat(visit["to"])
        report_due = after(date.fromisoformat(visit["from"]), -5)
        late = {Course.LATE: 2, Course.LONG_LATE: 3}.get(world.courses[unit], 0)
        report_on = (
            None if world.courses[unit] is Course.MUTE else after(report_due, late - rng.randint(0, 1))
        )
        workbook_on = after(to_on, 5 if rng.random() < 0.08 else 1 + rng.randint(0, 1))
        return Trip(
            visit["id"], campaign, unit, to_on, tuple(visit["team"]), tuple(visit["items"]),
            report_on, workbook_on, after(workbook_on, 3),
        )  # fmt: skip

    def work(self) -> set[str]:
        """Do what the day asks; return the campaigns in which findings were confirmed."""
        confirmed: set[str] = set()
        for trip in self.trips:
            if trip.report_on == self.world.today:
                with self.world.desk(by=self.world.officer(trip.unit)) as desk:
                    record_self_report(desk, trip.campaign, trip.unit)
            if trip.workbook_on == self.world.today:
                self._return_workbook(trip)
            if trip.confirm_on == self.world.today:
                self._confirm(trip)
                confirmed.add(trip.campaign)
        return confirmed

    def _return_workbook(self, trip: Trip) -> None:
        """Fill the workbook as the team would and import it by the team's leader."""
        world = self.world
        with world.desk(readonly=True) as desk:
            campaign = find_campaign(desk, trip.campaign)
            unit = desk.session.exec(select(Unit).where(col(Unit.code) == trip.unit)).one()
            visit = desk.session.get(Visit, trip.visit)
            assert visit is not None  # it was just listed
            items = {item.id: item for catalog in desk.rules.catalogs.values() for item in catalog.items}
            filled = self._fill(trip, [items[code] for code in trip.items])
            content = make_checklist(desk, campaign, visit, unit, filled)
            path = world.folder("workbooks") / checklist_name(campaign, unit)
        path.write_bytes(content)
        with world.desk(by=trip.team[0]) as desk:
            import_checklists(desk, [path])

    def _fill(self, trip: Trip, items: Sequence[Item]) -> Answers:
        rng = Random(f"{SEED}/{trip.campaign}/{trip.unit}/results")
        count = rng.randint(2, 3) if trip.campaign == COMPREHENSIVE else rng.randint(1, 2)
        failed = {item.id for item in rng.sample(list(items), count)}
        answers: Answers = []
        for item in items:
            row: dict[str, str | date] = {
                "编号": item.id,
                "检查日期": trip.to_on,
                "检查人": rng.choice(trip.team),
            }
            if item.id in failed:
                answers.append(row | self._fail(trip, item, rng))
            elif rng.random() < 0.05:
                answers.append(
                    {"编号": item.id, "结果": "不适用", "事实与证据": "本单位无该项职责或本年度未发生。"}
                )
            else:
                answers.append(row | {"结果": "合格"})
        if trip.campaign == SPECIAL and trip.unit.endswith("0"):
            # A second problem of the same item goes to a spare row at the end of the sheet.
            again = next(row for row in answers if row["编号"] in failed)
            answers.append(
                {**again, **self._fail(trip, next(i for i in items if i.id in failed), rng, other=True)}
            )
        return answers

    def _fail(self, trip: Trip, item: Item, rng: Random, *, other: bool = False) -> dict[str, str | date]:
        typical = item.typical_problems[(rng.randint(0, 1) + 2 * other) % len(item.typical_problems)]
        seen = rng.randint(8, 30)
        severity = item.severity if rng.random() < 0.75 else Severity.MINOR
        row: dict[str, str | date] = {
            "结果": "不合格",
            "问题描述": f"{typical}。",
            "事实与证据": f"抽查{seen}份材料，{rng.randint(1, 4)}份存在上述情况；已核对“{item.evidence[0]}”。",
            "程度": SEVERITY_LABELS[severity],
            "佐证材料": f"{item.id}-底稿、{item.id}-复制件",
            "单位意见": "确认",
        }
        course = self.world.courses[trip.unit]
        if course is Course.MUTE and self.world.turn("refused") == 0:
            row |= {"单位意见": "拒签", "意见说明": REFUSE_NOTE}
        elif course in (Course.ON_TIME, Course.EARLY) and self.contested < 4 and rng.random() < 0.15:
            self.contested += 1
            row |= {"单位意见": "异议", "意见说明": CONTEST_NOTE}
        return row

    def _confirm(self, trip: Trip) -> None:
        """Confirm what the unit confirmed; what it contested is upheld with a reason or withdrawn by a reviewer."""
        world = self.world
        with world.desk(readonly=True) as desk:
            papers: list[Any] = [
                paper
                for paper in list_findings(desk, campaign=trip.campaign, state="paper")
                if paper["unit"] == trip.unit
            ]
        for paper in papers:
            opinion, code = paper["unit_opinion"], str(paper["id"])
            if opinion == "contested" and world.turn("contested") % 2:
                with world.desk(by=world.other_than(trip.unit, REVIEWERS)) as desk:
                    withdraw_finding(desk, code, WITHDRAW_NOTE)
                continue
            with world.desk(by=world.officer(trip.unit)) as desk:
                confirm_findings(desk, [code], "" if opinion == "confirmed" else REVIEW_NOTE)
        self._correct_on_spot(trip, papers)

    def _correct_on_spot(self, trip: Trip, papers: list[Any]) -> None:
        """Let a small problem that was put right before the team's eyes be closed at once."""
        minor = [
            paper for paper in papers if paper["severity"] == "minor" and paper["unit_opinion"] == "confirmed"
        ]
        early = self.world.courses[trip.unit] is Course.EARLY
        if not minor or not early or self.spotted >= SPOT_UNITS or trip.campaign == SPECIAL:
            return
        self.spotted += 1
        code = str(minor[-1]["id"])
        proof = self.world.folder("evidence") / f"当场纠正-{code}.txt"
        proof.write_text(f"{code}：单位已当场补正，两名督察员核对无误。\n", encoding="utf-8")
        with self.world.desk(by=trip.team[0]) as desk:
            act_on_case(desk, code, "correct_on_spot", note="当场补正，已核对", files=[proof])
        with self.world.desk(by="L-DEPUTY") as desk:
            act_on_case(desk, code, "close", note="当场纠正，同意销号")
