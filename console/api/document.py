"""docs/api.md, written from the description of the interface: `python -m console.api.document` writes it anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from console.api import PREFIX
from console.api.app import ROUTERS, create_api
from console.api.doors import Door
from console.throttle import Throttle
from console.world import World
from core.access.scopes import AREA_LABELS, every_scope, scope_of
from core.access.words import word_of
from system.clock import now
from system.paths import ROOT
from system.settings import Settings

FILE = ROOT / "docs" / "api.md"
HEAD = """\
# 接口 `/api/v1` · programming interface

本页由 `python -m console.api.document` 根据接口自身的说明生成，不手工修改。
This page is generated from the interface's own description; do not edit it by hand.

## 怎样调用 · how to call

- 地址：`{prefix}/…`；完整说明（OpenAPI 3.1）在 `{prefix}/openapi.json`，须带密钥。
  The full description is at `{prefix}/openapi.json`, for whoever has a key.
- 身份：账号本人在“我的账号—接口密钥”申请密钥，选定范围和有效期，只显示一次；请求中写
  `Authorization: Bearer 密钥`。密钥代表本人：能看到的行、能办的事与本人在页面上相同，并且不超出密钥的范围；
  账号停用、重新授权、重置密码时密钥随即失效。三员账号没有密钥。页面脚本使用登录会话，写操作另带 `X-CSRF-Token`。
  A key speaks for its owner, within its scopes; pages' scripts use the session and `X-CSRF-Token`.
- 须由本人办理的：签发文书、批准或者不予移送，密钥不能办理（403）。
  Signing and deciding on a referral are never done with a key.
- 写操作必须带 `Idempotency-Key`（8至200个字符，每次办理一个）。同一编号、同一内容再次发送，得到与第一次相同的
  答复，不重复办理（`Idempotency-Replayed: true`）；同一编号用于不同内容，422。
  被拒绝的办理没有改变任何内容，可用同一编号重试。答复保存7天。
  Answers are kept for 7 days; a refused act changed nothing and may be tried again.
- 版本：读取时答复带 `ETag`。再读时带 `If-None-Match`，没有变动的为 304；办理时带 `If-Match`，读取之后已变动的为 412。
- 列表：`limit` 为每页行数，`next` 放入下一次的 `after`；最后一页的 `next` 为 null。
- 内容：JSON 至多 1 MB（413）；可附文件的操作也接受 `multipart/form-data`，`data` 一项为 JSON，`files` 为文件。
  不认识的项一律拒绝（422）。日期为 `YYYY-MM-DD`，时间为 UTC。
- 错误：`application/problem+json`（RFC 9457），除 `type`、`title`、`status`、`detail` 外，`found` 为实际的值，
  `expected` 为应有的值，`remedy` 为下一步，`faults` 逐项说明。看不到的行与不存在的行答复相同（404）。
- 限度：每个账号每分钟至多 `DUCHA_API_PER_MINUTE` 次（429，`Retry-After`）；同一地址多次使用无效密钥的，等候10分钟。

```
curl -H "Authorization: Bearer $KEY" https://督察.示例/api/v1/cases?light=red
curl -H "Authorization: Bearer $KEY" -H "Idempotency-Key: $(uuidgen)" -H 'If-Match: "…"' \\
     -H "Content-Type: application/json" -d '{{"act": "close", "note": "核查通过"}}' \\
     https://督察.示例/api/v1/cases/2026-ZH-01-D001-03/acts
```
"""


def write_document() -> str:
    """Return the text of docs/api.md."""
    world = World(cast("sa.Engine", None), Settings.model_validate({}), now)  # nothing is asked of it
    schema = create_api(world, Throttle()).openapi()
    doors = {(str(getattr(route, "path", "")), method): _door(route) for router in ROUTERS for route in router.routes
             for method in getattr(route, "methods", ())}  # fmt: skip
    lines = [HEAD.format(prefix=PREFIX), *_scopes(), *_operations(schema, doors), *_bodies(schema)]
    return "\n".join(lines).rstrip() + "\n"


def _door(route: Any) -> Door:
    return next(one.dependency for one in route.dependencies if isinstance(one.dependency, Door))


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
        asked = (
            f"[{_name(content['schema'])}](#{_name(content['schema']).lower()})"
            if "$ref" in content["schema"]
            else asked
        )
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


def _bodies(schema: dict[str, Any]) -> Iterator[str]:
    yield "## 请求的内容 · bodies\n"
    parts = schema["components"]["schemas"]
    names = sorted({
        _name(content["schema"])
        for found in schema["paths"].values() for operation in found.values()
        for content in operation.get("requestBody", {}).get("content", {}).values() if "$ref" in content["schema"]
    })  # fmt: skip
    for name in names:
        told = parts[name]
        yield f"### {name}\n\n{told.get('description', '')}\n"
        if not told.get("properties"):
            yield "没有内容：`{}`。\n"
            continue
        yield "| 项 | 类型 | 必填 |\n|---|---|---|"
        for key, one in told["properties"].items():
            needed = "是" if key in told.get("required", ()) else ""
            yield f"| `{key}` | {_kind(one, parts)} | {needed} |"
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
