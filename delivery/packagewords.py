"""The papers that go with a letter of referral: register sheet, list of materials, hand-over list, receipt.

Each is a template `templates/packages/<part>.md.j2` in the small Markdown of documents; its first heading is the title.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import TemplateError

from core.errors import InvalidInput
from delivery.paper import Block, Heading
from delivery.wording import open_wording, write_wording
from system.paths import TEMPLATES_DIR

FOLDER = TEMPLATES_DIR / "packages"
PARTS = ("register", "materials", "handover", "receipt")
_SANDBOX = open_wording(FOLDER)


def render_part(part: str, values: Mapping[str, Any]) -> tuple[str, tuple[Block, ...]]:
    """Return the title and the blocks of a paper of the package.

    part     one of PARTS
    raises   InvalidInput naming the template and the value that is missing
    """
    try:
        _text, blocks = write_wording(_SANDBOX.get_template(f"{part}.md.j2"), values)
    except (TemplateError, KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            f"移送材料 {part} 的模板不能填写",
            found=str(error),
            expected="模板与取值一致",
            remedy=f"改正 templates/packages/{part}.md.j2",
        ) from error
    first = blocks[0] if blocks else None
    if not isinstance(first, Heading):
        raise InvalidInput(
            f"移送材料 {part} 的模板没有标题",
            found="第一行不是标题",
            expected="以“# 标题”开头",
            remedy=f"改正 templates/packages/{part}.md.j2",
        )
    return first.text, tuple(blocks[1:])
