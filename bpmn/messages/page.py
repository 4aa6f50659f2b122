"""The reference page of all codes, made from the catalogue."""

from bpmn.messages import MESSAGES


def page() -> str:
    """The text of docs/reference/findings.md."""
    rows = [
        f"| `{code}` | {_cell(english)} | {_cell(chinese)} |" for code, (chinese, english) in sorted(MESSAGES.items())
    ]
    return "\n".join(
        [
            "# Findings and refusals",
            "",
            "What import, `faultdesk lint` and deploy say about a process text, and what is said about answers.",
            "Made from `bpmn/messages`; a test keeps the two equal. A word in braces stands for a fact of the",
            "finding. `CODE.word` is the sentence of `CODE` where its parameter `what` is that word.",
            "",
            "| Code | English | 中文 |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _cell(sentence: str) -> str:
    return sentence.replace("|", "\\|")
