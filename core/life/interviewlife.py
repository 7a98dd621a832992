"""The life of an interview (约谈): planned, then held or cancelled; how many came is counted by role."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from core.errors import InvalidInput
from core.life.machines import Machine


class InterviewState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class InterviewAct(StrEnum):
    HOLD = "hold"
    CANCEL = "cancel"


class InterviewRole(StrEnum):
    """Who is interviewed; 约谈 counts 部门负责人 and 执法人员 apart."""

    HEAD = "head"
    DEPUTY = "deputy"
    ENFORCER = "enforcer"
    OTHER = "other"


INTERVIEW_MOVES = {
    (InterviewState.PLANNED, InterviewAct.HOLD): InterviewState.HELD,
    (InterviewState.PLANNED, InterviewAct.CANCEL): InterviewState.CANCELLED,
}
INTERVIEW_STATE_LABELS = {
    InterviewState.PLANNED: "待约谈",
    InterviewState.HELD: "已约谈",
    InterviewState.CANCELLED: "已取消",
}
INTERVIEW_ROLE_LABELS = {
    InterviewRole.HEAD: "部门负责人",
    InterviewRole.DEPUTY: "分管负责人",
    InterviewRole.ENFORCER: "执法人员",
    InterviewRole.OTHER: "其他人员",
}
_OFFICE = frozenset({"officer", "director", "leader"})
INTERVIEW = Machine(
    code="interview",
    thing="约谈",
    moves=INTERVIEW_MOVES,
    state_labels=INTERVIEW_STATE_LABELS,
    act_labels={InterviewAct.HOLD: "登记约谈", InterviewAct.CANCEL: "取消约谈"},
    actors={InterviewAct.HOLD: _OFFICE, InterviewAct.CANCEL: _OFFICE},
)


def read_role(text: str) -> InterviewRole:
    """Return the role meant by its code or its Chinese word; raise InvalidInput."""
    words = {label: role for role, label in INTERVIEW_ROLE_LABELS.items()} | {"其他": InterviewRole.OTHER}
    if text in words:
        return words[text]
    try:
        return InterviewRole(text)
    except ValueError:
        raise InvalidInput(
            "被约谈人的身份不正确",
            found=text,
            expected="、".join(INTERVIEW_ROLE_LABELS.values()),
            remedy="例如 --person 部门负责人=1",
        ) from None


def read_people(entries: Iterable[str]) -> dict[tuple[InterviewRole, str], int]:
    """Return how many of each role and name; `部门负责人=2` counts, `执法人员=张某` names one person.

    raises   InvalidInput for an entry that is neither, for none at all, and for a name given twice
    """
    found: dict[tuple[InterviewRole, str], int] = {}
    for entry in entries:
        role_text, equals, rest = entry.partition("=")
        value = rest.strip()
        if not equals or not value or value == "0":
            raise _bad(entry)
        number = int(value) if value.isascii() and value.isdigit() else 1
        key = (read_role(role_text.strip()), "" if value.isascii() and value.isdigit() else value)
        if key in found:
            raise _bad(entry)
        found[key] = number
    if not found:
        raise _bad("没有写明被约谈人")
    return found


def _bad(found: str) -> InvalidInput:
    return InvalidInput(
        "被约谈人的写法不正确",
        found=found,
        expected="身份=人数，或者 身份=姓名，各写一次",
        remedy="例如 --person 部门负责人=1 --person 执法人员=3",
    )


def describe_people(people: Iterable[tuple[InterviewRole, str, int]]) -> str:
    """Return who is invited as a document says it: 部门负责人1人、执法人员3人, with names where they are known."""
    counts: dict[InterviewRole, int] = {}
    names: dict[InterviewRole, list[str]] = {}
    for role, name, count in people:
        counts[role] = counts.get(role, 0) + count
        if name:
            names.setdefault(role, []).append(name)
    return "、".join(
        f"{INTERVIEW_ROLE_LABELS[role]}{counts[role]}人"
        + (f"（{'，'.join(names[role])}）" if role in names else "")
        for role in InterviewRole
        if role in counts
    )
