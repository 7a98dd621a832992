"""The mail account of the office, read from `DUCHA_SMTP_URL`."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from core.errors import InvalidInput

FORM = "smtp[s]://用户名:口令@主机:端口?starttls=1"
DEFAULT_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class SmtpAccount:
    """Where and how mail is handed over; its text form never shows the secret."""

    host: str
    port: int
    implicit_tls: bool = False
    starttls: bool = False
    user: str = ""
    secret: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> SmtpAccount:
        """Read `smtp[s]://user:secret@host:port?starttls=1`; user and secret are percent-encoded.

        The port defaults to 25, with starttls=1 to 587, with smtps to 465. A login over a connection that is
        neither encrypted nor local must be asked for by `starttls=0`.
        raises: InvalidInput naming the wrong part; the secret is never in the text
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
            raise _wrong("协议不对", found, "smtp 或 smtps")
        starttls = _starttls(parts)
        user, secret = _login(parts)
        host = _host(parts)
        implicit = parts.scheme == "smtps"
        if implicit and starttls:
            raise _wrong("smtps 本身已加密", "starttls=1", "去掉 starttls，或改用 smtp://")
        if user and not implicit and starttls is None and not _is_local(host):
            raise _wrong(
                "登录口令会明文传送",
                f"smtp://{host}",
                "加上 starttls=1，或改用 smtps://；确认内网服务器不加密时明写 starttls=0",
            )
        default = 587 if starttls else DEFAULT_PORTS[parts.scheme]
        return cls(host, port or default, implicit, bool(starttls), user, secret)

    def __str__(self) -> str:
        login = f"{self.user}:***@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"smtp{'s' if self.implicit_tls else ''}://{login}{host}:{self.port}" + (
            "?starttls=1" if self.starttls else ""
        )


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if parts.path not in ("", "/") or parts.fragment:
        raise _wrong("主机之后有多余内容", "（已隐去）", "口令中的 / ? # @ 等字符写成 %2F %3F %23 %40")
    if not re.fullmatch(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?", host) and not _is_address(host):
        raise _wrong("缺少主机，或主机名写法不对", "（已隐去）", "英文主机名或 IP 地址")
    if parts.port == 0:
        raise _wrong("端口不对", "0", "1—65535")
    return host


def _login(parts: SplitResult) -> tuple[str, str]:
    user, secret = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(secret):
        raise _wrong("用户名和口令须同时给出", "只给出" + ("用户名" if user else "口令"), "用户名:口令@")
    if not (user + secret).isascii() or not (user + secret).isprintable():
        raise _wrong("用户名或口令含有不能用于登录的字符", "（已隐去）", "英文可见字符")
    return user, secret


def _starttls(parts: SplitResult) -> bool | None:
    """Return the choice written in the address, None when it is silent."""
    choice = None
    for key, value in parse_qsl(parts.query, keep_blank_values=True):
        if key != "starttls":
            raise _wrong("有不认识的参数", "（已隐去）", "只有 starttls=1 或 starttls=0")
        if value not in ("0", "1"):
            raise _wrong("starttls 的值不对", value if len(value) < 6 else "（已隐去）", "1 或 0")
        choice = value == "1"
    return choice


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
        f"邮件服务器地址不正确：{what}",
        found=found,
        expected=expected,
        remedy=f"按 {FORM} 填写 DUCHA_SMTP_URL",
    )
