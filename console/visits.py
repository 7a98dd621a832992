"""A visit: one request of somebody who is signed in, with what they may do and the desks they work at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from hashlib import sha256
from hmac import compare_digest
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from casework.accounts.sessions import Visitor, see, visitor_of
from casework.desk import Actor, Desk
from casework.portal.reader import has_own_mailbox
from casework.staff.people import find_actor
from console.guarding import cookie_name, sign_in_address
from console.world import World, world_of
from core.access.permissions import BY_LINK, Permission, may
from core.errors import DuchaError, NotAllowed

CODE = "/sign-in/code"
OWN_PASSWORD, OWN_FACTOR = "/account/password", "/account/second-factor"  # addresses, no secrets
PORTAL = "/portal"
NOTICE = "ducha-notice"  # the cookie that carries one sentence to the next page
READING = frozenset({"GET", "HEAD"})
# What an account that has to choose a password, or to set up a second factor, may reach before it did.
ALWAYS = frozenset({Permission.ANYBODY, Permission.OWN_ACCOUNT})


class SignInNeeded(Exception):  # not an error: the answer is the sign-in page
    """Nobody is signed in, or the session has ended."""

    def __init__(self, back: str) -> None:
        super().__init__(back)
        self.address = sign_in_address(back)


class StepNeeded(Exception):  # not an error: the answer is the page of that step
    """Something comes first: the code of the second factor, a password of one's own, setting the factor up."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks, and the desks at which their wishes are done."""

    world: World
    visitor: Visitor
    who: Actor
    token: str
    notice: str = ""  # what the act before this page said, and on a second line which draft it took
    reader: Desk | None = None

    def desk(self) -> AbstractContextManager[Desk]:
        """Open a desk that only reads; for a page it is the one at which its visitor was recognised."""
        return self.world.desk(self.who) if self.reader is None else nullcontext(self.reader)

    def acting(self) -> AbstractContextManager[Desk]:
        """Open a desk that writes in the name of who is signed in."""
        return self.world.desk(self.who, readonly=False)

    def may(self, permission: Permission) -> bool:
        """Tell whether a page or an act is open to them at all."""
        if self.visitor.by_link and permission not in BY_LINK:
            return False
        return may(self.who.roles, permission)

    @property
    def csrf(self) -> str:
        """The word that every form of this session carries; a foreign page cannot know it."""
        return sha256(f"csrf:{self.token}".encode()).hexdigest()

    def is_own(self, word: str) -> bool:
        """Tell whether a form was made for this session."""
        return compare_digest(word.encode(), self.csrf.encode())


def with_session(world: World, answer: Response, token: str) -> Response:
    """Return an answer that carries the session of a browser: out of reach of scripts, and bound to TLS with it."""
    settings = world.settings
    answer.set_cookie(
        cookie_name(settings), token, httponly=True, samesite="lax", secure=settings.is_https, path="/"
    )
    return answer


def without_session(world: World, answer: Response) -> Response:
    """Return an answer that has the browser forget its session, and what pages kept there during it."""
    settings = world.settings
    answer.delete_cookie(
        cookie_name(settings), path="/", secure=settings.is_https, httponly=True, samesite="lax"
    )
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


def visit_of(request: Request) -> Visit | None:
    """Return the visit of a request, None when nobody is signed in."""
    if cookie_name(world_of(request).settings) not in request.cookies:
        return None
    with world_of(request).desk() as desk:
        return recognise(request, desk)


def recognise(request: Request, desk: Desk) -> Visit | None:
    """Return whose request it is, None when nobody is signed in; notes now and then that the session is used."""
    world = world_of(request)
    token = request.cookies.get(cookie_name(world.settings), "")
    visitor = visitor_of(desk.session, world.settings, token, desk.now) if token else None
    if visitor is None:
        return None
    try:
        who = find_actor(desk, visitor.actor)
    except DuchaError:
        return None  # the person left the pool, the unit was merged: the account speaks for nobody any more
    if visitor.stale:
        with world.desk(readonly=False) as writing:
            see(writing, visitor.session_id)
    if visitor.by_link:
        visitor = replace(visitor, name=who.name)
        who = replace(who, shut=not has_own_mailbox(desk, who))
    return Visit(world, visitor, who, token, _notice(request))


def _notice(request: Request) -> str:
    """Return the sentence that an act left for the next page; what is no such sentence is left out."""
    try:
        return request.cookies.get(NOTICE, "").encode("ascii").decode("unicode_escape")
    except UnicodeError:
        return ""


class Permit:
    """The permission that a route declares; nobody passes who was not granted it."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    def __call__(self, request: Request) -> Iterator[None]:
        """Let the request pass, or raise SignInNeeded, StepNeeded or NotAllowed.

        A page is read at one desk, which is closed before the answer goes out; an act opens a desk of its own.
        """
        if self.permission is Permission.ANYBODY:
            yield
            return
        with world_of(request).desk() as desk:
            visit = self._let_pass(request, recognise(request, desk))
            request.state.visit = visit
            if request.method in READING:
                desk.actor = visit.who
                request.state.visit = replace(visit, reader=desk)
                yield
        if request.method not in READING:
            yield

    def _let_pass(self, request: Request, visit: Visit | None) -> Visit:
        if visit is None:
            raise SignInNeeded(_back(request))
        _first_things_first(visit.visitor, self.permission)
        if not visit.may(self.permission):
            request.state.visit = visit  # its page still has the navigation of who is signed in
            if self.permission is Permission.TODAY and visit.may(Permission.PORTAL):
                raise StepNeeded(PORTAL)  # the first page of a unit
            raise NotAllowed(
                "无权使用这个页面",
                found=visit.visitor.name,
                expected="有相应角色的账号",
                remedy="由有权人员办理",
            )
        return visit


def _first_things_first(visitor: Visitor, permission: Permission) -> None:
    """Raise StepNeeded while something must be done before the account may be used."""
    if visitor.is_half:
        raise StepNeeded(CODE)
    if permission in ALWAYS:
        return
    if visitor.once:
        raise StepNeeded(OWN_PASSWORD)
    if visitor.must_set_up:
        raise StepNeeded(OWN_FACTOR)


def _back(request: Request) -> str:
    """Return where to go after the sign-in: the page that was asked for, never the target of a form."""
    if request.method != "GET":
        return "/"
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{request.url.path}{query}"


def current_visit(request: Request) -> Visit:
    """Return the visit that the route's permission let pass."""
    visit: Visit = request.state.visit
    return visit


HasVisit = Annotated[Visit, Depends(current_visit)]
HasWorld = Annotated[World, Depends(world_of)]
