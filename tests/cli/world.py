"""A tiny county in files, and the hands of people who fill in workbooks and put seals on paper."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlmodel import col, select

from casework.desk import Desk, at_desk
from casework.inspection.campaigns import find_campaign
from casework.inspection.checklists import checklist_name, make_checklist
from casework.inspection.visits import team_of
from casework.paperwork.documents import find_document
from casework.paperwork.replies import _meta, _rows
from casework.staff.people import split
from delivery.sheets.answer import AnswerProblem, write_answer
from delivery.sink import MailSink, Taken
from models.campaign import Visit
from models.database import make_engine, sqlite_module
from models.organisation import Unit
from system.clock import now, on_day
from system.paths import RULES_DIR
from system.settings import Settings
from tests.cli.ducha import Ducha

CODE = "2026-ZH-01"
DIRECTOR, COUNTY, OFFICER, VERIFIER, REVIEWER = "L-DIRECTOR", "L-COUNTY", "O01", "V01", "R01"

UNITS = """单位编码,单位名称,类别,上级编码,联络员,联络员邮箱,负责人,负责人邮箱,分管领导,分管领导邮箱
D001,示例县农业农村局,政府部门、行政执法机关,,联络员,d001@shilixian.example,负责人,h001@shilixian.example,,
D002,示例县水利局,政府部门,,联络员,d002@shilixian.example,,,,
D003,示例县司法局,政府部门、司法局,,联络员,d003@shilixian.example,,,,
"""
PEOPLE = """编号,姓名,工作单位编码,曾任单位编码,专业,邮箱,角色
P01,督察员01,D003,,法治宣传、执法监督,p01@shilixian.example,inspector、leader
P02,督察员02,D003,,行政复议,p02@shilixian.example,inspector
P03,督察员03,D003,,法治宣传,p03@shilixian.example,inspector、leader
P04,督察员04,D002,D001,政府法务,p04@shilixian.example,inspector
O01,经办人01,D003,,,o01@shilixian.example,officer、linkage
V01,核查员01,D003,,执法监督,v01@shilixian.example,verifier
V02,核查员02,D003,,执法监督,v02@shilixian.example,verifier
R01,复核员01,D003,,行政复议,r01@shilixian.example,reviewer
"""
PLAN = """code: "2026-ZH-01"
title: 2026年度县直单位法治督察
kind: comprehensive
line: party
catalogs: [{key: fazhi-ducha-46, items: [E, F]}]
period: {from: 2026-03-02, to: 2026-03-13}
units: [D001, D002]
team: {size: 2, leader: leader, recuse: {former_years: 5}, seed: 20260302}
notice: {document: feedback_notice, sign_by: director}
joint_with: null
"""
LEDGER_HEADERS = (
    "序号,问题编号,督察批次,被督察单位,问题类别,问题描述,法规依据,整改目标,整改措施,整改类型,牵头领导,责任单位,"
    "协同单位,责任人,整改时限,当前进展,完成情况,佐证材料,验收单位/人,验收意见,销号状态/日期,延期次数,灯色,关联文书,备注"
)
SEALED = b"%PDF-1.7\n% a scan with a seal\n%%EOF\n"
SEVERITIES = ("一般", "较重", "严重")

Row = dict[str, str | date]
EditRow = Callable[[str, int, Row], Row]


def write_files(folder: Path) -> None:
    """Put the files of the county into a folder."""
    texts = {"units.csv": UNITS, "people.csv": PEOPLE, "plan.yaml": PLAN}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name in ("approved.pdf", "signed.pdf", "sealed.pdf", "proof.pdf", "minutes.pdf"):
        (folder / name).write_bytes(SEALED + name.encode())


def copy_database(source: Path, target: Path) -> None:
    """Copy a database with everything that is committed, whoever has it open."""
    driver = sqlite_module()
    old, new = driver.connect(source), driver.connect(target)
    old.backup(new)
    new.close()
    old.close()


@contextmanager
def reading_desk(ducha: Ducha) -> Iterator[Desk]:
    """Open a desk that only reads: for filling in what people fill in by hand."""
    engine = make_engine(f"sqlite:///{ducha.database}")
    settings = Settings(rules=RULES_DIR, files=ducha.folder / "files")
    instant = on_day(ducha.day, now())
    try:
        with at_desk(engine, settings, by=None, today=ducha.day, now=instant, readonly=True) as desk:
            yield desk
    finally:
        engine.dispose()


def fill_checklists(ducha: Ducha, folder: Path, edit: EditRow | None = None) -> list[Path]:
    """Fill the checklist of every visit: items 2, 4 and 6 fail, minor, major and grave; D001 contests the last."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    with reading_desk(ducha) as desk:
        campaign = find_campaign(desk, CODE)
        query = select(Visit).where(col(Visit.campaign_id) == campaign.id).order_by(col(Visit.unit_id))
        for visit in desk.session.exec(query):
            unit = desk.session.get_one(Unit, visit.unit_id)
            rows = [_fill_row(place, item, unit.code, visit, team_of(desk, visit)[0].code)
                    for place, item in enumerate(split(visit.items))]  # fmt: skip
            if edit is not None:
                rows = [edit(unit.code, place, row) for place, row in enumerate(rows)]
            paths.append(folder / checklist_name(campaign, unit))
            paths[-1].write_bytes(make_checklist(desk, campaign, visit, unit, rows))
    return paths


def _fill_row(place: int, item: str, unit: str, visit: Visit, inspector: str) -> Row:
    row: Row = {"编号": item, "结果": "合格", "检查日期": visit.from_on, "检查人": inspector}
    if place not in (1, 3, 5):
        return row
    contested = place == 5 and unit == "D001"
    return row | {
        "结果": "不合格",
        "问题描述": f"抽查发现{item}存在不规范问题",
        "事实与证据": "案卷12件中4件不符合要求",
        "程度": SEVERITIES[place // 2],
        "单位意见": "异议" if contested else "确认",
        "意见说明": "事实不清" if contested else "",
    }


def fill_answer(ducha: Ducha, document: int, path: Path, filled: dict[str, Row]) -> Path:
    """Fill the answer workbook of a notice: per case the cells by header."""
    with reading_desk(ducha) as desk:
        row = find_document(desk, document)
        pairs = _rows(desk, row)
        problems = [AnswerProblem(f.code, f.problem, c.due_on or ducha.day) for c, f in pairs]
        meta = _meta(desk, row, pairs)
        path.write_bytes(write_answer(meta, problems, made_on=row.signed_on or ducha.day, filled=filled))
    return path


def mails_of(sink: MailSink, message_id: str) -> list[Taken]:
    """Return what the mail server took under one Message-ID."""
    return [taken for taken in sink.journal if taken.message_id == message_id]


def fingerprint(ducha: Ducha) -> str:
    """Return a hash over every row of the database and the name of every kept file."""
    digest = hashlib.sha256()
    connection = sqlite_module().connect(ducha.database)
    try:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).fetchall()
        for (table,) in tables:
            rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
            digest.update(f"{table}{sorted(map(repr, rows))}".encode())
    finally:
        connection.close()
    for path in sorted((ducha.folder / "files").rglob("*")):
        digest.update(str(path.relative_to(ducha.folder)).encode())
    return digest.hexdigest()
