"""The life of a task (待办任务): something a named person must do by a day; no machine does it for them."""

from __future__ import annotations

from enum import StrEnum

from core.life.machines import Machine


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class TaskAct(StrEnum):
    FINISH = "finish"
    DROP = "drop"


TASK_MOVES = {
    (TaskState.OPEN, TaskAct.FINISH): TaskState.DONE,
    (TaskState.OPEN, TaskAct.DROP): TaskState.DROPPED,
}
_ANYBODY = frozenset({"officer", "director", "leader", "reviewer", "verifier", "inspector", "linkage"})
TASK = Machine(
    code="task",
    thing="任务",
    moves=TASK_MOVES,
    state_labels={TaskState.OPEN: "待办", TaskState.DONE: "已办", TaskState.DROPPED: "不再需要"},
    act_labels={TaskAct.FINISH: "办结任务", TaskAct.DROP: "撤销任务"},
    actors={TaskAct.FINISH: _ANYBODY, TaskAct.DROP: frozenset({"officer", "director", "linkage"})},
)
