"""Which table keeps which life: the doctor replays the audit of each against its machine."""

from __future__ import annotations

import sqlalchemy as sa

from core.machines import Machine
from core.tasklife import TASK
from models.base import table_of
from models.task import Task

LIVES: tuple[tuple[Machine, sa.Table], ...] = ((TASK, table_of(Task)),)
