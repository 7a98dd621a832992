"""Sending mails at once: for a code that somebody waits for, and for the page of the outbox.

How mails are sent is the business of the clock; a console that was started with it may ask it to run now.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Annotated

from fastapi import Depends, Request

from core.errors import DuchaError

Send = Callable[[], Mapping[str, object]]
log = logging.getLogger(__name__)


class Sender:
    """Runs the outbox in a thread of its own, one run at a time; what is asked for meanwhile is one more run.

    send   sends what is ready and tells what came of it; None where this console has no clock beside it
    """

    def __init__(self, send: Send | None) -> None:
        self.send = send
        self._waits = False
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ducha-send")

    def nudge(self) -> None:
        """Have the outbox run soon; without a clock beside, mails go out when the clock elsewhere sends them."""
        if self.send is None:
            return
        with self._lock:
            if self._waits:
                return
            self._waits = True
        self._thread.submit(self._run)

    def close(self) -> None:
        """Wait for the run that is under way."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _run(self) -> None:
        with self._lock:
            self._waits = False  # what is queued from now on asks for a run of its own
        assert self.send is not None  # nobody asks a console without it
        try:
            self.send()
        except DuchaError as error:
            log.warning("mails were not sent: %s", error)
        except Exception:  # a thread has nobody above it to tell; the clock tries again
            log.exception("mails were not sent")


def _sender_of(request: Request) -> Sender:
    sender: Sender = request.app.state.sender
    return sender


HasSender = Annotated[Sender, Depends(_sender_of)]
