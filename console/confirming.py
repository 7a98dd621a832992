"""Giving the password once more before a grave act: signing documents, deciding on a referral.

A route calls `confirm` before it opens the desk at which it acts, and its page shows the field of
templates/console/shared/confirm.html.j2:

    @router.act("/…", Permission.X, again=page_again)
    def decide(visit: HasVisit, form: HasForm) -> Response:
        confirm(visit, form)
        with visit.acting() as desk:
            …
"""

from __future__ import annotations

from casework.accounts.confirming import credentials_of_account, note_proof, prove_by_code
from casework.accounts.signin import Credentials, is_right
from console.forms import Form
from console.visits import Visit
from core.errors import InvalidInput, NotAllowed

PROOF = "proof"  # the field of the form


def confirm(visit: Visit, form: Form) -> None:
    """Make sure that the person who signed in is the one who acts; then not again for some minutes.

    The proof is the code of the second factor where the account has one, the password otherwise. Five wrong ones lock
    the account, as at the sign-in, and end its sessions.
    raises   NotAllowed when the proof is wrong; InvalidInput when none was given
    """
    visitor = visit.visitor
    if visitor.elevated:
        return
    with visit.world.desk() as desk:
        found = credentials_of_account(desk, visitor.account_id)
    if found.hash is None and not found.has_second_factor:
        raise NotAllowed(
            "不能验证身份", found="账号没有密码，也没有动态验证码", expected="动态验证码",
            remedy="在“我的账号”中启用动态验证码后再办理",
        )  # fmt: skip
    label = "动态验证码" if found.has_second_factor else "登录密码"
    proof = form.text(PROOF)
    if not proof:
        raise InvalidInput(f"请填写“{label}”", found="空", expected=label, remedy="补充后重新提交")
    is_good = _is_code(visit, proof) if found.has_second_factor else _is_password(visit, found, proof)
    if not is_good:
        raise NotAllowed(
            f"{label}不正确，没有办理", found="******", expected=f"本人的{label}",
            remedy="核对后重新输入；连续输错将锁定账号",
        )  # fmt: skip


def _is_code(visit: Visit, proof: str) -> bool:
    with visit.acting() as desk:
        return prove_by_code(desk, visit.visitor.account_id, visit.visitor.session_id, proof)


def _is_password(visit: Visit, found: Credentials, proof: str) -> bool:
    """Verify a password outside of any transaction, then note what came of it."""
    is_good = is_right(found, proof)
    with visit.acting() as desk:
        return note_proof(desk, visit.visitor.account_id, visit.visitor.session_id, is_good=is_good)
