"""The figures that four offices published, each with the text it stands in and the number of ours that gives it.

The texts are the yearly reports of the judicial bureaus of 伊春 (2023), 黄石 (2023) and 常山 (2022), and an article of
鹤岗 (2023). 份, 条, 人, 件 and 个 are those of the texts; one letter to three departments is one 份 for each here, for
each department receives its own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """One figure: the number of the text (素材编号), place and year, the words, the value, and our indicator."""

    seed: int
    place: str
    year: int
    words: str
    value: int
    unit: str
    indicator: str
    campaign: str = ""


FIGURES = (
    Published(1, "伊春", 2023, "入库督察员60人", 60, "人", "people.pool"),
    Published(1, "伊春", 2023, "设立行政执法监督联系点12个", 12, "个", "points.kept"),
    Published(1, "伊春", 2023, "专项监督行动共发现问题37个", 37, "个", "findings.confirmed", "2023-ZX-01"),
    Published(1, "伊春", 2023, "约谈行政执法部门负责人9人", 9, "人", "interviews.role.head"),
    Published(1, "伊春", 2023, "约谈行政执法人员31人", 31, "人", "interviews.role.enforcer"),
    Published(
        1, "伊春", 2023, "下发行政执法监督整改通知书6份", 6, "份", "documents.rectification_notice.signed"
    ),
    Published(
        1, "伊春", 2023, "行政执法监督案件转办函11份", 11, "份", "documents.case_transfer_letter.signed"
    ),
    Published(1, "伊春", 2023, "办结省司法厅转办案件7件", 7, "件", "superior.done"),
    Published(1, "伊春", 2023, "查处省司法厅实地督查线索4个", 4, "件", "superior.checked"),
    Published(1, "伊春", 2023, "“驻在式”监督发现执法问题41项", 41, "个", "findings.confirmed", "2023-ZZ-01"),
    Published(1, "伊春", 2023, "对三个市直部门开展“驻在式”监督", 3, "家", "units.stationed"),
    Published(1, "伊春", 2023, "向市委巡察办移交问题34项", 34, "件", "referrals.receiver.inspection"),
    Published(
        1, "伊春", 2023, "下发《行政执法监督意见书》（三个部门）", 3, "份", "documents.opinion_letter.signed"
    ),
    Published(1, "伊春", 2023, "提出执法监督意见12条", 12, "条", "documents.opinions"),
    Published(4, "黄石", 2023, "办结行政执法监督案件111件", 111, "件", "enforcement.settled"),
    Published(4, "黄石", 2023, "解决问题158个", 158, "个", "enforcement.solved"),
    Published(4, "黄石", 2023, "运用《建议书》94份", 94, "份", "documents.suggestion_letter.signed"),
    Published(4, "黄石", 2023, "《决定书》5份", 5, "份", "documents.decision.signed"),
    Published(4, "黄石", 2023, "《问题线索移送函》21份", 21, "份", "documents.referral_letter.signed"),
    Published(4, "黄石", 2023, "66人受到组织处理", 66, "人", "referrals.organisational"),
    Published(2, "常山", 2022, "共核查违法线索56条", 56, "条", "leads.checked"),
    Published(
        2, "常山", 2022, "制发《行政执法监督通知书》24份", 24, "份", "documents.supervision_notice.signed"
    ),
    Published(3, "鹤岗", 2023, "共排查整改问题27个", 27, "个", "cases.rectified"),
)
