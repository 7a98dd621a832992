"""归档: the register of files, one file, its package."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.responses import Response

from casework.archive.archiveviews import (
    PILES,
    SUBJECT_WORDS,
    ArchiveFilters,
    archive_file_view,
    archive_view,
)
from casework.archive.packages import read_package
from casework.leaves import read_number
from console.downloads import ZIP, attachment
from console.forms import Form
from console.lists import NOTHING, HasQuery
from console.rendering import show
from console.routes import Pages
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError
from core.life.archivelife import ARCHIVE
from core.rulebook.archives import RETENTION_LABELS

router = Pages(Permission.ARCHIVE)


@router.page("/archive")
def show_archive(visit: HasVisit, query: HasQuery) -> Response:
    """Show the register, and what has ended and is not packed yet."""
    return archive_page(visit, query)


def archive_page(
    visit: Visit,
    query: Mapping[str, str] = NOTHING,
    error: DuchaError | None = None,
    form: Form | None = None,
) -> Response:
    """Return the page of the register; after a refusal with what was typed."""
    with visit.desk() as desk:
        listed = archive_view(desk, ArchiveFilters.read(query), read_number(query.get("page", "")))
        return show(
            visit, desk, "figures/archive.html.j2", "archive", listed=listed, error=error, form=form or Form(),
            states=ARCHIVE.state_labels, piles=PILES, words=SUBJECT_WORDS, retentions=RETENTION_LABELS,
            director="director" in desk.actor.roles,
        )  # fmt: skip


@router.page("/archive/{number}")
def show_file(visit: HasVisit, number: int) -> Response:
    """Show one file with its history; 404 for one out of sight."""
    return file_page(visit, number)


def file_page(
    visit: Visit, number: int, error: DuchaError | None = None, form: Form | None = None
) -> Response:
    """Return the page of a file; after a refusal with what was typed."""
    with visit.desk() as desk:
        return show(
            visit, desk, "figures/archivefile.html.j2", "archive", page=archive_file_view(desk, number), error=error,
            form=form or Form(), act_words={act.value: word for act, word in ARCHIVE.act_labels.items()},
            me=desk.actor.code,
        )  # fmt: skip


@router.page("/archive/{number}/package")
def save_package(visit: HasVisit, number: int) -> Response:
    """Send the package of a file, checked against the hash under which it was kept."""
    with visit.desk() as desk:
        name, content = read_package(desk, number)
    return attachment(content, name, ZIP)
