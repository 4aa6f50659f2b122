"""Messages of forms and answers: code -> (zh-CN, en). `{name}` stands for the parameter of that name."""

FINDINGS: dict[str, tuple[str, str]] = {
    "FORM_MALFORMED": ("表单 {form} 无法读取：{reason}", "Form {form} cannot be read: {reason}"),
    "FORM_TOO_LARGE": (
        "表单 {form} 超出限制（{what} 最多 {limit}）",
        "Form {form} is over the limit ({what}: at most {limit})",
    ),
    "FORM_COMPONENT_UNSUPPORTED": (
        "表单 {form} 的组件 {key} 类型为 {type}，系统不支持显示该类型",
        "Component {key} of form {form} has the type {type}, which is not shown here",
    ),
    "FORM_KEY_MISSING": (
        "表单 {form} 的组件 {key}（{type}）没有字段键",
        "Component {key} ({type}) of form {form} has no key",
    ),
    "FORM_KEY_INVALID": (
        "表单 {form} 的字段键 {key} 无效：以字母开头，由字母、数字、下划线组成，最长 {limit} 个字符，且非 FEEL 关键字",
        "Field key {key} of form {form} is not valid: at most {limit} letters, digits, underscores; no FEEL keyword",
    ),
    "FORM_KEY_RESERVED": (
        "表单 {form} 的字段键 {key} 以 _outcome 结尾，该名称保留给任务结果",
        "Field key {key} of form {form} ends in _outcome, which is kept for the outcomes of tasks",
    ),
    "FORM_KEY_NEEDS_WIDGET": (
        "表单 {form} 的字段 {key} 是每张单据都有的保留字段，须设置 fd:widget 为 {widget}",
        "Field {key} of form {form} is one that every ticket has: it needs fd:widget {widget}",
    ),
    "FORM_KEY_DUPLICATE": (
        "表单 {form} 中字段键 {key} 出现多次",
        "Field key {key} stands more than once in form {form}",
    ),
    "FORM_KEY_NAMES_FUNCTION": (
        "表单 {form} 的字段键 {key} 与 FEEL 函数同名，表达式无法读取该字段",
        "Field key {key} of form {form} is the name of a FEEL function, so no expression can read the field",
    ),
    "FORM_GROUP_PATH_UNSUPPORTED": (
        "表单 {form} 的分组设置了路径 {path}，系统不支持；请让字段直接写入流程变量",
        "A group of form {form} has the path {path}, which is not supported; let its fields be variables themselves",
    ),
    "FORM_PATTERN_INVALID": (
        "表单 {form} 字段 {key} 的正则表达式无效：{pattern}",
        "The pattern of field {key} in form {form} is not a regular expression of RE2: {pattern}",
    ),
    "FORM_EXPRESSION_REFUSED": (
        "表单 {form} 字段 {key} 的表达式（{place}）不可用，位置 {position}：{reason}；原文：{text}",
        "The expression ({place}) of field {key} in form {form} is refused at {position}: {reason}; text: {text}",
    ),
    "FORM_EXPRESSION_MISSING": (
        "表单 {form} 的计算字段 {key} 没有表达式",
        "The computed field {key} of form {form} has no expression",
    ),
    "FORM_CONDITION_CYCLE": (
        "表单 {form} 字段 {key} 的条件或计算值依赖于它自身",
        "The conditions or the value of field {key} in form {form} depend on the field itself",
    ),
    "FORM_LINK_REFUSED": (
        "表单 {form} 的文本 {key} 含有可执行链接（javascript:、data: 等）",
        "The text {key} of form {form} holds a link that runs code (javascript:, data: or the like)",
    ),
    "FORM_HTML_SHOWN_AS_TEXT": (
        "表单 {form} 的文本 {key} 含有 HTML 标记，将按普通文字显示",
        "The text {key} of form {form} holds HTML, which is shown as plain text",
    ),
    "FORM_DEFAULT_INVALID": (
        "表单 {form} 字段 {key} 的默认值不符合该字段的要求",
        "The default of field {key} in form {form} is no answer that the field takes",
    ),
    "FORM_LIMITS_CONTRADICT": (
        "表单 {form} 字段 {key} 的下限大于上限，无法填写",
        "Field {key} of form {form} has a lower limit above its upper one, so no answer fits",
    ),
    "FORM_PROPERTY_INVALID": (
        "表单 {form} 组件 {key} 的属性 {property} 应为：{expected}",
        "Property {property} of component {key} in form {form} should be: {expected}",
    ),
    "FORM_PROPERTY_UNREAD": (
        "表单 {form} 组件 {key} 的属性 {property} 已保留，但系统不使用",
        "Property {property} of component {key} in form {form} is kept but has no effect here",
    ),
    "FORM_OPTION_INVALID": (
        "表单 {form} 字段 {key} 有一个选项没有值或与其他选项重复",
        "Field {key} of form {form} has an option without a value or with another one's",
    ),
    "FORM_WIDGET_UNKNOWN": (
        "表单 {form} 字段 {key}（{type}）没有控件 {widget}，将按基础组件显示",
        "Field {key} of form {form} is a {type}, which has no widget {widget}; it is shown without it",
    ),
}

ANSWERS: dict[str, tuple[str, str]] = {
    "UNKNOWN_FIELD": ("表单没有这个字段", "The form has no such field"),
    "FIELD_REQUIRED": ("必填", "Required"),
    "FIELD_NOT_EDITABLE": ("该字段不可更正", "This field may not be corrected"),
    "READ_ONLY_FIELD": ("该字段只读", "This field is read-only"),
    "NOT_AN_OBJECT": ("应为一组字段", "A set of fields is expected"),
    "NOT_A_LIST": ("应为列表", "A list is expected"),
    "NOT_A_TEXT": ("应为文字", "Text is expected"),
    "NOT_A_NUMBER": ("应为数字", "A number is expected"),
    "NOT_A_BOOLEAN": ("应为是或否", "True or false is expected"),
    "NOT_A_DATE": ("应为日期，例如 2026-11-23", "A date is expected, such as 2026-11-23"),
    "NOT_A_TIME": ("应为时间，例如 09:30", "A time is expected, such as 09:30"),
    "NOT_A_DATE_TIME": (
        "应为日期时间，例如 2026-11-23T09:30:00+08:00",
        "A date-time is expected, such as 2026-11-23T09:30:00+08:00",
    ),
    "DATE_TIME_WITHOUT_OFFSET": (
        "日期时间须带时区偏移，例如 +08:00",
        "The date-time needs its offset, such as +08:00",
    ),
    "DATE_IN_THE_PAST": ("不能早于今天", "It may not be before today"),
    "NOT_A_FILE": ("应为已上传文件的编号", "The id of an uploaded file is expected"),
    "NOT_AN_OPTION": ("“{value}”不在可选范围内", "“{value}” is not one of the options"),
    "USER_UNKNOWN": ("没有用户“{value}”", "There is no user “{value}”"),
    "BUSINESS_UNKNOWN": ("没有业务“{value}”", "There is no business “{value}”"),
    "ROLE_UNKNOWN": ("没有角色“{value}”", "There is no role “{value}”"),
    "FIELD_TOO_LONG": ("最多 {maximum} 个字符，现有 {actual} 个", "At most {maximum} characters; there are {actual}"),
    "FIELD_TOO_SHORT": ("至少 {minimum} 个字符，现有 {actual} 个", "At least {minimum} characters; there are {actual}"),
    "PATTERN_NOT_MATCHED": ("格式不符：{pattern}", "It does not have the form {pattern}"),
    "TEXT_NOT_UNICODE": ("含有无法保存的字符", "It holds a character that cannot be kept"),
    "TEXT_NOT_ONE_LINE": ("只能填写一行", "One line only"),
    "TEXT_TOO_MANY_MARKS": (
        "一个字符上最多 {maximum} 个附加符号",
        "At most {maximum} combining marks on one character",
    ),
    "NUMBER_TOO_SMALL": ("不能小于 {minimum}", "It may not be less than {minimum}"),
    "NUMBER_TOO_LARGE": ("不能大于 {maximum}", "It may not be more than {maximum}"),
    "TOO_MANY_DECIMALS": ("最多 {maximum} 位小数", "At most {maximum} decimals"),
    "TOO_MANY_ITEMS": ("最多 {maximum} 项，现有 {actual} 项", "At most {maximum} items; there are {actual}"),
    "TOO_MANY_ROWS": ("整张表单的明细最多 {maximum} 行", "At most {maximum} rows in the whole form"),
    "FORM_TOO_COSTLY": (
        "该表单的条件计算量超过限制（{maximum} 步），无法提交；请联系流程设计者",
        "The conditions of this form take more than {maximum} steps; ask its designer",
    ),
    "TOO_FEW_ITEMS": ("至少 {minimum} 项，现有 {actual} 项", "At least {minimum} items; there are {actual}"),
}

MESSAGES: dict[str, tuple[str, str]] = {**FINDINGS, **ANSWERS}
