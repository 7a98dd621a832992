"""The door of the programming interface: who is it, is it not too much, may they, and is the key for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from fastapi import Request

from casework.accounts.tokens import KeyHolder, key_holder_of, note_use
from casework.desk import Desk
from casework.staff.people import find_actor
from console.api.calls import Call
from console.api.problems import ANONYMOUS, ApiRefusal, anonymous
from console.throttle import Throttle
from console.visits import Visit, recognise
from console.world import World
from core.access.permissions import Permission
from core.access.scopes import Area, is_within, scope_of
from core.errors import DuchaError

READING = frozenset({"GET", "HEAD"})
CSRF = "x-csrf-token"
KEY_LENGTH = 200
# What is told of here is for keys that are for it: elsewhere, among tasks and numbers, it is left out.
APART = frozenset({Area.REFERRALS, Area.INCOMING, Area.MEETINGS, Area.LEADS})


@dataclass(frozen=True, slots=True)
class Door:
    """What a route is for; a caller needs one of the permissions, and a key needs the scope."""

    permissions: tuple[Permission, ...]
    area: Area | None
    write: bool

    def __call__(self, request: Request) -> None:
        """Let the call pass, or raise ApiRefusal with 401, 403 or 429."""
        _check_text(request)
        call = _call_of(request)
        _check_pace(request, call)
        if (
            call.scopes is not None
            and self.area is not None
            and not is_within(call.scopes, self.area, write=self.write)
        ):
            wanted = scope_of(self.area, write=self.write)
            raise ApiRefusal(
                "scope-missing", "密钥不用于这项工作", found="、".join(sorted(call.scopes)), expected=wanted,
                headers={"WWW-Authenticate": f'{ANONYMOUS}, error="insufficient_scope", scope="{wanted}"'},
            )  # fmt: skip
        if not any(call.may(one) for one in self.permissions):
            raise ApiRefusal("not-allowed", "无权使用这个接口", found=call.login, expected="有相应角色的账号")
        if self.write:
            _check_key(request)
        request.state.call = self._sealed(call)

    def _sealed(self, call: Call) -> Call:
        """Return the call without the compartment, unless the key, or this part of the interface, is for it."""
        if call.scopes is None or self.area in APART:
            return call
        if all(is_within(call.scopes, area, write=False) for area in APART):
            return call
        return replace(call, who=replace(call.who, sealed=True))


def _check_text(request: Request) -> None:
    """Refuse what no address has: a NUL, which databases do not take, or bytes that are no text."""
    told = request.url.path + request.scope.get("query_string", b"").decode("latin-1")
    if "\x00" in told or "%00" in told or "\ufffd" in told:
        raise ApiRefusal(
            "bad-request", "地址中有不能使用的字符", found="控制字符", expected="文字", remedy="改正地址"
        )


def _check_key(request: Request) -> None:
    key = request.headers.get("idempotency-key", "").strip()
    if not 8 <= len(key) <= KEY_LENGTH or not key.isprintable():
        raise ApiRefusal(
            "no-idempotency-key", "没有写明办理编号", found=key[:40] or "空",
            expected=f"Idempotency-Key：8至{KEY_LENGTH}个字符，每次办理一个",
        )  # fmt: skip


def _call_of(request: Request) -> Call:
    world: World = request.app.state.world
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    with world.desk() as desk:
        if scheme:
            return _by_key(request, world, desk, text.strip() if scheme.lower() == "bearer" else "")
        return _by_session(request, world, desk)


def _by_key(request: Request, world: World, desk: Desk, text: str) -> Call:
    throttle: Throttle = request.app.state.throttle
    address = request.client.host if request.client else ""
    holder = key_holder_of(desk.session, text, desk.now, desk.today)
    if holder is None:  # a right key is heard however often others at the same address were wrong
        if throttle.is_over(address, desk.now):
            raise _too_much("多次使用无效的密钥", 600)
        throttle.note(address, desk.now)
        raise anonymous("密钥无效、过期或者已经撤销", error="invalid_token")
    try:
        who = find_actor(desk, holder.actor)
    except DuchaError:
        raise anonymous("密钥所属的人员已不在任", error="invalid_token") from None
    if holder.stale:
        _note(world, holder)
    return Call(
        world=world, who=who, account_id=holder.account_id, login=holder.login, scopes=holder.scopes,
        token_id=holder.token_id, elevated=False, address=_address(request), headers=request.headers,
    )  # fmt: skip


def _note(world: World, holder: KeyHolder) -> None:
    with world.desk(readonly=False) as desk:
        note_use(desk, holder.token_id)


def _by_session(request: Request, world: World, desk: Desk) -> Call:
    visit = recognise(request, desk)
    if visit is None:
        raise anonymous()
    _check_finished(visit)
    if request.method not in READING and not visit.is_own(request.headers.get(CSRF, "")):
        raise ApiRefusal(
            "not-allowed",
            "请求不是由本次登录的页面发出",
            found=CSRF,
            expected="页面所带的值",
            remedy="刷新页面后重试",
        )
    visitor = visit.visitor
    return Call(
        world=world, who=visit.who, account_id=visitor.account_id, login=visitor.login, scopes=None,
        token_id=None, elevated=visitor.elevated, address=_address(request), headers=request.headers,
    )  # fmt: skip


def _check_finished(visit: Visit) -> None:
    """Refuse an account of which something is still asked: the code, a password of its own, a second factor."""
    visitor = visit.visitor
    if visitor.is_half:
        raise anonymous("登录没有完成")
    if visitor.by_link:
        raise anonymous("凭邮件链接的登录不使用接口")
    if visitor.once or visitor.must_set_up:
        raise ApiRefusal(
            "person-needed",
            "账号还不能使用",
            found="须修改密码或者启用动态验证码",
            expected="完成首次登录的各步",
            remedy="在页面上完成",
        )


def _address(request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{request.method} {request.url.path}{query}"


@dataclass(slots=True)
class Pace:
    """How many calls each account made within this minute; kept in memory, for this process."""

    most: int
    _minute: int = 0
    _calls: dict[int, int] = field(default_factory=dict)

    def is_over(self, account_id: int, minute: int) -> bool:
        """Count a call and tell whether it is one too many."""
        if minute != self._minute:
            self._minute, self._calls = minute, {}
        self._calls[account_id] = self._calls.get(account_id, 0) + 1
        return self._calls[account_id] > self.most


def _check_pace(request: Request, call: Call) -> None:
    pace: Pace = request.app.state.pace
    instant = call.world.clock().timestamp()
    if pace.is_over(call.account_id, int(instant) // 60):
        raise _too_much("调用次数超过每分钟的限度", 60 - int(instant) % 60)


def _too_much(detail: str, seconds: int) -> ApiRefusal:
    return ApiRefusal(
        "too-many-calls",
        detail,
        expected="较少的调用",
        remedy=f"{seconds}秒后重试",
        headers={"Retry-After": str(seconds)},
    )
