"""The second factor (TOTP): its seed is kept encrypted, and a code serves once."""

from __future__ import annotations

from pathlib import Path

import pyotp
from cryptography.fernet import Fernet, InvalidToken

from casework.accounts.installationkey import installation_bytes
from casework.desk import Desk
from casework.turns import hold_row
from core.errors import InvalidInput, Refused
from models.account import Account

STEP = 30  # seconds
AROUND = 1  # a code of the step before or after is taken too: clocks of telephones are not exact
ISSUER = "法治督察"


def installation_key(path: Path) -> Fernet:
    """Return the key of this installation for encrypting seeds; raise Refused when others may read its file."""
    return Fernet(installation_bytes(path))


def make_seed() -> str:
    """Return a new seed, to be shown once as a picture and as text."""
    return pyotp.random_base32()


def address_of(seed: str, login: str) -> str:
    """Return the otpauth address that an authenticator reads from the picture."""
    return pyotp.TOTP(seed, interval=STEP).provisioning_uri(name=login, issuer_name=ISSUER)


def set_up(desk: Desk, account_id: int, seed: str, code: str) -> None:
    """Set the second factor of an account up, once a code shows that its owner has the seed."""
    row = desk.session.get_one(Account, account_id)
    step = _step_of(seed, code, desk, 0)
    if step is None:
        raise InvalidInput("验证码不正确", found=code, expected="六位数字", remedy="核对手机时间后重新输入")
    row.totp_secret = installation_key(desk.settings.key_file).encrypt(seed.encode())
    row.totp_step = step
    desk.session.add(row)
    desk.record("account", account_id, "second_factor")


def use_code(desk: Desk, account_id: int, code: str) -> bool:
    """Tell whether a code is right and was not used before; a right one is used up."""
    row = hold_row(desk, Account, account_id)
    if row.totp_secret is None:
        return False
    try:
        seed = installation_key(desk.settings.key_file).decrypt(row.totp_secret).decode()
    except InvalidToken as error:
        raise Refused(
            "密钥文件与数据库不符", found=str(desk.settings.key_file), expected="建立第二因素时的密钥文件",
            remedy="恢复密钥文件，或由系统管理员重置密码",
        ) from error  # fmt: skip
    step = _step_of(seed, code, desk, row.totp_step)
    if step is None:
        return False
    row.totp_step = step
    desk.session.add(row)
    return True


def _step_of(seed: str, code: str, desk: Desk, used: int) -> int | None:
    """Return the time step a code belongs to, near the present one and later than the one used last."""
    now = int(desk.now.timestamp()) // STEP
    totp = pyotp.TOTP(seed, interval=STEP)
    for step in range(now - AROUND, now + AROUND + 1):
        if step > used and pyotp.utils.strings_equal(totp.at(step * STEP), code.strip()):
            return step
    return None
