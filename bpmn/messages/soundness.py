"""Messages of the soundness findings: code -> (zh-CN, en). Placeholders are the finding's params."""

from typing import Final

MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "DEADLOCK": (
        "流程会卡死：{element} 一直等待连线 {missing}，而它不会再到来。路径：{path}",
        "The process gets stuck: {element} waits for {missing}, which can no longer come. Path: {path}",
    ),
    "IMPROPER_COMPLETION": (
        "流程已到达结束 {ended}，但 {element} 仍一直等待连线 {missing}，单据无法关闭。路径：{path}",
        "{ended} is reached while {element} waits for {missing}, which can no longer come. Path: {path}",
    ),
    "LACK_OF_SYNCHRONISATION": (
        "{element} 之后的步骤可能同时执行两次：并行分支在此汇合却没有互相等待。路径：{path}",
        "What follows {element} can be under way twice: parallel branches meet there without waiting. Path: {path}",
    ),
    "DEAD_NODE": (
        "无论如何选择，{element} 永远不会被执行，{nodes} 也一样。路径：{path}",
        "Whatever is chosen, {element} is never activated, nor is any of: {nodes}. Path: {path}",
    ),
    "LIVELOCK": (
        "从 {element} 起流程无法到达任何结束，只会停留在 {nodes} 之中。路径：{path}",
        "From {element} on no end can be reached: the process stays within {nodes} for ever. Path: {path}",
    ),
    "LIVELOCK.automatic": (
        "从 {element} 起流程会自动无限循环：{nodes} 之中没有等待的步骤，也没有出口。路径：{path}",
        "From {element} on the process runs in circles by itself: {nodes} hold no wait and no way out. Path: {path}",
    ),
    "JOIN_RE_ENTERED": (
        "连线 {flow} 从并行汇聚 {element} 之后回到它的一条分支，汇聚将永远等待其他分支。路径：{path}",
        "{flow} leads from behind parallel join {element} back into one of its branches and starves it. Path: {path}",
    ),
    "SOUNDNESS_NOT_PROVEN": (
        "{element} 的可达状态过多（已检查 {markings} 个），无法证明流程总能正常结束。",
        "{element} has too many reachable states ({markings} looked at) to prove that it always ends well.",
    ),
    "SOUNDNESS_NOT_PROVEN.tokens": (
        "{element} 中的并行步骤可能不断累积，无法证明流程总能正常结束。",
        "In {element} parallel work can pile up without end, so that it always ends well is not proven.",
    ),
}
