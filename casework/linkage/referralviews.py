"""One screening or transfer as its named people see it, with its materials, other parts and results; a noted look."""

from __future__ import annotations

from casework.desk import Desk
from casework.linkage.clues import case_of, code_of_case, find_referral
from casework.linkage.compartment import note_view
from casework.linkage.handover import sanctions_of
from casework.linkage.letters import materials_of
from casework.linkage.linkageitems import items_of
from casework.linkage.splitting import parts_of
from core.life.referrallife import REFERRAL


def show_referral(desk: Desk, referral_id: int) -> dict[str, object]:
    """Return a referral in the order of its life; who looked is noted."""
    row = find_referral(desk, referral_id)
    note_view(desk, "referral", referral_id, unit_id=case_of(desk, row).unit_id)
    stored = row.model_dump(mode="json")
    # In the order of the life of a screening; the dump has none.
    kept = {
        name: stored[name] for name in type(row).model_fields if name not in ("id", "office_id", "case_id")
    }
    return {
        "id": row.id,
        "case": code_of_case(desk, row),
        **kept,
        "materials": [
            {"name": one.name, "copies": one.copies, "pages": one.pages, "original": one.original}
            for one in materials_of(desk, row)
        ],
        "sanctions": sanctions_of(desk, row),
        "advice": items_of(desk, "referral", referral_id),
        "parts": parts_of(desk, row),
        "acts": list(REFERRAL.acts(row.state, desk.actor.roles)),
    }
