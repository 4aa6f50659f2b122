"""What a form of a page posts: answers under `a.`, files under `f.`, and the buttons and keys of the page itself.

Answers carry a prefix because a designer may call a field anything, `reason` and `csrf_token` too.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo

from flask import Request
from werkzeug.datastructures import FileStorage

from app.asking import Ask, keyed
from app.limiting import UPLOADS
from app.web.refusals import Refusal, refusal_of
from bpmn.errors import FaultdeskError
from bpmn.forms.model import Form
from bpmn.forms.posting import answers_from_post
from engine.errors import FieldProblem
from storage import uploads
from storage.answer import Answer
from storage.store import Store

ANSWER = "a."
FILE = "f."
_CHUNK = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A posted form."""

    answers: dict[str, object]
    button: str
    """Which button was pressed, and what on: `send`, `save`, `add:rows`, `outcome:redo`."""
    texts: Mapping[str, str]
    """The page's own fields."""
    refusal: Refusal | None = None
    """Files that were not taken, by the fields they were chosen in."""

    @property
    def verb(self) -> str:
        """The button without what it is on."""
        return self.button.partition(":")[0]

    @property
    def object(self) -> str:
        """What the button is on."""
        return self.button.partition(":")[2]


def answers_in(request: Request, form: Form, *, zone: tzinfo, files: Mapping[str, list[str]]) -> dict[str, object]:
    """The posted answers with the ids of these files; what was left empty is null, as conditions know it."""
    posted = {name.removeprefix(ANSWER): values for name, values in request.form.lists() if name.startswith(ANSWER)}
    for path, ids in files.items():
        posted[path] = [*posted.get(path, []), *ids]
    answers = answers_from_post(form.fields, posted, zone=zone)
    return {key: _emptied(value) for key, value in answers.items()}


def read_form(ask: Ask, request: Request, form: Form, *, zone: tzinfo) -> Posted:
    """The posted answers; files are stored as the person's uploads at once, so that the page can keep them."""
    received: dict[str, list[str]] = {}
    problems: list[FieldProblem] = []
    first: FaultdeskError | None = None
    for path, file in _files(request):
        try:
            received.setdefault(path, []).append(receive(ask, file))
        except FaultdeskError as error:
            first = first or error
            problems.append(FieldProblem(path=path, code=error.code, params=error.params))
    refusal: Refusal | None = None
    if first is not None:
        refusal = replace(refusal_of(first), problems=tuple(problems))
    return Posted(
        answers=answers_in(request, form, zone=zone, files=received),
        button=request.form.get("do", "send"),
        texts=own_texts(request),
        refusal=refusal,
    )


def own_texts(request: Request) -> dict[str, str]:
    """The page's own fields, without line ends a browser makes of `\\n`."""
    names = (name for name in request.form if not name.startswith((ANSWER, FILE)))
    return {name: request.form[name].replace("\r\n", "\n") for name in names}


def receive(ask: Ask, file: FileStorage) -> str:
    """Store one file as an upload of the person; its id.

    Raises: TooMany, TooLarge, Invalid (see `storage.uploads`).
    """
    ask.limit("upload", UPLOADS)
    ask.look(uploads.check_room)
    received = uploads.receive(ask.desk.blobs, _chunks(file), name=file.filename or "file")
    # Whether this very form was sent before is judged by its files too, so they are left as they came.
    file.stream.seek(0)
    made: list[str] = []

    def act(work: Store) -> Answer:
        made.append(str(uploads.add(work, received).id))
        return Answer(status=201)

    keyed(ask, None).perform(act)
    return made[-1]


def new_key() -> str:
    """A key for one sending of a form, so that a second click does nothing a second time."""
    return secrets.token_urlsafe(18)


def with_key(ask: Ask, request: Request) -> Ask:
    """The asking under the key that the form brought."""
    return keyed(ask, request.form.get("key"))


def _emptied(value: object) -> object:
    if isinstance(value, list):
        return [_emptied(each) for each in value]
    if isinstance(value, dict):
        return {key: _emptied(each) for key, each in value.items()}
    return None if value == "" else value


def _files(request: Request) -> Iterator[tuple[str, FileStorage]]:
    for name, file in request.files.items(multi=True):
        if name.startswith(FILE) and file.filename:
            yield name.removeprefix(FILE), file


def _chunks(file: FileStorage) -> Iterator[bytes]:
    while chunk := file.stream.read(_CHUNK):
        yield chunk
