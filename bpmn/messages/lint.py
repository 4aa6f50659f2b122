"""Messages of the lint rules: code -> (zh-CN, en). `{name}` is the element's name as drawn."""

MESSAGES: dict[str, tuple[str, str]] = {
    "NO_NODES": (
        "流程是空的。请绘制开始、任务和结束。",
        "The process is empty. Draw a start, tasks and an end.",
    ),
    "NO_START": (
        "{scope} 没有普通开始事件，单据无从开始。请添加一个开始事件。",
        "{scope} has no plain start event, so nothing can begin. Add one.",
    ),
    "SEVERAL_STARTS": (
        "{scope} 有多个普通开始事件，不清楚从哪里开始（第一个是 {first}）。请只保留一个。",
        ("{scope} has several plain start events, so it is not clear where to begin (the first is {first}). Keep one."),
    ),
    "NO_END": (
        "从开始事件出发没有任何路径能够结束，单据永远不会关闭。请添加通向结束事件的路径。",
        "No path from the start comes to an end, so a ticket would never close. Add a way to an end event.",
    ),
    "IMPLICIT_END": (
        "“{name}”没有流出的连线，到此即结束。建议连到一个结束事件。",
        "{name} has no outgoing flow and ends its path. Lead it to an end event.",
    ),
    "DUPLICATE_ID": (
        "id “{id}” 已在第 {first_line} 行使用。请为其中一个元素改用新的 id。",
        "The id {id} is already used on line {first_line}. Give one of the two another id.",
    ),
    "DANGLING_FLOW": (
        "连线“{name}”的{end}“{reference}”不存在。请重新连接。",
        "The {end} “{reference}” of flow {name} does not exist. Connect the flow again.",
    ),
    "FLOW_CROSSES_SCOPE": (
        "连线“{name}”从 {source} 跨入 {target}，不能穿过子流程边界。请在子流程内外分别连接。",
        (
            "Flow {name} leads from {source} into {target}; a flow may not cross a sub-process's border. Connect "
            "inside and outside separately."
        ),
    ),
    "FLOW_INTO_START": (
        "连线“{name}”指向 {target}，开始事件和边界事件不能有流入的连线。请改接到后面的节点。",
        (
            "Flow {name} leads to {target}, but nothing may flow into a start or boundary event. Lead it to the node "
            "behind it."
        ),
    ),
    "FLOW_OUT_OF_END": (
        "连线“{name}”从结束事件 {source} 出发。请删除该连线或改用其他节点。",
        "Flow {name} leaves the end event {source}. Remove it or use another node.",
    ),
    "ATTACHED_TO_UNKNOWN": (
        "边界事件“{name}”所依附的“{reference}”不存在。请把它放到任务上。",
        "Boundary event {name} is attached to “{reference}”, which does not exist. Put it on an activity.",
    ),
    "FLOW_WITHOUT_ID": (
        "从 {source} 到 {target} 的连线没有 id，已自动生成。请在文件中补上。",
        "The flow from {source} to {target} has no id; one was made for it. Give it one in the file.",
    ),
    "UNREACHABLE": (
        "从开始事件无法到达“{name}”，它永远不会执行。请连接或删除它。",
        "{name} cannot be reached from the start and will never run. Connect it or remove it.",
    ),
    "GATEWAY_WITHOUT_DEFAULT": (
        "网关“{name}”没有默认连线，所有条件都不成立时单据会卡住。请设置一条默认连线。",
        ("Gateway {name} has no default flow; when no condition holds the ticket is stuck. Make one flow the default."),
    ),
    "GATEWAY_UNCONDITIONED": (
        "网关“{name}”有多条既无条件也非默认的连线（{flows}），无法选择。请为它们写条件或设为默认。",
        (
            "Gateway {name} has several flows without a condition that are not its default ({flows}), so it cannot "
            "choose. Give them conditions or make one the default."
        ),
    ),
    "FLOW_UNCONDITIONED": (
        "网关 {gateway} 的连线“{name}”没有条件也不是默认：轮到它时总会被选中。请写条件或设为默认。",
        (
            "Flow {name} of gateway {gateway} has no condition and is not the default: it is taken whenever its turn "
            "comes. Give it a condition or make it the default."
        ),
    ),
    "DEFAULT_UNKNOWN": (
        "“{name}”的默认连线“{reference}”不是它流出的连线。请重新设置。",
        "The default flow “{reference}” of {name} does not leave it. Choose another.",
    ),
    "DEFAULT_CONDITIONED": (
        "连线“{name}”是 {gateway} 的默认连线，它的条件不会被使用。请删除条件。",
        "Flow {name} is the default of {gateway}, so its condition is not asked. Remove the condition.",
    ),
    "CONDITION_EMPTY": (
        "连线“{name}”的条件是空的。请填写条件或删除它。",
        "The condition of flow {name} is empty. Write one or remove it.",
    ),
    "TIMER_WITHOUT_VALUE": (
        "定时器“{name}”没有设置时间。请填写日期、时长或周期。",
        "Timer {name} has no value. Give it a date, a duration or a cycle.",
    ),
    "TIMER_INVALID": (
        "定时器“{name}”的 {kind}“{text}”不是 ISO 8601 格式。例如时长写作 PT30M。",
        "The {kind} “{text}” of timer {name} is not ISO 8601. A duration is written PT30M, for example.",
    ),
    "TIMER_TOO_SHORT": (
        "定时器“{name}”的“{text}”过短：至少 {limit} 秒。",
        "“{text}” of timer {name} is too short: at least {limit} second.",
    ),
    "VARIABLE_NEVER_SET": (
        "连线“{name}”的条件用到变量 {variable}，但之前没有任何步骤填写它，单据会卡在这里。请检查拼写或添加字段。",
        (
            "The condition of flow {name} reads {variable}, which no step before it sets; a ticket would be stuck "
            "here. Check the spelling or add the field."
        ),
    ),
    "VARIABLE_PERHAPS_UNSET": (
        "连线“{name}”的条件用到变量 {variable}，但有的路径在此之前没有填写它。请处理为空的情况。",
        (
            "The condition of flow {name} reads {variable}, which not every way to it sets for certain. Allow for "
            "its absence."
        ),
    ),
    "CONCURRENT_WRITE": (
        "“{name}”与 {other} 可能同时打开，都会填写 {keys}，后提交的会覆盖先提交的。请改用不同的字段键。",
        (
            "{name} and {other} may be open together and both ask for {keys}; the later answer replaces the earlier. "
            "Use different keys."
        ),
    ),
    "TASK_WITHOUT_ROLE": (
        "任务“{name}”没有可处理角色，没有人能认领。请用 fd:role 指定，或在部署时绑定角色。",
        (
            "Task {name} has no candidate role, so nobody could claim it. Name one by fd:role or bind one when "
            "deploying."
        ),
    ),
    "ROLE_FROM_LANE": (
        "任务“{name}”只有泳道“{lane}”暗示了角色。请用 fd:role 指定，或在部署时绑定角色。",
        "Only the lane {lane} suggests a role for task {name}. Name one by fd:role or bind one when deploying.",
    ),
    "START_WITHOUT_ROLE": (
        "开始事件“{name}”没有指定角色：能看到该服务的人都可以提单。",
        "Start event {name} names no role: whoever sees the service may open a ticket.",
    ),
    "START_ROLE_FROM_LANE": (
        "开始事件“{name}”只有泳道“{lane}”暗示谁可以提单。请用 fd:role 指定，或在部署时绑定角色。",
        "Only the lane {lane} suggests who may open at {name}. Name a role by fd:role or bind one when deploying.",
    ),
    "FORM_UNKNOWN": (
        "“{name}”引用的表单 {form} 不在文件或压缩包中。请把它一起打包。",
        "The form {form} of {name} is neither in the file nor in the bundle. Pack it with the process.",
    ),
    "NOT_BY_UNKNOWN": (
        "“{name}”的 fd:notBy 引用了“{reference}”，它不是本流程中的人工任务或开始事件。请修正 id。",
        ("fd:notBy of {name} names “{reference}”, which is no human task or start event of this process. Mend the id."),
    ),
    "FIELD_ASKED_TOO_LATE": (
        "“{name}”的表单要求填写 {key}，但它只在提单时确定。请把该字段设为只读或移除。",
        "The form of {name} asks for {key}, which is settled when a ticket is opened. Make it read-only or remove it.",
    ),
    "OUTCOME_TWICE": (
        "任务 {task} 的结果“{key}”出现两次，无法区分去向。请改用不同的键。",
        "The outcome {key} of task {task} stands twice, so the way is not clear. Use different keys.",
    ),
    "OUTCOME_MISPLACED": (
        "连线“{name}”的结果“{key}”没有人能选择：{source} 不是任务，也不是紧跟任务的排他网关。请移动或删除。",
        (
            "Nobody can choose the outcome {key} on flow {name}: {source} is neither a human task nor the exclusive "
            "gateway right behind one. Move or remove it."
        ),
    ),
    "OUTCOME_KEY_INVALID": (
        "连线“{name}”的结果键“{key}”无效：以字母开头，只含字母、数字、点、连字符和下划线。",
        (
            "“{key}” on flow {name} is no outcome key: a letter first, then letters, digits, dots, hyphens and "
            "underscores."
        ),
    ),
    "OUTCOME_WITHOUT_REASON": (
        '连线“{name}”的结果“{key}”是退回,必须填写原因。请设为 reason="required"。',
        'The outcome {key} on flow {name} sends back, and sending back takes a reason. Set reason="required".',
    ),
    "KEY_INVALID": (
        "“{name}”的 {attribute} 键“{key}”无效：以字母开头，只含字母、数字、点、连字符和下划线。",
        (
            "“{key}” is no key for {attribute} of {name}: a letter first, then letters, digits, dots, hyphens, "
            "underscores."
        ),
    ),
    "SLA_INVALID": (
        "服务级别“{target}”的 {attribute} 值“{value}”无法使用。时长写作 PT30M，起止写作 opened 或 任务id:claimed。",
        (
            "“{value}” cannot be used as {attribute} of the target {target}. Write a duration as PT30M, an end as "
            "opened or as task id:claimed."
        ),
    ),
    "TRANSLATION_MISSING": (
        "有 {count} 处名称只有一种语言（例如“{first}”）。请用 fd:label 补充中文或英文。",
        "{count} names are in one language only (such as “{first}”). Add the other by fd:label.",
    ),
    "FAN_OUT_TOO_WIDE": (
        "“{name}”流出 {count} 条连线，最多 {limit} 条。请拆分。",
        "{count} flows leave {name}; {limit} are allowed. Split it.",
    ),
    "SUB_PROCESS_TOO_DEEP": (
        "子流程“{name}”嵌套过深：最多 {limit} 层。请展开或拆分。",
        "Sub-process {name} is nested too deeply: {limit} levels are allowed. Unfold or split it.",
    ),
    "LOOP_TOO_LONG": (
        "“{name}”的循环次数 {count} 过多：最多 {limit} 次。",
        "{name} repeats {count} times; {limit} are allowed.",
    ),
    "LOOP_UNBOUNDED": (
        "“{name}”的循环没有次数、集合或条件。请设置其中之一。",
        "The loop of {name} has no number, collection or condition. Set one of them.",
    ),
    "ELEMENT_UNSUPPORTED": (
        "“{name}”使用了系统不执行的元素：{element}。请用支持的元素重新绘制（见 BPMN 支持列表）。",
        "{name} uses {element}, which is not run. Draw it with supported elements (see the BPMN support list).",
    ),
    "ROLE_UNKNOWN": (
        "“{name}”的角色 {role} 不存在。请创建该角色或绑定另一个。",
        "The role {role} of {name} does not exist. Create it or bind another.",
    ),
    "ROLE_WITHOUT_MEMBERS": (
        "“{name}”的角色 {role} 没有成员（业务：{businesses}），任务将无人认领。请添加成员。",
        (
            "Nobody holds the role {role} of {name} (businesses: {businesses}), so nobody can claim the task. Add "
            "members."
        ),
    ),
    "BUSINESS_ROLE_WITHOUT_BUSINESS": (
        "“{name}”使用业务角色 {role}，但流程没有关联业务。请在流程信息中启用“需要业务”，或改用普通角色。",
        (
            "{name} uses the business role {role}, but the process concerns no business. Set needs_business or use a "
            "general role."
        ),
    ),
    "SERVICE_UNBOUND": (
        "服务任务“{name}”没有绑定。请在部署时绑定。",
        "Service task {name} is not bound. Bind it when deploying.",
    ),
    "SCRIPT_UNBOUND": (
        "脚本任务“{name}”（{language}）没有绑定，其脚本不会执行。请在部署时绑定。",
        "Script task {name} ({language}) is not bound; its text is never run. Bind it when deploying.",
    ),
    "CALLED_ABSENT": (
        "“{name}”调用的“{called}”不存在。请先部署它或修正引用。",
        "“{called}”, which {name} calls, does not exist. Deploy it first or mend the reference.",
    ),
    "NAME_TOO_LONG": (
        "“{name}”的名称超过 {limit} 个字符。请缩短，说明文字可放在 documentation 中。",
        "The name of {name} has more than {limit} characters. Shorten it; what explains belongs in documentation.",
    ),
}
