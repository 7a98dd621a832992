"""What the docstring under a field says, read from the source when somebody asks.

Pydantic would read it for every model on every start; only the editor's schemas and the manual need it.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import lru_cache

from pydantic import BaseModel


@lru_cache(maxsize=256)
def field_docs(model: type[BaseModel]) -> dict[str, str]:
    """Return {field: its docstring} of a model, those of the models it inherits from included."""
    docs: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base is not BaseModel:
            docs |= _own_docs(base)
    return {name: text for name, text in docs.items() if name in model.model_fields}


@lru_cache(maxsize=256)
def _own_docs(model: type[BaseModel]) -> dict[str, str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    assert isinstance(tree, ast.ClassDef)
    docs: dict[str, str] = {}
    for field, after in zip(tree.body, tree.body[1:], strict=False):
        named = isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        said = after.value if isinstance(after, ast.Expr) else None
        if named and isinstance(said, ast.Constant) and isinstance(said.value, str):
            assert isinstance(field, ast.AnnAssign)
            assert isinstance(field.target, ast.Name)
            docs[field.target.id] = inspect.cleandoc(said.value)
    return docs
