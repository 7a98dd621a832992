"""docs/api.md tells what the interface does now."""

from __future__ import annotations

from console.api.document import FILE, write_document


def test_the_document_of_the_interface_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == write_document(), "run python -m console.api.document"
