"""One office (督察单位): its names, seals and number codes on each line, leaders, authorisations and choices."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated

from pydantic import BeforeValidator, Field

from core.codes import Line
from core.mail.hours import SendingHours
from core.rulebook.fields import Clock, Count, Day, Positive, RuleModel, Text, Word, with_codes, within
from core.rulebook.roles import LeaderRole

Email = Annotated[str, Field(pattern=r"^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")]
Domain = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]


class Series(RuleModel):
    """A number series (文号系列): its code stands before 〔2026〕1号."""

    code: Word
    code_text: Text
    """机关代字，如 示法督"""
    name: Text
    """用于哪些文书"""


class LineProfile(RuleModel):
    """Who the office is on one line."""

    issuer: Text
    """发文机关"""
    seal_name: Text
    """印章名称"""
    basis_note: Text
    government: Text | None = None
    """本级政府全称；由政府决定的文书（decided_by: government）以其名义发出"""
    notice: Word | None = None
    """督察方案没有写明时，用哪种文书反馈问题、通知整改；本线只有一种的可不写"""
    series: Annotated[dict[str, Series], BeforeValidator(with_codes), Field(min_length=1)]


class Leader(RuleModel):
    """A post that signs; the file names posts, not persons."""

    code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]*$")]
    name: Text
    """岗位名称"""
    role: LeaderRole
    title: Text
    """职务全称"""
    email: Email | None = None


class Authorisation(RuleModel):
    """A leader's standing authorisation: rungs marked `authorised` of this kind go out without a signature each."""

    kind: Word
    campaign: Text
    """督察批次编号；* 为全部批次"""
    by: Text
    from_on: Day
    until_on: Day
    reason: Text

    def covers(self, kind: str, campaign: str, on: date) -> bool:
        """Tell whether a document kind of a campaign is authorised on a day."""
        named = self.kind == kind and self.campaign in ("*", campaign)
        return named and within(on, self.from_on, self.until_on)


class MailHours(RuleModel):
    """When mail goes out, Asia/Shanghai; a code that somebody waits for goes at once."""

    opens: Clock
    """几点起"""
    closes: Clock
    """几点止"""
    days_off: bool = False
    """休息日是否也发"""


class Mail(RuleModel):
    """Where and when mail may go: work secrets only to these domains."""

    allowed_domains: Annotated[tuple[Domain, ...], Field(min_length=1)]
    reply_to: Email
    hours: MailHours | None = None
    """发信时段；不写的，随时发出"""
    digest_above: Positive | None = None
    """同一收件人一日超过几封时，余下的合并为一封（每份文书仍单独留证）；不写的，不合并"""
    daily_limit: Positive | None = None
    """一日最多发出几封，余下的次日再发；不写的，不限"""

    @property
    def sending_hours(self) -> SendingHours | None:
        """The hours as they are counted with; None for any time."""
        if self.hours is None:
            return None
        opens, closes = time.fromisoformat(self.hours.opens), time.fromisoformat(self.hours.closes)
        return SendingHours(opens, closes, self.hours.days_off)


class Contacts(RuleModel):
    """How a unit reaches the office; printed on documents."""

    name: Text
    phone: Text
    address: Text
    postcode: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    linkage: Text | None = None
    """贯通联动联络员的人员编号或岗位编码；不印在文书上。不写的，会商任务由有联动职责的人员领取"""


class Choices(RuleModel):
    """Which shipped rules the office uses, and its own limits."""

    ladder: Word
    linkage: Word
    leads: Word | None = None
    """线索来源和期限 leads/<名称>.yaml；只有一份的可不写"""
    overlay: Word | None = None
    """本地调整 overlays/<名称>.yaml；不写的用通用规则"""
    archives: Word | None = None
    """归档范围和保管期限表；只有一份的可不写"""
    litigation: Word | None = None
    """败诉风险预警 litigation/<名称>.yaml；只有一份的可不写"""
    campaigns: Word | None = None
    """督察方式文件；只有一份的可不写"""
    acknowledge_workdays: Positive
    """送达后多少工作日未签收的，列入电话或当面送达清单"""
    team_reminder_workdays: tuple[Count, ...]
    """进驻前提醒督察组的工作日"""
    self_report_workdays: Positive
    """督察通知签发后多少工作日内报送自查报告"""
    scoring: Word | None = None
    """评价计分规则 scoring/<名称>.yaml；不写的用仅有的一个"""
    local_calendars: tuple[Word, ...] = ()
    """地方节假日，依次叠加在全国年表之上，后写的优先"""


class Office(RuleModel):
    """An office with its two lines; the code is the name of its file."""

    code: Word
    name: Text
    region: Text
    lines: Annotated[dict[Line, LineProfile], Field(min_length=1)]
    leaders: Annotated[dict[str, Leader], BeforeValidator(with_codes), Field(min_length=1)]
    receivers: dict[str, Text] = Field(default_factory=dict)
    """受移送机关在本地的全称，键同贯通联动规则"""
    authorisations: tuple[Authorisation, ...] = ()
    mail: Mail
    contacts: Contacts
    choices: Choices

    def leader_for(self, role: LeaderRole) -> Leader | None:
        """Return the lowest post that may sign what a role signs."""
        able = [one for one in self.leaders.values() if one.role.may_sign(role)]
        return min(able, key=lambda one: one.role.rank, default=None)

    def authorisation(self, kind: str, campaign: str, on: date) -> Authorisation | None:
        """Return the standing authorisation that lets a document kind of a campaign go on a day."""
        return next((one for one in self.authorisations if one.covers(kind, campaign, on)), None)
