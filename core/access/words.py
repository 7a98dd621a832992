"""How roles and permissions are called where people read them: the matrix of who may do what."""

from __future__ import annotations

from core.access.permissions import AUDIT_ADMIN, GRANTS, SECURITY_ADMIN, SYSTEM_ADMIN, Permission

ROLE_LABELS = {
    "officer": "经办人",
    "leader": "科室负责人、督察组长",
    "director": "主任、副主任",
    "reviewer": "审核人",
    "linkage": "纪检联络员",
    "inspector": "督察员",
    "verifier": "核查人",
    "section": "科室签发",
    "deputy": "副主任签发",
    "committee": "委员会签发",
    "unit": "被督察单位",
    SYSTEM_ADMIN: "系统管理员",
    SECURITY_ADMIN: "安全管理员",
    AUDIT_ADMIN: "审计管理员",
}
P = Permission
PERMISSION_LABELS = {
    P.ANYBODY: "登录页",
    P.OWN_ACCOUNT: "自己的账号",
    P.HOME: "首页",
    P.TODAY: "今日待办",
    P.CASE_VIEW: "查看整改事项",
    P.CASE_ACT: "办理整改事项",
    P.CAMPAIGN_VIEW: "查看督察批次",
    P.CAMPAIGN_PLAN: "编制、启动批次",
    P.CAMPAIGN_DECIDE: "批准批次",
    P.VISIT: "督察记录、检查表",
    P.FINDING_VIEW: "查看问题",
    P.FINDING_DECIDE: "认定、撤销问题",
    P.DOCUMENT_VIEW: "查看文书",
    P.DOCUMENT_DRAFT: "拟写文书",
    P.DOCUMENT_SIGN: "签发文书",
    P.DOCUMENT_SEAL: "登记用印、送达",
    P.LEAD: "问题线索",
    P.MATTER_VIEW: "查看行政争议",
    P.MATTER_ACT: "办理行政争议",
    P.LINKAGE: "贯通移送（仅知悉人员）",
    P.OUTBOX: "邮件发送",
    P.INBOX: "来信",
    P.PEOPLE: "人才库",
    P.UNITS: "被督察单位",
    P.RULES: "督察规则",
    P.CALENDAR: "工作日历",
    P.STATISTICS: "统计",
    P.REPORT_ISSUE: "发布报表通报",
    P.ARCHIVE: "归档",
    P.TASKS: "工作任务",
    P.SEARCH: "检索",
    P.HEALTH: "运行检查",
    P.PORTAL: "本单位事项",
    P.ACCOUNTS: "账号管理",
    P.GRANTS: "授权管理",
    P.AUDIT: "操作日志",
}


def word_of(permission: Permission) -> str:
    """Return the words for a permission, its code where nobody gave it any."""
    return PERMISSION_LABELS.get(permission, permission.value)


def matrix() -> list[tuple[str, list[bool]]]:
    """Return who may do what: a row a permission, a column a role in the order of ROLE_LABELS."""
    return [
        (word_of(one), [role in roles for role in ROLE_LABELS])
        for one, roles in GRANTS.items()
        if one not in (P.ANYBODY, P.OWN_ACCOUNT)
    ]
