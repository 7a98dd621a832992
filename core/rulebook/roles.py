"""The roles that rules speak of; persons come from the office file and the people file."""

from __future__ import annotations

from enum import StrEnum


class UnitRole(StrEnum):
    """Whom a document reaches in a unit: 联络员, 分管领导, 负责人."""

    LIAISON = "liaison"
    LEADER = "leader"
    HEAD = "head"


class LeaderRole(StrEnum):
    """Who signs in an office, lowest first; a higher one may sign what a lower one may."""

    SECTION = "section"
    DEPUTY = "deputy"
    DIRECTOR = "director"
    COMMITTEE = "committee"

    @property
    def rank(self) -> int:
        return list(LeaderRole).index(self)

    def may_sign(self, needed: LeaderRole) -> bool:
        """Tell whether this role may sign a document that asks for `needed`."""
        return self.rank >= needed.rank


LEADER_ROLE_LABELS = {
    LeaderRole.SECTION: "科室负责人",
    LeaderRole.DEPUTY: "分管负责人",
    LeaderRole.DIRECTOR: "主任",
    LeaderRole.COMMITTEE: "委员会负责人",
}
UNIT_ROLE_LABELS = {UnitRole.LIAISON: "联络员", UnitRole.LEADER: "分管领导", UnitRole.HEAD: "负责人"}
