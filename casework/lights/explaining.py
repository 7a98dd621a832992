"""Why a case shows its light: facts, rule, calendar, what was issued when, and what holds the next rung back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.desk import Desk
from casework.lights.climbing import rules_of, standing_of
from casework.lights.duechanges import DueChange, due_changes, first_derivation, told_changes
from casework.lights.reckoning import NOT_RECKONED, Reckoning, reckon
from casework.lights.rungview import Climb, RungView, climb_of, held_because, rung_rows, write_day
from casework.rectification.cases import find_case
from casework.rectification.freezing import say_frozen
from casework.rectification.repeats import view_repeat
from core.codes import SEVERITY_LABELS, Light, Severity
from core.ladders.ladder import Standing, arithmetic_light
from core.ladders.ladderfacts import review_days
from core.ladders.palette import Palette
from core.life.rectification import CASE_STATE_LABELS, CLOCK_RUNS, SETTLED, CaseState
from core.rulebook import Ladder, Profile, Rulebook
from models.audit import history_of
from models.campaign import Finding
from models.record import AuditEntry
from models.rectification import Rectification


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the light of a case is what it is, in sentences to be read in order.

    light               the colour shown: the last rung issued, or a named event
    light_by_lateness   the colour that lateness alone would give today, whatever was issued
    rungs               events first, then the rungs in the order of the ladder
    derivation          how the calendar gives the first due date, one sentence a step
    reckoning           the derivation as data, from which core.ladders.reckoning.recompute gives light and due date
    """

    code: str
    sentences: tuple[str, ...]
    light: Light
    light_by_lateness: Light
    palette: Palette
    rungs: tuple[RungView, ...]
    derivation: tuple[str, ...]
    due_changes: tuple[DueChange, ...]
    due_on: date | None
    next_due_on: date | None
    held_by: str
    reckoning: dict[str, Any]

    def as_dict(self) -> dict[str, object]:
        """Return the explanation as outside programs read it."""
        return {
            "id": self.code,
            "light": self.light.value,
            "light_word": self.palette.word(self.light),
            "light_by_lateness": self.light_by_lateness.value,
            "light_by_lateness_word": self.palette.word(self.light_by_lateness),
            "sentences": list(self.sentences),
            "derivation": list(self.derivation),
            "due_on": self.due_on.isoformat() if self.due_on else None,
            "due_changes": [
                {"on": c.on.isoformat(), "due_on": c.due_on.isoformat(), "why": c.why}
                for c in self.due_changes
            ],
            "next_due_on": self.next_due_on.isoformat() if self.next_due_on else None,
            "held_by": self.held_by,
            "rungs": [rung.as_dict() for rung in self.rungs],
            "reckoning": self.reckoning,
        }


def explain_case(desk: Desk, code: str) -> Explanation:
    """Explain the light of a case on the desk's day; raise NotFound."""
    case, finding = find_case(desk, code)
    history = list(history_of(desk.session, desk.office_id, "case", [case.id]))
    found = reckon(desk, case, finding, history)
    rules = rules_of(desk, case.campaign_id)
    return explain(desk, case, finding, rules, history, found)


def _say_repeat(desk: Desk, finding: Finding) -> tuple[str, ...]:
    repeat = view_repeat(desk, finding)
    return () if repeat is None else (repeat.sentence,)


def explain(
    desk: Desk,
    case: Rectification,
    finding: Finding,
    rules: Rulebook,
    history: Sequence[AuditEntry],
    found: Reckoning = NOT_RECKONED,
    frozen: Sequence[str] | None = None,
) -> Explanation:
    """Explain the light of a case whose rows, rules and audit entries, and perhaps freezes, were read already."""
    ladder = rules.ladder_of(desk.office.code)
    profile, palette = ladder.profiles[Severity(case.severity)], ladder.palette
    rows, standing = rung_rows(desk, case), standing_of(desk, case, desk.today)
    climb = climb_of(desk, case, ladder, profile, standing, rows)
    by_lateness = _light_by_lateness(desk, case, profile, standing, palette)
    changes = tuple(due_changes(history))
    sentences = (
        *_say_repeat(desk, finding),
        *_say_notice(case, changes),
        *_say_today(desk, case, history),
        *(say_frozen(desk, case.id) if frozen is None else frozen),
        *_say_issued(climb, palette),
        *_say_light(case, climb, by_lateness, palette),
        *found.sentences,
        *_say_next(desk, case, standing, climb, ladder),
    )
    return Explanation(
        code=finding.code,
        sentences=sentences,
        light=Light(case.light),
        light_by_lateness=by_lateness,
        palette=palette,
        rungs=climb.rungs,
        derivation=first_derivation(desk.calendar, changes),
        due_changes=changes,
        due_on=case.due_on,
        next_due_on=case.next_due_on,
        held_by=climb.decision.held_by if climb.decision else "",
        reckoning=found.data,
    )


def _light_by_lateness(
    desk: Desk, case: Rectification, profile: Profile, standing: Standing | None, palette: Palette
) -> Light:
    if standing is None or CaseState(case.state) not in CLOCK_RUNS:
        return Light.NONE
    return arithmetic_light(profile.rungs, standing, desk.today, desk.calendar, palette)


def _say_notice(case: Rectification, changes: Sequence[DueChange]) -> Iterator[str]:
    grade = SEVERITY_LABELS[Severity(case.severity)]
    if case.due_on is None:
        yield f"问题程度为“{grade}”。整改通知书尚未签发，期限未起算。"
        return
    text = f"问题程度为“{grade}”，"
    if case.signed_on is not None and case.first_due_on is not None:
        period = next((f"，整改期限{c.period}" for c in changes if c.period), "")
        text += (
            f"整改通知书于{write_day(case.signed_on)}签发{period}，原定{write_day(case.first_due_on)}到期。"
        )
    else:
        text += f"整改期限为{write_day(case.due_on)}。"
    yield text + ("该期限涉及放假安排尚未公布的年度，为暂定。" if case.due_provisional else "")
    for change in told_changes(changes):
        yield f"{write_day(change.on)}{change.why}，期限改为{write_day(change.due_on)}。"
    if case.round > 1:
        yield f"事项已反弹重启{case.round - 1}次，现为第{case.round}轮，期限{write_day(case.due_on)}。"
    if case.served_on is not None:
        yield f"通知书于{write_day(case.served_on)}送达。"
    else:
        yield "通知书尚未取得送达证明。"


def _say_today(desk: Desk, case: Rectification, history: Sequence[AuditEntry]) -> Iterator[str]:
    state = CaseState(case.state)
    if case.due_on is None or state in SETTLED:
        return
    plan = "已报送整改方案" if case.plan_on else "未报送整改方案"
    returned = f"，销号申请被退回{case.returns}次" if case.returns else ""
    facts = f"{plan}，完成率{case.percent}%{returned}"
    applied = next((entry.on_day for entry in reversed(history) if entry.act == "apply_closure"), None)
    if state not in CLOCK_RUNS and applied is not None:
        yield f"单位于{write_day(applied)}申请销号，{_on_time(desk, applied, case.due_on)}；{facts}。"
    else:
        yield f"今天（{write_day(desk.today)}）{_where(desk, case.due_on)}；{facts}。"


def _on_time(desk: Desk, applied: date, due_on: date) -> str:
    late = desk.calendar.between(due_on, applied)
    return f"其时已逾期{late}个工作日" if late > 0 else "在期限之内"


def _where(desk: Desk, due_on: date) -> str:
    left = desk.calendar.between(desk.today, due_on)
    if left:
        return f"距到期还有{left}个工作日" if left > 0 else f"已逾期{-left}个工作日"
    return "到期" if due_on >= desk.today else "已过到期日，尚未满一个工作日"


def _say_issued(climb: Climb, palette: Palette) -> Iterator[str]:
    for rung in climb.issued:
        if rung.day is not None:
            yield f"{write_day(rung.day)}亮{palette.word(rung.light)}：{rung.rule}。{_say_paper(rung)}"


def _say_paper(rung: RungView) -> str:
    if not rung.document:
        return ""
    if rung.issued_on is None:
        return f"{rung.document}尚未发出（{rung.note}）。"
    when = "同日" if rung.issued_on == rung.day else write_day(rung.issued_on)
    if rung.number is None:
        return f"{when}发出{rung.document}（自动提醒，不编号）。"
    served = f"{write_day(rung.served_on)}送达" if rung.served_on else "尚未送达"
    return f"{rung.document}{rung.number}{when}发出，{served}。"


def _say_light(case: Rectification, climb: Climb, by_lateness: Light, palette: Palette) -> Iterator[str]:
    light, state = Light(case.light), CaseState(case.state)
    word, rank = palette.word(light), palette.rank
    highest = Light(case.highest_light)
    history = f"历史最高为{palette.word(highest)}。" if rank(highest) > rank(light) else ""
    if state in SETTLED:
        yield f"事项{CASE_STATE_LABELS[state]}，灯已熄灭。{history}"
        return
    if light is Light.NONE:
        yield f"尚未发出任何级次，不亮灯。{history}"
    elif climb.issued and climb.issued[-1].light is light:
        yield f"现为{word}，即最近一级的颜色。{history}"
    else:
        yield f"现为{word}，由升级事件置定，本期限内保持。{history}"
    if rank(by_lateness) > rank(light):
        yield f"只按期限推算今天应为{palette.word(by_lateness)}；灯随文书逐级发出，不越级。"


def _say_next(
    desk: Desk, case: Rectification, standing: Standing | None, climb: Climb, ladder: Ladder
) -> Iterator[str]:
    state = CaseState(case.state)
    if case.set_aside:
        yield "巡检未能处理本事项，已搁置，待人工检查。"
    if state in SETTLED or standing is None:
        return
    if case.suspended_on is not None:
        yield f"自{write_day(case.suspended_on)}起中止计时，灯色保持，恢复前不升级。"
        yield from _say_reviews(desk, case.suspended_on, ladder)
    elif state not in CLOCK_RUNS:
        yield f"事项处于“{CASE_STATE_LABELS[state]}”，计时停止，灯色保持；退回后继续计时。"
    elif climb.decision is not None and climb.decision.held_by:
        why = held_because(standing, ladder.palette)
        yield f"下一级被搁住：{why}。取得送达证明后由当日巡检发出。"
    else:
        yield _say_coming(desk, climb, ladder.palette)


def _say_reviews(desk: Desk, suspended_on: date, ladder: Ladder) -> Iterator[str]:
    """Say when the suspension is reviewed, as the event that pauses the clock asks."""
    every = next((e.review_workdays for e in ladder.events.values() if e.effect == "pause"), None)
    if every is None:
        return
    last, following = review_days(desk.calendar, suspended_on, every, desk.today)
    done = f"最近一次应于{write_day(last)}复核，" if last else ""
    yield f"中止期间每{every}个工作日复核一次，{done}下一次为{write_day(following)}。"


def _say_coming(desk: Desk, climb: Climb, palette: Palette) -> str:
    coming = [r for r in climb.rungs if r.status in ("due", "planned") and r.day is not None]
    if not coming:
        return "已到最高级次或其余级次的条件今天不成立，暂无下一级。"
    following = min(coming, key=lambda rung: (rung.status != "due", rung.day or desk.today))
    day = following.day or desk.today
    when = "今天" if day <= desk.today else f"最早{write_day(day)}"
    gap = f"（{following.note}）" if following.note and following.status == "planned" else ""
    light = palette.word(following.light)
    return f"下一级为{following.document}（{light}）：{following.rule}，{when}发出{gap}。"


__all__ = ["DueChange", "Explanation", "explain", "explain_case"]
