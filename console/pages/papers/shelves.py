"""The two places where documents lie: 全部文书, and the letters of the compartment, each with its own readers.

A letter of the compartment answers under /documents like a number that was never given; under /letters it is found by
those who may know of it, and each look is noted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from casework.desk import Desk
from casework.paperwork.paperview import hidden_letter, visible_document
from console.routes import Answer, Pages
from core.access.permissions import Permission
from models.document import Document


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a document lies and how it is found; `active` is the page that the navigation marks."""

    base: str
    find: Callable[[Desk, int], Document]
    permission: Permission
    active: str

    @property
    def hidden(self) -> bool:
        return self is LETTERS

    def address(self, document_id: int) -> str:
        return f"{self.base}/{document_id}"


DOCUMENTS = Shelf("/documents", visible_document, Permission.DOCUMENT_VIEW, "documents")
LETTERS = Shelf("/letters", hidden_letter, Permission.LINKAGE, "referrals")
SHELVES = (DOCUMENTS, LETTERS)


def shelf_of(request: Request) -> Shelf:
    """Return the shelf that an address names."""
    return LETTERS if request.url.path.startswith(f"{LETTERS.base}/") else DOCUMENTS


HasShelf = Annotated[Shelf, Depends(shelf_of)]


def page_on_both(
    router: Pages, path: str, permission: Permission | None = None
) -> Callable[[Answer], Answer]:
    """Declare a page of one document, on both shelves; one of a letter is open to its readers."""

    def declare(answer: Answer) -> Answer:
        for shelf in SHELVES:
            wanted = permission if permission is not None and not shelf.hidden else shelf.permission
            router.page(f"{shelf.base}/{{document_id}}{path}", wanted)(answer)
        return answer

    return declare


def act_on_both(
    router: Pages, path: str, permission: Permission | None, again: Answer
) -> Callable[[Answer], Answer]:
    """Declare an act on one document, on both shelves; a letter's acts are open to its readers."""

    def declare(act: Answer) -> Answer:
        for shelf in SHELVES:
            wanted = permission if permission is not None and not shelf.hidden else shelf.permission
            router.act(f"{shelf.base}/{{document_id}}{path}", wanted, again=again)(act)
        return act

    return declare
