"""What is known about a matter of litigation (诉讼、复议、履行事项), and what the ladder decides about it.

Values only; the decisions stand in core/ladders/litigation.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from core.codes import Light
from core.errors import InvalidInput

ANCHORS: dict[str, str] = {
    "defence_due": "答辩举证期满日",
    "hearing": "开庭日",
    "judgment_served": "一审判决送达日",
    "performance_due": "生效裁判履行期满日",
    "advice_due": "司法建议、检察建议回复到期日",
    "review_reply_due": "行政复议答复到期日",
    "opinion_due": "行政复议意见书反馈期满日",
    "appeal_due": "上诉期满日",
    "review_decision_due": "行政复议审理期满日",
    "attendance_notice_due": "出庭通知书最迟送达日",
}
FACTS: dict[str, str] = {
    "defence_submitted": "已提交答辩和证据",
    "attendee_named": "已确定出庭负责人",
    "first_instance_lost": "一审判决败诉",
    "judgment_performed": "已履行生效裁判",
    "advice_answered": "已回复司法建议、检察建议",
    "review_replied": "已提交行政复议答复",
    "opinion_answered": "已反馈行政复议意见书落实情况",
}


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that a person recorded, by its code (J6), and the day it happened."""

    code: str
    on: date


@dataclass(frozen=True, slots=True)
class Assessment:
    """The factors found to hold (F1, F2 ...) on a day; after hearings and new evidence a matter is assessed anew."""

    on: date
    factors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matter:
    """What is known about one lawsuit, review, or duty to perform or answer; all days are civil days in Shanghai.

    received_on   no light turns before the unit could know of the matter
    dates         {code of ANCHORS: day}
    facts         {code of FACTS: the day from which it is so}
    """

    received_on: date | None = None
    dates: Mapping[str, date] = field(default_factory=dict)
    facts: Mapping[str, date] = field(default_factory=dict)
    assessments: tuple[Assessment, ...] = ()
    events: tuple[Happening, ...] = ()

    def refuse_unknown(self) -> None:
        """Refuse dates and facts that no rule knows: a misspelt one would be overlooked in silence.

        raises   InvalidInput
        """
        for found, known in ((self.dates, ANCHORS), (self.facts, FACTS)):
            unknown = [code for code in found if code not in known]
            if unknown:
                expected = "、".join(f"{code}（{meaning}）" for code, meaning in known.items())
                raise InvalidInput(
                    "诉讼事项中有不认识的日期或事实", found="、".join(unknown), expected=expected
                )


@dataclass(frozen=True, slots=True)
class Score:
    """The points of the factors that hold, the light they give, and why, one Chinese sentence each."""

    points: int
    light: Light
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that bore on the light of a matter, whether it changed it or not."""

    on: date
    cause: str
    before: Light
    after: Light
    why: str


@dataclass(frozen=True, slots=True)
class MatterStanding:
    """The light of a matter on a day.

    highest   the highest light it ever had
    turns     everything that bore on it, in order
    next_on   the next day on which time alone may change it, None when only an act can
    """

    light: Light
    highest: Light
    turns: tuple[Turn, ...]
    next_on: date | None

    @property
    def why(self) -> tuple[str, ...]:
        return tuple(turn.why for turn in self.turns)


@dataclass(frozen=True, slots=True)
class UnitRate:
    """The light of a unit by the cases it lost, and why."""

    light: Light
    why: tuple[str, ...]
