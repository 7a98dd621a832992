"""What may go on the wire: addresses and bytes that every mail server reads alike."""

from __future__ import annotations

import re

from core.errors import InvalidInput
from delivery.mailreader import find_wire_fault

_WIRE_ADDRESS = re.compile(r"[!#-'*+/-9=?A-Z^-~-]+(\.[!#-'*+/-9=?A-Z^-~-]+)*@[A-Za-z0-9.-]+")


def check_message(envelope_from: str, recipient: str, mime: bytes) -> None:
    """Raise InvalidInput for addresses or bytes that cannot be handed to a mail server as they are."""
    for what, address in (("发件地址", envelope_from), ("收件地址", recipient)):
        if not _WIRE_ADDRESS.fullmatch(address):
            raise InvalidInput(
                f"{what}不能用于投递",
                found=ascii(address)[1:-1],
                expected="纯英文、域名已转码的邮箱地址",
                remedy="先经 check_address 检查并转码",
            )
    fault = find_wire_fault(mime)
    if fault:
        raise InvalidInput(
            "邮件内容不能用于投递",
            found=fault,
            expected="7 位字符，以 CRLF 换行并以 CRLF 结尾，每行不超过998字节",
            remedy="用 build_mime 生成邮件",
        )


def stuffed(mime: bytes) -> bytes:
    """Double each dot that starts a line (RFC 5321, 4.5.2) and add the final dot."""
    return re.sub(rb"(?m)^\.", b"..", mime) + b".\r\n"
