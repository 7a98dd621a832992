"""`ducha rules check` and `schema`: every mistake of every file at once, and what editors complete with."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import typer

from cli.commands.rulebook.reading import Folder, folder_of
from cli.edge import emit, refuse, settings
from core.errors import Refused

OF_TEMPLATES = "templates/"


def attach(group: typer.Typer) -> None:
    """Add these commands."""
    group.command("check", help="检查全部规则和模板，一次列出所有错误：文件:行:列: 代码 说明")(check)
    group.command("schema", help="生成供编辑器使用的 JSON Schema")(schema)


def check(folder: Folder = None) -> None:
    from casework.rulesets.linting import check_files
    from core.rulebook import freeze, sha256

    root = folder_of(folder)
    found = check_files(root)
    result = {
        "ok": not found.broken,
        "problems": [
            {"file": p.file, "line": p.line, "column": p.column, "code": p.code, "message": p.message}
            for p in found.problems
        ],
        "catalogs": found.book.counts() if found.book else {},
        "sha256": sha256(freeze(found.book)) if found.book else None,
    }
    if found.broken:
        error = Refused(
            f"规则和模板有{len(found.broken)}处错误",
            found=str(found.broken[0]),
            expected="全部通过检查",
            remedy="按“文件:行:列”逐处修改后再运行 ducha rules check",
        )
        refuse(result, error, lambda data: _say_check(root, data))
    emit(result, lambda data: _say_check(root, data))


def _say_check(root: Path, data: dict[str, Any]) -> None:
    for p in data["problems"]:
        print(f"{_shown(root, p['file'])}:{p['line']}:{p['column']}: {p['code']} {p['message']}")
    for key, counts in data["catalogs"].items():
        print(f"{key}：{counts['classes']}类{counts['items']}项，分值合计{counts['weight']}")
    codes = [p["code"] for p in data["problems"]]
    if codes:
        print(_sum_up(codes))
        print(f"代码的含义和改法：ducha rules explain {codes[0]}")
    if data["ok"]:
        print("规则和模板检查通过")


def _shown(root: Path, file: str) -> Path:
    """Return the path of a problem as an editor can open it from the present folder."""
    if not file.startswith(OF_TEMPLATES):
        return root / file
    from delivery.wording import DOCUMENTS

    path = DOCUMENTS.parent.parent / file
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _sum_up(codes: list[str]) -> str:
    from core.rulebook.titles import family_of

    errors = Counter(family_of(code) for code in codes if code.startswith("E"))
    warnings = sum(code.startswith("W") for code in codes)
    parts = [f"{family}{count}处" for family, count in errors.items()]
    said = f"错误{sum(errors.values())}处（{'，'.join(parts)}）" if errors else "没有错误"
    return f"{said}，提醒{warnings}处" if warnings else said


def schema() -> None:
    from core.rulebook import schemas

    folder = settings().rules / "schema"
    folder.mkdir(exist_ok=True)
    written = []
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(name)
    emit({"folder": str(folder), "files": written})
