"""What a request works with: the engine, the settings, the clock, and desks for whoever is signed in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa
from fastapi import Request

from casework.desk import Actor, Desk, at_desk
from system.clock import civil_day
from system.settings import Settings

Clock = Callable[[], datetime]


class Caller(Protocol):
    """Whoever asks for something: at a page, or by a program."""

    @property
    def who(self) -> Actor: ...


@dataclass(frozen=True, slots=True)
class World:
    """The outside of the console; `clock` gives the present instant, aware, in UTC."""

    engine: sa.Engine
    settings: Settings
    clock: Clock

    def desk(self, by: str | Actor | None = None, *, readonly: bool = True) -> AbstractContextManager[Desk]:
        """Open a desk at the present instant; it commits before the answer is made, never after."""
        now = self.clock()
        return at_desk(self.engine, self.settings, by=by, today=civil_day(now), now=now, readonly=readonly)


def world_of(request: Request) -> World:
    """Return the world the console was started with."""
    world: World = request.app.state.world
    return world
