"""What if (假设): the open cases under another ladder: who would change colour today, and within some days.

Colours by lateness alone are compared, for that is what a ladder decides; what was issued, and what named events have
set, stays where it is. Nothing is written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from casework.desk import Desk
from casework.inspection.campaigns import find_campaign
from casework.lights.climbing import facts_of, ladder_of
from casework.rulesets.library import current_rules
from core.codes import Light, Severity
from core.errors import InvalidInput, NotFound
from core.ladders.ladder import TIME_FACT, Standing, arithmetic_light, rung_day
from core.life.rectification import CLOCK_RUNS
from core.rulebook import Ladder, load_rulebook
from core.rulebook import Rung as RungRule
from core.rulebook.passages import write_offset
from models.campaign import Finding
from models.organisation import Unit
from models.rectification import Rectification
from system.paths import read_texts

WORD = re.compile(r"[a-z][a-z0-9_]*")
CANDIDATE = "candidate"
MAX_DAYS = 400


def read_ladder(desk: Desk, text: str, rules: Path) -> Ladder:
    """Return a ladder by its name in the current rules, from its file, or of the office in another rule folder.

    rules    the current rule folder, with whose other rules a single file must agree
    raises   NotFound naming the three ways; InvalidRuleFile with every mistake
    """
    path = Path(text)
    if path.is_dir():
        return current_rules(path, desk.office.code, desk.today).ladder_of(desk.office.code)
    if path.is_file():
        key = path.stem if WORD.fullmatch(path.stem) else CANDIDATE
        files = read_texts(rules, ".yaml") | {f"ladders/{key}.yaml": _read(path)}
        return load_rulebook(files, on=desk.today).ladders[key]
    if text in desk.rules.ladders:
        return desk.rules.ladders[text]
    raise NotFound(
        "没有这个预警督办等级",
        found=text,
        expected=f"{'、'.join(desk.rules.ladders)}，或等级文件、规则文件夹",
        remedy="改正 --ladder",
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "等级文件的编码不正确",
            found=path.name,
            expected="UTF-8 的 YAML 文件",
            remedy="另存为 UTF-8 后重试",
        ) from error


@dataclass(frozen=True, slots=True)
class _Climber:
    """A case on one ladder, by lateness alone."""

    desk: Desk
    case: Rectification
    ladder: Ladder

    @property
    def rungs(self) -> tuple[RungRule, ...]:
        profile = self.ladder.profiles.get(Severity(self.case.severity))
        return profile.rungs if profile is not None else ()

    def standing(self, day: date) -> Standing:
        assert self.case.due_on is not None  # only notified cases are compared
        facts = facts_of(self.desk, self.case, day)
        return Standing(self.case.served_on, self.case.due_on, None, facts)

    def light(self, day: date) -> Light:
        """Return the colour on a day; a named event keeps its own."""
        late = arithmetic_light(self.rungs, self.standing(day), day, self.desk.calendar, self.ladder.palette)
        return self.ladder.palette.highest((late, Light(self.case.floor_light)))

    def turns(self, first: date, last: date) -> Iterator[date]:
        """Yield the days in a span on which the colour may change; time alone may change a condition on any."""
        standing = self.standing(first)
        for rung in self.rungs:
            day = rung_day(rung, standing, self.desk.calendar)
            if day is not None and first < day <= last:
                yield day
            if TIME_FACT in rung.when:
                yield from (first + timedelta(n) for n in range(1, (last - first).days + 1))

    def why(self, day: date) -> str:
        """Say which rung gives the colour of a day, and since when."""
        light = self.light(day)
        standing = self.standing(day)
        for rung in self.rungs:
            since = rung_day(rung, standing, self.desk.calendar)
            if rung.light is light and since is not None and since <= day and rung.holds(standing.facts):
                return f"{write_offset(rung)}亮{self.word(light)}（{since}起，{rung.meaning}）"
        return f"升级事件定为{self.word(light)}" if light is not Light.NONE else f"{day}不亮灯"

    def word(self, light: Light) -> str:
        return self.ladder.palette.word(light)


def compare_ladders(
    desk: Desk, other: Ladder, *, campaign: str | None = None, days: int = 30
) -> dict[str, Any]:
    """Return {ladder, days, changes: [{case, unit, item, severity, shown, on, now, then, why}], totals}.

    on           the first day, today or later, on which the two ladders differ; one row a case
    now, then    the colours of that day by the campaign's own ladder and by the other; `shown` is the colour lit
    raises       InvalidInput for days out of range
    """
    if not 0 <= days <= MAX_DAYS:
        raise InvalidInput("天数不合适", found=str(days), expected=f"0至{MAX_DAYS}", remedy="改正 --days")
    rows = _running(desk, campaign)
    last = desk.today + timedelta(days)
    changes = [row for found in rows if (row := _change(desk, other, found, last)) is not None]
    return {
        "ladder": other.name,
        "key": other.key,
        "today": desk.today.isoformat(),
        "days": days,
        "changes": changes,
        "totals": {"cases": len(rows), **_totals(changes, desk.today)},
    }


def _running(desk: Desk, campaign: str | None) -> list[tuple[Rectification, Finding, str]]:
    query = (
        select(Rectification, Finding, Unit.code)
        .where(
            col(Rectification.office_id) == desk.office_id,
            col(Rectification.id) == col(Finding.id),
            col(Rectification.unit_id) == col(Unit.id),
            col(Rectification.state).in_(sorted(CLOCK_RUNS)),
            col(Rectification.suspended_on).is_(None),
            col(Rectification.due_on).is_not(None),
        )
        .order_by(col(Finding.code))
    )
    if campaign is not None:
        query = query.where(col(Rectification.campaign_id) == find_campaign(desk, campaign).id)
    return list(desk.session.exec(query))


def _change(
    desk: Desk, other: Ladder, found: tuple[Rectification, Finding, str], last: date
) -> dict[str, Any] | None:
    """Return the row of a case that changes, None for one that does not."""
    case, finding, unit = found
    own = _Climber(desk, case, ladder_of(desk, case.campaign_id))
    new = _Climber(desk, case, other)
    days = sorted({desk.today, *own.turns(desk.today, last), *new.turns(desk.today, last)})
    for day in days:
        now, then = own.light(day), new.light(day)
        if now is not then:
            return {
                "case": finding.code,
                "unit": unit,
                "item": finding.item,
                "severity": case.severity,
                "shown": case.light,
                "on": day.isoformat(),
                "now": now.value,
                "then": then.value,
                "why": f"现行：{own.why(day)}；另一等级：{new.why(day)}",
            }
    return None


def _totals(changes: list[dict[str, Any]], today: date) -> Mapping[str, Any]:
    at_once = sum(row["on"] == today.isoformat() for row in changes)
    # Two ladders meet here, so colours are compared by the default order.
    higher = sum(Light(row["then"]).rank > Light(row["now"]).rank for row in changes)
    return {
        "today": at_once,
        "within": len(changes),
        "higher": higher,
        "lower": len(changes) - higher,
        "by_change": dict(sorted(Counter(f"{row['now']}→{row['then']}" for row in changes).items())),
    }
