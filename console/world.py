"""What a request works with: the engine, the settings, the clock, and a desk that only reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Request

from casework.desk import Desk, at_desk
from system.clock import civil_day
from system.settings import Settings

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class World:
    """The outside of the console; `clock` gives the present instant, aware, in UTC."""

    engine: sa.Engine
    settings: Settings
    clock: Clock

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """Open a desk that only reads, for nobody in particular: this console has no accounts yet."""
        now = self.clock()
        with at_desk(
            self.engine, self.settings, by=None, today=civil_day(now), now=now, readonly=True
        ) as desk:
            yield desk


def world_of(request: Request) -> World:
    """Return the world the console was started with."""
    world: World = request.app.state.world
    return world


HasWorld = Annotated[World, Depends(world_of)]
