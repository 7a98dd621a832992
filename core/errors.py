"""What can go wrong, as one tree.

    DuchaError
    ├── Refused                the request is wrong; nothing was changed         (exit 1)
    │   ├── InvalidRuleFile    rule files with mistakes, all of them, with positions
    │   ├── InvalidInput       a file or value from outside: where, found, allowed
    │   ├── IllegalMove        the act does not fit the state
    │   ├── LeaseLost          another machine has taken over the work
    │   ├── NotAllowed         the person may not do this
    │   ├── NotFound           no such campaign, document, case, person
    │   └── CalendarMissing    no table of working days for that year
    └── WorldFailed            database, disk or mail server did not do its part  (exit 3)
        ├── DatabaseFailed
        └── DeliveryFailed     `retry` says whether trying again is safe

Every error says what happened, the value found, what was expected, and what to do next. Nothing here knows HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class DuchaError(Exception):
    """An error that is told to a person in four parts: what, found, expected, remedy."""

    def __init__(self, what: str, *, found: str = "", expected: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.found = found
        self.expected = expected
        self.remedy = remedy

    def __str__(self) -> str:
        text = self.what
        if self.found:
            text += f"（实际：{self.found}）"
        if self.expected:
            text += f"；应为：{self.expected}"
        if self.remedy:
            text += f"；请：{self.remedy}"
        return text

    def as_dict(self) -> dict[str, str]:
        """Return the four parts for `--json` and for pages."""
        return {"what": self.what, "found": self.found, "expected": self.expected, "remedy": self.remedy}


class Refused(DuchaError):
    """The request cannot be done as it stands; nothing was changed."""


class WorldFailed(DuchaError):
    """Something outside ducha did not do its part; trying later may help."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a rule file; `line` and `column` count from 1."""

    file: str
    line: int
    column: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.code} {self.message}"


class InvalidRuleFile(Refused):
    """Rule files contain mistakes; `problems` holds all of them, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: (p.file, p.line, p.column, p.code))
        first = self.problems[0]
        super().__init__(
            f"规则文件有{len(self.problems)}处错误",
            found=str(first),
            expected="全部规则通过检查",
            remedy="按“文件:行:列”逐处修改后运行 ducha rules check",
        )


@dataclass(frozen=True, slots=True)
class BadCell:
    """One bad cell of a workbook or table; `cell` is a name such as `C7`."""

    sheet: str
    cell: str
    found: str
    allowed: str

    def __str__(self) -> str:
        return f"工作表“{self.sheet}”单元格{self.cell}：填写为“{self.found}”，应为{self.allowed}"


class InvalidInput(Refused):
    """A file or a value from outside is wrong; `cells` names every bad cell of a table."""

    def __init__(
        self,
        what: str,
        *,
        found: str = "",
        expected: str = "",
        remedy: str = "",
        cells: Sequence[BadCell] = (),
    ) -> None:
        self.cells = tuple(cells)
        if self.cells:
            found = found or "；".join(str(c) for c in self.cells)
            expected = expected or "见各单元格说明"
            remedy = remedy or "改正所列单元格后重新导入；本次未写入任何内容"
        super().__init__(what, found=found, expected=expected, remedy=remedy)


class IllegalMove(Refused):
    """The act is not possible in the present state; `allowed` lists the acts that are."""

    def __init__(self, thing: str, state: str, act: str, allowed: Sequence[str], *, why: str = "") -> None:
        self.state = state
        self.act = act
        self.allowed = tuple(allowed)
        super().__init__(
            f"{thing}当前状态不能执行该操作" + (f"：{why}" if why else ""),
            found=f"状态 {state}，操作 {act}",
            expected="可执行的操作：" + ("、".join(self.allowed) if self.allowed else "无"),
            remedy="先完成前一步骤，或改用所列操作之一",
        )


class NotAllowed(Refused):
    """The person may not do this: missing role, own work, or recusal."""


class LeaseLost(Refused):
    """Another machine has taken over the work meanwhile; nothing of this transaction was written."""


class NotFound(Refused):
    """There is no such thing in this office."""


class CalendarMissing(Refused):
    """The working days of `year` are not known, so nothing that needs them is computed."""

    def __init__(self, year: int, *, known: str) -> None:
        self.year = year
        super().__init__(
            f"缺少{year}年工作日历，不能计算期限",
            found=f"已有{known}" if known else "没有任何年度的工作日历",
            expected=f"{year}年放假和调休安排（正式或暂定）",
            remedy=f"运行 ducha calendar import 导入{year}年年表",
        )


class DatabaseFailed(WorldFailed):
    """The database cannot be opened, is read-only, busy or full."""


class DeliveryFailed(WorldFailed):
    """The mail server did not take the message; `retry` is true when nothing can have been delivered."""

    def __init__(
        self, what: str, *, retry: bool, found: str = "", expected: str = "", remedy: str = ""
    ) -> None:
        super().__init__(what, found=found, expected=expected, remedy=remedy)
        self.retry = retry
