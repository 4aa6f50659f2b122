"""Messages of what keeps a ticket from moving, and of what cannot run at all: code -> (zh-CN, en)."""

MESSAGES: dict[str, tuple[str, str]] = {
    "EXPRESSION_NOT_BOOLEAN": (
        "流向 {flow} 的条件没有得出真或假，而是 {type}；更正流程变量后重试",
        "The condition of flow {flow} gave {type} and not true or false; correct the answers and retry.",
    ),
    "BUDGET_EXHAUSTED": (
        "流向 {flow} 的条件计算量超过上限",
        "The condition of flow {flow} takes more work than one condition may.",
    ),
    "NO_FLOW_TAKEN": (
        "没有条件成立，也没有默认流向；更正流程变量后重试",
        "No condition holds and there is no default flow; correct the answers and retry.",
    ),
    "STEP_LIMIT": ("一次操作经过的节点超过 {limit} 个", "One command entered more than {limit} nodes."),
    "TOKEN_LIMIT": ("同时停留的分支超过 {limit} 个", "More than {limit} branches are open at once."),
    "JOIN_NEVER_FIRES": ("汇聚网关等待的分支不会再到达", "A join waits for a branch that can never arrive."),
    "TOKEN_NOT_OPEN": ("该待办在流程中已不存在", "The process has no such task any more."),
    "STATE_CORRUPT": ("存储的流程状态已损坏：{reason}", "The stored position is damaged: {reason}."),
    "ELEMENT_NOT_RUNNABLE": ("元素 {element} 不能运行", "The element {element} is not run."),
    "UNKNOWN_SCOPE": ("元素 {element} 不在任何流程中", "The element {element} stands in no process."),
    "FLOW_FROM_END": ("流向 {flow} 从结束事件出发", "The flow {flow} leaves an end event."),
    "FAN_OUT": ("元素 {element} 的分支过多", "The element {element} has too many flows."),
    "NO_START_EVENT": ("流程没有开始事件", "The process has no start event."),
    "CONDITION_REFUSED": ("流向 {flow} 的条件无法计算", "The condition of flow {flow} cannot be evaluated."),
}
