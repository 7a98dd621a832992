"""Routes of the console: each declares its permission; a form that is refused is shown again as it was filled in."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from console.refusals import status_of
from console.visits import NOTICE, Permit
from core.access.permissions import Permission
from core.errors import DuchaError

Answer = Callable[..., Response]
NOTICE_SECONDS = 60


class Pages(APIRouter):
    """The pages of one part of the console; `permission` holds for every route that names no other."""

    def __init__(self, permission: Permission) -> None:
        super().__init__()
        self.permission = permission

    def page(self, path: str, permission: Permission | None = None) -> Callable[[Answer], Answer]:
        """Declare a page, or a file that is downloaded: it changes nothing."""
        return self._declare(path, "GET", permission)

    def act(
        self, path: str, permission: Permission | None = None, *, again: Answer | None = None
    ) -> Callable[[Answer], Answer]:
        """Declare the target of a form.

        again   makes the page anew when the act is refused: it is given what the act was given, and the `error`
        """

        def declare(act: Answer) -> Answer:
            self._declare(path, "POST", permission)(act if again is None else _with_second_try(act, again))
            return act

        return declare

    def _declare(self, path: str, method: str, permission: Permission | None) -> Callable[[Answer], Answer]:
        wanted = permission or self.permission

        def declare(answer: Answer) -> Answer:
            self.add_api_route(
                path,
                answer,
                methods=[method],
                response_class=HTMLResponse,
                response_model=None,
                dependencies=[Depends(Permit(wanted), scope="function")],
            )
            return answer

        return declare


def _with_second_try(act: Answer, again: Answer) -> Answer:
    """Return an act that shows its page again, with the error and what was typed, when it is refused."""
    asked = inspect.signature(again).parameters

    @wraps(act)
    def tried(**given: Any) -> Response:
        try:
            return act(**given)
        except DuchaError as error:
            known = {name: value for name, value in given.items() if name in asked}
            page = again(**known, error=error)
            page.status_code = status_of(error)
            return page

    return tried


def permission_of(route: Any) -> Permission | None:
    """Return what a route declares; None when it declares nothing."""
    for one in getattr(route, "dependencies", ()):
        if isinstance(one.dependency, Permit):
            return one.dependency.permission
    return None


def done(address: str, said: str = "", taken: str = "") -> Response:
    """Go to a page after an act, so that reloading it does nothing again; `said` is shown there once.

    taken   name of the draft that the act took; its page has the browser forget it
    """
    answer = RedirectResponse(address, status_code=303)
    if said:
        answer.set_cookie(
            NOTICE,
            (f"{said}\n{taken}" if taken else said).encode("unicode_escape").decode("ascii"),
            max_age=NOTICE_SECONDS,
            httponly=True,
            samesite="lax",
        )
    return answer
