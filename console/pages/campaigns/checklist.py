"""检查表: filled in on the page, kept as it is typed, handed in once; its photos, its workbook, its print."""

from __future__ import annotations

from hashlib import sha256

from fastapi.responses import JSONResponse, Response

from casework.inspection.checkdrafts import (
    HEADERS,
    Change,
    Place,
    Saved,
    drafts_of,
    require_filling,
    save_changes,
)
from casework.inspection.checkfiles import attach_file, content_of, detach_file, find_attachment
from casework.inspection.checkfiling import submit_checklist
from casework.inspection.checkimport import import_workbook
from casework.inspection.checkpage import OPINIONS, RESULTS, SEVERITIES, read_sheet
from casework.inspection.filling import refuse_partner
from casework.inspection.visitfile import open_visit
from console.downloads import attachment
from console.forms import Form, HasForm
from console.refusals import status_of
from console.rendering import show
from console.routes import Pages, done
from console.visits import HasVisit
from core.access.permissions import Permission
from core.errors import DuchaError, InvalidInput
from delivery.uploads.kinds import TABLES

router = Pages(Permission.VISIT)
FIELD = "v."  # before the place in the name of a field of the checklist


def brief(value: str) -> str:
    """Return a short mark of a text, by which a form knows which fields were changed since it was shown."""
    return sha256(value.encode()).hexdigest()[:8]


@router.page("/visits/{visit_id}/checklist")
def show_checklist(visit: HasVisit, visit_id: int, part: str = "", more: str = "") -> Response:
    """Show the checklist: all of a short one, one class of a long one.

    more   the item for which another problem is to be written down
    """
    return _sheet_page(visit, visit_id, part, more)


def _sheet_page(
    visit: HasVisit,
    visit_id: int,
    part: str,
    more: str = "",
    *,
    form: Form | None = None,
    saved: list[Saved] | None = None,
    error: DuchaError | None = None,
) -> Response:
    with visit.desk() as desk:
        sheet = read_sheet(desk, open_visit(desk, visit_id))
        groups = sheet.groups
        if sheet.is_long:
            groups = tuple(one for one in groups if one.code == part) or groups[:1]
        shown = {line.item.id for group in groups for line in group.lines}
        seen = " ".join(
            f"{place}:{kept.revision}:{brief(kept.value)}"
            for place, kept in sorted(sheet.seen.items())
            if place.item in shown
        )
        return show(
            visit, desk, "campaigns/checklist.html.j2", "visits",
            sheet=sheet, file=sheet.file, groups=groups, more=more, seen=seen, headers=HEADERS,
            part=groups[0].code if sheet.is_long and groups else "", results=RESULTS,
            severity_words=[(one, one) for one in SEVERITIES], opinion_words=[(one, one) for one in OPINIONS],
            typed=form.texts(FIELD) if form else {}, clashes=[one for one in saved or () if one.clash], error=error,
        )  # fmt: skip


def _sheet_again(visit: HasVisit, visit_id: int, form: HasForm, error: DuchaError) -> Response:
    return _sheet_page(visit, visit_id, form.text("part"), form=form, error=error)


@router.act("/visits/{visit_id}/checklist", again=_sheet_again)
def save_checklist(visit: HasVisit, visit_id: int, form: HasForm) -> Response:
    """Store the fields of one page that were changed; what somebody else changed meanwhile is shown beside it."""
    with visit.acting() as desk:
        saved = save_changes(desk, open_visit(desk, visit_id), _changes(form))
    if any(one.clash for one in saved):
        page = _sheet_page(visit, visit_id, form.text("part"), form=form, saved=saved)
        page.status_code = 409
        return page
    more, part = form.text("more"), form.text("part")
    query = "?" + "&".join([f"part={part}"] * bool(part) + [f"more={more}"] * bool(more))
    return done(f"/visits/{visit_id}/checklist{query.rstrip('?')}{'#' + more if more else ''}", "已保存")


def _changes(form: Form) -> list[Change]:
    """Return what was changed on the page since it was shown."""
    shown: dict[str, tuple[int, str]] = {}
    for mark in form.text("seen").split():
        place, _, rest = mark.partition(":")
        revision, _, digest = rest.partition(":")
        shown[place] = (int(revision) if revision.isdigit() else 0, digest)
    found = []
    for name, value in form.texts(FIELD).items():
        known, was = shown.get(name, (0, brief("")))
        if brief(value.replace("\r\n", "\n")) != was:
            found.append(Change(Place.read(name), value, known))
    return found


@router.act("/visits/{visit_id}/checklist/field")
def save_field(visit: HasVisit, visit_id: int, form: HasForm) -> Response:
    """Store one field as it is typed and tell a script what became of it; the same sending counts once."""
    try:
        change = Change(
            Place.read(form.text("place")), form.text("value"), form.number("seen", "版次") or 0,
            form.text("key")[:64],
        )  # fmt: skip
        with visit.acting() as desk:
            saved = save_changes(desk, open_visit(desk, visit_id), [change])[0]
    except DuchaError as error:
        return JSONResponse({"error": error.as_dict()}, status_code=status_of(error))
    told = {"value": saved.kept.value, "revision": saved.kept.revision, "by": saved.kept.by}
    return JSONResponse({**told, "clash": saved.clash}, status_code=409 if saved.clash else 200)


@router.page("/visits/{visit_id}/checklist/state")
def tell_checklist(visit: HasVisit, visit_id: int) -> Response:
    """Tell a script what is stored, for whom, and the word its next sendings carry."""
    with visit.desk() as desk:
        refuse_partner(desk)
        file = open_visit(desk, visit_id)
        fields = {
            str(place): [kept.value, kept.revision, kept.by]
            for place, kept in drafts_of(desk, file.key).items()
        }
        handed_in = file.visit.workbook_returned_on is not None
    return JSONResponse(
        {"user": visit.who.code, "csrf": visit.csrf, "handed_in": handed_in, "fields": fields}
    )


@router.act("/visits/{visit_id}/files", again=_sheet_again)
def upload_files(visit: HasVisit, visit_id: int, form: HasForm) -> Response:
    """Keep photos and files for a problem."""
    item, position = form.text("item"), form.number("position", "问题序号") or 1
    paths = form.files.get("files", ())
    if not paths:
        raise InvalidInput("没有选择文件", found="空", expected="照片或文件", remedy="选择文件后上传")
    with visit.acting() as desk:
        file = open_visit(desk, visit_id)
        require_filling(desk, file)
        for path in paths:
            attach_file(desk, file, item, position, path)
    return done(_back(visit_id, form, item), f"已上传{len(paths)}份材料")


@router.act("/visits/{visit_id}/files/{number}/remove", again=_sheet_again)
def remove_file(visit: HasVisit, visit_id: int, number: int, form: HasForm) -> Response:
    """Take a file off a problem."""
    with visit.acting() as desk:
        file = open_visit(desk, visit_id)
        require_filling(desk, file)
        detach_file(desk, file, number)
    return done(_back(visit_id, form, form.text("item")), "已移除材料")


def _back(visit_id: int, form: Form, item: str) -> str:
    part = form.text("part")
    return f"/visits/{visit_id}/checklist{'?part=' + part if part.isalnum() else ''}#{item if item.isalnum() else ''}"


@router.page("/visits/{visit_id}/files/{number}")
def save_file(visit: HasVisit, visit_id: int, number: int) -> Response:
    """Send a kept file."""
    with visit.desk() as desk:
        refuse_partner(desk)
        one = find_attachment(desk, open_visit(desk, visit_id), number)
        return attachment(content_of(desk, one), one.name)


@router.page("/visits/{visit_id}/files/{number}/picture")
def show_picture(visit: HasVisit, visit_id: int, number: int) -> Response:
    """Send a kept picture for showing on a page; other files are only downloaded."""
    with visit.desk() as desk:
        refuse_partner(desk)
        one = find_attachment(desk, open_visit(desk, visit_id), number)
        if not one.media:
            return attachment(content_of(desk, one), one.name)
        return Response(content_of(desk, one), media_type=one.media)


@router.act("/visits/{visit_id}/submit", again=_sheet_again)
def submit(visit: HasVisit, visit_id: int, form: HasForm) -> Response:
    """Hand the checklist in."""
    with visit.acting() as desk:
        papers = submit_checklist(desk, open_visit(desk, visit_id), leave_open=form.flag("leave_open"))
    return done(f"/visits/{visit_id}", f"检查表已提交，形成底稿{papers}份")


@router.act("/visits/{visit_id}/workbook", again=_sheet_again)
def take_workbook(visit: HasVisit, visit_id: int, form: HasForm) -> Response:
    """Hand in the checklist as a filled workbook, or read it into the page to go on there."""
    path = form.file("workbook", TABLES)
    if path is None:
        raise InvalidInput(
            "没有选择检查表文件", found="空", expected="导出后填写的检查表（.xlsx）", remedy="选择文件后导入"
        )
    submit_now = form.text("mode") != "draft"
    with visit.acting() as desk:
        count = import_workbook(
            desk, open_visit(desk, visit_id), path, submit=submit_now, replace=form.flag("replace")
        )
    if submit_now:
        return done(f"/visits/{visit_id}", f"检查表已导入提交，形成底稿{count}份")
    return done(f"/visits/{visit_id}/checklist", f"已读入{count}栏，核对后提交")


@router.page("/visits/{visit_id}/print")
def print_checklist(visit: HasVisit, visit_id: int) -> Response:
    """Show the whole checklist for printing and signing."""
    with visit.desk() as desk:
        sheet = read_sheet(desk, open_visit(desk, visit_id))
        return show(
            visit, desk, "campaigns/print.html.j2", "visits", sheet=sheet, file=sheet.file, headers=HEADERS
        )
