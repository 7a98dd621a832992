"""Mails that the database refuses to change: each is found and told, and the others go on.

A transaction is done as a whole until it is refused; from then on each mail is written in a savepoint of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError

from casework.desk import Desk
from casework.mail.sendreport import SendReport
from models.base import key_of
from models.database import why_refused
from models.message import Message


@contextmanager
def heeding(desk: Desk, message: Message, report: SendReport) -> Iterator[None]:
    """Do what belongs to one mail; where the run is careful and the database refuses it, it alone has not happened.

    The mail stays as it was and is tried again by the next run; `report.refused` knows it.
    """
    if not report.careful:
        yield
        return
    number, before = key_of(message), report.counts()
    try:
        with desk.apart():
            yield
    except DatabaseError as error:
        report.set_back(before)
        report.refused.add(number)
        report.complain(f"邮件{number}：数据库拒绝写入，邮件未动，下次再试：{why_refused(error)}"[:500])
