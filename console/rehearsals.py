"""The rehearsal that the console was started with: its jobs are those of the clock, which pages do not know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Request

from casework.rehearsal.rehearsalplan import Asked
from casework.rehearsal.rehearsed import Programme
from system.settings import Settings

Step = Callable[[date, int, int], None]
Rehearse = Callable[[sa.Engine, Settings, date, Asked, Step], Programme]


def _rehearsal_of(request: Request) -> Rehearse | None:
    found: Rehearse | None = getattr(request.app.state, "rehearse", None)
    return found


HasRehearsal = Annotated[Rehearse | None, Depends(_rehearsal_of)]
