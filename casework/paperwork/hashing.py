"""The hash that pins what a document says."""

from __future__ import annotations

import hashlib


def hash_content(content: str, template_sha256: str, rules_sha256: str) -> str:
    """Return the SHA-256 over the frozen content, the template and the rule set of a document."""
    return hashlib.sha256(f"{content}\n{template_sha256}\n{rules_sha256}".encode()).hexdigest()
