"""D-07: what each kind of person is told, field by field, against a committed list."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.app.api.client import HANDLING, Api
from tests.app.api.test_story import PNG, open_ticket, task_of, work_on
from tests.security.test_authorisation_matrix import PEOPLE

LIST = Path(__file__).with_name("fields.toml")
OPEN = ("answers", "saved", "params", "rulings", "items[].payload")
"""Where the names of members are those of a form, an action or an event."""
SECRET = ("password", "hash", "secret", "salt", "csrf")


def fields_of(value: Any, at: str = "") -> Iterator[str]:
    """The path of every field; the items of a list are one, and what a form's author named is `*`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            named = "*" if at.endswith(OPEN) else name
            yield f"{at}.{named}".removeprefix(".")
            yield from fields_of(inner, f"{at}.{named}")
    elif isinstance(value, list):
        for inner in value:
            yield from fields_of(inner, f"{at}[]")


def told(api: Api) -> dict[str, dict[str, str]]:
    """By address, the fields that each kind of person gets, or the status of the refusal."""
    upload = api.upload("alice", PNG, "x.png").get_json()["id"]
    ticket = open_ticket(api, screenshots=[upload])
    at, task = f"/tickets/{ticket['id']}", task_of(ticket, "Task_Handle")
    work_on(api, "bob", task, HANDLING)
    for text, internal in (("public", False), ("internal note", True)):
        api.ok("POST", f"{at}/comments", {"text": text, "internal": internal}, by="bob")
    paths = ["/me", "/tickets", "/tickets?scope=all", "/tasks", "/tasks?view=done", "/tasks/counts", "/users", "/roles"]
    paths += ["/roles/ops/members", "/services", "/services/fault/form", "/catalogue", "/categories", "/businesses"]
    paths += ["/processes", "/processes/fault-handling", "/processes/fault-handling/versions", "/tokens", "/audit"]
    paths += ["/processes/fault-handling/deployments", "/jobs", "/directory", "/drafts", at, f"{at}/timeline"]
    paths += [f"{at}/comments", f"{at}/attachments", f"/tasks/{task}", f"/tasks/{task}/why"]
    found: dict[str, dict[str, str]] = {}
    for path in paths:
        named = path.replace(ticket["id"], "ID").replace(f"ID.{task.partition('.')[2]}", "TASK")
        groups: dict[str, list[str]] = defaultdict(list)
        for by in PEOPLE:
            answer = api.get(path, by=by)
            shown = str(answer.status_code)
            if answer.status_code == 200:
                shown = " ".join(sorted(set(fields_of(answer.get_json()))))
            groups[shown].append(by)
        found[named] = {" ".join(who): shown for shown, who in groups.items()}
    return found


def test_d_07_nobody_is_told_a_field_that_is_not_on_the_list(lite: Api) -> None:
    now = told(lite)
    text = "".join(
        f'["{path}"]\n' + "".join(f'"{who}" = "{shown}"\n' for who, shown in groups.items()) + "\n"
        for path, groups in now.items()
    )
    listed = tomllib.loads(LIST.read_text("utf-8")) if LIST.is_file() else {}
    assert now == listed, f"read what changed, and write {LIST.name} anew:\n{text}"
    names = {name.rpartition(".")[2] for groups in now.values() for shown in groups.values() for name in shown.split()}
    # A version is known by the hash of its text; no other hash is told.
    assert [name for name in names - {"hash"} if any(word in name for word in SECRET)] == []


def test_d_07_an_internal_note_is_not_for_who_opened_the_ticket(lite: Api) -> None:
    ticket = open_ticket(lite)
    at = f"/tickets/{ticket['id']}"
    lite.ok("POST", f"{at}/comments", {"text": "an internal note", "internal": True}, by="bob")
    for path in (at, f"{at}/comments", f"{at}/timeline", "/tickets", "/me"):
        assert "an internal note" not in lite.get(path, by="alice").text
    assert "an internal note" in lite.get(f"{at}/comments", by="bob").text
