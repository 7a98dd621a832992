"""The dead man's switch: how each office stands, looked at from outside every clock, and told to a person by mail.

Good news is told once a day too, so that silence is an alarm by itself.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from casework.upkeep.standing import Standing, conditions
from core.errors import DeliveryFailed, DuchaError, InvalidInput
from delivery.smtp import Outcome, SmtpAccount, SmtpSession
from flows.edge import Edge
from flows.parts import each_office
from system.process import make_token

AGAIN_WHEN_BAD, AGAIN_WHEN_WELL = timedelta(hours=4), timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Told:
    """What was last mailed: the names of what was wrong, and when."""

    wrong: tuple[str, ...]
    at: datetime


def take_pulse(edge: Edge) -> dict[str, list[Standing]]:
    """Return {office: how it stands}; a database that cannot be asked is a finding and no failure."""
    return {own.settings.office or "": _ask(own) for own in each_office(edge)}


def _ask(edge: Edge) -> list[Standing]:
    try:
        with edge.desk(readonly=True) as desk:
            return conditions(desk)
    except DuchaError as error:
        return [Standing("数据库", error.found or error.what, False, error.remedy)]


def wrong_in(found: dict[str, list[Standing]]) -> tuple[str, ...]:
    """Return what is not well, as `office：name`."""
    return tuple(f"{office}：{one.name}" for office, all_ in found.items() for one in all_ if one.ok is False)


def lines_of(found: dict[str, list[Standing]]) -> list[str]:
    """Return the findings for people, what is wrong first."""
    every = [(office, one) for office, all_ in found.items() for one in all_]
    return [_line(office, one) for office, one in sorted(every, key=lambda pair: pair[1].ok is not False)]


def _line(office: str, one: Standing) -> str:
    mark = "异常" if one.ok is False else "正常"
    remedy = f"；请：{one.remedy}" if one.ok is False and one.remedy else ""
    return f"[{mark}] {office} {one.name}：{one.value}{remedy}"


def is_news(wrong: Sequence[str], last: Told | None, now: datetime) -> bool:
    """Return whether a mail is due: something changed, or the last one is too long ago."""
    if last is None or last.wrong != tuple(wrong):
        return True
    return now - last.at >= (AGAIN_WHEN_BAD if wrong else AGAIN_WHEN_WELL)


def read_told(path: Path) -> Told | None:
    """Return what was last mailed; None when nobody knows any more."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Told(tuple(told["wrong"]), datetime.fromisoformat(told["at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def mail_pulse(edge: Edge, found: dict[str, list[Standing]]) -> bool:
    """Mail the findings when they are news; return whether a mail went. That it did not go is one more finding."""
    try:
        return _mail_news(edge, found)
    except DuchaError as error:
        found["值守"] = [Standing("值守邮件", str(error), False)]
        return False


def _mail_news(edge: Edge, found: dict[str, list[Standing]]) -> bool:
    wrong, now, path = wrong_in(found), edge.clock.now(), edge.settings.pulse_file
    if not is_news(wrong, read_told(path), now):
        return False
    _send(edge, wrong, lines_of(found))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"wrong": wrong, "at": now.isoformat()}, ensure_ascii=False), encoding="utf-8")
    return True


def _send(edge: Edge, wrong: tuple[str, ...], lines: list[str]) -> None:
    settings = edge.settings
    if settings.alarm_to is None or settings.smtp_url is None or settings.mail_from is None:
        raise InvalidInput("值守检查的结果没有可发的地址", found="收件、服务器或发件地址为空",
                           expected="DUCHA_ALARM_TO、DUCHA_SMTP_URL、DUCHA_MAIL_FROM", remedy="设置后重试")  # fmt: skip
    wait = settings.smtp_timeout
    account = SmtpAccount.parse(settings.smtp_url.get_secret_value())
    with SmtpSession(account, connect_timeout=wait, command_timeout=wait, data_timeout=wait) as session:
        for address in settings.alarm_to.split("、"):
            mime = _letter(settings.mail_from, address, wrong, lines, edge.clock.now())
            _hand_over(session, settings.mail_from, address, mime)


def _hand_over(session: SmtpSession, sender: str, address: str, mime: bytes) -> None:
    receipt = session.send(sender, address, mime)
    if receipt.outcome is not Outcome.ACCEPTED:
        raise DeliveryFailed("值守检查的结果没有发出", retry=False, found=receipt.reply, expected="邮件服务器接受",
                             remedy=f"核对地址 {address} 和邮件服务器")  # fmt: skip


def _letter(sender: str, address: str, wrong: tuple[str, ...], lines: list[str], now: datetime) -> bytes:
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["To"] = sender, address
    letter["Subject"] = f"督察系统值守：{len(wrong)}项异常" if wrong else "督察系统值守：一切正常"
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<pulse.{make_token().rpartition('|')[2]}@{sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content("\n".join(lines) + "\n", cte="base64")
    return letter.as_bytes()
