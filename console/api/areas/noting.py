"""Notes of a call, a talk or a visit, beside whatever they were about."""

from __future__ import annotations

from datetime import date
from typing import Literal

from casework.rectification.notes import Said
from console.api.bodies import Deed


class ContactNote(Deed):
    """A note; on `follow_up_on` it becomes a task of its writer."""

    kind: Literal["telephone", "talk", "visit", "other"] = "telephone"
    text: str
    with_whom: str = ""
    on: date | None = None
    follow_up_on: date | None = None

    @property
    def said(self) -> Said:
        """Return the note as the verb takes it."""
        return Said(self.kind, self.text, self.with_whom, self.on, self.follow_up_on)
