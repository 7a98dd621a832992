"""What is told to a person when the mail server does not do its part; the secret is never in it."""

from __future__ import annotations

import smtplib
import socket
import ssl

from core.errors import DeliveryFailed
from delivery.smtpaccount import SmtpAccount

MAX_REPLY = 500  # characters kept of a server's words


class Unreachable(DeliveryFailed):
    """The server did not answer; in the middle of a batch this defers one message, not the whole batch."""


def reply_text(code: int, text: bytes) -> str:
    """Return a server reply as one printable line."""
    words = text.decode("utf-8", "replace")
    return f"{code} " + "".join(c if c.isprintable() else " " for c in words)[:MAX_REPLY].strip()


def describe(error: Exception) -> str:
    """Say in a few words what happened to a connection."""
    if isinstance(error, smtplib.SMTPResponseException):
        raw = error.smtp_error
        return reply_text(error.smtp_code, raw if isinstance(raw, bytes) else str(raw).encode())
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return "等待应答超时"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"证书未通过校验：{error.verify_message}"
    if isinstance(error, socket.gaierror):
        return "找不到该主机名"
    if isinstance(error, ConnectionRefusedError):
        return "连接被拒绝"
    if isinstance(error, (ConnectionError, smtplib.SMTPServerDisconnected)):
        return "连接被对方断开"
    return f"{type(error).__name__}: {error}"[:MAX_REPLY]


def without_starttls(account: SmtpAccount) -> DeliveryFailed:
    """The server offers no STARTTLS though the account asks for it."""
    return DeliveryFailed(
        "邮件服务器不支持 STARTTLS 加密",
        retry=True,
        found=str(account),
        expected="服务器在 EHLO 应答中列出 STARTTLS",
        remedy="核对端口，或改用 smtps://；确认该服务器不加密时写 starttls=0。本次未发送任何邮件",
    )


def insecure(account: SmtpAccount, error: Exception) -> DeliveryFailed:
    """The encrypted connection could not be made, or the certificate is not trusted."""
    return DeliveryFailed(
        "与邮件服务器建立加密连接失败",
        retry=True,
        found=f"{account}：{describe(error)}",
        expected="受信任且与主机名一致的证书",
        remedy="核对主机名和证书；单位自建证书用环境变量 SSL_CERT_FILE 指明根证书文件。本次未发送任何邮件",
    )


def login_refused(account: SmtpAccount, error: Exception) -> DeliveryFailed:
    """The server did not accept the user and secret."""
    return DeliveryFailed(
        "邮件服务器拒绝登录",
        retry=True,
        found=f"{account}：{describe(error).replace(account.secret, '***')}",
        expected="服务器接受的用户名和口令（或客户端专用授权码）",
        remedy="核对 DUCHA_SMTP_URL 中的用户名和口令后重试。本次未发送任何邮件",
    )


def unreachable(account: SmtpAccount, error: Exception) -> Unreachable:
    """The server cannot be reached, or turned the connection away."""
    return Unreachable(
        "连接不上邮件服务器",
        retry=True,
        found=f"{account}：{describe(error)}",
        expected="服务器在规定时间内正常应答",
        remedy="检查网络、主机名和端口后重试。本次未发送任何邮件",
    )
