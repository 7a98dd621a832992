"""Copies of the print set of a transfer for somebody to save: PDF only, the name of the reader across every page."""

from __future__ import annotations

import tempfile
from pathlib import Path

from casework.desk import Desk
from casework.linkage.packages import print_package


def package_copies(desk: Desk, referral_id: int, reader: str) -> list[tuple[str, bytes]]:
    """Return (name, content) of the papers of a transfer, marked with their reader; the look is noted.

    reader   the name of whoever gets them, and the login
    raises   Refused before the approval; NotFound and NotAllowed as for the print set
    """
    from casework.paperwork.papers import fonts_of  # the typesetter is heavy, and most pages do without it
    from delivery.watermark import lay_over

    found = []
    with tempfile.TemporaryDirectory(prefix="ducha-package-") as folder:
        for one in print_package(desk, referral_id, Path(folder)):
            path = Path(str(one["file"]))
            if path.suffix == ".pdf":
                marked = lay_over(path.read_bytes(), f"{reader} {desk.today}", fonts_of(desk))
                found.append((path.name, marked))
    return found
