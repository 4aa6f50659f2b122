"""Messages about expressions that are refused: code -> (zh-CN, en)."""

MESSAGES: dict[str, tuple[str, str]] = {
    "EXPRESSION_REFUSED": (
        "“{name}”的{place}不是可用的表达式（第 {position} 个字符：{reason}）：{text}。请改写为 FEEL 表达式。",
        (
            "The {place} of {name} is not an expression we evaluate (character {position}: {reason}): {text}. Write "
            "it in FEEL."
        ),
    ),
    "TOO_LONG": (
        "“{name}”的{place}过长：{text}。请拆分或缩短表达式。",
        "The {place} of {name} is too long: {text}. Shorten it or split it.",
    ),
    "TOO_DEEP": (
        "“{name}”的{place}嵌套过深（第 {position} 个字符）：{text}。请减少括号和嵌套。",
        (
            "The {place} of {name} is nested too deeply (character {position}): {text}. Use fewer brackets inside "
            "brackets."
        ),
    ),
    "EXTERNAL_FUNCTION": (
        "“{name}”的{place}定义了外部函数（第 {position} 个字符），系统从不执行外部代码：{text}。请删除该函数。",
        (
            "The {place} of {name} defines an external function (character {position}); foreign code is never run: "
            "{text}. Remove the function."
        ),
    ),
    "EXPRESSIONS_TOO_LONG": (
        "流程中的表达式合计过长：最多 {limit} 个字符，其余的没有检查。请拆分流程。",
        "The expressions of the process are too long together: {limit} characters are allowed. Split the process.",
    ),
}
