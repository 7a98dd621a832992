"""`ducha rules explain CODE`: why a mistake matters, what to do, and how it is written wrong and right."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from cli.edge import emit
from core.errors import NotFound


def list_codes() -> None:
    """Print every code by family."""
    from core.rulebook.titles import CODES, family_of

    rows = [{"code": code, "family": family_of(code), "title": title} for code, title in CODES.items()]
    emit(rows, _say_codes)


def _say_codes(rows: list[dict[str, str]]) -> None:
    for family, group in groupby(rows, key=lambda row: row["family"]):
        print(f"{family}：")
        for row in group:
            print(f"  {row['code']} {row['title']}")
    print("E 开头的是错误，有一处就不能使用这套规则；W 开头的是提醒。说明一个代码：ducha rules explain E203")


def explain_code(code: str) -> None:
    """Print what a code means; raise NotFound for one that is not there."""
    from core.rulebook import CODES
    from core.rulebook.explained import MISTAKES
    from core.rulebook.hints import near
    from core.rulebook.titles import family_of

    if code not in MISTAKES:
        raise NotFound(
            f"没有这个检查代码{near(code, CODES)}",
            found=code,
            expected="、".join(sorted(CODES)),
            remedy="从检查结果中抄录代码，或运行 ducha rules explain 列出全部代码",
        )
    one = MISTAKES[code]
    mark = one.wrong.mark()
    wrong: dict[str, Any] = {"file": one.wrong.file, "text": one.wrong.shown, "lines": one.wrong.lines()}
    if mark:
        wrong |= {"line": mark[0], "column": mark[1]}
    emit(
        {
            "code": code,
            "title": one.title,
            "family": family_of(code),
            "why": one.why,
            "remedy": one.remedy,
            "wrong": wrong,
            "right": {"file": one.right.file, "text": one.right.shown, "lines": one.right.lines()},
        },
        _say_code,
    )


def _say_code(data: dict[str, Any]) -> None:
    kind = "错误" if data["code"].startswith("E") else "提醒"
    print(f"{data['code']} {data['title']}（{data['family']}，{kind}）")
    print(f"为什么：{data['why']}")
    print(f"怎么改：{data['remedy']}")
    for name, key in (("错误写法", "wrong"), ("正确写法", "right")):
        print(f"{name}（{data[key]['file']}）：")
        for line in data[key]["lines"]:
            print(f"    {line}")
