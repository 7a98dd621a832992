"""Random draws (随机抽查) that anybody can do again with the seed: no generator, only SHA-256 and sorting.

Each code of the population gets the SHA-256 of `seed`, a line feed and the code; the codes with the smallest hashes
are drawn. `printf '种子\\nD001' | sha256sum` gives the same hash in any shell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from core.errors import InvalidInput


def draw(population: Iterable[str], size: int, seed: str) -> tuple[str, ...]:
    """Return the drawn codes, in the order in which they were drawn.

    raises   InvalidInput when the seed is empty, the size is not possible, or a code occurs twice
    """
    codes = list(population)
    twice = sorted({code for code in codes if codes.count(code) > 1}) if len(set(codes)) < len(codes) else []
    if twice:
        raise InvalidInput(
            "抽取范围有重复", found="、".join(twice[:5]), expected="各不相同", remedy="检查抽取范围"
        )
    if not seed.strip():
        raise InvalidInput(
            "没有随机种子", found="空", expected="一段文字或数字", remedy="加上 --seed，或由系统生成"
        )
    if not 1 <= size <= len(codes):
        raise InvalidInput(
            "抽取数量不对",
            found=f"{size}，抽取范围{len(codes)}个",
            expected=f"1至{len(codes)}" if codes else "抽取范围不为空",
            remedy="修改 --size，或放宽抽取范围",
        )
    return tuple(sorted(codes, key=lambda code: (lot(seed, code), code))[:size])


def lot(seed: str, code: str) -> str:
    """Return the lot of a code: a SHA-256 in hexadecimal digits."""
    return hashlib.sha256(f"{seed}\n{code}".encode()).hexdigest()


def population_hash(population: Iterable[str]) -> str:
    """Return the SHA-256 of a population, one code a line in the order of the codes."""
    return hashlib.sha256("".join(f"{code}\n" for code in sorted(population)).encode()).hexdigest()
