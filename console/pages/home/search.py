"""搜索: one box over all that somebody may see; an exact number goes straight to its row."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import RedirectResponse, Response

from casework.search import SHORTEST, clean, only_hit, search
from console.rendering import show
from console.routes import Pages
from console.visits import HasVisit
from core.access.permissions import Permission

router = Pages(Permission.SEARCH)


@router.page("/search")
def show_search(visit: HasVisit, q: str = "") -> Response:
    """Show what is found; a number that is known leads to its row."""
    wanted = clean(q)
    with visit.desk() as desk:
        groups = search(desk, wanted)
        target = only_hit(groups)
        if target:
            return RedirectResponse(quote(target, safe="/"), status_code=303)
        return show(
            visit,
            desk,
            "home/search.html.j2",
            "search",
            q=wanted,
            groups=groups,
            too_short=0 < len(wanted) < SHORTEST,
        )
