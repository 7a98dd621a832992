"""How long a file is kept, when it goes to the archive, and its number."""

from __future__ import annotations

from datetime import date

from core.rulebook.archives import RETENTION_CODES, Retention

YEARS: dict[str, int] = {"years_30": 30, "years_10": 10}


def kept_until(retention: Retention, year: int) -> date | None:
    """Return the last day a file of a year must be kept; None for ever.

    A term counts from the 1st of January after the year of the file.
    source   国家档案局令第8号 第六条: 永久、定期（30年、10年）
    """
    years = YEARS.get(retention)
    return date(year + years, 12, 31) if years else None


def transfer_due(year: int, years: int) -> date:
    """Return the last day of the year in which a file goes to the archive.

    source   档案法实施条例 第二十条: 县级10年，省级、市级20年
    """
    return date(year + years, 12, 31)


def write_archive_no(fonds: str, year: int, retention: Retention, class_code: str, piece: int) -> str:
    """Return the archive number 全宗号-年度-类别-保管期限-件号, such as 0123-2026-DC-D30-0007.

    source   DA/T 22-2015: unique in the fonds, the piece with four digits
    """
    return f"{fonds}-{year}-{class_code}-{RETENTION_CODES[retention]}-{piece:04d}"
