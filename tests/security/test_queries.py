"""D-01, D-02, D-05: sixty hostile strings in every parameter of every list, and what each is taken for."""

import re
from collections.abc import Iterator
from itertools import product
from urllib.parse import quote

from storage.database import STATEMENT_TIMEOUT_MS, Database
from tests.app.api.client import Api
from tests.app.api.test_story import open_ticket
from tests.security.test_bad_input import operations
from tests.support.acting import contents
from tests.support.statements import watching

MARK = "zqx"
"""Stands in every string, so that one that reached the text of a statement is seen there."""
STRINGS = [
    text.replace("@", MARK)
    for text in (
        "title;drop table @",
        "' or '@'='@",
        "' or 1=1--@",
        '" or "@"="@',
        "') or ('@'='@",
        "%' union select '@",
        "' union all select null,'@'--",
        "1; delete from ticket where '@'='@'",
        "1); drop table @;--",
        "a'->'@'",
        "a'->>'@",
        "(select '@')",
        "(select 1 from @)",
        "@' and sleep(5)--",
        "@'; select pg_sleep(5)--",
        "'||pg_sleep(5)||'@",
        "@' and 1=(select count(*) from user_account)--",
        "@' waitfor delay '0:0:5'--",
        "@`",
        "@\\",
        "@\\'",
        "\\x27 or @",
        "@%27",
        "@%2527",
        "@'/**/or/**/1=1",
        "/*!50000@*/",
        "@--",
        "@#",
        "@;--",
        "@' group by 1--",
        "@' having 1=1--",
        "@' order by 99--",
        "@' limit 0--",
        "1 and extractvalue(1,'@')",
        "@' into outfile '/tmp/x",
        "@' copy (select 1) to program 'id'--",
        "lo_import('/etc/passwd@')",
        "load_extension('@')",
        "attach database '@' as x",
        "@'; vacuum--",
        "@ {fn now()}",
        "@:name",
        "@%(name)s",
        "@$1",
        "@?",
        "@\u02bc or 1=1",
        "@\uff07 or 1=1",
        "@%",
        "@_",
        "*@*",
        "@~*.*",
        "@ & !x | (y",
        "@:*",
        "'@':A & 'x':B",
        "[@]",
        "@^[a-z]*$",
        "${@}",
        "{{@}}",
        "@' like '%",
        "@' escape '\\",
    )
]


def lists(api: Api) -> Iterator[tuple[str, str]]:
    """(path, parameter) of every parameter of every list, and `sort`, which none has."""
    for method, path, operation in operations(api):
        if method == "GET" and operation.get("security"):
            yield path, "sort"
            yield from ((path, each["name"]) for each in operation.get("parameters", []) if each["in"] == "query")


def test_d_01_there_are_sixty_strings_and_each_bears_the_mark() -> None:
    assert len(set(STRINGS)) == 60
    assert [text for text in STRINGS if MARK not in text] == []


def test_d_01_no_string_reaches_the_text_of_a_statement(lite: Api) -> None:
    open_ticket(lite)
    for by in ("root", "audrey", "dave"):
        lite.token_of(by)
    before, asked = contents(lite.database), 0
    with watching() as statements:
        for number, (path, name) in enumerate(sorted(set(lists(lite)))):
            # Searches and orders meet every string, and every other parameter a fifth of them, each another one.
            for text in STRINGS if name in ("q", "sort") and "tickets" in path else STRINGS[number % 5 :: 5]:
                answer = lite.client().get(
                    f"{path if path.startswith('/api') else '/api/v1' + path}?{name}={quote(text)}",
                    headers={"Authorization": f"Bearer {lite.token_of('root')}"},
                )
                assert answer.status_code in (200, 400, 404, 422), (path, name, text, answer.status_code)
                assert name != "sort" or answer.status_code == 422, (path, text)
                asked += 1
    assert asked > 400
    assert [each for each in statements if MARK in each] == []
    assert {each.split()[0] for each in statements} <= {"SELECT", "WITH"}
    assert len(statements) > asked
    assert contents(lite.database) == before


def test_d_01_a_string_in_a_title_is_found_by_itself(api: Api) -> None:
    opened = {text: open_ticket(api, title=f"before {text} after")["id"] for text in STRINGS[::4]}
    for text, ticket in opened.items():
        items = api.ok("GET", f"/tickets?q={quote(text)}", by="alice")["items"]
        assert ticket in [each["id"] for each in items]
        assert [each["title"] for each in items if text.lower() not in each["title"].lower()] == []


def test_d_02_a_statement_ends_after_five_seconds(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "5s"
    assert STATEMENT_TIMEOUT_MS == 5_000
    database.dispose()


def test_d_05_no_list_jumps_or_gives_more_than_a_page(lite: Api) -> None:
    paged = sorted({path for path, name in lists(lite) if name == "cursor"})
    for path, query in product(paged, ("offset=1000000000", "limit=10000", "limit=101", "page=2", "per_page=10000")):
        refused = lite.get(f"{path}?{query}", by="root")
        assert (refused.status_code, refused.mimetype) == (422, "application/problem+json"), (path, query)


def test_d_05_no_statement_of_storage_skips_rows() -> None:
    from tests.architecture.repository import ROOT

    sources = [path for path in (ROOT / "storage").rglob("*.py") if "migrations" not in path.parts]
    assert [path.name for path in sources if re.search(r"\.offset\(|\bOFFSET\b", path.read_text("utf-8"))] == []
