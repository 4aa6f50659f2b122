"""Messages of the gate and of the unit of work: code -> (zh-CN, en)."""

MESSAGES: dict[str, tuple[str, str]] = {
    "NOT_FOUND": ("没有找到，或您无权查看", "There is no such thing, or you may not see it."),
    "NOT_SIGNED_IN": ("请先登录", "Sign in first."),
    "SESSION_ENDED": ("登录已失效，请重新登录", "The session has ended; sign in again."),
    "TOKEN_INVALID": ("令牌无效、已过期或已吊销", "The token is unknown, expired or revoked."),
    "SCOPE_REQUIRED": ("令牌缺少权限范围 {scope}", "The token lacks the scope {scope}."),
    "PERMISSION_REQUIRED": ("需要以下权限之一：{permissions}", "One of these permissions is needed: {permissions}"),
    "KEY_REUSED": (
        "Idempotency-Key {key} 已用于另一个请求",
        "The Idempotency-Key {key} came with another request before.",
    ),
    "BUSY": (
        "数据库繁忙，没有任何改动，请在 {retry_after} 秒后再试",
        "The database is busy; nothing changed. Try again in {retry_after} seconds.",
    ),
    "DATABASE_AWAY": (
        "数据库没有应答，没有任何改动，请在 {retry_after} 秒后再试",
        "The database does not answer; nothing changed. Try again in {retry_after} seconds.",
    ),
    "COMMIT_UNKNOWN": (
        "连接中断，无法确认是否已生效，请先查看再操作",
        "The connection broke, and it is not known whether the change was made: look before you try again.",
    ),
    "VERSION_CHANGED": (
        "内容已被修改：期望版本 {expected}，现为 {present}",
        "It was changed meanwhile: version {expected} was expected, {present} is present.",
    ),
    "IF_MATCH_REQUIRED": (
        "请在 If-Match 中带上版本（现为 {present}）",
        "Send If-Match; the present version is {present}.",
    ),
}
