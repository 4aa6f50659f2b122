"""Messages about processes, versions, deployments and the catalogue: code -> (zh-CN, en)."""

MESSAGES: dict[str, tuple[str, str]] = {
    "PROCESS_EXISTS": ("流程 {key} 已存在", "There is a process {key} already."),
    "PROCESS_DISABLED": ("流程 {process} 未启用", "The process {process} is not enabled."),
    "OTHER_PROCESS": (
        "文件中的流程是 {key}，不是 {expected}",
        "The file holds the process {key}, not {expected}.",
    ),
    "VERSION_HAS_ERRORS": (
        "流程有错误，未保存为版本；可保存为草稿",
        "The process has errors and was not stored as a version; it can be kept as a draft.",
    ),
    "VERSION_IN_USE": (
        "流程 {process} 的版本 {version} 正被部署 {deployments} 使用",
        "Version {version} of {process} is in use; deployments of it: {deployments}.",
    ),
    "DEPLOY_REFUSED": ("该版本在本系统中还不能部署", "The version cannot be deployed here yet; see the findings."),
    "DEPLOYMENT_RETIRED": (
        "流程 {process} 的部署 {deployment} 已于 {at} 停用",
        "Deployment {deployment} of {process} was retired at {at}.",
    ),
    "SERVICE_EXISTS": ("服务 {key} 已存在", "There is a service {key} already."),
    "CATEGORY_NOT_EMPTY": (
        "分类中还有 {categories} 个分类和 {services} 个服务",
        "The category still holds {categories} categories and {services} services.",
    ),
}
