"""The file plan (归档范围和保管期限表): what is archived, in which class, for how long, and who agreed to it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from core.rulebook.fields import Day, Marked, Positive, RuleModel, Text, Texts, Word, with_codes

Retention = Literal["permanent", "years_30", "years_10"]
RETENTION_LABELS: dict[str, str] = {"permanent": "永久", "years_30": "30年", "years_10": "10年"}
RETENTION_CODES: dict[str, str] = {"permanent": "Y", "years_30": "D30", "years_10": "D10"}


class ArchiveClass(RuleModel):
    """One line of the table: what it covers and how long it is kept."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"retention"})

    code: Word
    name: Text
    """归档内容"""
    retention: Retention
    """保管期限：permanent 永久，years_30 三十年，years_10 十年"""
    subjects: tuple[Literal["case", "campaign", "matter", "lead", "referral"], ...] = ()
    """整卷适用：case 整改事项，campaign 督察批次，matter 行政争议，lead 线索，referral 移送"""
    documents: tuple[Word, ...] = ()
    """单份适用的文书种类；一卷之内从长保管"""


class Approval(RuleModel):
    """The agreement of the archive authority, without which nothing gets an archive number."""

    by: Text
    """审核同意的档案主管部门"""
    document: Text
    """同意文件"""
    on: Day


class ArchiveRules(Marked):
    """The file plan of an office; the key is the name of its file."""

    SETTABLE: ClassVar[frozenset[str]] = frozenset({"transfer_years", "fonds"})

    key: str = ""
    name: Text
    version: Text
    basis_note: Text
    fonds: Text | None = None
    """全宗号；由同级综合档案馆给定"""
    approval: Approval | None = None
    """同级档案主管部门的审核同意；没有的只能装卷，不能编号归档"""
    transfer_years: Positive
    """形成之日起多少年向综合档案馆移交：县级10年，省级、市级20年"""
    classes: Annotated[dict[str, ArchiveClass], BeforeValidator(with_codes), Field(min_length=1)]
    note: Texts = ()

    def class_for(self, subject: str, kinds: frozenset[str]) -> ArchiveClass | None:
        """Return the line that keeps a file longest, of those for its subject and for the documents in it."""
        able = [one for one in self.classes.values() if subject in one.subjects or kinds & set(one.documents)]
        own = [one for one in able if subject in one.subjects]
        longest = min((LONGEST_FIRST.index(one.retention) for one in able), default=None)
        if longest is None or not own:
            return None
        kept = LONGEST_FIRST[longest]
        return own[0] if own[0].retention == kept else own[0].model_copy(update={"retention": kept})


LONGEST_FIRST: tuple[Retention, ...] = ("permanent", "years_30", "years_10")
