"""`ducha rules resolve`, `diff` and `migrate`: the resolved set, what differs between two, and moving to another."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from cli.commands.rulebook.reading import Folder, folder_of
from cli.edge import CALL, day, emit, reading, settings, writing
from core.errors import DatabaseFailed

SIDE = "原规则：current、base、overlay:名称、文件夹、冻结校验值（至少8位）或批次编码"


def attach(group: typer.Typer) -> None:
    """Add these commands."""
    group.command("resolve", help="输出合成后的规则集及其校验值")(resolve)
    group.command("diff", help="比较两套规则：数据、文字，和对进行中批次的影响")(diff)
    group.command("migrate", help="把进行中的批次迁移到另一套规则；不加 --apply 只预览")(migrate)


def resolve(
    folder: Folder = None,
    office: Annotated[str | None, typer.Option("--office", help="按哪个督察单位的本地调整")] = None,
    overlay: Annotated[str | None, typer.Option("--overlay", help="按哪个本地调整，如 sichuan")] = None,
    on: Annotated[str | None, typer.Option("--on", help="某日有效的规则（YYYY-MM-DD）")] = None,
) -> None:
    from core.rulebook import RuleFiles, freeze, sha256
    from system.paths import read_texts

    files = RuleFiles(read_texts(folder_of(folder), ".yaml"))
    chosen = overlay or (office and files.rulebook().office(office).choices.overlay) or ""
    content = freeze(files.rulebook(chosen, day(on, "--on")))
    if CALL.as_json:
        emit({"overlay": chosen or None, "sha256": sha256(content), "rules": json.loads(content)})
    else:
        print(json.dumps(json.loads(content), ensure_ascii=False, indent=1, sort_keys=True))
        print(f"# sha256 {sha256(content)}")


def diff(
    before: Annotated[str, typer.Argument(help=SIDE)],
    after: Annotated[str, typer.Argument(help="新规则，写法同上")],
) -> None:
    from casework.rulesets.rulecomparison import compare_rules, compare_sides
    from casework.rulesets.rulesides import is_local, read_local

    known = settings()
    try:
        with reading() as desk:
            data = compare_rules(desk, before, after)
    except DatabaseFailed:
        if not (is_local(before) and is_local(after)):
            raise
        # Rule files are written where there may be no database yet: then there is nothing running to be touched.
        sides = [read_local(text, known.rules, known.office, None) for text in (before, after)]
        data = {**compare_sides(None, *sides), "impact": None}
    emit(data, _say_diff)


def _say_diff(data: dict[str, Any]) -> None:
    _say_sides(data["a"], data["b"])
    _say_changes(data["text"])
    impact = data["impact"]
    if impact is None:
        print("没有数据库，未推算对批次的影响")
        return
    for row in impact["campaigns"]:
        print(f"进行中的批次 {row['campaign']}（规则 {row['rules_sha256'][:12]}）：如改用新规则，"
              f"未办结事项{row['open_cases']}件中{row['differ']}件有变化")  # fmt: skip
        for problem in row["problems"]:
            print(f"  不能迁移：{problem}")
    _say_cases(impact["cases"])


def _say_sides(one: dict[str, Any], other: dict[str, Any]) -> None:
    for word, side in (("原规则", one), ("新规则", other)):
        print(f"{word} {side['name']}（{side['sha256'][:12]}）")


def _say_changes(sentences: list[str]) -> None:
    for sentence in sentences:
        print(f"  {sentence}")
    print(f"共{len(sentences)}处不同" if sentences else "两套规则相同")


def _say_cases(rows: list[dict[str, Any]]) -> None:
    from cli.tables import print_value

    if rows:
        print_value([_case(row) for row in rows])


def _case(row: dict[str, Any]) -> dict[str, Any]:
    """Return the line of a case: what is lit stays, so only what is to come is set side by side."""
    return {
        "case": row["case"],
        "unit": row["unit"],
        "item": row["item"],
        "light": row["light"],
        "due_on": _turn(row["due_on"], row["due_then"]),
        "按迟延应亮": _turn(_light(row["light_by_lateness"]), _light(row["light_then"])),
        "下一级": _turn(_next(row["next"]), _next(row["next_then"])),
        "文字": "有改动" if row["text_changes"] else "",
    }


def _light(code: str) -> str:
    from core.codes import LIGHT_LABELS, Light

    return LIGHT_LABELS[Light(code)]


def _turn(now: str | None, then: str | None) -> str:
    return f"{now or '—'} → {then or '—'}" if now != then else now or "—"


def _next(row: dict[str, Any] | None) -> str | None:
    return f"{_light(row['light'])} {row['day']}" + ("（待送达）" if row["waits"] else "") if row else None


def migrate(
    campaign: Annotated[str, typer.Argument(help="批次编码")],
    to: Annotated[str, typer.Option("--to", help="current，或冻结规则集的校验值（至少8位）")],
    apply: Annotated[bool, typer.Option("--apply", help="确认迁移；不写只预览")] = False,
    note: Annotated[str, typer.Option("--note", help="迁移的理由")] = "",
) -> None:
    from casework.rulesets.migrating import apply_migration, preview_migration

    if apply:
        with writing() as desk:
            data = apply_migration(desk, campaign, to, note)
    else:
        with reading() as desk:
            data = preview_migration(desk, campaign, to).as_dict()
    emit(data, _say_migration)


def _say_migration(data: dict[str, Any]) -> None:
    print(f"批次 {data['campaign']}：规则 {data['from'][:12]} → {data['to'][:12]}")
    if data["from"] == data["to"]:
        print("已是这套规则，无需迁移")
        return
    _say_changes(data["text"])
    for problem in data["problems"]:
        print(f"不能迁移：{problem}")
    _say_cases(data["cases"])
    print(
        f"未办结事项{data['open_cases']}件，有变化{len(data['cases'])}件；未签发文书{len(data['drafts'])}份改按新规则拟写"
    )
    print("已发文书、文号、已亮灯色不变；已通知的期限只延不缩")
    if data["applied"]:
        print(f"已迁移；起草期限更正文书{len(data['corrections'])}份")
    elif not data["problems"]:
        print("以上为预览；确认后加 --apply --by 主任 --note 理由")
