"""The state diagrams and the tables of moves of every life, as one page of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.access.permissions import AUDIT_ADMIN, SECURITY_ADMIN, SYSTEM_ADMIN
from core.life.machines import Machine

HEAD = """\
# 状态图

本页由 `python -m tests.core.statepage` 从 `core/life/everymachine.py` 生成，请勿手工修改；与代码不一致时测试不通过。
表中列出每个状态可以办理的操作、办理后的状态和有权办理的角色；未列出的一律拒绝。“系统”表示只由程序自身完成。
"""
ROLE_LABELS = {
    "unit": "被督察单位",
    "inspector": "督察员",
    "leader": "组长、负责人",
    "officer": "经办人",
    "reviewer": "复核人",
    "verifier": "核查人",
    "director": "主任、分管负责人",
    "linkage": "贯通联动联络人",
    SYSTEM_ADMIN: "系统管理员",
    SECURITY_ADMIN: "安全管理员",
    AUDIT_ADMIN: "审计管理员",
}


def state_page(machines: Iterable[Machine]) -> str:
    """Return the page; the machines in their order, each with a diagram and a table."""
    return "\n".join((HEAD, *("\n".join(_chapter(machine)) for machine in machines)))


def _chapter(machine: Machine) -> Iterator[str]:
    yield f"## {machine.thing}（`{machine.code}`）\n"
    yield "```mermaid\nstateDiagram-v2"
    for state in machine.states:
        yield f"    {state} : {machine.state_labels[state]}"
    yield f"    [*] --> {machine.start.value}"
    yield from _arrows(machine)
    yield from (f"    {state} --> [*]" for state in ends(machine))
    yield "```\n"
    yield "| 状态 | 操作 | 之后 | 角色 |\n|---|---|---|---|"
    for (state, act), after in machine.moves.items():
        yield (
            f"| {machine.state_labels[state]} | {machine.act_labels[act]} `{act.value}` "
            f"| {machine.state_labels[after]} | {who(machine, act)} |"
        )
    yield ""


def _arrows(machine: Machine) -> Iterator[str]:
    """Yield one arrow for every pair of states, with all acts that lead along it; what stays is in the table."""
    between: dict[tuple[str, str], list[str]] = {}
    for (state, act), after in machine.moves.items():
        if state is not after:
            between.setdefault((state.value, after.value), []).append(machine.act_labels[act])
    for (state, after), acts in between.items():
        yield f"    {state} --> {after} : {'、'.join(dict.fromkeys(acts))}"


def ends(machine: Machine) -> list[str]:
    """Return the states that nothing leads out of, in their order."""
    left = {state for (state, _act), after in machine.moves.items() if after is not state}
    return [state for state in machine.states if state not in left]


def who(machine: Machine, act: object) -> str:
    """Return the roles that may carry out an act, in words."""
    roles = machine.actors.get(act, frozenset())
    return "、".join(label for role, label in ROLE_LABELS.items() if role in roles) or "系统"
