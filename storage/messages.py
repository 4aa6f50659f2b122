"""Messages of jobs, backups, the schema and the checks: code -> (zh-CN, en)."""

MESSAGES: dict[str, tuple[str, str]] = {
    # Files
    "FILE_TOO_LARGE": ("文件超过 {limit} 字节", "The file is over {limit} bytes."),
    "TYPE_MISMATCH": (
        "文件 {name} 的内容是 {found}，与名称不符",
        "The file {name} is {found}, not what its name says.",
    ),
    "IMAGE_BROKEN": ("图片已损坏", "The image is broken."),
    "IMAGE_TOO_LARGE": ("图片像素超过上限", "The image has too many pixels."),
    "UPLOADS_FULL": ("您的上传空间已满", "Your space for uploads is full."),
    "STORAGE_FULL": ("附件存储空间已满，请稍后重试", "There is no room left for files: try again later."),
    "STORAGE_NOT_WRITABLE": (
        "附件存储目前不可写，请稍后重试",
        "Files cannot be stored at the moment: try again later.",
    ),
    # Jobs
    "ADDRESS_INVALID": ("收件地址无效", "The address is not valid."),
    "JOB_KIND_UNKNOWN": ("没有这种作业", "There is no such kind of job."),
    "JOB_NOT_DEAD": ("作业未被放弃（{state}）", "The job was not given up: it is {state}."),
    "JOB_TIMEOUT": ("作业超时", "The job took too long."),
    "LEASE_EXPIRED": ("执行作业的进程已消失", "The process that ran the job is gone."),
    "SMTP_UNREACHABLE": ("邮件服务器无法连接", "The mail server cannot be reached."),
    "SMTP_TLS_FAILED": ("与邮件服务器的加密连接失败", "The encrypted connection to the mail server failed."),
    "SMTP_LOGIN_REFUSED": ("邮件服务器拒绝登录", "The mail server refused the sign-in."),
    # Schema and backups
    "SCHEMA_UNKNOWN": ("数据库由更新的版本建立", "The database was made by a newer release."),
    "SCHEMA_NOT_CURRENT": ("数据库需要升级：运行 faultdesk init", "The database must be upgraded: run faultdesk init."),
    "BACKUP_UNREADABLE": ("无法读取备份文件", "The backup cannot be read."),
    "BACKUP_FORMAT": ("不认识的备份格式", "The backup is of an unknown format."),
    "BACKUP_DAMAGED": ("备份文件已损坏", "The backup is damaged."),
    "BACKUP_INCOMPLETE": ("备份期间有文件消失，请重新备份", "A file went away during the backup: run it again."),
    "BACKUP_OTHER_DATABASE": ("备份来自另一种数据库", "The backup comes from the other kind of database."),
    "TARGET_NOT_EMPTY": (
        "目标不是空的；确认后加 --replace",
        "The target is not empty; to overwrite it give --replace.",
    ),
    # Checks
    "CHAIN_BROKEN": ("时间线的散列链在第 {event} 条断开", "The chain of events is broken at event {event}."),
    "EVENTS_MISSING": ("应有 {expected} 条事件，实有 {found} 条", "{expected} events should be there, {found} are."),
    "STATE_MISSING": ("缺少流程状态", "The ticket's state is missing."),
    "NOTHING_TO_DO": ("进行中的单据没有待办，也没有异常", "A running ticket has no task and is not stuck."),
    "LIVE_AFTER_END": ("已结束的单据仍有待办", "A ticket that has ended still has tasks."),
    "TASKS_DIFFER": ("待办与流程状态不一致", "The tasks are not those of the position."),
    "OFFERS_DIFFER": ("待办列表与候选角色不一致", "The inbox does not offer what the tasks say."),
    "TIMELINE_IMPOSSIBLE": ("时间线无法重演：{reason}", "The timeline cannot be replayed: {reason}."),
    "POSITION_DIFFERS": ("时间线重演到另一个状态", "The timeline replays to another position."),
    "VARIABLES_DIFFER": ("时间线重演出另一些变量", "The timeline replays to other variables."),
    "REPLAY_TASKS_DIFFER": ("时间线重演出另一些待办", "The timeline replays to other tasks."),
    "NUMBERS_MISSING": ("单号有缺失", "Numbers are missing."),
    "NUMBER_ABSENT": ("单据没有单号", "The ticket has no number."),
    "FILE_ABSENT": ("附件的内容丢失", "The bytes of an attachment are gone."),
    "SEAL_BROKEN": ("审计记录的封印 {seal} 断开", "The audit's seal {seal} is broken."),
}
