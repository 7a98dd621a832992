"""A checklist while it is filled in on the pages: each field is kept as it is typed, and nobody overwrites another.

A field knows how often it was changed. Whoever changes it says which revision they saw; when somebody else was faster,
the change is not stored and both texts are told. What is kept here are words, exactly those of the workbook: handing
the checklist in reads them by the same rules (`casework.inspection.checkfiling`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from casework.desk import Desk
from casework.inspection.checklists import meta_of, running_campaign
from casework.inspection.filling import refuse_outsider, refuse_twice
from casework.inspection.visitfile import VisitFile
from casework.staff.people import split
from core.errors import InvalidInput
from core.text.secrecy import refuse_state_secrets
from delivery.sheets.cells import MAX_TEXT, to_text
from models.base import table_of
from models.checking import DRAFT_FIELDS, CheckDraft

DRAFT = table_of(CheckDraft)
MAX_PROBLEMS = 20  # of one item
KEPT_KEYS = 20  # of changes that may be sent again
HEADERS = {
    "result": "结果", "problem": "问题描述", "facts": "事实与证据", "severity": "程度", "materials": "佐证材料",
    "day": "检查日期", "inspector": "检查人", "opinion": "单位意见", "note": "意见说明",
}  # fmt: skip
"""Field of the page -> column of the workbook."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A field of a checklist: the item, which of its problems, and what of it."""

    item: str
    position: int
    field: str

    def __str__(self) -> str:
        return f"{self.item}.{self.position}.{self.field}"

    @staticmethod
    def read(text: str) -> Place:
        """Return the place that `str` wrote; raise InvalidInput."""
        item, _, rest = text.partition(".")
        position, _, field = rest.partition(".")
        if not (item and position.isascii() and position.isdigit() and len(position) < 3):
            raise _no_place(text)
        return Place(item, int(position), field)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of a field, and who typed it."""

    value: str
    revision: int
    by: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a field; `seen` is the revision it was made on, `key` tells one sending from another."""

    place: Place
    value: str
    seen: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a change; `clash` says that somebody else changed the field meanwhile and nothing was stored."""

    place: Place
    kept: Kept
    clash: bool = False


def drafts_of(desk: Desk, visit_id: int) -> dict[Place, Kept]:
    """Return what is stored of a visit's checklist."""
    query = sa.select(DRAFT).where(DRAFT.c.visit_id == visit_id)
    return {
        Place(row.item, row.position, row.field): Kept(row.value, row.revision, row.changed_by)
        for row in desk.session.connection().execute(query)
    }


def require_filling(desk: Desk, file: VisitFile) -> None:
    """Raise unless the actor may fill in a visit's checklist: campaign open, on the team, not handed in."""
    running_campaign(desk, file.campaign.code)
    refuse_outsider(desk, meta_of(desk, file.campaign, file.visit, file.unit), "填写这份检查表")
    refuse_twice(file.visit, file.unit)


def save_changes(desk: Desk, file: VisitFile, changes: list[Change]) -> list[Saved]:
    """Store changes of fields, in order; a change that was stored before, or that changes nothing, counts as stored.

    raises   InvalidInput for a place the checklist does not have or a text that is too long; Refused as in
             `require_filling`; nothing of the list is stored then
    """
    require_filling(desk, file)
    items = frozenset(split(file.visit.items))
    for change in changes:
        _check(change, items, file.unit.name)
    known = drafts_of(desk, file.key)
    keys = _keys(desk, file.key)
    found = []
    for change in changes:
        saved = _save(desk, file.key, change, known.get(change.place), keys)
        known[change.place] = saved.kept
        found.append(saved)
    return found


def _check(change: Change, items: frozenset[str], unit: str) -> None:
    place = change.place
    if place.item not in items or place.field not in DRAFT_FIELDS or not 1 <= place.position <= MAX_PROBLEMS:
        raise _no_place(str(place))
    if len(change.value) > MAX_TEXT:
        raise InvalidInput(
            f"“{HEADERS[place.field]}”太长",
            found=f"{place.item}，{len(change.value)}字",
            expected=f"不超过{MAX_TEXT}字",
            remedy="缩短，较长内容作为附件上传",
        )
    refuse_state_secrets(change.value, f"{unit}检查表{place.item}")


def _save(
    desk: Desk, visit_id: int, change: Change, now: Kept | None, keys: Mapping[Place, tuple[str, ...]]
) -> Saved:
    value, place = to_text(change.value), change.place
    sent_before = bool(change.key) and change.key in keys.get(place, ())
    if now is not None and (sent_before or now.value == value):
        return Saved(place, now)
    if now is None and not value:
        return Saved(place, Kept("", 0, ""))
    if (now.revision if now else 0) != change.seen:
        return Saved(place, now or Kept("", 0, ""), clash=True)
    kept = Kept(value, change.seen + 1, desk.actor.code)
    if _write(desk, visit_id, change, kept, (*keys.get(place, ()), change.key)):
        return Saved(place, kept)
    return Saved(place, drafts_of(desk, visit_id).get(place, Kept("", 0, "")), clash=True)


def _write(desk: Desk, visit_id: int, change: Change, kept: Kept, keys: tuple[str, ...]) -> bool:
    """Write a field over the revision that was seen; False when another process was faster."""
    link, place = desk.session.connection(), change.place
    values = {
        "value": kept.value, "revision": kept.revision, "changed_by": kept.by, "changed_at": desk.now,
        "sent": "\n".join([key for key in keys if key][-KEPT_KEYS:]),
    }  # fmt: skip
    if change.seen == 0:
        whole = {"visit_id": visit_id, "item": place.item, "position": place.position, "field": place.field}
        try:
            with link.begin_nested():
                link.execute(sa.insert(DRAFT).values(**whole, **values))
        except IntegrityError:
            return False
        return True
    done = link.execute(
        sa.update(DRAFT)
        .where(
            DRAFT.c.visit_id == visit_id,
            DRAFT.c.item == place.item,
            DRAFT.c.position == place.position,
            DRAFT.c.field == place.field,
            DRAFT.c.revision == change.seen,
        )
        .values(**values)
    )
    return done.rowcount == 1


def _keys(desk: Desk, visit_id: int) -> dict[Place, tuple[str, ...]]:
    query = sa.select(DRAFT).where(DRAFT.c.visit_id == visit_id, DRAFT.c.sent != "")
    return {
        Place(row.item, row.position, row.field): tuple(row.sent.split("\n"))
        for row in desk.session.connection().execute(query)
    }


def _no_place(text: str) -> InvalidInput:
    return InvalidInput(
        "检查表没有这一栏", found=text[:40], expected="本次督察的事项和栏目", remedy="刷新页面后重新填写"
    )
