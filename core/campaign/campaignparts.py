"""The parts of a campaign plan that say why it may take place, with whom, and what is asked of a unit."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

SHORT = Field(min_length=1, max_length=200)


class PlanPart(BaseModel):
    """A frozen piece of a plan file; keys it does not know are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class PlanReference(PlanPart):
    """Where the campaign stands in the yearly 督查检查考核计划."""

    document: str = SHORT
    number: str = Field(default="", max_length=60)
    item: str = SHORT


class PlanException(PlanPart):
    """Why a campaign outside the yearly plan may take place, and who approved it."""

    reason: str = Field(min_length=2, max_length=400)
    approved_by: str = SHORT
    approved_on: date = Field(alias="on")


class Joint(PlanPart):
    """Carried out together with another body: shared milestones; findings stay apart unless they are shared.

    source   同部署、同开展、同反馈、同整改
    """

    partner: str = Field(alias="with", min_length=1, max_length=40)
    milestones: tuple[str, ...] = ()
    findings: Literal["separate", "shared"] = "separate"


class AskedItem(PlanPart):
    """One thing asked of a unit, and how many of it."""

    asked: str = SHORT
    count: int = Field(default=1, ge=1, le=10_000)


Askings = tuple[AskedItem, ...]


def plain_items(value: object) -> object:
    """Let an item be written as its text alone."""
    if isinstance(value, list | tuple):
        return tuple({"asked": one} if isinstance(one, str) else one for one in value)
    return value


class PlanMore(PlanPart):
    """What a plan may say beyond who inspects whom about what (`core.campaign.campaignplan.CampaignPlan`)."""

    plan_reference: PlanReference | None = None
    exception: PlanException | None = None
    theme: str | None = Field(default=None, min_length=2, max_length=60)
    month: str | None = Field(default=None, pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")
    original: tuple[str, ...] = ()
    joint_with: str | None = None
    joint: Joint | None = None
    self_report: bool = True
    materials: tuple[str, ...] = ()
    interviews: Askings = ()
    questionnaires: Askings = ()

    @field_validator("interviews", "questionnaires", mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return plain_items(value)

    @property
    def together(self) -> Joint | None:
        """With whom the campaign is carried out: `joint`, or its short form `joint_with`."""
        if self.joint is None and self.joint_with:
            return Joint.model_validate({"with": self.joint_with})
        return self.joint
