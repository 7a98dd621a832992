"""The derivation of a case's light and due date: as data for core/ladders/reckoning.py, and in sentences for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from casework.desk import Desk
from casework.lights.climbing import ladder_of
from casework.lights.replaying import Known, Replay
from casework.lights.rungview import write_day
from casework.rectification.casepast import CasePast
from core.calendar.workdays import Calendar, Unit
from core.conditions import FACTS
from core.ladders.reckoning import Span
from core.rulebook.fieldwords import SEVERITY_WORDS
from core.rulebook.passages import write_offset
from models.campaign import Finding
from models.record import AuditEntry
from models.rectification import Rectification

KNOWN_STEPS = ("rung", "event", "reopen")


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A derivation as data, from which `recompute` in core gives the light and the due date; and in words."""

    data: dict[str, Any]
    sentences: tuple[str, ...]


# For pages that show many things at once and leave the derivation to `explain`.
NOT_RECKONED = Reckoning({}, ())


def reckon(desk: Desk, case: Rectification, finding: Finding, entries: Sequence[AuditEntry]) -> Reckoning:
    """Return how the light and the due date of a case come about.

    entries   the audit entries of the case, oldest first
    """
    past = CasePast(desk, case, finding, entries)
    replay = Replay(past, Known(_first_severity(past)))
    replay.run()
    step = next((one for one in reversed(replay.light) if one["kind"] in (*KNOWN_STEPS, "given")), None)
    days = replay.days or [desk.today]
    data = {
        "facts": _facts_of(step),
        "rule": step.get("rule") if step else None,
        "calendar": {
            "version": case.calendar_version or desk.calendar.version,
            "steps": list(_steps(replay.used, step)),
        },
        "light": case.light,
        "due_on": case.due_on.isoformat() if case.due_on else None,
        "palette": [light.value for light in ladder_of(desk, case.campaign_id).palette.lights],
        "calendars": {version: Span.of(one, days).as_dict() for version, one in replay.used.items()},
        "due_steps": replay.due,
        "light_steps": replay.light,
    }
    return Reckoning(data, tuple(_say(data, step, case)))


def _first_severity(past: CasePast) -> str:
    """Return the severity a case began with: that of its finding, which no event changes."""
    return past.finding.severity


def _facts_of(step: dict[str, Any] | None) -> dict[str, object]:
    """Return the facts that the condition of the deciding rung names, with their values on its day."""
    if step is None or step["kind"] != "rung":
        return {}
    return {name: value for name, value in step["facts"].items() if name in step["rule"]["when"]}


def _steps(used: dict[str, Calendar], step: dict[str, Any] | None) -> Iterator[str]:
    """Yield the way from the anchor to the day of the rung, holidays and make-up days named."""
    if step is None or step["kind"] != "rung":
        return
    rule = step["rule"]
    anchor = step["due_on"] if rule["anchor"] == "due" else step["served_on"]
    if anchor is not None:
        due = used[step["calendar"]].due(date.fromisoformat(anchor), rule["offset"], Unit(rule["unit"]))
        yield from due.steps


def _say(data: dict[str, Any], step: dict[str, Any] | None, case: Rectification) -> Iterator[str]:
    if step is None or data["light"] == "none":
        return
    if step["kind"] == "given":
        yield f"灯色自{_day(step['on'])}起由旧台账或人工给定，没有可推算的规则。"
        return
    rule = step["rule"]
    yield f"所依规则：{rule['address']}（冻结的规则集 {rule['sha256'][:12] or '未冻结'}）。"
    if step["kind"] != "rung":
        yield f"{_day(step['on'])}登记升级事件，为同一单位同一事项第{step['times']}次。"
        return
    yield f"规则：{write_offset(SimpleNamespace(**rule))}，条件“{rule['when']}”。"
    facts = "、".join(
        f"{FACTS[name].meaning.split('；')[0]}：{_value(value)}" for name, value in data["facts"].items()
    )
    yield f"{_day(step['on'])}条件成立" + (f"：{facts}。" if facts else "（不问事实）。")
    if data["calendar"]["steps"]:
        yield f"推算：{'；'.join(data['calendar']['steps'])}。"
    yield from _say_gap(step, case)


def _say_gap(step: dict[str, Any], case: Rectification) -> Iterator[str]:
    gap = step["rule"]["min_gap_workdays"]
    if step["last_on"] and gap:
        yield f"上一级于{_day(step['last_on'])}发出，至少间隔{gap}个工作日。"
    if step["served_on"]:
        yield f"送达证明：通知书{_day(step['served_on'])}送达。"
    elif case.served_on is None:
        yield "发出时通知书尚无送达证明，只发最低一级。"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return SEVERITY_WORDS.get(str(value), str(value))


def _day(text: str) -> str:
    return write_day(date.fromisoformat(text))
