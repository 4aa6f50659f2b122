"""Messages about users, roles, businesses, tokens and signing in: code -> (zh-CN, en)."""

MESSAGES: dict[str, tuple[str, str]] = {
    "CREDENTIALS_WRONG": ("用户名或密码不正确", "The name or the password is wrong."),
    "SIGN_IN_THROTTLED": (
        "尝试次数过多，请在 {retry_after} 秒后再试",
        "Too many attempts; try again in {retry_after} seconds.",
    ),
    "PASSWORD_WRONG": ("密码不正确", "The password is wrong."),
    "NAME_TAKEN": ("用户名 {name} 已被使用", "The user name {name} is taken."),
    "LAST_ADMIN": (
        "{name} 是最后一个可用的管理员",
        "{name} is the last active admin: make another one first.",
    ),
    "USER_INACTIVE": ("{name} 已停用", "{name} is deactivated."),
    "SETUP_DONE": ("系统已完成初始设置", "The installation has been set up; there is, or was, an admin."),
    "LINK_USED": ("链接已于 {at} 使用或作废", "The link was used or replaced at {at}."),
    "LINK_EXPIRED": ("链接已于 {at} 过期", "The link expired at {at}."),
    "TOKEN_LIMIT": ("最多 {limit} 个有效令牌，请先吊销不用的", "At most {limit} usable tokens: revoke one first."),
    "ROLE_EXISTS": ("角色 {key} 已存在", "There is a role {key} already."),
    "ROLE_IN_USE": (
        "角色 {role} 有成员，或被已部署的流程使用：{processes}",
        "The role {role} has members, or deployments name it: {processes}",
    ),
    "BUSINESS_EXISTS": ("业务 {key} 已存在", "There is a business {key} already."),
}
