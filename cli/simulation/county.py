"""The people and units of a simulated county, written as the files an office would bring."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random

import sqlalchemy as sa

from casework.desk import Desk
from casework.staff.parties import import_people, import_units
from cli.simulation.shape import Shape
from flows.edge import Edge
from models.base import table_of
from models.organisation import Person, Unit

OFFICERS = ("P901", "P902", "P903")
REVIEWERS = ("P911", "P912")
VERIFIERS = ("P921", "P922", "P923", "P924")
LINKAGE = "P931"
DIRECTOR, DEPUTY, COUNTY = "L-DIRECTOR", "L-DEPUTY", "L-COUNTY"
POSTS = {"officer": OFFICERS, "reviewer": REVIEWERS, "verifier": VERIFIERS, "linkage": (LINKAGE,)}
INSPECTORS = 60
HOME = "S001"
REACHED = 100  # every hundredth unit keeps its mail addresses
SPECIALTIES = ("营商环境", "政府法务", "法治宣传", "行政执法", "执法监督")
UNIT_HEAD = (
    *("单位编码", "单位名称", "类别", "上级编码", "联络员", "联络员邮箱"),
    *("负责人", "负责人邮箱", "分管领导", "分管领导邮箱"),
)
PEOPLE_HEAD = ("编号", "姓名", "工作单位编码", "曾任单位编码", "专业", "邮箱", "角色")


def unit_codes(shape: Shape) -> list[str]:
    """Return the codes of the units: departments, then townships."""
    departments = shape.units * 3 // 5
    return [f"D{n:03}" for n in range(1, departments + 1)] + [
        f"T{n:03}" for n in range(1, shape.units - departments + 1)
    ]


def settle(edge: Edge, shape: Shape, folder: Path, specialties: tuple[str, ...]) -> None:
    """Bring in units and people."""
    random = Random(shape.seed)
    folder.mkdir(parents=True, exist_ok=True)
    units, people = folder / "units.csv", folder / "people.csv"
    _write(units, UNIT_HEAD, _units(shape))
    _write(people, PEOPLE_HEAD, _people(random, unit_codes(shape), specialties or SPECIALTIES))
    with edge.desk(by="L-SECTION") as desk:
        import_units(desk, units)
        import_people(desk, people)
        _silence_mail(desk, unit_codes(shape)[::REACHED])


def _silence_mail(desk: Desk, reached: list[str]) -> None:
    """Take most addresses away: files are made for what is mailed, and that shall be about 1 %."""
    unit = table_of(Unit)
    nothing = {f"{role}_email": None for role in ("liaison", "head", "leader")}
    link = desk.session.connection()
    link.execute(sa.update(unit).where(unit.c.code.not_in(reached)).values(nothing))
    link.execute(sa.update(table_of(Person)).values(email=None))


def _write(path: Path, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(head)
        writer.writerows(rows)


def _units(shape: Shape) -> list[tuple[str, ...]]:
    """Return the rows of the units."""
    rows: list[tuple[str, ...]] = []
    for code in (*unit_codes(shape), HOME):
        town = code.startswith("T")
        kinds = "乡镇街道" if town else "政府部门、行政执法机关"
        mail = f"{code.lower()}@shilixian.example"
        name = f"示例县{code}{'镇' if town else '局'}"
        head, leader = f"fz.{mail}", f"fg.{mail}"
        rows.append((code, name, kinds, "", "联络员", mail, "负责人", head, "分管领导", leader))
    return rows


def _address(code: str) -> str:
    return f"{code.lower()}@shilixian.example"


def _people(random: Random, units: list[str], specialties: tuple[str, ...]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for n in range(1, INSPECTORS + 1):
        known = "、".join(sorted(random.sample(specialties, k=min(2, len(specialties)))))
        roles = "inspector、leader" if n % 2 else "inspector"
        rows.append(
            (f"P{n:03}", f"督察员{n:03}", random.choice(units), "", known, _address(f"P{n:03}"), roles)
        )
    for role, codes in POSTS.items():
        rows += [
            (code, f"{role}{code[1:]}", HOME, "", specialties[0], _address(code), role) for code in codes
        ]
    return rows
