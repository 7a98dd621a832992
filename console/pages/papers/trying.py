"""Trying a draft out: it is written, looked at as it would print, and taken back, so that nothing of it stays."""

from __future__ import annotations

from collections.abc import Callable

from casework.desk import Desk
from casework.paperwork.papers import paper_of
from console.forms import Form
from console.pages.papers.pictures import PICTURES, Preview
from console.visits import Visit
from models.document import Document

PREFIX = "v."  # before the names of values in forms


class _TakenBack(Exception):  # not an error: it ends the transaction without a commit
    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.preview = preview


def tried_out(visit: Visit, write: Callable[[Desk], Document]) -> Preview:
    """Return the preview of what an act would write; raise what the act raises. Nothing is kept."""
    try:
        with visit.acting() as desk:
            paper = paper_of(desk, write(desk))
            raise _TakenBack(PICTURES.look(desk, paper, visit.visitor.account_id))
    except _TakenBack as end:
        return end.preview


def texts_of(form: Form) -> dict[str, str]:
    """Return the values of a document that a form gives, by their names."""
    return form.texts(PREFIX)
