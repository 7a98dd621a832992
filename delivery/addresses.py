"""Mail addresses: one check for imported lists, letters and the SMTP conversation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from core.errors import InvalidInput

# Names that the DNS will never hold (RFC 6762, RFC 6761) but that closed office networks do use for mail.
INTRANET_ENDINGS = (".local", ".test")


@dataclass(frozen=True, slots=True)
class Address:
    """A mail address with the name shown beside it; the name may be empty."""

    name: str
    address: str


@lru_cache(maxsize=4096)  # a mail's own sender and answer address are checked with every mail
def check_address(text: str) -> str:
    """Return the address as it goes on the wire: local part kept, domain lower case and IDNA-encoded.

    Works offline. `.local` and `.test` domains are accepted although email-validator refuses them as special-use:
    their ending is exchanged for `.example` during the check, so no setting of the library is changed for others.
    raises: InvalidInput; a non-ASCII local part is refused because it would need SMTPUTF8 all the way
    """
    stripped = text.strip()
    domain = stripped.rpartition("@")[2].lower()
    ending = next((e for e in INTRANET_ENDINGS if domain.endswith(e)), "")
    probe = stripped[: len(stripped) - len(ending)] + ".example" if ending else stripped
    try:
        checked: ValidatedEmail = validate_email(probe, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise _bad_address(text) from None
    ascii_domain = checked.ascii_domain.lower()
    if ending:
        ascii_domain = ascii_domain.removesuffix(".example") + ending
    return f"{checked.local_part}@{ascii_domain}"


def show_plainly(text: str) -> str:
    """Return the start of a refused text for an error message, control characters written out."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[:100])


def _bad_address(text: str) -> InvalidInput:
    return InvalidInput(
        "邮箱地址不正确",
        found=show_plainly(text),
        expected="形如 name@example.gov.cn 的地址：@ 前为英文字母、数字或 . _ -，@ 后为单位邮件域名",
        remedy="改正地址后重试；中文邮箱名请换用英文邮箱名",
    )
