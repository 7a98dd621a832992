"""The kinds of problems the interface answers with: their codes are promises, their words are for people."""

from __future__ import annotations

from dataclasses import dataclass

from console.refusals import status_of
from core.errors import DuchaError, IllegalMove, InvalidInput, NotAllowed, NotFound


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem; `remedy` is told where the problem itself has none."""

    code: str
    status: int
    title: str
    english: str
    remedy: str

    @property
    def type(self) -> str:
        return f"urn:ducha:problem:{self.code}"


KINDS = {
    one.code: one
    for one in (
        Kind("bad-request", 400, "请求不正确", "the address or a header cannot be read", "按接口说明改正请求"),
        Kind("no-idempotency-key", 400, "没有写明办理编号", "Idempotency-Key is missing or malformed",
             "为每次办理生成一个新编号；重试同一次办理用同一编号"),
        Kind("not-signed-in", 401, "没有登录或者密钥无效", "no key, or one that is not valid (any more)",
             "在“我的账号”中申请密钥，或先登录"),
        Kind("not-allowed", 403, "无权办理", "the role, the own work or a recusal forbids it", "由有权人员办理"),
        Kind("scope-missing", 403, "密钥不用于这项工作", "the key is for other work", "另申请有此范围的密钥"),
        Kind("person-needed", 403, "须由本人办理", "only the person themself, at a browser", "在页面上办理"),
        Kind("not-found", 404, "没有找到", "it is not there, or not to be seen by the caller", "核对编号后重试"),
        Kind("wrong-method", 405, "不支持的操作", "the address has no such method", "按接口说明改正请求"),
        Kind("illegal-move", 409, "现在的状态不能这样办理", "the act does not fit; `expected` names those that do",
             "先完成前一步骤，或改用所列操作之一"),
        Kind("refused", 409, "现在不能办理", "a rule of the work forbids it now, or the same call is under way",
             "按所说原因处理后重试"),
        Kind("changed", 412, "内容已经变动", "it changed since it was read (If-Match)", "重新读取，核对后再办理"),
        Kind("too-large", 413, "内容过大", "the body is too large", "分次提交"),
        Kind("media-type", 415, "内容格式不支持", "neither JSON nor, where files belong, a form", "改正 Content-Type"),
        Kind("invalid-value", 422, "内容不符合要求", "a value is wrong; `faults` names each", "按逐项说明改正"),
        Kind("key-reused", 422, "办理编号用于不同的请求", "the Idempotency-Key was used for another call",
             "换一个编号后重新提交"),
        Kind("too-many-calls", 429, "调用过于频繁", "too many calls, or too many wrong keys; see Retry-After",
             "等候 Retry-After 所写的秒数后重试"),
        Kind("broken", 500, "系统出错", "a fault of the system; nothing was changed",
             "稍后重试；仍然如此的，告知系统管理人员"),
        Kind("unavailable", 503, "暂时不可用", "database, disk or mail server did not do its part; see Retry-After",
             "稍后重试"),
    )
}  # fmt: skip
# The first kind of a status stands for it where nothing more is known.
BY_STATUS = {one.status: one for one in reversed(KINDS.values())}


def kind_of_error(error: DuchaError) -> Kind:
    """Return the kind of an error of the work, the narrow ones first."""
    if isinstance(error, NotFound):
        return KINDS["not-found"]
    if isinstance(error, NotAllowed):
        return KINDS["not-allowed"]
    if isinstance(error, IllegalMove):
        return KINDS["illegal-move"]
    # What is wrong with a value, or a file, of a body is told as 422; pages show the same error in their form.
    if isinstance(error, InvalidInput):
        return KINDS["invalid-value"]
    return KINDS["refused"] if status_of(error) == 409 else BY_STATUS.get(status_of(error), KINDS["broken"])
