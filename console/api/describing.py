"""The description (OpenAPI 3.1) of the interface: what readers take, and how a caller shows who they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from console.api.bodies import DATA, FILES, FORM, Takes
from console.api.problems import JSON, Problem

REF = "#/components/schemas/{model}"
SECURITY = {
    "key": {"type": "http", "scheme": "bearer", "description": "接口密钥 / a key made at “我的账号”"},
}


def describe(schema: dict[str, Any], routes: Sequence[APIRoute]) -> dict[str, Any]:
    """Return a description with bodies, problems and security added."""
    readers = {(route.path_format, method.lower()): one for route in routes for one in _readers(route)
               for method in route.methods or ()}  # fmt: skip
    asked: dict[str, TypeAdapter[Any]] = {"problem": TypeAdapter(Problem)}
    asked |= {f"{method} {path}": one.adapter for (path, method), one in readers.items()}
    made, whole = TypeAdapter.json_schemas(
        [(name, "validation", adapter) for name, adapter in asked.items()], ref_template=REF
    )
    parts = schema.setdefault("components", {})
    parts.setdefault("schemas", {}).update(whole["$defs"])
    parts["securitySchemes"] = SECURITY
    schema["security"] = [{"key": []}]
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            reader = readers.get((path, method))
            if reader is not None:
                operation["requestBody"] = _body(made[f"{method} {path}", "validation"], reader.most)
    return schema


def _readers(route: APIRoute) -> Iterator[Takes]:
    for one in route.dependant.dependencies:
        if isinstance(one.call, Takes):
            yield one.call


def _body(model: dict[str, Any], most: int) -> dict[str, Any]:
    content: dict[str, Any] = {JSON: {"schema": model}}
    if most:
        text = {"type": "string", "contentMediaType": JSON, "contentSchema": model, "description": "JSON"}
        file = {"type": "string", "format": "binary"}
        files = {"type": "array", "items": file, "maxItems": most}
        content[FORM] = {
            "schema": {
                "type": "object", "properties": {DATA: text, FILES: files}, "additionalProperties": False,
            }
        }  # fmt: skip
    return {"required": True, "content": content}
