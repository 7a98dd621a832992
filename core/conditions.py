"""Conditions of the rule files: small expressions over published facts, such as `percent < 50`.

The text is parsed by Python's own `ast`, checked node by node against the short list below, typed against
FACTS, and turned into closures; nothing is ever handed to `eval`. simpleeval, the evaluator first chosen,
walks the tree anew on every call (about 10 microseconds; these closures need under 1); the tests keep the
two equal on random facts.

Allowed: names of FACTS, whole numbers, quoted words, true/false, and or not, == != < <= > >=, in (a, b),
+ - *. Everything else (calls, attributes, indexing, powers, comprehensions) is refused.
"""

from __future__ import annotations

import ast
import difflib
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from core.codes import SEVERITY_LABELS
from core.errors import InvalidInput

Facts: TypeAlias = Mapping[str, object]
Condition: TypeAlias = Callable[[Facts], bool]
Value: TypeAlias = Callable[[Facts], object]

MAX_LENGTH = 300
MAX_DEPTH = 20
MAX_NUMBER = 1_000_000
MAX_WORD = 64


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that conditions may name; `words` lists the values a text fact can have."""

    kind: type
    meaning: str
    words: tuple[str, ...] = ()


FACTS: dict[str, Fact] = {
    "percent": Fact(int, "最近一次报送的整改完成率，0—100；未报送为0"),
    "plan_submitted": Fact(bool, "已报送整改方案（措施）"),
    "extension_granted": Fact(bool, "延期已获批准"),
    "returns": Fact(int, "销号申请被退回的次数"),
    "severity": Fact(str, "问题程度", tuple(SEVERITY_LABELS)),
    "overdue_workdays": Fact(int, "超过到期日的工作日数；未到期为0或负数"),
    "closure_applied": Fact(bool, "已申请销号，正在等待核查"),
}

KIND_LABELS: dict[type, str] = {bool: "是非", int: "整数", str: "文字"}
COMPARISONS: dict[type[ast.cmpop], Callable[..., object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
ARITHMETIC: dict[type[ast.operator], Callable[..., object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
REMEDY = "只使用所列事实、整数、加引号的文字、and/or/not、比较、in 和加减乘；例：percent < 50 and not plan_submitted"


class InvalidCondition(InvalidInput):
    """A condition that cannot be used; `column` counts characters of its text from 1."""

    def __init__(self, what: str, *, column: int = 1, found: str = "", expected: str = "") -> None:
        self.column = column
        super().__init__(what, found=found, expected=expected, remedy=REMEDY)


@dataclass(frozen=True, slots=True)
class _Part:
    """A checked piece of a condition: the kind of its value and how to compute it."""

    kind: type
    run: Value
    words: tuple[str, ...] = ()
    literal: str | None = None


@dataclass(frozen=True, slots=True)
class _Compiler:
    text: str
    constants: Mapping[str, int | str]

    def refuse(self, node: ast.AST, what: str, *, found: str = "", expected: str = "") -> InvalidCondition:
        # ast counts bytes of UTF-8, people count characters.
        offset = int(getattr(node, "col_offset", 0))
        column = len(self.text.encode()[:offset].decode(errors="ignore")) + 1
        return InvalidCondition(what, column=column, found=found, expected=expected)

    def build(self, node: ast.expr, depth: int = 0) -> _Part:
        if depth > MAX_DEPTH:
            raise self.refuse(node, "条件嵌套过深", expected=f"不超过{MAX_DEPTH}层")
        if isinstance(node, ast.Constant):
            return self.constant(node)
        if isinstance(node, ast.Name):
            return self.name(node)
        if isinstance(node, ast.BoolOp):
            return self.junction(node, depth)
        if isinstance(node, ast.UnaryOp):
            return self.unary(node, depth)
        if isinstance(node, ast.BinOp):
            return self.arithmetic(node, depth)
        if isinstance(node, ast.Compare):
            return self.comparison(node, depth)
        raise self.refuse(node, "条件中有不允许的写法", found=ast.unparse(node)[:40])

    def expect(self, node: ast.expr, kind: type, depth: int) -> _Part:
        part = self.build(node, depth + 1)
        if part.kind is not kind:
            raise self.refuse(
                node, "条件中值的类型不对", found=KIND_LABELS[part.kind], expected=KIND_LABELS[kind]
            )
        return part

    def constant(self, node: ast.Constant) -> _Part:
        value = node.value
        if isinstance(value, bool):
            return _Part(bool, lambda _facts: value)
        if isinstance(value, int) and abs(value) <= MAX_NUMBER:
            return _Part(int, lambda _facts: value)
        if isinstance(value, str) and len(value) <= MAX_WORD:
            return _Part(str, lambda _facts: value, literal=value)
        expected = f"绝对值不超过{MAX_NUMBER}的整数，或不超过{MAX_WORD}字的文字"
        raise self.refuse(node, "条件中的常数不能使用", found=repr(value)[:40], expected=expected)

    def name(self, node: ast.Name) -> _Part:
        name = node.id
        if name in ("true", "false"):
            truth = name == "true"
            return _Part(bool, lambda _facts: truth)
        if name in self.constants:
            return self.constant(ast.Constant(self.constants[name]))
        fact = FACTS.get(name)
        if fact is None:
            near = difflib.get_close_matches(name, [*FACTS, *self.constants], 1)
            hint = f"“{near[0]}”或其他" if near else ""
            expected = f"{hint}已公布的事实（{'、'.join([*FACTS, *self.constants])}）"
            raise self.refuse(node, "条件中有未公布的事实", found=name, expected=expected)
        return _Part(fact.kind, lambda facts: facts[name], fact.words)

    def junction(self, node: ast.BoolOp, depth: int) -> _Part:
        runs = tuple(self.expect(value, bool, depth).run for value in node.values)
        if isinstance(node.op, ast.And):
            return _Part(
                bool,
                lambda facts: (
                    all(run(facts) for run in runs)
                    if len(runs) > 2
                    else bool(runs[0](facts) and runs[1](facts))
                ),
            )
        return _Part(
            bool,
            lambda facts: (
                any(run(facts) for run in runs) if len(runs) > 2 else bool(runs[0](facts) or runs[1](facts))
            ),
        )

    def unary(self, node: ast.UnaryOp, depth: int) -> _Part:
        if isinstance(node.op, ast.Not):
            run = self.expect(node.operand, bool, depth).run
            return _Part(bool, lambda facts: not run(facts))
        if isinstance(node.op, ast.USub):
            number = self.expect(node.operand, int, depth).run
            return _Part(int, lambda facts: operator.sub(0, number(facts)))
        raise self.refuse(node, "条件中有不允许的写法", found=ast.unparse(node)[:40])

    def arithmetic(self, node: ast.BinOp, depth: int) -> _Part:
        operation = ARITHMETIC.get(type(node.op))
        if operation is None:
            raise self.refuse(node, "条件中有不允许的运算", found=ast.unparse(node)[:40], expected="+、-、*")
        left, right = self.expect(node.left, int, depth).run, self.expect(node.right, int, depth).run
        return _Part(int, lambda facts: operation(left(facts), right(facts)))

    def comparison(self, node: ast.Compare, depth: int) -> _Part:
        if len(node.ops) != 1:
            raise self.refuse(
                node, "一次只能比较两个值", found=ast.unparse(node)[:40], expected="用 and 连接"
            )
        sign, other = node.ops[0], node.comparators[0]
        left = self.build(node.left, depth + 1)
        if isinstance(sign, (ast.In, ast.NotIn)):
            return self.membership(node, left, other, depth)
        operation = COMPARISONS.get(type(sign))
        if operation is None:
            raise self.refuse(node, "条件中有不允许的比较", found=ast.unparse(node)[:40])
        right = self.expect(other, left.kind, depth)
        if left.kind is not int and not isinstance(sign, (ast.Eq, ast.NotEq)):
            raise self.refuse(node, "只有整数能比大小", found=ast.unparse(node)[:40], expected="== 或 !=")
        self.check_word(other, left, right)
        self.check_word(node.left, right, left)
        first, second = left.run, right.run
        return _Part(bool, lambda facts: operation(first(facts), second(facts)))

    def membership(self, node: ast.Compare, left: _Part, other: ast.expr, depth: int) -> _Part:
        if not isinstance(other, (ast.Tuple, ast.List)) or not other.elts:
            raise self.refuse(other, "in 之后应为括号列出的值", expected='例：severity in ("major", "grave")')
        allowed = []
        for element in other.elts:
            if not isinstance(element, ast.Constant):
                raise self.refuse(element, "in 的括号中只能列固定的值", found=ast.unparse(element)[:40])
            part = self.expect(element, left.kind, depth)
            self.check_word(element, left, part)
            allowed.append(part.run({}))
        values, run = frozenset(allowed), left.run
        if isinstance(node.ops[0], ast.In):
            return _Part(bool, lambda facts: run(facts) in values)
        return _Part(bool, lambda facts: run(facts) not in values)

    def check_word(self, node: ast.expr, fact: _Part, literal: _Part) -> None:
        if fact.words and literal.literal is not None and literal.literal not in fact.words:
            raise self.refuse(
                node, "与该事实可能的值都不相同", found=literal.literal, expected="、".join(fact.words)
            )


def _parse(text: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise InvalidCondition("条件过长", found=f"{len(text)}字", expected=f"不超过{MAX_LENGTH}字")
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError) as error:  # ValueError: a null byte, in older Pythons
        column = int(getattr(error, "offset", None) or 1)
        raise InvalidCondition("条件写法有误", column=column, found=text[:40]) from None


@lru_cache(maxsize=1024)
def compile_condition(text: str, constants: tuple[tuple[str, int | str], ...] = ()) -> Condition:
    """Return the function that tells from a mapping of facts whether the condition holds.

    The mapping must hold every fact the condition names, with the kinds of FACTS.
    constants   parameters of the rule, (name, value); a name may not be that of a fact
    raises   InvalidCondition with the column of the first mistake
    """
    compiler = _Compiler(text, dict(constants))
    body = _parse(text)
    part = compiler.build(body)
    if part.kind is not bool:
        raise compiler.refuse(body, "条件的结果应为是或否", found=KIND_LABELS[part.kind], expected="是非")
    run = part.run
    return lambda facts: bool(run(facts))
