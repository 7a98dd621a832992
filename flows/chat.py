"""Notices to the chat groups of the staff: written down, sent, settled."""

from __future__ import annotations

from casework.mail.chatnotices import notices_due, settle_notice
from delivery.chat import channel_of, send_chat
from flows.edge import Edge
from system.failpoints import reach
from system.secretfiles import read_secrets


def run_chat(edge: Edge) -> dict[str, object]:
    """Tell each group once what waits, and at once what must not; a robot that fails harms nothing.

    raises   InvalidInput when the file of the addresses cannot be read, or others may read it
    """
    if edge.settings.chat_file is None:
        return {"skipped": "没有设置工作群机器人（DUCHA_CHAT_FILE）"}
    addresses = {channel_of(one): one for one in read_secrets(edge.settings.chat_file)}
    with edge.desk() as desk:
        attempts = notices_due(desk, sorted(addresses))
    sent = 0
    problems: list[str] = []
    for attempt in attempts:
        reach("chat.claimed")
        error = send_chat(addresses[attempt.channel], attempt.text)
        with edge.desk() as desk:
            settle_notice(desk, attempt, error)
        sent += not error
        problems += [f"{attempt.channel}：{error}"] if error else []
    return {"sent": sent, "problems": problems}
