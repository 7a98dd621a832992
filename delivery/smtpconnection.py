"""Open a connection to the mail server up to the point where the first message may follow."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl

from delivery.smtpaccount import SmtpAccount
from delivery.smtpfaults import insecure, login_refused, unreachable, without_starttls


def open_connection(
    account: SmtpAccount, timeout: float, ssl_context: ssl.SSLContext | None = None
) -> smtplib.SMTP:
    """Connect, greet, encrypt and log in as the account asks; certificates are always checked.

    timeout: seconds for each wait
    raises: DeliveryFailed(retry=True); its subclass Unreachable when the server did not answer
    """
    try:
        smtp = _connect(account, timeout, ssl_context)
    except ssl.SSLError as error:
        raise insecure(account, error) from None
    except (OSError, smtplib.SMTPException) as error:
        raise unreachable(account, error) from None
    try:
        _greet(smtp)
        if account.starttls:
            _start_tls(smtp, account, ssl_context or ssl.create_default_context())
        if account.user:
            _log_in(smtp, account)
    except (OSError, smtplib.SMTPException) as error:
        smtp.close()
        raise unreachable(account, error) from None
    except BaseException:
        smtp.close()
        raise
    return smtp


def _connect(account: SmtpAccount, timeout: float, ssl_context: ssl.SSLContext | None) -> smtplib.SMTP:
    helo = _helo_name()
    if account.implicit_tls:
        context = ssl_context or ssl.create_default_context()
        return smtplib.SMTP_SSL(account.host, account.port, helo, timeout=timeout, context=context)
    return smtplib.SMTP(account.host, account.port, helo, timeout=timeout)


def _greet(smtp: smtplib.SMTP) -> None:
    smtp.ehlo_or_helo_if_needed()


def _start_tls(smtp: smtplib.SMTP, account: SmtpAccount, context: ssl.SSLContext) -> None:
    if not smtp.has_extn("starttls"):
        raise without_starttls(account)
    try:
        smtp.starttls(context=context)
        _greet(smtp)
    except (ssl.SSLError, smtplib.SMTPResponseException) as error:
        raise insecure(account, error) from None


def _log_in(smtp: smtplib.SMTP, account: SmtpAccount) -> None:
    try:
        smtp.login(account.user, account.secret)
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPException as error:
        raise login_refused(account, error) from None


def _helo_name() -> str:
    """Name this machine without asking the DNS, which may be slow or absent in a closed network."""
    name = socket.gethostname()
    return name if re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", name) else "[127.0.0.1]"
