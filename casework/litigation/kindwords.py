"""What a matter is called: 行政诉讼一审, 行政复议, 检察建议."""

from __future__ import annotations

from core.life.matterlife import INSTANCE_LABELS, MATTER_KIND_LABELS, Instance, MatterKind
from models.matter import LitigationMatter


def kind_word(row: LitigationMatter) -> str:
    """Return the kind of a matter with its instance."""
    instance = INSTANCE_LABELS[Instance(row.instance)] if row.instance else ""
    return f"{MATTER_KIND_LABELS[MatterKind(row.kind)]}{instance}"
