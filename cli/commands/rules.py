"""The rule set: check, show, resolve, compare, explain, schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.edge import CALL, emit, refuse, settings
from core.codes import SEVERITY_LABELS, Severity
from core.errors import InvalidInput, NotFound, Refused
from core.rulebook import Rulebook

group = typer.Typer(help="规则：检查、查看、比较、说明", no_args_is_help=True)
ITEM_LISTS = {"适用": "applies_to", "方法": "methods", "材料": "evidence", "常见问题": "typical_problems"}
Folder = Annotated[Path | None, typer.Argument(help="规则文件夹，默认取 DUCHA_RULES")]


def attach(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(group, name="rules")


@group.command("check", help="检查全部规则，一次列出所有错误：文件:行:列: 代码 说明")
def check(folder: Folder = None) -> None:
    from core.rulebook import check_rules, freeze, is_error, load_rulebook, sha256
    from delivery.mailtext import check_mail_template, list_mail_kinds
    from delivery.wording import check_template, list_kinds
    from system.paths import read_texts

    root = _folder(folder)
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


@group.command("show", help="查看规则集概况，或一个事项的要求、依据、期限")
def show(item: Annotated[str | None, typer.Argument(help="事项编号，如 E24")] = None) -> None:
    book = _book()
    if item is None:
        emit(
            {
                "catalogs": book.counts(),
                "ladders": list(book.ladders),
                "documents": {code: rule.name for code, rule in book.documents.items()},
                "offices": list(book.offices),
                "calendars": {year: table.status for year, table in sorted(book.calendars.items())},
            },
            _say_book,
        )
        return
    for catalog in book.catalogs.values():
        for known in catalog.items:
            if known.id == item:
                emit(
                    {
                        "catalog": catalog.key,
                        "class": catalog.class_name(known.category),
                        **known.model_dump(mode="json"),
                    },
                    _say_item,
                )
                return
    raise NotFound(
        "没有这个事项", found=item, expected="事项编号，如 A01", remedy="运行 ducha rules show 查看目录"
    )


def _say_book(data: dict[str, Any]) -> None:
    for key, counts in data["catalogs"].items():
        print(f"事项目录 {key}：{counts['classes']}类{counts['items']}项，分值合计{counts['weight']}")
    print(f"级次：{'、'.join(data['ladders'])}；督察单位：{'、'.join(data['offices'])}")
    for code, name in data["documents"].items():
        print(f"文书 {code}：{name}")
    official = [str(year) for year, status in data["calendars"].items() if status == "official"]
    provisional = [str(year) for year, status in data["calendars"].items() if status != "official"]
    print(
        f"工作日历：{official[0]}至{official[-1]}年" + "".join(f"，{year}年（暂定）" for year in provisional)
    )


def _say_item(data: dict[str, Any]) -> None:
    print(f"{data['id']} {data['title']}（{data['class']}，{data['weight']}分）")
    print(f"检查要求：{data['requirement']}")
    for name, key in ITEM_LISTS.items():
        print(f"{name}：{'、'.join(data[key]) or '无'}")
    print(f"程度：{SEVERITY_LABELS[Severity(data['severity'])]}；整改期限：{data['rectify_days']}个工作日")
    for basis in data["legal_basis"]:
        mark = "" if basis["verified"] else "（未核验，不印上文书）"
        print(f"依据：{basis['document']}{basis['article'] or ''}{mark}")


@group.command("resolve", help="输出合成后的规则集及其校验值")
def resolve(folder: Folder = None) -> None:
    from core.rulebook import freeze, load_rulebook, sha256
    from system.paths import read_texts

    content = freeze(load_rulebook(read_texts(_folder(folder), ".yaml")))
    if CALL.as_json:
        emit({"sha256": sha256(content), "rules": json.loads(content)})
    else:
        print(json.dumps(json.loads(content), ensure_ascii=False, indent=1, sort_keys=True))
        print(f"# sha256 {sha256(content)}")


@group.command("diff", help="比较两个规则文件夹")
def diff(
    before: Annotated[Path, typer.Argument(help="原规则文件夹")],
    after: Annotated[Path, typer.Argument(help="新规则文件夹")],
) -> None:
    from core.rulebook import freeze, load_rulebook
    from system.paths import read_texts

    old, new = (json.loads(freeze(load_rulebook(read_texts(_folder(f), ".yaml")))) for f in (before, after))
    changes = list(_changes("", old, new))
    emit(changes)


def _changes(path: str, old: Any, new: Any) -> list[dict[str, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        keys = sorted({*old, *new})
        return [c for key in keys for c in _changes(f"{path}/{key}", old.get(key), new.get(key))]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            c
            for at, pair in enumerate(zip(old, new, strict=True))
            for c in _changes(f"{path}/{_name(pair[1], at)}", *pair)
        ]
    return [] if old == new else [{"path": path, "before": old, "after": new}]


def _name(value: Any, at: int) -> str:
    return str(value.get("id") or value.get("code") or at) if isinstance(value, dict) else str(at)


@group.command("explain", help="说明一个检查代码")
def explain(code: Annotated[str, typer.Argument(help="检查代码，如 E402")]) -> None:
    from core.rulebook import CODES

    if code not in CODES:
        raise NotFound(
            "没有这个检查代码", found=code, expected="、".join(sorted(CODES)), remedy="从检查结果中抄录代码"
        )
    emit({"code": code, "title": CODES[code]})


@group.command("schema", help="生成供编辑器使用的 JSON Schema")
def schema() -> None:
    from core.rulebook import schemas

    folder = settings().rules / "schema"
    folder.mkdir(exist_ok=True)
    written = []
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(name)
    emit({"folder": str(folder), "files": written})


def _folder(folder: Path | None) -> Path:
    root = folder or settings().rules
    if not root.is_dir():
        raise InvalidInput(
            "规则文件夹不存在",
            found=str(root),
            expected="含 catalogs/ 等的文件夹",
            remedy="检查路径或 DUCHA_RULES",
        )
    return root


def _book() -> Rulebook:
    from casework.library import current_rules

    return current_rules(settings().rules)
