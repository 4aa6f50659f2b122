"""Parameter values that are words of ours, in both languages; any other value is shown as it is."""

_WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "reason": {
        "bytes_do_not_fit": ("文件内容与声明的编码不符", "the bytes do not fit it"),
        "bytes_are_utf_8": ("文件内容实际是 UTF-8", "the bytes are UTF-8"),
        "not_accepted": ("不支持该编码", "this encoding is not accepted"),
        "mark_contradicts": ("字节顺序标记（BOM）与声明不一致", "the byte order mark says otherwise"),
        "path": ("路径超出压缩包或含有非法字符", "its path leaves the bundle or has characters that no path may have"),
        "link": ("不是普通文件（链接或设备）", "it is a link or a device, not a file"),
        "encrypted": ("文件已加密", "it is encrypted"),
        "nested": ("压缩包中不能再包含压缩包", "it is an archive inside the archive"),
        "method": ("压缩方式不受支持", "its compression method is not accepted"),
        "twice": ("同名文件出现多次", "another entry has the same name"),
    },
    "end": {"source": ("起点", "source"), "target": ("终点", "target")},
    "place": {
        "condition": ("条件", "condition"),
        "event": ("事件条件", "event condition"),
        "script": ("脚本", "script"),
        "loop": ("循环", "loop"),
        "timer": ("定时器", "timer"),
    },
    "waits": {"True": ("有等待", "with waiting"), "False": ("无等待", "without waiting")},
}


def word(name: str, value: object, language: str) -> str:
    """A parameter's value as text in this language."""
    if isinstance(value, tuple | list):
        return (" → " if name == "path" else ", ").join(str(each) for each in value)
    known = _WORDS.get(name, {}).get(str(value))
    if known is None:
        return str(value)
    return known[0] if language.startswith("zh") else known[1]
