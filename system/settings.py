"""Settings of this process: environment over `ducha.toml` over defaults, each with its source."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from core.errors import InvalidInput
from system.paths import RULES_DIR
from system.secretfiles import read_secret

PREFIX = "DUCHA_"
FILE_NAME = "ducha.toml"


class Settings(BaseModel):
    """Every setting; the environment variable is the upper-case name after `DUCHA_`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: str = Field("sqlite:///var/ducha.db", description="数据库地址")
    files: Path = Field(Path("var/files"), description="佐证材料存放文件夹（按内容校验值存放）")
    rules: Path = Field(RULES_DIR, description="规则文件夹")
    office: str | None = Field(None, description="本单位编码；规则中只有一个单位时可不填")
    actor: str | None = Field(None, description="当前操作人（人员编号、岗位编码或 单位:liaison）")
    smtp_url: SecretStr | None = Field(None, description="smtp[s]://用户:口令@主机:端口?starttls=1")
    smtp_url_file: Path | None = Field(
        None, description="存放邮件服务器地址和口令的文件（0600），代替 smtp_url"
    )
    database_url_file: Path | None = Field(
        None, description="存放数据库地址和口令的文件（0600），代替 database_url"
    )
    inbox_url: SecretStr | None = Field(
        None,
        description="收信邮箱：imap[s]://用户:口令@主机:端口/文件夹?starttls=1；退信和来信由此读取，不会被清空",
    )
    inbox_url_file: Path | None = Field(
        None, description="存放收信邮箱地址和口令的文件（0600），代替 inbox_url"
    )
    inbox_maildir: Path | None = Field(None, description="本机邮件服务器投递的 Maildir 文件夹，代替收信邮箱")
    inbox_megabytes: int = Field(30, ge=1, le=200, description="超过这么多兆字节的来信只登记，不读取内容")
    inbox_days: int = Field(60, ge=7, le=3650, description="首次读取收信邮箱时，读取最近几天的邮件")
    chat_file: Path | None = Field(
        None, description="存放工作群机器人地址的文件（0600），每行一个：dingtalk://、wecombot://、feishu://"
    )
    mail_from: str | None = Field(None, description="发件人地址")
    fonts: Path | None = Field(None, description="本单位字体文件夹（方正小标宋、仿宋_GB2312 等）")
    letterheads: Path | None = Field(
        None,
        description="本单位信笺模板文件夹（notice.docx、letter.docx、form.docx，用 WPS 修改）；缺的用自带的",
    )
    batch: int = Field(500, ge=1, le=10_000, description="每个事务处理的整改事项数")
    shards: int = Field(
        1, ge=1, le=8, description="到期巡检把单位分成几份，由几个进程同时办理；只用于 PostgreSQL"
    )
    senders: int = Field(1, ge=1, le=16, description="由几个进程同时发送邮件；只用于 PostgreSQL")
    lease_seconds: float = Field(
        60.0, ge=2, le=3600, description="一台机器停顿多少秒后，别的机器可以接手它的工作"
    )
    smtp_timeout: float = Field(30.0, gt=0, description="邮件服务器应答时限（秒）")
    smtp_data_timeout: float = Field(600.0, gt=0, description="正文发出后等待邮件服务器应答的时限（秒）")
    smtp_connections: int = Field(2, ge=1, le=32, description="同时与邮件服务器保持几个连接")
    smtp_per_minute: int = Field(
        0, ge=0, le=100_000, description="发信账号每分钟最多几封；0为不限，被要求放慢时自动降速"
    )
    smtp_domain_per_minute: int = Field(
        0, ge=0, le=100_000, description="每个收件域名每分钟最多几封；0为不限，被要求放慢时自动降速"
    )
    mail_journal: Path | None = Field(
        None, description="邮件日志文件夹，最好在另一块磁盘；留空则在佐证材料文件夹旁边"
    )
    relay_log: Path | None = Field(
        None, description="本机邮件中继（Postfix）的日志文件，用来核对结果不明的邮件"
    )
    alarm_to: str | None = Field(None, description="值守检查的结果发给谁，几个地址用顿号隔开")
    pulse_file: Path = Field(Path("var/pulse.json"), description="记下值守检查上次发了什么的文件")
    watermark: str | None = Field(None, description="在印章位置印出的示例字样；正式使用时留空")
    port: int = Field(8460, ge=1, le=65535, description="页面端口（只在本机）")
    address: str = Field("http://127.0.0.1:8460", description="浏览器访问本系统的地址；邮件中的链接由此写出")
    proxy: str | None = Field(
        None, description="反向代理的 IP 地址；来访地址和 HTTPS 由它转告，其他来源转告的不采信"
    )
    key_file: Path = Field(Path("var/ducha.key"), description="密钥文件（0600），加密保存第二因素")
    password_length: int = Field(10, ge=8, le=64, description="密码最少位数")
    password_classes: int = Field(3, ge=1, le=4, description="密码至少含几类字符（大写、小写、数字、符号）")
    password_days: int = Field(90, ge=0, le=3650, description="密码使用天数，期满须更换；0为不限")
    password_kept: int = Field(5, ge=1, le=24, description="新密码不得与最近几次相同")
    lock_attempts: int = Field(5, ge=3, le=20, description="连续输错几次后锁定")
    lock_minutes: int = Field(10, ge=1, le=1440, description="锁定分钟数，再次锁定时加倍")
    idle_minutes: int = Field(30, ge=5, le=480, description="无操作多少分钟后退出")
    session_hours: int = Field(12, ge=1, le=24, description="登录后最长使用小时数")
    elevated_minutes: int = Field(5, ge=1, le=30, description="签发前验证密码后的有效分钟数")
    portal_link_days: int = Field(
        30, ge=1, le=365, description="邮件中的门户链接在文书所印最后期限之后还可用几天"
    )
    second_factor: Literal["none", "admins", "all"] = Field("admins", description="哪些账号须用动态验证码")
    api_per_minute: int = Field(600, ge=10, le=100_000, description="每个账号每分钟最多调用接口次数")
    sign_at_once: int = Field(10, ge=1, le=100, description="一次签发超过这么多份的，转为后台办理并显示进度")
    oidc_issuer: str | None = Field(None, description="统一身份认证的地址（issuer）；不用的留空")
    oidc_client_id: str | None = Field(None, description="本系统在统一身份认证登记的标识")
    oidc_secret_file: Path | None = Field(None, description="存放统一身份认证口令的文件（0600）")
    oidc_name: str = Field("统一身份认证", description="登录页按钮上的名称")

    @property
    def journal_folder(self) -> Path:
        """Where the mail journal of this machine lies."""
        return self.mail_journal or self.files.parent / "mail-journal"

    @property
    def is_https(self) -> bool:
        """Tell whether browsers come by TLS, so that cookies are bound to it."""
        return self.address.startswith("https://")

    @property
    def has_provider(self) -> bool:
        """Tell whether the organisation's identity provider is set."""
        return bool(self.oidc_issuer and self.oidc_client_id)

    @property
    def public_address(self) -> str:
        """The address for links in mails, without a slash at its end; empty while nobody has set it."""
        return self.address.rstrip("/") if "address" in self.model_fields_set else ""


@dataclass(frozen=True, slots=True)
class SettingSource:
    """A setting as shown to a person: secrets are masked."""

    name: str
    variable: str
    value: str
    source: str
    description: str


def load_settings(folder: Path | None = None) -> Settings:
    """Read the settings; raise InvalidInput naming the variable or the key of the file that is wrong."""
    values, origin = _collect(folder or Path.cwd())
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise InvalidInput(
            "设置不正确",
            found=f"{origin.get(name, name)}={values.get(name)!r}",
            expected=first["msg"],
            remedy=f"修改 {PREFIX}{name.upper()} 或 {FILE_NAME}",
        ) from error


def describe_settings(folder: Path | None = None) -> list[SettingSource]:
    """Return each setting with its value and where it comes from, in the order of the class."""
    _values, origin = _collect(folder or Path.cwd())
    settings = load_settings(folder)
    rows = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        shown = "" if value is None else ("******" if isinstance(value, SecretStr) else _masked(str(value)))
        rows.append(
            SettingSource(
                name, PREFIX + name.upper(), shown, origin.get(name, "默认值"), field.description or ""
            )
        )
    return rows


def _masked(value: str) -> str:
    """Hide a password inside an address such as a database URL."""
    head, at, tail = value.rpartition("@")
    if not at or "://" not in head or ":" not in head.split("://", 1)[1]:
        return value
    scheme, rest = head.split("://", 1)
    return f"{scheme}://{rest.split(':', 1)[0]}:******@{tail}"


def _collect(folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    values: dict[str, Any] = {}
    origin: dict[str, str] = {}
    path = folder / FILE_NAME
    if path.is_file():
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InvalidInput(
                "设置文件不是合格的 TOML",
                found=f"{path}：{error}",
                expected="UTF-8 的 TOML：名称 = 值",
                remedy="改正该行",
            ) from error
        for name, value in table.items():
            values[name] = value
            origin[name] = FILE_NAME
    for name in Settings.model_fields:
        variable = PREFIX + name.upper()
        if os.environ.get(variable):
            values[name] = os.environ[variable]
            origin[name] = variable
    _read_files(values, origin)
    return values, origin


def _read_files(values: dict[str, Any], origin: dict[str, str]) -> None:
    """Take secrets from the files that are named for them; a file wins over an address that was written out."""
    for name in ("database_url", "smtp_url", "inbox_url"):
        path = values.get(f"{name}_file")
        if isinstance(path, str) and path:
            values[name] = read_secret(Path(path))
            origin[name] = f"文件 {path}"
