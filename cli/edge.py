"""What every command shares: the general options, the database, the output, and how an error is told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from core.errors import DatabaseFailed, DuchaError, InvalidInput, InvalidRuleFile, Refused, WorldFailed
from system.settings import Settings, load_settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from casework.desk import Desk
    from flows.edge import Edge

DONE, REFUSED, USAGE, WORLD = 0, 1, 2, 3


@dataclass(slots=True)
class Invocation:
    """The general options of this call: `--json`, `--by`, `--today`."""

    as_json: bool = False
    by: str | None = None
    today: date | None = None


CALL = Invocation()


class UsageProblem(DuchaError):
    """The command line is wrong; nothing was started."""


def settings() -> Settings:
    """Return the settings of this process."""
    return load_settings()


def open_edge(*, must_exist: bool = True) -> Edge:
    """Return the edge over the database of the settings.

    raises   DatabaseFailed when there is no database yet
    """
    from flows.edge import Edge, WallClock

    return Edge(open_engine(must_exist=must_exist), settings(), WallClock(CALL.today))


def open_engine(*, must_exist: bool = True) -> Engine:
    """Return the engine on the database of the settings; raise DatabaseFailed when there is none yet."""
    from models.database import make_engine

    known = settings()
    _check_file(known, must_exist=must_exist)
    return make_engine(known.database_url)


def _check_file(known: Settings, *, must_exist: bool) -> None:
    if not known.database_url.startswith("sqlite:///"):
        return
    path = Path(known.database_url.removeprefix("sqlite:///"))
    if must_exist and not path.exists():
        raise DatabaseFailed(
            "数据库还没有建立",
            found=str(path),
            expected="已建立的数据库",
            remedy="先运行 ducha init，或检查 DUCHA_DATABASE_URL",
        )
    if not must_exist:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseFailed(
                "不能建立数据库文件夹",
                found=str(error),
                expected="可写的文件夹",
                remedy="检查 DUCHA_DATABASE_URL 和权限",
            ) from error


@contextmanager
def writing() -> Iterator[Desk]:
    """Open a desk for the person of `--by`; raise UsageProblem when nobody was named."""
    by = CALL.by or settings().actor
    if not by:
        raise UsageProblem(
            "没有指明操作人",
            found="--by 和 DUCHA_ACTOR 都为空",
            expected="人员编号、岗位编码或 单位:liaison",
            remedy="加上 --by 编号",
        )
    with open_edge().desk(by=by) as desk:
        yield desk


@contextmanager
def reading() -> Iterator[Desk]:
    """Open a desk that only reads; the person of `--by` decides what is shown."""
    with open_edge().desk(by=CALL.by or settings().actor, readonly=True) as desk:
        yield desk


@contextmanager
def looking() -> Iterator[Desk]:
    """Open a desk for reading what is confidential: the look is noted, so it is written."""
    with open_edge().desk(by=CALL.by or settings().actor) as desk:
        yield desk


def emit(
    data: object,
    human: Callable[[Any], None] | None = None,
    *,
    states: Mapping[Any, str] | None = None,
) -> None:
    """Print a result: one JSON document with `--json`, else for people: tables for lists, lines for mappings.

    states   the words for the codes under `state`, which depend on what the result is about
    """
    if CALL.as_json:
        print(json.dumps(data, ensure_ascii=False, default=str))
    elif human is not None:
        human(data)
    else:
        from cli.tables import print_value

        print_value(data, states or {})


def refuse(
    data: Mapping[str, object], error: Refused, human: Callable[[Any], None] | None = None
) -> NoReturn:
    """Print a result that says no, with its error beside it, and end the command with exit code 1."""
    print(f"error: {error}", file=sys.stderr)
    emit({**data, "ok": False, "error": error.as_dict()}, human)
    raise typer.Exit(REFUSED)


def day(text: str | None, name: str) -> date | None:
    """Return an option as a civil day; raise InvalidInput when it is none."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            f"{name} 不是日期", found=text, expected="YYYY-MM-DD", remedy=f"例如 {name} 2026-03-02"
        ) from None


def tell(error: DuchaError) -> int:
    """Tell an error to stderr, and to stdout as JSON when asked; return the exit code."""
    lines = [f"error: {error}"]
    parts: dict[str, object] = dict(error.as_dict())
    if isinstance(error, InvalidRuleFile):
        lines = [*(str(problem) for problem in error.problems), *lines]
        parts["problems"] = [str(problem) for problem in error.problems]
    print("\n".join(lines), file=sys.stderr)
    if CALL.as_json:
        print(json.dumps({"ok": False, "error": parts}, ensure_ascii=False))
    if isinstance(error, UsageProblem):
        return USAGE
    return WORLD if isinstance(error, WorldFailed) else REFUSED


def take_general_options(arguments: list[str]) -> list[str]:
    """Move `--json`, `--by X` and `--today D` to the front, so that they may stand anywhere on the line."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == "--json" or word.startswith(("--by=", "--today=")):
            front.append(word)
        elif word in ("--by", "--today"):
            front += [word, *([value] if (value := next(words, None)) is not None else [])]
        else:
            rest.append(word)
    return [*front, *rest]
