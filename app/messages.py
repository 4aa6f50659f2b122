"""Sentences for codes: those of the engine and of HTTP beside the ones that bpmn brings, in both languages."""

from collections.abc import Mapping
from typing import Final

from bpmn import messages as drawn
from engine import messages as texts
from storage import messages as stored

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
        "系统出错，已记录；请向管理员提供请求编号",
        "Something failed and was noted; tell an administrator the request's id.",
    ),
    "ENCODING": ("地址或内容不是有效的 UTF-8，或含有 NUL", "The address or body is not valid UTF-8, or holds NUL."),
    "JSON_MALFORMED": ("内容不是有效的 JSON：{reason}", "The body is not JSON: {reason}"),
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
    "CSRF": ("请求不是从本系统页面发出的，请刷新后重试", "The request did not come from a page of this service."),
    "DEBUG_REFUSED": ("不允许在调试模式下启动", "The service does not start in debug mode."),
    "RATE_LIMITED": ("操作过于频繁，请 {retry_after} 秒后再试", "Too often; try again in {retry_after} seconds."),
    "FILE_MISSING": ("缺少文件", "The file is missing."),
    "SETTING_INVALID": ("设置 {name} 的值无效：{value}", "The setting {name} cannot be {value}"),
    "HTTP_NOT_ALLOWED": (
        "{url} 不是本机地址：请使用 https，或设置 FAULTDESK_ALLOW_HTTP=1",
        "{url} is not on this machine: use https, or set FAULTDESK_ALLOW_HTTP=1",
    ),
}

_OWN: Final = {**HTTP, **stored.MESSAGES}


def known(code: str) -> bool:
    """Whether there is a sentence for this code."""
    return code in _OWN or texts.template(code, {}, "en") is not None


def sentences() -> dict[str, tuple[str, str]]:
    """Every code with its sentences (zh-CN, en), their parameters by name in braces; in alphabetical order."""
    return dict(sorted({**drawn.MESSAGES, **texts.MESSAGES, **_OWN}.items()))


def render(code: str, params: Mapping[str, object], language: str) -> str:
    """The sentence of a code in `zh-CN` or `en`, its moments in the installation's zone; an unknown code is itself."""
    found = _OWN.get(code)
    return texts.render(code, params, language) if found is None else texts.fill(found, params, language)


def title_of(status: int, language: str) -> str:
    """What a status means to a person."""
    found = TITLES.get(status, ("请求失败", "The request failed"))
    return found[0] if language.startswith("zh") else found[1]
