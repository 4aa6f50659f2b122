"""Every line of the bar has a test that names it, or says what it waits for; and nothing waits for what is there."""

from collections.abc import Callable, Mapping

import pytest

from storage.database import Database
from tests.app.api.client import make_api
from tests.security.bar import LIST, PAGE, PENDING, Waiting, ids_of, listed, named, named_by, read, signals_of

WAITING = read(PENDING.read_text("utf-8"))
NAMED = set(named())


@pytest.fixture(scope="module")
def exists(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Callable[[str], bool]]:
    """By kind of signal, whether something of that name exists."""
    directory = tmp_path_factory.mktemp("bar")
    return signals_of(make_api(Database(f"sqlite:///{directory / 'bar.db'}"), directory).app)


@pytest.mark.skipif(not PAGE.is_file(), reason="the page of the bar is not beside the repository")
def test_the_committed_list_has_the_lines_of_the_page() -> None:
    assert listed() == ids_of(PAGE.read_text("utf-8")), f"write {LIST.name} anew"


def test_the_list_names_every_line_once() -> None:
    assert len(listed()) == len(set(listed())) == 114


def test_every_line_is_named_by_a_test_or_waits() -> None:
    assert sorted(set(listed()) - NAMED - set(WAITING)) == []


def test_no_line_waits_that_a_test_names() -> None:
    whole = {each for each, waiting in WAITING.items() if waiting.part is None}
    assert sorted(whole & NAMED) == [], "say which part still waits, or take the line out"


def test_the_rest_of_a_line_of_which_a_part_waits_is_tested() -> None:
    partly = {each for each, waiting in WAITING.items() if waiting.part is not None}
    assert sorted(partly - NAMED) == []


def test_only_lines_of_the_page_are_named_or_wait() -> None:
    assert sorted((NAMED | set(WAITING)) - set(listed())) == []


@pytest.mark.parametrize(("line", "waiting"), WAITING.items(), ids=list(WAITING))
def test_nothing_waits_for_a_feature_that_is_there(
    exists: Mapping[str, Callable[[str], bool]], line: str, waiting: Waiting
) -> None:
    assert len(waiting.feature.split()) >= 4, "say in a sentence what is missing"
    assert waiting.signals, "name what will exist when the feature does"
    there = [f"{kind} {name}" for kind, name in waiting.signals if exists[kind](name)]
    assert there == [], f"{line} waits for what exists: write its test and take it out of {PENDING.name}"


@pytest.mark.parametrize(
    ("kind", "there", "absent"),
    [
        ("route", "/api/v1/tickets", "/api/v1/none"),
        ("module", "app.worker.mail", "app.nothing.at_all"),
        ("setting", "FAULTDESK_SMTP_HOST", "FAULTDESK_NOTHING"),
        ("element", "userTask", "choreographyTask"),
        ("table", "ticket", "nothing"),
        ("column", "ticket.title", "ticket.nothing"),
        ("command", "check", "nothing"),
        ("component", "textfield", "nothing"),
        ("imports", "flask", "nothing"),
        ("file", "app/web/static/desk.*", "app/web/static/nothing.*"),
        ("code", "NOT_CANDIDATE", "NO_SUCH_CODE_AT_ALL"),
    ],
)
def test_a_signal_is_seen_when_it_comes(
    exists: Mapping[str, Callable[[str], bool]], kind: str, there: str, absent: str
) -> None:
    assert set(exists) >= {each for waiting in WAITING.values() for each, _ in waiting.signals}
    assert exists[kind](there)
    assert not exists[kind](absent)


def test_a_test_names_a_line_by_its_name_or_docstring_and_prose_elsewhere_does_not() -> None:
    source = '''
"""W-01 in the module's prose."""
def test_x_02_and_f_03_something(): pass
def test_s16_old_spelling():
    """Also O-05."""
def helper_a_01(): """A-02"""
def test_of_25_megabytes(): x = "D-01"
'''
    assert named_by(source) == {"X-02", "F-03", "S-16", "O-05"}
