"""The mailbox that returns and replies come to, read from `DUCHA_INBOX_URL`."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from core.errors import InvalidInput

FORM = "imap[s]://用户名:口令@主机:端口/文件夹?starttls=1&move=文件夹"
DEFAULT_PORTS = {"imap": 143, "imaps": 993}


@dataclass(frozen=True, slots=True)
class InboxAccount:
    """Where mail is read; its text form never shows the secret. `move` is where handled mails go, "" to leave them."""

    host: str
    port: int
    implicit_tls: bool
    starttls: bool
    user: str
    secret: str = field(repr=False)
    folder: str = "INBOX"
    move: str = ""

    @classmethod
    def parse(cls, url: str) -> InboxAccount:
        """Read `imap[s]://user:secret@host:port/FOLDER?starttls=1`; user, secret and folders are percent-encoded.

        The folder defaults to INBOX, the port to 143, with imaps to 993. A login that is neither encrypted nor local
        must be asked for by `starttls=0`.
        raises   InvalidInput naming the wrong part; the secret is never in the text
        """
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError:
            raise _wrong(
                "主机或端口写法不对", "（已隐去）", "端口为1—65535的数字；口令中的特殊字符写成 %XX"
            ) from None
        if parts.scheme not in DEFAULT_PORTS:
            found = parts.scheme if re.fullmatch(r"[a-z]{1,10}", parts.scheme) else "（无）"
            raise _wrong("协议不对", found, "imap 或 imaps")
        host, (user, secret) = _host(parts), _login(parts)
        choices = _choices(parts)
        implicit, starttls = parts.scheme == "imaps", choices.get("starttls")
        if implicit and starttls == "1":
            raise _wrong("imaps 本身已加密", "starttls=1", "去掉 starttls，或改用 imap://")
        if not implicit and starttls is None and not _is_local(host):
            raise _wrong(
                "登录口令会明文传送", f"imap://{host}",
                "加上 starttls=1，或改用 imaps://；确认内网服务器不加密时明写 starttls=0",
            )  # fmt: skip
        folder = unquote(parts.path.strip("/")) or "INBOX"
        move = choices.get("move", "")
        if move == folder:
            raise _wrong("处理过的邮件不能移到同一文件夹", move, "另一个文件夹")
        return cls(
            host, port or DEFAULT_PORTS[parts.scheme], implicit, starttls == "1", user, secret, folder, move
        )

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        scheme = "imaps" if self.implicit_tls else "imap"
        return f"{scheme}://{self.user}:***@{host}:{self.port}/{self.folder}"


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if not re.fullmatch(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?", host) and not _is_address(host):
        raise _wrong("缺少主机，或主机名写法不对", "（已隐去）", "英文主机名或 IP 地址")
    if parts.port == 0 or parts.fragment:
        raise _wrong(
            "端口不对，或有多余内容", "（已隐去）", "1—65535；口令中的 / ? # @ 等字符写成 %2F %3F %23 %40"
        )
    return host


def _login(parts: SplitResult) -> tuple[str, str]:
    user, secret = unquote(parts.username or ""), unquote(parts.password or "")
    if not user or not secret:
        raise _wrong("缺少用户名或口令", "（已隐去）", "用户名:口令@")
    if not (user + secret).isascii() or not (user + secret).isprintable():
        raise _wrong("用户名或口令含有不能用于登录的字符", "（已隐去）", "英文可见字符")
    return user, secret


def _choices(parts: SplitResult) -> dict[str, str]:
    found = dict(parse_qsl(parts.query, keep_blank_values=True))
    if set(found) - {"starttls", "move"} or found.get("starttls", "0") not in ("0", "1"):
        raise _wrong("有不认识的参数", "（已隐去）", "只有 starttls=0 或 1、move=文件夹")
    return found


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_local(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _wrong(what: str, found: str, expected: str) -> InvalidInput:
    return InvalidInput(
        f"收信邮箱地址不正确：{what}",
        found=found,
        expected=expected,
        remedy=f"按 {FORM} 填写 DUCHA_INBOX_URL",
    )
