"""`ducha rules check` and `schema`: every mistake of every file at once, and what editors complete with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from cli.commands.rulebook.reading import Folder, folder_of
from cli.edge import emit, refuse, settings
from core.errors import Refused


def attach(group: typer.Typer) -> None:
    """Add these commands."""
    group.command("check", help="检查全部规则，一次列出所有错误：文件:行:列: 代码 说明")(check)
    group.command("schema", help="生成供编辑器使用的 JSON Schema")(schema)


def check(folder: Folder = None) -> None:
    from core.rulebook import check_rules, freeze, is_error, load_rulebook, sha256
    from delivery.mailtext import check_mail_template, list_mail_kinds
    from delivery.wording import check_template, list_kinds
    from system.paths import read_texts

    root = folder_of(folder)
    texts = read_texts(root, ".yaml")
    problems = check_rules(texts)
    broken = [problem for problem in problems if is_error(problem)]
    book = None if broken else load_rulebook(texts)
    wrong = [f"{kind}: {text}" for kind in list_kinds() for text in check_template(kind)]
    wrong += [f"{kind}: {text}" for kind in list_mail_kinds() for text in check_mail_template(kind)]
    result = {
        "ok": not broken and not wrong,
        "problems": [
            {"file": p.file, "line": p.line, "column": p.column, "code": p.code, "message": p.message}
            for p in problems
        ],
        "templates": wrong,
        "catalogs": book.counts() if book else {},
        "sha256": sha256(freeze(book)) if book else None,
    }
    if broken or wrong:
        first = str(broken[0]) if broken else wrong[0]
        error = Refused(
            f"规则和模板有{len(broken) + len(wrong)}处错误",
            found=first,
            expected="全部通过检查",
            remedy="按“文件:行:列”逐处修改后再运行 ducha rules check",
        )
        refuse(result, error, lambda data: _say_check(root, data))
    emit(result, lambda data: _say_check(root, data))


def _say_check(root: Path, data: dict[str, Any]) -> None:
    for p in data["problems"]:
        print(f"{root / p['file']}:{p['line']}:{p['column']}: {p['code']} {p['message']}")
    for text in data["templates"]:
        print(f"模板 {text}")
    for key, counts in data["catalogs"].items():
        print(f"{key}：{counts['classes']}类{counts['items']}项，分值合计{counts['weight']}")
    print("规则检查通过" if data["ok"] else f"共{len(data['problems']) + len(data['templates'])}处问题")


def schema() -> None:
    from core.rulebook import schemas

    folder = settings().rules / "schema"
    folder.mkdir(exist_ok=True)
    written = []
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(name)
    emit({"folder": str(folder), "files": written})
