"""What an open case weighs on disk: brought there by ducha's own verbs, from working paper to served notice."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from benchmarks import lifecycle
from benchmarks.lifecycle import Office, create, open_office
from benchmarks.world import TODAY
from casework.paperwork.documents import seal_document, sign_documents
from casework.paperwork.notices import draft_notices
from casework.paperwork.serving import serve_document

TABLES = ("finding", "rectification", "audit_entry")
SIZES = """
SELECT m.tbl_name, m.type, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name
WHERE m.tbl_name IN ('finding', 'rectification', 'audit_entry') GROUP BY 1, 2
"""


def weigh(cases: int, units: int) -> dict[str, float]:
    """Return the bytes a case of its finding, its row and its history, each with its indexes; {} where SQLite is mute.

    The pages are taken as they lie, not packed. Documents are not counted: a notice is about all cases of its unit.
    """
    with tempfile.TemporaryDirectory() as name:
        office = open_office(Path(name), cases, units)
        create(office, lifecycle.BATCH)
        _serve_notices(office)
        office.engine.dispose()
        database = sqlite3.connect(Path(name) / "bench.db")
        try:
            sizes = database.execute(SIZES).fetchall()
        except sqlite3.OperationalError:  # this SQLite was built without dbstat
            return {}
        finally:
            database.close()
    found = {f"{table} {kind}": pages / cases for table, kind, pages in sizes}
    return {**found, "whole": sum(found.values())}


def _serve_notices(office: Office) -> None:
    sealed = office.proof.with_name("盖章.pdf")
    sealed.write_bytes(b"%PDF-1.7\n% sealed\n%%EOF\n")
    with office.desk("P90") as desk:
        numbers = [document.id or 0 for document in draft_notices(desk, "2026-BM-01")]
    with office.desk("L-DIRECTOR") as desk:
        sign_documents(desk, numbers)
    with office.desk("P90") as desk:
        for number in numbers:
            seal_document(desk, number, sealed)
            serve_document(desk, number, "hand", TODAY)
