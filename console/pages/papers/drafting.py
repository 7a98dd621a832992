"""拟稿: notices of a campaign, and documents that a person writes; what is written is seen as it will print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi.responses import Response

from casework.desk import Desk
from casework.paperwork.drafting import (
    Words,
    campaign_to_write,
    cases_to_name,
    drafting_view,
    kind_to_write,
    write_by_hand,
    write_notices,
)
from casework.paperwork.fields import copies_in, new_fields, read_fields, typed_fields
from casework.staff.people import find_unit
from console.forms import Form, HasForm
from console.pages.papers.pictures import PICTURES, Preview
from console.pages.papers.trying import texts_of, tried_out
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit, Visit
from core.access.permissions import Permission
from core.errors import DuchaError
from core.rulebook import DocumentRule
from models.base import key_of

router = Pages(Permission.DOCUMENT_DRAFT)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen before a document is written."""

    campaign: str = ""
    kind: str = ""
    unit: str = ""


@router.page("/documents/new")
def show_drafting(visit: HasVisit, campaign: str = "", kind: str = "", unit: str = "") -> Response:
    """Show what may be drafted; with a campaign, a kind and a unit chosen, go to the form of that document."""
    if campaign and kind and unit:
        return _writing_page(visit, Chosen(campaign, kind, unit), Form(), None, None)
    return _first_page(visit, Chosen(campaign, kind, unit), None)


def _first_page(visit: Visit, chosen: Chosen, error: DuchaError | None) -> Response:
    with visit.desk() as desk:
        return show(
            visit, desk, "papers/drafting.html.j2", "documents", desktop=drafting_view(desk), chosen=chosen, error=error
        )  # fmt: skip


def _notices_again(visit: Visit, form: Form, error: DuchaError) -> Response:
    return _first_page(visit, _chosen(form), error)


@router.act("/documents/new/notices", again=_notices_again)
def draft_batch(visit: HasVisit, form: HasForm) -> Response:
    """Draft one notice per unit for what a campaign has confirmed."""
    code = form.needed("campaign", "督察批次")
    with visit.acting() as desk:
        count = len(write_notices(desk, code))
    return done(f"/documents?state=waiting&campaign={code}", f"已拟通知书{count}份")


def _writing_page(
    visit: Visit, chosen: Chosen, form: Form, preview: Preview | None, error: DuchaError | None
) -> Response:
    with visit.desk() as desk:
        drafting = campaign_to_write(desk, chosen.campaign)
        rule, to = kind_to_write(desk, drafting, chosen.kind), find_unit(desk, chosen.unit)
        texts = texts_of(form)
        fields = new_fields(rule)
        return show(
            visit,
            desk,
            "papers/writing.html.j2",
            "documents",
            campaign=drafting,
            rule=rule,
            unit=to,
            fields=typed_fields(fields, texts) if texts else fields,
            cases=cases_to_name(desk, drafting, chosen.unit),
            form=form,
            preview=preview or Preview(),
            error=error,
        )


def _chosen(form: Form) -> Chosen:
    return Chosen(form.text("campaign"), form.text("kind"), form.text("unit"))


def _writing_again(visit: Visit, form: Form, error: DuchaError) -> Response:
    return _writing_page(visit, _chosen(form), form, None, error)


@router.act("/documents/new", again=_writing_again)
def draft_one(visit: HasVisit, form: HasForm) -> Response:
    """Draft a document by hand, or show how it would print and keep nothing."""
    if form.text("do") == "preview":
        preview = tried_out(visit, lambda desk: write_by_hand(desk, _words(desk, form)))
        return _writing_page(visit, _chosen(form), form, preview, None)
    with visit.acting() as desk:
        number = key_of(write_by_hand(desk, _words(desk, form)))
    return done(f"/documents/{number}", "已拟稿")


def _words(desk: Desk, form: Form) -> Words:
    campaign, kind = form.needed("campaign", "督察批次"), form.needed("kind", "文书种类")
    rule: DocumentRule = kind_to_write(desk, campaign_to_write(desk, campaign), kind)
    values: dict[str, Any] = read_fields(new_fields(rule), kind, texts_of(form))
    return Words(
        campaign,
        kind,
        form.needed("unit", "主送单位"),
        values,
        form.many("case"),
        form.text("major"),
        copies_in(form.text("copies_to")),
    )


@router.page("/documents/new/preview/{key}/{page}")
def show_unsaved(visit: HasVisit, key: str, page: int) -> Response:
    """Send a picture of a page that was tried out and not kept, to whoever tried it."""
    return Response(PICTURES.kept(visit.visitor.account_id, key, page), media_type="image/png")
