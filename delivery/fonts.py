"""Which fonts print: the office's own first, then what the machine has, last the font of a package.

Official documents use commercial fonts (方正小标宋, 仿宋_GB2312, 楷体_GB2312) that cannot be shipped; a stand-in prints
a readable document and is named in `missing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

import typst

from core.errors import WorldFailed
from system.paths import TEMPLATES_DIR

ROLES = ("小标宋", "仿宋", "楷体", "黑体", "宋体")

# For each role: the fonts an office would use, then free stand-ins, best first.
OFFICIAL: Mapping[str, tuple[str, ...]] = {
    "小标宋": ("方正小标宋_GBK", "方正小标宋简体", "FZXiaoBiaoSong-B05", "FZXiaoBiaoSong-B05S", "小标宋"),
    "仿宋": (
        "仿宋_GB2312",
        "FangSong_GB2312",
        "FangSong",
        "仿宋",
        "方正仿宋_GBK",
        "FZFangSong-Z02",
        "STFangsong",
    ),
    "楷体": ("楷体_GB2312", "KaiTi_GB2312", "KaiTi", "楷体", "方正楷体_GBK", "FZKai-Z03", "STKaiti"),
    "黑体": ("SimHei", "黑体", "方正黑体_GBK", "FZHei-B01", "STHeiti"),
    "宋体": ("SimSun", "宋体", "NSimSun", "方正书宋_GBK", "FZShuSong-Z01", "STSong"),
}
STAND_INS: Mapping[str, tuple[str, ...]] = {
    "小标宋": ("Noto Serif CJK SC", "Source Han Serif SC", "FandolSong", "LXGW WenKai"),
    "仿宋": ("FandolFang R", "FandolFang", "LXGW WenKai", "Noto Serif CJK SC", "Source Han Serif SC"),
    "楷体": ("LXGW WenKai", "FandolKai", "AR PL KaitiM GB", "Noto Serif CJK SC"),
    "黑体": ("Noto Sans CJK SC", "Source Han Sans SC", "FandolHei"),
    "宋体": ("Noto Serif CJK SC", "Source Han Serif SC", "FandolSong", "LXGW WenKai"),
}
LAST = ("LXGW WenKai", "Noto Serif CJK SC", "Noto Sans CJK SC")
"""Ends every chain: carries the rare characters of names that the fonts before it lack."""


@dataclass(frozen=True)
class Fonts:
    """The fonts of this machine: `family` gives the chain of each of the five roles, `missing` the warnings."""

    family: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...]
    folders: tuple[Path, ...]
    system: bool = True

    @staticmethod
    def find(fonts_dir: Path | None, *, system: bool = True) -> Fonts:
        """Return the fonts to print with; scanning costs a third of a second, so the answer is kept per process.

        system: False leaves out the machine's own fonts, so that only `fonts_dir` and the package count.
        raises: WorldFailed when not one Chinese font is found.
        """
        return _find(fonts_dir, system)

    @cached_property
    def compiler(self) -> typst.Compiler:
        """The one Typst compiler that works with these fonts; it reads nothing outside templates/layouts."""
        found = _scan(self.folders, self.system)
        return typst.Compiler(root=str(TEMPLATES_DIR / "layouts"), font_paths=found, ignore_system_fonts=True)


@lru_cache(maxsize=8)
def _find(fonts_dir: Path | None, system: bool) -> Fonts:
    packaged = Path(str(resources.files("noto_cjk_sans_otc")))
    folders = tuple(folder for folder in (fonts_dir, packaged) if folder is not None and folder.is_dir())
    names = set(_scan(folders, system).families())
    family = {role: _chain(role, names) for role in ROLES}
    if not all(family.values()):
        raise WorldFailed(
            "没有找到任何中文字体",
            found="、".join(role for role, chain in family.items() if not chain),
            expected="至少一种中文字体",
            remedy="设置字体目录 fonts.dir，或安装 fonts-noto-cjk 后重试",
        )
    missing = [warning for role in ROLES if (warning := _warn(role, family[role]))]
    if fonts_dir is not None and not fonts_dir.is_dir():
        missing.insert(0, f"字体目录不存在：{fonts_dir}")
    return Fonts(MappingProxyType(family), tuple(missing), folders, system)


@lru_cache(maxsize=8)
def _scan(folders: tuple[Path, ...], system: bool) -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=system,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders],
    )


def _chain(role: str, names: set[str]) -> tuple[str, ...]:
    wanted = (*OFFICIAL[role], *STAND_INS[role], *LAST)
    return tuple(dict.fromkeys(name for name in wanted if name in names))


def _warn(role: str, chain: tuple[str, ...]) -> str:
    if chain[0] in OFFICIAL[role]:
        return ""
    return f"未找到{role}字体（如{OFFICIAL[role][0]}），暂以{chain[0]}代替；请将本单位字体放入字体目录"
