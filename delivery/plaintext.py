"""A paper as plain text, for reading on a screen: the same words in the same order, without layout."""

from __future__ import annotations

from delivery.paper import Block, Paper, Table, print_day


def write_plain(paper: Paper) -> str:
    """Return the text of a paper; its number is left out, and so is what only the press needs."""
    parts = [paper.issuer, paper.title, f"{paper.addressee}：", *(_write(block) for block in paper.blocks)]
    if paper.attachments:
        parts.append("附件：" + "；".join(paper.attachments))
    parts.append(f"{paper.signature_name}\n{print_day(paper.signed_on)}")
    if paper.footer_note:
        parts.append(paper.footer_note)
    return "\n\n".join(parts) + "\n"


def _write(block: Block) -> str:
    if isinstance(block, Table):
        head = " | ".join(title for title, _width in block.columns)
        return "\n".join([head, *(" | ".join(row) for row in block.rows)])
    return block.text
