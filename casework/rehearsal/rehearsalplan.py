"""What is rehearsed, what is assumed of people meanwhile, and what was refused to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.errors import InvalidInput
from core.life.lives import CampaignState

MAX_DAYS = 400


@dataclass(frozen=True, slots=True)
class Asked:
    """What is rehearsed: a campaign, from today on for so many days, with so many sample problems a unit."""

    code: str
    days: int
    findings: int = 3
    signed: Literal["next", "same"] = "next"

    def check(self) -> None:
        """Raise InvalidInput for numbers that make no rehearsal."""
        if not 1 <= self.days <= MAX_DAYS or self.findings < 0:
            raise InvalidInput(
                "预演的天数或样例问题数不合适",
                found=f"{self.days}天，每单位{self.findings}个问题",
                expected=f"1至{MAX_DAYS}天，每单位0个以上问题",
                remedy="改正 --days、--findings",
            )

    def assumptions(self, state: str) -> list[str]:
        """Return in sentences what is assumed about people; they stand at the head of every output."""
        when = "次一工作日" if self.signed == "next" else "拟稿当日（非工作日顺延）"
        begins = {
            CampaignState.PLANNED.value: ["督察方案今日批准，批次今日启动，规则按今日现行内容冻结。"],
            CampaignState.APPROVED.value: ["批次今日启动，规则按今日现行内容冻结。"],
        }.get(state, ["批次自今日实际状态起推演，规则为已冻结的内容。"])
        return [
            *begins,
            "被督察单位始终不报方案、不报进展、不申请销号、不申请延期（最不利情形）。",
            f"尚未交回检查表的督察任务按计划日期完成，每个单位样取分值最高的{self.findings}个事项为不合格。",
            "样取的问题程度按事项目录，单位当场确认；次一工作日认定并拟制通知书。",
            f"应签发的文书由规定级别的负责人于{when}签发，须用印的同日用印，当日专人送达。",
            "每日先到期巡检，后办理文书；已登记常设授权的由巡检直接发出；移送、移交类文书由人决定，不在推演之内。",
        ]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What could not be done on a simulated day, and why."""

    day: date
    what: str
    error: str

    def as_dict(self) -> dict[str, str]:
        return {"day": self.day.isoformat(), "what": self.what, "error": self.error}
