"""The programming interface /api/v1: the same verbs for other systems and for the pages' scripts.

It is an application of its own inside the console: its errors are problems, not pages, and it describes itself.
"""

from __future__ import annotations

PREFIX = "/api/v1"
