"""A call: who asks, by a key or by the session of a browser, what they may do, and the desks they work at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel

from casework.accounts.apicalls import answered_before, keep_answer
from casework.desk import Actor, Desk
from console.api.problems import ApiRefusal
from console.world import World
from core.access.permissions import Permission, may

JSON = "application/json"
Show = Callable[[Desk], BaseModel]


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a program or of a page's script.

    token_id   the key that was shown, None for the session of a browser
    elevated   whether the password was given again a moment ago; never so for a key
    """

    world: World
    who: Actor
    account_id: int
    login: str
    scopes: frozenset[str] | None
    token_id: int | None
    elevated: bool
    address: str  # method and address, as far as they tell one call from another
    headers: Mapping[str, str]

    def desk(self) -> AbstractContextManager[Desk]:
        """Open a desk that only reads."""
        return self.world.desk(self.who)

    def may(self, permission: Permission) -> bool:
        """Tell whether something is open to them at all."""
        return may(self.who.roles, permission)

    def need_person(self, doing: str) -> None:
        """Refuse what only the person themself does, at a browser, after giving the password again."""
        if not self.elevated:
            raise ApiRefusal(
                403, f"{doing}须由本人在页面上验证密码后办理", found="密钥" if self.token_id else "未验证密码",
                expected="几分钟内验证过密码的登录", remedy="在页面上办理",
            )  # fmt: skip

    def read(self, show: Show) -> Response:
        """Answer with what is there, or that it has not changed since the caller read it."""
        with self.desk() as desk:
            text = _text(show(desk))
        return self._told(text)

    def look(self, show: Show) -> Response:
        """Answer with what is there, where the look itself is noted."""
        with self.world.desk(self.who, readonly=False) as desk:
            text = _text(show(desk))
        return self._told(text)

    def _told(self, text: str) -> Response:
        tag = tag_of(text)
        if _is_among(self.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers={"ETag": tag})
        return Response(text, media_type=JSON, headers={"ETag": tag})

    def create(self, given: object, make: Show, status: int = 201) -> Response:
        """Do a call that makes something new; the same call again is answered as the first time."""
        return self._once(given, make, status)

    def change(self, given: object, verb: Callable[[Desk], object], show: Show) -> Response:
        """Do an act on something, if it still is as the caller read it, and answer with how it is now.

        show   gives what a GET of the thing gives
        """

        def done(desk: Desk) -> BaseModel:
            self._check_version(desk, show)
            verb(desk)
            desk.session.flush()
            desk.flush_changes()  # a history shows the act that was just done
            return show(desk)

        return self._once(given, done, 200, tagged=True)

    def _check_version(self, desk: Desk, show: Show) -> None:
        wanted = self.headers.get("if-match", "")
        if wanted and wanted.strip() != "*" and not _is_among(wanted, tag_of(_text(show(desk)))):
            raise ApiRefusal(
                412,
                "读取之后内容已经变动",
                found=wanted[:80],
                expected="现在的 ETag",
                remedy="重新读取，核对后再办理",
            )

    def _once(self, given: object, make: Show, status: int, *, tagged: bool = False) -> Response:
        key = self.headers.get("idempotency-key", "").strip()
        digest = _digest(self.address, given)
        with self.world.desk(self.who, readonly=False) as desk:
            known = answered_before(desk, self.account_id, key, digest)
            if known is not None:
                text, status = known.answer, known.status
            else:
                text = _text(make(desk))
                desk.session.flush()
                keep_answer(desk, self.account_id, key, digest, status, text)
        headers = {"ETag": tag_of(text)} if tagged else {}
        if known is not None:
            headers["Idempotency-Replayed"] = "true"
        return Response(text, status_code=status, media_type=JSON, headers=headers)


def _text(shown: BaseModel) -> str:
    return shown.model_dump_json(by_alias=True)


def tag_of(text: str) -> str:
    """Return the version of a representation, as ETag carries it."""
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _is_among(header: str, tag: str) -> bool:
    return any(one.strip().removeprefix("W/") in (tag, "*") for one in header.split(","))


def _digest(address: str, given: object) -> str:
    """Return the hash that tells one call from another; files count by their content."""
    told = given.model_dump(mode="json") if isinstance(given, BaseModel) else given
    text = json.dumps([address, told], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def current_call(request: Request) -> Call:
    """Return the call that the route's permission let pass."""
    call: Call = request.state.call
    return call
