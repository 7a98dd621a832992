"""`ducha rules manual` and `law`: the rule manual, and the state of the law it rests on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands.rulebook.reading import current_book
from cli.edge import CALL, day, emit, settings

if TYPE_CHECKING:
    from core.rulebook import Rulebook

SOON = 180
MOST = 40  # lines of one list on the terminal; --json has them all
LISTS = {
    "expired": "已失效或期满的依据",
    "expiring": "即将失效或期满的依据",
    "not_yet": "尚未施行的依据",
    "unverified": "未核验的依据（不印入文书）",
    "elsewhere": "外地的地方性规定（本地不引用）",
}


def attach(group: typer.Typer) -> None:
    """Add these commands."""
    group.command("law", help="依据的效力状况：未核验、已失效、将失效，以及失去最后一条有效依据的规则")(law)
    group.command("manual", help="由规则文件印制《规则手册》（HTML 和 .docx 各一个文件）")(manual)


def law(
    on: Annotated[str | None, typer.Option(help="判断之日，默认今天")] = None,
    soon: Annotated[int, typer.Option(help="多少天内失效的列为“即将”", min=0)] = SOON,
    office: Annotated[str | None, typer.Option(help="按哪个督察单位的地区判断")] = None,
) -> None:
    from core.rulebook.lawmarks import law_state
    from core.rulebook.whereabouts import Whereabouts
    from system.paths import read_texts

    book = _book_of(office)
    state = law_state(book, day(on, "--on") or _today(), soon, _region(book, office)).as_dict()
    places = Whereabouts(read_texts(settings().rules, ".yaml"))
    for name in (*LISTS, "baseless_now", "baseless_soon"):
        for one in state[name]:
            place = places.of(one["address"])
            one["file"], one["line"] = place or (None, None)
    emit(state, _say_law)


def _today() -> date:
    from system.clock import civil_day, now

    return CALL.today or civil_day(now())


def _book_of(office: str | None) -> Rulebook:
    """Return the rule book of an office, with its local adjustment; of that of the settings when none is named."""
    from casework.rulesets.library import current_rules

    book = current_book()
    return current_rules(settings().rules, book.office(office).code) if office is not None else book


def _office(book: Rulebook, wanted: str | None) -> str | None:
    """Return the office meant: the one named, that of the settings, or the only one there is."""
    code = wanted or settings().office
    if code is not None:
        return book.office(code).code
    return next(iter(book.offices)) if len(book.offices) == 1 else None


def _region(book: Rulebook, wanted: str | None) -> str:
    code = _office(book, wanted)
    return book.offices[code].region if code is not None else ""


def _say_law(data: dict[str, Any]) -> None:
    print(
        f"{data['on']}：{data['carriers']}条规则共引{data['bases']}条依据，地区：{data['region'] or '未定'}"
    )
    for name, title in LISTS.items():
        _say_marks(title, data[name])
    print("失去最后一条有效依据的规则")
    for name, word in (("baseless_now", "现在"), ("baseless_soon", f"{data['until']}以前")):
        _say_losses(word, data[name])


def _say_marks(title: str, marks: list[dict[str, Any]]) -> None:
    print(f"{title}：{len(marks)}条")
    for one in marks[:MOST]:
        until = f"，有效至{one['in_force_until']}" if one["in_force_until"] else ""
        since = f"，{one['in_force_from']}起施行" if one["in_force_from"] else ""
        region = f"，只在{one['region']}适用" if one["region"] else ""
        told = f"{one['document']}{one['article'] or ''}（{one['checked']}{since}{until}{region}）"
        print(f"  {_place(one)} {one['kind']} {one['address'].rpartition('/')[2]}：{told}")
    if len(marks) > MOST:
        print(f"  另有{len(marks) - MOST}条，见 --json")


def _say_losses(word: str, losses: list[dict[str, Any]]) -> None:
    print(f"  {word}：{len(losses)}条规则")
    for one in losses[:MOST]:
        since = f"自{one['from_on']}起" if one["from_on"] else "从未有已核验、在本地施行的依据"
        last = f"，此前依据{'、'.join(one['last'])}" if one["last"] else ""
        print(f"    {_place(one)} {one['kind']} {one['title']}：{since}{last}")
    if len(losses) > MOST:
        print(f"    另有{len(losses) - MOST}条，见 --json")


def _place(one: dict[str, Any]) -> str:
    return f"{one['file']}:{one['line']}" if one["file"] else one["address"]


def manual(
    out: Annotated[Path, typer.Option(help="输出文件夹")],
    office: Annotated[
        str | None, typer.Option(help="按哪个督察单位印制；默认 DUCHA_OFFICE 或唯一的单位")
    ] = None,
) -> None:
    from core.rulebook.portrait import register_of
    from delivery.manual import manual_of, render_manual
    from delivery.manualdoc import render_manual_docx
    from system.paths import read_texts

    book = _book_of(office)
    register = register_of(read_texts(settings().rules, ".yaml"))
    content = manual_of(book, _office(book, office), _today(), register)
    out.mkdir(parents=True, exist_ok=True)
    page, document = out / "规则手册.html", out / "规则手册.docx"
    page.write_text(render_manual(content), encoding="utf-8")
    document.write_bytes(render_manual_docx(content))
    emit({"files": [str(page), str(document)], "sha256": content.sha256})
