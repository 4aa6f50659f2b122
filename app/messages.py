"""Sentences for codes: those of the engine and of HTTP beside the ones that bpmn brings, in both languages."""

from collections.abc import Mapping
from datetime import datetime
from string import Formatter
from typing import Any, Final

from engine import messages as texts
from engine.zone import at_home

TITLES: Final[Mapping[int, tuple[str, str]]] = {
    400: ("请求无法读取", "The request cannot be read"),
    401: ("请先登录", "Not signed in"),
    403: ("不允许", "Not allowed"),
    404: ("未找到", "Not found"),
    405: ("不支持该方法", "Method not allowed"),
    408: ("请求超时", "The request took too long"),
    409: ("状态冲突", "Conflict"),
    410: ("已失效", "Gone"),
    412: ("内容已变化", "Changed meanwhile"),
    413: ("内容过大", "Too large"),
    415: ("不支持的内容类型", "Media type not supported"),
    422: ("内容有误", "Not valid"),
    428: ("须指明版本", "A version is required"),
    429: ("过于频繁", "Too many requests"),
    500: ("系统错误", "Internal error"),
    503: ("暂不可用", "Not available now"),
}

HTTP: Final[Mapping[str, tuple[str, str]]] = {
    "BAD_REQUEST": ("请求无法读取", "The request cannot be read."),
    "NO_SUCH_ADDRESS": ("没有这个地址", "There is nothing at this address."),
    "METHOD_NOT_ALLOWED": ("该地址不支持这种方法", "This address does not take this method."),
    "REQUEST_TIMEOUT": ("请求内容发送过慢", "The request came too slowly."),
    "BODY_TOO_LARGE": ("请求内容超过上限", "The body is over the limit."),
    "ADDRESS_TOO_LONG": ("地址过长", "The address is too long."),
    "MEDIA_TYPE_UNSUPPORTED": ("此处不接受这种内容类型", "This media type is not taken here; send {expected}."),
    "RANGE_NOT_SATISFIABLE": ("请求的范围不存在", "There is no such range."),
    "INTERNAL": (
        "系统出错,已记录;请向管理员提供请求编号",
        "Something failed and was noted; tell an administrator the request's id.",
    ),
    "ENCODING": ("地址或内容不是有效的 UTF-8,或含有 NUL", "The address or body is not valid UTF-8, or holds NUL."),
    "JSON_MALFORMED": ("内容不是有效的 JSON:{reason}", "The body is not JSON: {reason}"),
    "JSON_TOO_DEEP": ("JSON 嵌套超过 {limit} 层", "The JSON is nested deeper than {limit} levels."),
    "JSON_TOO_MANY_KEYS": ("JSON 的键超过 {limit} 个", "The JSON has more than {limit} keys."),
    "KEY_REPEATED": ("键 {key} 出现多次", "The key {key} stands more than once."),
    "PARAMETER_REPEATED": ("参数 {name} 出现多次", "The parameter {name} stands more than once."),
    "INPUT_REFUSED": ("有 {count} 处内容有误", "What was sent has mistakes: {count}."),
    "CURSOR_INVALID": ("翻页位置无效", "The cursor is not one that this list gave to you."),
    "IF_MATCH_MALFORMED": ("If-Match 应为服务给出的 ETag", "If-Match should be an ETag as this service gives it."),
    "IDEMPOTENCY_KEY_MALFORMED": (
        "Idempotency-Key 应为 1 到 128 个可见 ASCII 字符",
        "Idempotency-Key should be 1 to 128 visible ASCII characters.",
    ),
    "CSRF": ("请求不是从本系统页面发出的,请刷新后重试", "The request did not come from a page of this service."),
    "DEBUG_REFUSED": ("不允许在调试模式下启动", "The service does not start in debug mode."),
    "RATE_LIMITED": ("操作过于频繁,请 {retry_after} 秒后再试", "Too often; try again in {retry_after} seconds."),
    "FILE_MISSING": ("缺少文件", "The file is missing."),
    "SETTING_INVALID": ("设置 {name} 的值无效:{value}", "The setting {name} cannot be {value}"),
    "HTTP_NOT_ALLOWED": (
        "{url} 不是本机地址:请使用 https,或设置 FAULTDESK_ALLOW_HTTP=1",
        "{url} is not on this machine: use https, or set FAULTDESK_ALLOW_HTTP=1",
    ),
}

ENGINE: Final[Mapping[str, tuple[str, str]]] = {
    "NOT_FOUND": ("没有找到,或您无权查看", "There is no such thing, or you may not see it."),
    "NOT_SIGNED_IN": ("请先登录", "Sign in first."),
    "SESSION_ENDED": ("登录已失效,请重新登录", "The session has ended; sign in again."),
    "TOKEN_INVALID": ("令牌无效、已过期或已吊销", "The token is unknown, expired or revoked."),
    "SCOPE_REQUIRED": ("令牌缺少权限范围 {scope}", "The token lacks the scope {scope}."),
    "PERMISSION_REQUIRED": ("需要以下权限之一:{permissions}", "One of these permissions is needed: {permissions}"),
    "KEY_REUSED": ("该 Idempotency-Key 已用于另一个请求", "This Idempotency-Key came with another request before."),
    "BUSY": ("数据库繁忙,没有任何改动,请稍后再试", "The database is busy; nothing changed, try again."),
    "OUTCOME_UNKNOWN": (
        "连接中断,结果未知,请刷新查看",
        "The connection broke and the outcome is not known; look again.",
    ),
    "IN_PROGRESS": ("相同的请求正在处理", "The same request is still being worked on."),
    "VERSION_CHANGED": (
        "内容已被修改:期望版本 {expected},现为 {present}",
        "It was changed meanwhile: version {expected} was expected, {present} is present.",
    ),
    "IF_MATCH_REQUIRED": (
        "请在 If-Match 中带上版本(现为 {present})",
        "Send If-Match; the present version is {present}.",
    ),
    "ALREADY_CLAIMED": ("{by} 已于 {at} 认领", "{by} claimed this task at {at}."),
    "NOT_CLAIMED": ("请先认领该待办", "The task must be claimed first."),
    "NOT_ACTIVE": ("该待办已结束({at})", "The task has ended ({at})."),
    "NOT_ASSIGNEE": ("该待办由 {by} 处理", "The task is held by {by}."),
    "NOT_CANDIDATE": ("需要以下角色之一:{roles}", "One of these roles is needed: {roles}"),
    "RECEIVER_NOT_CANDIDATE": ("对方没有以下角色:{roles}", "That person holds none of these roles: {roles}"),
    "RECEIVER_IS_CANDIDATE": ("对方可以处理", "That person may hold it."),
    "FOUR_EYES": ("职责分离:完成过 {element} 的人不能处理", "Whoever did {element} may not do this."),
    "TICKET_ENDED": ("单据已结束", "The ticket has ended."),
    "TICKET_SUSPENDED": ("单据已挂起", "The ticket is suspended."),
    "ALREADY_SUSPENDED": ("单据已经挂起", "The ticket is suspended already."),
    "NOT_SUSPENDED": ("单据没有挂起", "The ticket is not suspended."),
    "NOT_STUCK": ("单据没有异常", "The ticket is not stuck."),
    "TOO_LATE_TO_WITHDRAW": ("已不能撤单(策略:{policy})", "It is too late to withdraw (policy: {policy})."),
    "REQUESTER_ONLY": ("只有提单人可以", "Only the requester may do this."),
    "HOLDER_OR_ADMIN_ONLY": ("只有处理人或管理员可以", "Only whoever holds a task of it, or an admin, may do this."),
    "ADMIN_ONLY": ("只有管理员可以", "Only an admin may do this."),
    "INTERNAL_ONLY": ("您看不到内部内容", "What is internal is not yours to see."),
    "NOT_SEEN": ("您看不到该单据", "You do not see this ticket."),
    "IS_ADMIN": ("您是管理员", "You are an admin."),
    "IS_ASSIGNEE": ("您是处理人", "You hold it."),
    "IS_CANDIDATE": ("您有角色 {roles}", "You hold one of the roles {roles}."),
    "POLICY_ALLOWS": ("流程策略允许", "The process's policy allows it."),
    "SEES_TICKET": ("您看得到该单据", "You see the ticket."),
    "SEES_INTERNAL": ("您看得到内部内容", "You see what is internal."),
    "MAY_NOT_OPEN": ("提单需要以下角色之一:{roles}", "Opening needs one of these roles: {roles}"),
    "SERVICE_NOT_BOUND": ("服务 {service} 还没有关联部署", "The service {service} is bound to no deployment."),
    "SERVICE_CLOSED": ("服务 {service} 已停止提单", "The service {service} takes no new tickets."),
    "BUSINESS_REQUIRED": ("请选择业务", "The business is required."),
    "ANSWERS_REFUSED": ("有 {count} 个字段填写有误", "Fields to correct: {count}"),
    "FIELDS_INVALID": ("有 {count} 处内容有误", "What was sent has mistakes: {count}."),
    "REASON_REQUIRED": ("请填写原因", "A reason is required."),
    "COMMENT_EMPTY": ("评论不能为空", "The comment is empty."),
    "TEXT_TOO_LONG": ("最多 {limit} 个字符", "At most {limit} characters."),
    "OUTCOME_REQUIRED": ("请选择结果:{outcomes}", "Choose an outcome: {outcomes}"),
    "OUTCOME_UNKNOWN_KEY": ("没有这个结果,可选:{outcomes}", "There is no such outcome; there are: {outcomes}"),
    "NOTHING_TO_CORRECT": ("没有要更正的内容", "There is nothing to correct."),
    "TOO_MANY_ATTACHMENTS": ("最多 {limit} 个附件", "At most {limit} attachments."),
    "FILE_NOT_ACCEPTED": ("文件 {name} 的类型不在 {accept} 之中", "The file {name} is none of {accept}."),
    "FILE_TOO_LARGE": ("文件超过 {limit} 字节", "The file is over {limit} bytes."),
    "TYPE_MISMATCH": ("文件 {name} 的内容是 {found},与名称不符", "The file {name} is {found}, not what its name says."),
    "IMAGE_BROKEN": ("图片已损坏", "The image is broken."),
    "IMAGE_TOO_LARGE": ("图片像素超过上限", "The image has too many pixels."),
    "UPLOADS_FULL": ("您的上传空间已满", "Your space for uploads is full."),
    "FIELD_NOT_TEXT": ("含有控制字符", "It holds control characters."),
    "KEY_INVALID": (
        "须为小写字母开头的小写字母、数字、连字符或下划线",
        "A lower-case letter, then lower-case letters, digits, hyphens or underscores.",
    ),
    "KEY_TAKEN": ("该标识已被使用", "This key is taken."),
    "NAME_TAKEN": ("该名称已被使用", "This name is taken."),
    "VALUE_UNKNOWN": ("没有 {value}", "There is no {value}."),
}
"""`limit` is what the limit is; the rest as the code says."""

_OWN: Final = {**HTTP, **ENGINE}


class _Filler(Formatter):
    """Fills a sentence with whole parameters as text; no attribute or index of a value can be reached."""

    def get_field(self, field_name: str, _args: Any, kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        return _word(kwargs.get(field_name)), field_name


def known(code: str) -> bool:
    """Whether there is a sentence for this code."""
    return code in _OWN or texts.template(code, {}, "en") is not None


def render(code: str, params: Mapping[str, object], language: str) -> str:
    """The sentence of a code in `zh-CN` or `en`, its moments in the installation's zone; an unknown code is itself."""
    found = _OWN.get(f"{code}_KEY" if "outcomes" in params else code) or _OWN.get(code)
    if found is None:
        return texts.render(code, {key: _word(value) for key, value in params.items()}, language)
    return _Filler().vformat(found[0] if language.startswith("zh") else found[1], (), params)


def title_of(status: int, language: str) -> str:
    """What a status means to a person."""
    found = TITLES.get(status, ("请求失败", "The request failed"))
    return found[0] if language.startswith("zh") else found[1]


def _word(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return at_home(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return ", ".join(_word(each) for each in value)
    return str(value)
