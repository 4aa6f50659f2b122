"""The words of a notice in both languages: a task waits for its reader."""

import html
from dataclasses import dataclass
from typing import Final

from bpmn.text import EN

SUBJECT_LENGTH: Final = 200
"""Characters; a longer title is cut."""


@dataclass(frozen=True, kw_only=True)
class TaskNotice:
    """What a task's notice says. Every text is shown literally, whatever it holds."""

    number: str
    title: str
    task: str
    requester: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Words:
    """A composed notice."""

    subject: str
    text: str
    html: str


_TEXTS: Final = {
    "zh-CN": (
        "[{number}] 待办:{task} — {title}",
        "您有一项待办",
        (("单据", "number"), ("标题", "title"), ("节点", "task"), ("提单人", "requester")),
        "打开待办",
        "此邮件由系统自动发送,请勿回复。",
        ":",
    ),
    EN: (
        "[{number}] To do: {task} — {title}",
        "A task waits for you",
        (("Ticket", "number"), ("Title", "title"), ("Task", "task"), ("Opened by", "requester")),
        "Open the task",
        "This message was sent automatically; please do not reply.",
        ": ",
    ),
}


def compose(notice: TaskNotice, *, language: str) -> Words:
    """The notice in English for `en` and its kin, else in Chinese."""
    subject, heading, lines, follow, footer, colon = _TEXTS[EN if language.partition("-")[0] == EN else "zh-CN"]
    values = {name: one_line(getattr(notice, name)) for name in ("number", "title", "task", "requester")}
    facts = [(label, values[name]) for label, name in lines]
    text = "\n".join(
        [
            heading,
            "",
            *(f"{label}{colon}{value}" for label, value in facts),
            "",
            f"{follow}{colon}{notice.url}",
            "",
            footer,
        ]
    )
    rows = "".join(f"<tr><th align=left>{label}</th><td>{html.escape(value)}</td></tr>" for label, value in facts)
    link = f'<p><a href="{html.escape(notice.url)}">{follow}</a></p>'
    body = f"<p>{heading}</p><table>{rows}</table>{link}<p><small>{footer}</small></p>"
    page = f"<!doctype html><html><body>{body}</body></html>"
    # Replaced one after another a title could name another placeholder; format reads the pattern alone.
    return Words(subject=subject.format(**values)[:SUBJECT_LENGTH], text=text + "\n", html=page)


def one_line(text: str) -> str:
    """The text without line breaks, controls and characters that hide or reverse others."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
