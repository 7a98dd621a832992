"""Sends a notice to a chat group by its robot: DingTalk, WeCom or Feishu, as apprise speaks to them."""

from __future__ import annotations

import hashlib
import logging
import warnings

TITLE = "督察工作提示"


def channel_of(address: str) -> str:
    """Return the name under which a secret address is remembered."""
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def send_chat(address: str, text: str) -> str:
    """Send a notice; return why it was not taken, "" when it was. Never raises, and never tells the address.

    address   as apprise writes it: dingtalk://, wecombot://, feishu://, lark://, json:// for an own receiver
    """
    log = logging.getLogger("apprise")
    before, log.disabled = log.disabled, True  # its warnings tell the address
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # of the modules behind its 150 services, none of which is ours to mend
            return _send(address, text)
    except Exception as error:  # noqa: BLE001  # a robot that fails harms nothing; its plugins raise what they like
        return type(error).__name__
    finally:
        log.disabled = before


def _send(address: str, text: str) -> str:
    import apprise  # three seconds with its services, that only offices with a robot spend

    sender = apprise.Apprise(asset=apprise.AppriseAsset(app_id="ducha", async_mode=False))
    if not sender.add(address):
        return "机器人地址不认识"
    return "" if sender.notify(body=text, title=TITLE, body_format="text") else "机器人没有接收"
