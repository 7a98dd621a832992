"""What the log of a Postfix relay says of some mails: whether it took them, and what became of them.

A relay notes a Message-ID as soon as it reads the header, also of a mail that is cut off afterwards. Only a mail that
entered its queue, or was delivered on, counts as taken.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_QUEUED = re.compile(
    r"postfix[^\[\s]*/(?P<part>\w+)\[\d+\]: (?P<queue>[0-9A-Za-z]{6,20}): "
    r"(?:message-id=(?P<id><[^>]+>)|.*\bstatus=(?P<status>\w+) \((?P<words>.*)\)|from=<[^>]*>, size=\d+.*queue active)"
)


@dataclass(frozen=True, slots=True)
class Passed:
    """A mail that a relay took: the number in its queue, and the last it said of it."""

    queue_id: str
    status: str
    words: str


def read_relay_log(lines: Iterable[str], wanted: Collection[str]) -> dict[str, Passed]:
    """Return {Message-ID: what became of it} of the wanted mails that the relay took; other lines are skipped."""
    queues: dict[str, str] = {}
    passed: dict[str, Passed] = {}
    for line in lines:
        found = _QUEUED.search(line)
        if found is None:
            continue
        queue = found["queue"]
        if found["id"] is not None:
            queues.pop(queue, None)  # numbers are used again
            if found["id"] in wanted:
                queues[queue] = found["id"]
        elif queue in queues:
            before = passed.get(queues[queue])
            status = found["status"] or (before.status if before else "queued")
            passed[queues[queue]] = Passed(queue, status, found["words"] or (before.words if before else ""))
    return passed
