"""Messages about single fields of a request: code -> (zh-CN, en)."""

MESSAGES: dict[str, tuple[str, str]] = {
    "FIELDS_INVALID": ("有 {count} 处内容有误", "What was sent has mistakes: {count}."),
    "FIELD_NOT_TEXT": ("含有控制字符", "It holds control characters."),
    "FIELD_NOT_ONE_OF": ("只能是以下之一：{allowed}", "It must be one of: {allowed}"),
    "FIELD_OUT_OF_RANGE": ("须在 {minimum} 到 {maximum} 之间", "It must be between {minimum} and {maximum}."),
    "KEY_MALFORMED": (
        "须以小写字母开头，由小写字母、数字、连字符或下划线组成，最长 63 个字符",
        "A lower-case letter, then at most 62 lower-case letters, digits, hyphens or underscores.",
    ),
    "PROCESS_KEY_MALFORMED": (
        "须与 BPMN 文件中流程的 id 相同：以字母或下划线开头，由字母、数字和 . _ - 组成，最长 {limit} 个字符",
        "The process id of its BPMN file: a letter or _, then letters, digits and . _ -, at most {limit}.",
    ),
    "TOO_MANY_NAMES": ("一次最多 {limit} 个", "At most {limit} at once."),
    "CATEGORY_UNKNOWN": ("没有这个分类", "There is no such category."),
    "CATEGORY_INSIDE_ITSELF": ("分类不能放到自己里面", "A category cannot be moved into itself."),
    "CATEGORY_TOO_DEEP": ("分类最多 {limit} 层", "Categories stand at most {limit} deep."),
    "BINDING_UNKNOWN_NODE": (
        "流程中没有可绑定角色的节点 {node}",
        "The process has no task or start event {node} to bind a role to.",
    ),
    "USER_NAME_INVALID": (
        "用户名须以小写字母或数字开头，由小写字母、数字和 . _ @ - 组成，最长 64 个字符",
        "At most 64 lower-case letters, digits and . _ @ -, beginning with a letter or digit.",
    ),
    "EMAIL_INVALID": ("邮箱地址无效", "This is no e-mail address."),
    "TIME_ZONE_UNKNOWN": ("没有这个时区", "There is no such time zone."),
    "PASSWORD_REQUIRED": ("请输入当前密码", "The present password is required."),
    "PASSWORD_TOO_SHORT": ("密码至少 {limit} 个字符", "A password has at least {limit} characters."),
    "PASSWORD_TOO_LONG": ("密码最多 {limit} 个字符", "A password has at most {limit} characters."),
    "PASSWORD_COMMON": ("密码太常见，请换一个", "This password is among the first that are tried; choose another."),
    "SCOPE_NOT_HELD": ("不能授予自己没有的范围：{scopes}", "You cannot give away what you did not come with: {scopes}"),
    "EXPIRY_OUT_OF_RANGE": ("须在未来 {days} 天之内", "It must lie within the next {days} days."),
    "ROLE_IS_GENERAL": ("角色 {role} 不按业务授予", "The role {role} is not held per business."),
}
