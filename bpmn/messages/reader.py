"""Messages of the reader and of bundles: code -> (zh-CN, en)."""

MESSAGES: dict[str, tuple[str, str]] = {
    "TOO_LARGE": (
        "文件过大：超过上限 {limit}。",
        "The file is too large: more than {limit}.",
    ),
    "TOO_LARGE.bytes": (
        "文件过大：每个文件最多 {limit} 字节。请拆分流程或删除嵌入的图片。",
        "The file is too large: a file may have {limit} bytes. Split the process or remove embedded pictures.",
    ),
    "TOO_LARGE.elements": (
        "文件中的元素过多：最多 {limit} 个。请拆分流程。",
        "The file has too many elements: {limit} are allowed. Split the process.",
    ),
    "TOO_LARGE.attributes": (
        "文件中的属性过多：最多 {limit} 个。请删除多余的扩展属性。",
        "The file has too many attributes: {limit} are allowed. Remove extension attributes that are not needed.",
    ),
    "TOO_LARGE.bundle": (
        "压缩包解压后过大：总共最多 {limit} 字节。",
        "The bundle is too large once unpacked: {limit} bytes in all are allowed.",
    ),
    "TOO_LARGE.entries": (
        "压缩包中的文件过多：最多 {limit} 个。",
        "The bundle has too many entries: {limit} are allowed.",
    ),
    "TOO_DEEP.elements": (
        "XML 元素嵌套过深：最多 {limit} 层。",
        "The XML elements are nested too deeply: {limit} levels are allowed.",
    ),
    "ENCODING": (
        "无法按声明的编码 {declared} 读取文件：{reason}。请另存为 UTF-8。",
        "The file cannot be read as {declared}: {reason}. Save it as UTF-8.",
    ),
    "XML_MALFORMED": (
        "文件不是格式正确的 XML（第 {column} 列：{reason}）。请用绘制它的工具重新导出。",
        "The file is not well-formed XML (column {column}: {reason}). Export it again from the tool that drew it.",
    ),
    "DTD_FORBIDDEN": (
        "文件包含 DOCTYPE 声明，出于安全考虑不予读取。请删除该声明。",
        "The file has a DOCTYPE declaration and is not read for safety's sake. Remove the declaration.",
    ),
    "NOT_BPMN": (
        "这不是 BPMN 2.0 文件：根元素是 {root}（命名空间 {namespace}）。请从建模工具导出 BPMN 2.0 XML。",
        (
            "This is not a BPMN 2.0 file: its root is {root} (namespace {namespace}). Export BPMN 2.0 XML from the "
            "modeller."
        ),
    ),
    "NO_PROCESS": (
        "文件中没有流程。请绘制一个流程。",
        "There is no process in the file. Draw one.",
    ),
    "PROCESS_TWICE": (
        "流程 {process} 在压缩包中出现两次，另一处在 {first}。请为其中一个改用新的 id。",
        "Process {process} stands twice in the bundle, the other time in {first}. Give one of them another id.",
    ),
    "SEVERAL_PROCESSES": (
        "文件中有多个可执行流程：将使用 {main}，未使用 {others}。请确认哪一个是主流程。",
        ("The file has several executable processes: {main} is used, {others} not. Say which one is the main process."),
    ),
    "NOT_EXECUTABLE": (
        "流程 {process} 标记为不可执行（isExecutable=false)，只能作为草稿。若要部署，请改为 true。",
        "Process {process} is marked isExecutable=false and can only be a draft. Set it to true to deploy it.",
    ),
    "EXECUTABLE_ABSENT": (
        "流程 {process} 没有声明 isExecutable，按可执行处理。请明确声明。",
        "Process {process} does not say isExecutable and is taken as executable. Say so in the file.",
    ),
    "ELEMENT_WITHOUT_ID": (
        "一个 {kind} 元素没有 id，无法被连线引用。请为它设置 id。",
        "A {kind} element has no id, so no flow can name it. Give it one.",
    ),
    "FILE_UNREADABLE": ("文件无法打开：{reason}", "The file cannot be opened: {reason}."),
    "ID_INVALID": (
        "id “{id}” 无效（长度 {length}，最长 {limit}）：须以字母或下划线开头，只含字母、数字、点、连字符和下划线。",
        (
            "The id “{id}” is not valid ({length} characters, at most {limit}): it begins with a letter or "
            "underscore and has letters, digits, dots, hyphens and underscores only."
        ),
    ),
    "REFERENCE_UNKNOWN": (
        "{name} 引用了文件中不存在的 {reference}。请定义它或修正引用。",
        "{name} refers to {reference}, which the file does not define. Define it or mend the reference.",
    ),
    "LANE_AMBIGUOUS": (
        "该节点同时属于泳道“{first}”和“{second}”，按前者处理。请只放入一个泳道。",
        "This node stands in the lanes {first} and {second}; the first is used. Put it into one lane.",
    ),
    "DIAGRAM_MISSING": (
        "文件中没有图形坐标，流程图将自动布局。",
        "The file has no diagram; one will be laid out.",
    ),
    "DIAGRAM_INVALID": (
        "一个图形缺少有效的坐标或引用，显示时会被忽略。请在建模工具中重新摆放。",
        (
            "A shape or edge lacks usable numbers or its element and is left out of the diagram. Place it again in "
            "the modeller."
        ),
    ),
    "EXTENSION_IGNORED": (
        "命名空间 {namespace} 的扩展内容（{count} 处）会保留在文件中，但不会执行。",
        "Extensions of namespace {namespace} ({count} places) stay in the file and are not run.",
    ),
    "ELEMENT_NOT_RUN": (
        "元素 {element}（{count} 处）作为说明保留，不会执行。",
        "The element {element} ({count} times) is kept as documentation and not run.",
    ),
    "ELEMENT_UNKNOWN": (
        "此处的元素 {element}（{count} 处）不是可识别的 BPMN 2.0 内容，已忽略。请删除或改用标准元素。",
        (
            "The element {element} ({count} times) is no BPMN 2.0 that is understood here and is ignored. Remove it "
            "or use a standard element."
        ),
    ),
    "ATTRIBUTE_UNKNOWN": (
        "属性 {attribute}（{count} 处）不属于 BPMN 2.0，已忽略。",
        "The attribute {attribute} ({count} times) is not one of BPMN 2.0 and is ignored.",
    ),
    "ASSIGNMENT_IGNORED": (
        "文件以 {name} 指定了处理人“{value}”，系统不读取该设置。请用 fd:role 指定角色，或在部署时绑定。",
        ("The file assigns {value} by {name}, which is not read. Name a role by fd:role or bind one when deploying."),
    ),
    "FD_UNKNOWN": (
        "{name} 在此处不起作用：名称拼错或位置不对。请对照 fd 扩展说明修正。",
        "{name} means nothing here: it is misspelt or in the wrong place. See the reference of the fd extension.",
    ),
    "FD_VALUE_INVALID": (
        "{name} 的值“{value}”无效。请对照 fd 扩展说明修正。",
        "“{value}” is no value of {name}. See the reference of the fd extension.",
    ),
    "FD_REPEATED": (
        "{name} 出现多次，只使用第一个。请删除多余的。",
        "{name} stands here more than once and only the first is used. Remove the others.",
    ),
    "FORM_ENCODING": (
        "表单文件 {file} 不是 UTF-8 编码。请另存为 UTF-8。",
        "The form file {file} is not UTF-8. Save it as UTF-8.",
    ),
    "BUNDLE_MALFORMED": (
        "文件不是可读取的 .zip 压缩包。请重新打包。",
        "The file is not a readable .zip. Pack it again.",
    ),
    "BUNDLE_ENTRY_REFUSED": (
        "压缩包中的 {entry} 不予读取：{reason}。请移除后重新打包。",
        "The entry {entry} of the bundle is refused: {reason}. Remove it and pack again.",
    ),
    "BUNDLE_WITHOUT_PROCESS": (
        "压缩包中没有 .bpmn 文件（共 {files} 个文件）。请加入流程文件。",
        "There is no .bpmn file in the bundle ({files} files). Add one.",
    ),
    "BUNDLE_FILE_IGNORED": (
        "压缩包中的 {entry} 不是流程或表单，已忽略。",
        "{entry} in the bundle is neither a process nor a form and is ignored.",
    ),
    "MORE_FINDINGS": (
        "另有 {count} 条 {code} 未逐一列出。",
        "{count} more findings of code {code} are not listed one by one.",
    ),
}
