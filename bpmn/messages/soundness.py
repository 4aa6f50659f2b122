"""Messages of the soundness findings: code -> (zh-CN, en). Placeholders are the finding's params."""

MESSAGES: dict[str, tuple[str, str]] = {
    "DEADLOCK": (
        "流程会卡死:{element} 一直等待连线 {missing},而它不会再到来。路径:{path}",
        "The process gets stuck: {element} waits for {missing}, which can no longer come. Path: {path}",
    ),
    "IMPROPER_COMPLETION": (
        "流程已到达结束 {end},但 {element} 仍一直等待连线 {missing},单据无法关闭。路径:{path}",
        "End {end} is reached while {element} still waits for {missing}, which can no longer come, "
        "so the ticket never closes. Path: {path}",
    ),
    "LACK_OF_SYNCHRONISATION": (
        "{element} 之后的步骤会同时执行两次:两个并行分支在此汇合却没有等待对方。路径:{path}",
        "What follows {element} can be under way twice at once: parallel branches meet there "
        "without waiting for each other. Path: {path}",
    ),
    "DEAD_NODE": (
        "{element} 永远不会被执行,其后的 {nodes} 也可能因此不会执行。路径:{path}",
        "{element} is never activated, whatever is chosen; never activated either: {nodes}. Path: {path}",
    ),
    "LIVELOCK": (
        "从 {element} 起流程无法到达任何结束,只会在 {nodes} 中循环。路径:{path}",
        "From {element} on no end can be reached; the process stays within {nodes} for ever. Path: {path}",
    ),
    "JOIN_RE_ENTERED": (
        "连线 {flow} 从并行汇聚 {element} 之后回到它自己的一条分支,汇聚将永远等待其他分支。路径:{path}",
        "Flow {flow} leads from behind the parallel join {element} back into one of its own branches, "
        "so the join will wait for the other branches for ever. Path: {path}",
    ),
    "SOUNDNESS_NOT_PROVEN": (
        "{element} 的可达状态过多(已检查 {markings} 个),无法证明流程一定能正常结束。",
        "{element} has too many reachable states ({markings} were looked at), so that it always ends well "
        "is not proven.",
    ),
}
