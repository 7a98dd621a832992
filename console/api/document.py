"""docs/api.md, written from the description of the interface: `python -m console.api.document` writes it anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from console.api.app import ROUTERS, create_api
from console.api.bodies import ACT
from console.api.doors import Door
from console.api.guide import HEAD
from console.api.kinds import KINDS
from console.api.later import Beside
from console.holding import Holding
from console.jobs import Jobs
from console.throttle import Throttle
from console.world import World
from core.access.scopes import AREA_LABELS, every_scope, scope_of
from core.access.words import word_of
from system.clock import now
from system.paths import ROOT
from system.settings import Settings

FILE = ROOT / "docs" / "api.md"


def write_document() -> str:
    """Return the text of docs/api.md."""
    world = World(cast("sa.Engine", None), Settings.model_validate({}), now)  # nothing is asked of it
    schema = create_api(world, Beside(Throttle(), Jobs(now), Holding(now))).openapi()
    doors = {(str(getattr(route, "path", "")), method): _door(route) for router in ROUTERS for route in router.routes
             for method in getattr(route, "methods", ())}  # fmt: skip
    lines = [HEAD, *_problems(), *_scopes(), *_operations(schema, doors), *_deeds(schema), *_bodies(schema)]
    return "\n".join(lines).rstrip() + "\n"


def _door(route: Any) -> Door:
    return next(one.dependency for one in route.dependencies if isinstance(one.dependency, Door))


def _problems() -> Iterator[str]:
    yield "## 错误的种类 · problems\n\n| `type` | 状态 | 含义 | 下一步 |\n|---|---|---|---|"
    for one in KINDS.values():
        yield f"| `{one.type}` | {one.status} | {one.title} / {one.english} | {one.remedy} |"
    yield ""


def _scopes() -> Iterator[str]:
    yield "## 密钥的范围 · scopes\n\n| 范围 | 说明 |\n|---|---|"
    for scope, words in every_scope().items():
        yield f"| `{scope}` | {words} |"
    yield ""


def _operations(schema: dict[str, Any], doors: dict[tuple[str, str], Door]) -> Iterator[str]:
    yield "## 操作 · operations\n"
    area: object = ""
    for path, found in schema["paths"].items():
        for method, operation in found.items():
            door = doors[(path, method.upper())]
            if door.area != area:
                area = door.area
                title = AREA_LABELS[area] if area else "本人"
                yield f"\n### {title} · {area.value if area else 'account'}\n"
                yield "| 操作 | 说明 | 权限 | 范围 | 请求 | 答复 |\n|---|---|---|---|---|---|"
            yield _row(path, method, operation, door)
    yield ""


def _row(path: str, method: str, operation: dict[str, Any], door: Door) -> str:
    queries = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
    asked = f"`?{'&'.join(queries)}`" if queries else ""
    body = operation.get("requestBody", {}).get("content", {})
    for kind, content in body.items():
        told = content["schema"]
        if "$ref" in told:
            asked = f"[{_name(told)}](#{_name(told).lower()})"
        elif "oneOf" in told:
            asked = "、".join(f"`{act}`" for act in told["discriminator"]["mapping"])
        asked += "（可附文件）" if kind.startswith("multipart") else ""
    good = next(iter(sorted(operation["responses"])))
    kinds = operation["responses"][good].get("content", {})
    shown = next((f"`{_name(one['schema'])}`" if "$ref" in one["schema"] else f"文件 `{kind.rpartition('.')[2]}`"
                  for kind, one in kinds.items()), "")  # fmt: skip
    needed = "、".join(word_of(one) for one in door.permissions)
    scope = f"`{scope_of(door.area, write=door.write)}`" if door.area else "—"
    return f"| `{method.upper()} {path}` | {operation['summary']} | {needed} | {scope} | {asked} | {shown} |"


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _deeds(schema: dict[str, Any]) -> Iterator[str]:
    yield "## 一个地址的多种办理 · acts of one address\n"
    yield "请求的 `act` 写明办理哪一种；带 * 的必填。`act` names what is done; * must be given.\n"
    parts = schema["components"]["schemas"]
    for path, body in _asked(schema):
        if "oneOf" not in body:
            continue
        yield f"### `POST {path}`\n\n| `act` | 说明 | 其余各项 |\n|---|---|---|"
        for act, reference in body["discriminator"]["mapping"].items():
            told = parts[reference.rpartition("/")[2]]
            named = [
                f"`{key}`{'*' if key in told.get('required', ()) else ''}"
                for key in told["properties"]
                if key != ACT
            ]
            yield f"| `{act}` | {_said(told)} | {'、'.join(named) or '—'} |"
        yield ""


def _asked(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, found in schema["paths"].items():
        for operation in found.values():
            content = operation.get("requestBody", {}).get("content", {})
            if content:
                yield path, next(iter(content.values()))["schema"]


def _said(told: dict[str, Any]) -> str:
    return str(told.get("description", "")).splitlines()[0] if told.get("description") else ""


def _bodies(schema: dict[str, Any]) -> Iterator[str]:
    yield "## 请求的内容 · bodies\n"
    parts = schema["components"]["schemas"]
    for name in sorted({_name(body) for _path, body in _asked(schema) if "$ref" in body}):
        told = parts[name]
        yield f"### {name}\n\n{_said(told)}\n"
        if not told.get("properties"):
            yield "没有内容：`{}`。\n"
            continue
        yield "| 项 | 类型 | 必填 | 说明 |\n|---|---|---|---|"
        for key, one in told["properties"].items():
            needed = "是" if key in told.get("required", ()) else ""
            yield f"| `{key}` | {_kind(one, parts)} | {needed} | {one.get('description', '')} |"
        yield ""


def _kind(one: dict[str, Any], parts: dict[str, Any]) -> str:
    if "$ref" in one:
        return _kind(parts[_name(one)], parts)
    if "enum" in one:
        return " ".join(f"`{value}`" for value in one["enum"])
    if "const" in one:
        return f"`{one['const']}`"
    if "anyOf" in one:
        return " / ".join(_kind(each, parts) for each in one["anyOf"])
    if one.get("type") == "array":
        return f"[{_kind(one['items'], parts)}]"
    return str(one.get("format") or one.get("type") or "JSON")


if __name__ == "__main__":
    Path(FILE).write_text(write_document(), encoding="utf-8")
