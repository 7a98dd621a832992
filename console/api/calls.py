"""A call: who asks, by a key or by the session of a browser, what they may do, and the desks they work at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel

from casework.accounts.apicalls import answered_before, keep_answer
from casework.desk import Actor, Desk
from casework.listings.keyset import Slice
from casework.turns import take_turn
from console.api.bodies import Body, Deed, Making
from console.api.problems import JSON, ApiRefusal
from console.api.shown import Listing
from console.world import World
from core.access.permissions import Permission, may
from core.errors import InvalidInput

Show = Callable[[Desk], BaseModel]
Verb = Callable[[Desk], object]
RowT = TypeVar("RowT", bound=BaseModel)


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

    def acting(self) -> AbstractContextManager[Desk]:
        """Open a desk that writes in the name of who calls."""
        return self.world.desk(self.who, readonly=False)

    def may(self, permission: Permission) -> bool:
        """Tell whether something is open to them at all."""
        return may(self.who.roles, permission)

    def need_person(self, doing: str) -> None:
        """Refuse what only the person themself does, at a browser, after giving the password again."""
        if not self.elevated:
            raise ApiRefusal(
                "person-needed", f"{doing}须由本人在页面上验证密码后办理",
                found="密钥" if self.token_id else "未验证密码", expected="几分钟内验证过密码的登录",
            )  # fmt: skip

    def read(self, show: Show) -> Response:
        """Answer with what is there, or that it has not changed since the caller read it."""
        with self.desk() as desk:
            shown = show(desk)
        return self._told(shown)

    def look(self, show: Show) -> Response:
        """Answer with what is there, where the look itself is noted."""
        with self.acting() as desk:
            shown = show(desk)
        return self._told(shown)

    def page(self, row: type[RowT], find: Callable[[Desk], Slice[Any]]) -> Response:
        """Answer with one page of a list; the address of the next one stands in `Link` too."""

        def show(desk: Desk) -> Listing[RowT]:
            found = find(desk)
            return Listing(items=[row.model_validate(one) for one in found.rows], next=found.next)

        return self.read(show)

    def _told(self, shown: BaseModel) -> Response:
        text = _text(shown)
        tag = tag_of(text)
        headers = {"ETag": tag}
        if isinstance(shown, Listing) and shown.next:
            headers["Link"] = f'<{self._next(shown.next)}>; rel="next"'
        if _is_among(self.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=headers)
        return Response(text, media_type=JSON, headers=headers)

    def _next(self, after: str) -> str:
        path, _, query = self.address.partition(" ")[2].partition("?")
        given = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != "after"]
        return f"{path}?{urlencode([*given, ('after', after)])}"

    def make(self, sent: Making, show: Callable[[Any], Show]) -> Response:
        """Make something new and answer with it and its address; the same call again is answered as the first time.

        show   gives what a GET of the thing with a number or code gives
        """

        def make(desk: Desk) -> BaseModel:
            key = sent.make(desk)
            _settle(desk)
            return show(key)(desk)

        return self._once(sent, make, 201)

    def once(self, sent: Body, make: Show) -> Response:
        """Do an act that is not on one thing with a version; the same call again is answered as the first time."""

        def done(desk: Desk) -> BaseModel:
            if self.headers.get("if-match", "").strip() not in ("", "*"):
                raise ApiRefusal("changed", "这项办理没有可比对的版本", expected="不带 If-Match")
            return make(desk)

        return self._once(sent, done, 200)

    def deed(self, sent: Deed, key: Any, show: Callable[[Any], Show]) -> Response:
        """Do an act on the thing with a number or code, if it still is as the caller read it; answer with it as it is.

        show   gives what a GET of the thing gives
        """
        self.check(sent)
        return self.change(sent, lambda desk: sent.apply(desk, key), show(key))

    def check(self, deed: Deed) -> None:
        """Refuse an act that the caller may not do, though its address is open to them."""
        if deed.needs is not None and not self.may(deed.needs):
            raise ApiRefusal("not-allowed", "无权办理这项操作", found=self.login, expected="有相应角色的账号")
        if deed.personal:
            self.need_person(deed.personal)

    def change(self, sent: Body, verb: Verb, show: Show) -> Response:
        """Do an act on something, if it still is as the caller read it, and answer with how it is now."""

        def done(desk: Desk) -> BaseModel:
            self._check_version(desk, show)
            verb(desk)
            _settle(desk)
            return show(desk)

        return self._once(sent, done, 200, tagged=True)

    def _check_version(self, desk: Desk, show: Show) -> None:
        wanted = self.headers.get("if-match", "").strip()
        if not wanted:
            return
        take_turn(desk, self.address.partition(" ")[2])
        if not _is_among(wanted, tag_of(_text(show(desk)))):
            raise ApiRefusal("changed", "读取之后内容已经变动", found=wanted[:80], expected="现在的 ETag")

    def _once(self, sent: Body, make: Show, status: int, *, tagged: bool = False) -> Response:
        key = self.headers.get("idempotency-key", "").strip()
        digest = _digest(self.address, sent.whole)
        with self.acting() as desk:
            take_turn(desk, f"call {self.account_id} {key}")
            try:
                known = answered_before(desk, self.account_id, key, digest)
            except InvalidInput as error:
                raise ApiRefusal(
                    "key-reused", error.what, found=error.found, expected=error.expected
                ) from error
            if known is not None:
                text, status = known.answer, known.status
            else:
                text = _text(make(desk))
                desk.session.flush()
                keep_answer(desk, self.account_id, key, digest, status, text)
        headers = {"ETag": tag_of(text)} if tagged else {}
        if status == 201:
            headers["Location"] = self._address_of(text)
        if known is not None:
            headers["Idempotency-Replayed"] = "true"
        return Response(text, status_code=status, media_type=JSON, headers=headers)

    def _address_of(self, text: str) -> str:
        """Return where what was made is read, from its answer."""
        shown = json.loads(text)
        key = shown.get("code") or shown.get("id") or ""
        return f"{self.address.partition(' ')[2].partition('?')[0]}/{quote(str(key), safe='')}"


def _settle(desk: Desk) -> None:
    desk.session.flush()
    desk.flush_changes()  # a history shows the act that was just done


def _text(shown: BaseModel) -> str:
    return shown.model_dump_json(by_alias=True)


def tag_of(text: str) -> str:
    """Return the version of a representation, as ETag carries it."""
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _is_among(header: str, tag: str) -> bool:
    return any(one.strip().removeprefix("W/") in (tag, "*") for one in header.split(","))


def _digest(address: str, whole: object) -> str:
    """Return the hash that tells one call from another; files count by their content."""
    text = json.dumps([address, whole], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def current_call(request: Request) -> Call:
    """Return the call that the route's permission let pass."""
    call: Call = request.state.call
    return call
