"""The hard stop on state secrets: text or file names that carry a secrecy mark never enter this system.

source   保守国家秘密法 第三十一条: state secrets must not be processed in a system that is not graded for them
"""

from __future__ import annotations

import re

from core.errors import InvalidInput

# 密级★保密期限, a mark on a line of its own, or the bare word of the mark.
_MARKS = (
    re.compile(r"(绝密|机密|秘密)\s*[★☆]"),
    re.compile(r"^\s*[【\[（(]?\s*(绝密|机密|秘密)\s*[】\]）)]?\s*$", re.MULTILINE),
    re.compile(r"[【\[（(]\s*(绝密|机密|涉密)\s*[】\]）)]"),
    re.compile(r"涉密(?!.{0,6}(除外|不得|不应|信息系统|人员|岗位))"),
    re.compile(r"密级\s*[:：]\s*(绝密|机密|秘密)"),
)


def find_secrecy_mark(text: str) -> str | None:
    """Return the mark of a state secret that a text carries, or None."""
    for pattern in _MARKS:
        found = pattern.search(text)
        if found:
            return found.group(0).strip()
    return None


def refuse_state_secrets(text: str, where: str) -> None:
    """Raise InvalidInput when a text carries a secrecy mark; the message repeats the mark, not the text."""
    mark = find_secrecy_mark(text)
    if mark is not None:
        raise InvalidInput(
            f"{where}含有国家秘密标志，不得进入本系统",
            found=mark,
            expected="公开、内部或工作秘密的内容",
            remedy="按保密规定在涉密系统办理；如属误写，删去该标志后重试",
        )
