"""What is committed works anywhere: it names no package registry and no path of one machine."""

import re

import pytest

from tests.architecture.repository import ROOT, text_files

# Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = tuple(
    name.replace("_", ".")
    for name in (
        "pypi_org",
        "pythonhosted_org",
        "registry_npmjs_org",
        "registry_npmmirror_com",
        "registry_yarnpkg_com",
        "crates_io",
        "proxy_golang_org",
        "rubygems_org",
        "repo_maven_apache_org",
    )
)
FORBIDDEN = {
    "a package registry": "|".join(map(re.escape, REGISTRIES)),
    "an index option": r"--(?:extra-)?index" + r"-url[ =]\S|--find" + r"-links[ =]\S",
    "a path of one machine": r"(?<![\w./$}-])/(?:wor" + r"k|ro" + r"ot|ho" + r"me|Us" + r"ers)/[\w.]",
}


def _found(text: str) -> list[tuple[str, int]]:
    """Return what is named and in which line, counted from 1."""
    return [
        (what, number)
        for number, line in enumerate(text.splitlines(), start=1)
        for what, pattern in FORBIDDEN.items()
        if re.search(pattern, line)
    ]


def test_no_committed_text_depends_on_one_machine() -> None:
    assert [(path.as_posix(), *found) for path, text in text_files() for found in _found(text)] == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a package registry", "https://files." + REGISTRIES[1] + "/packages"),
        ("a package registry", '"resolved": "https://' + REGISTRIES[2] + '/left"'),
        ("an index option", "--index" + "-url https://somewhere/simple"),
        ("a path of one machine", "open('/ro" + "ot/.config')"),
        ("a path of one machine", "cd /ho" + "me/alice/faultdesk"),
    ],
)
def test_the_search_sees(what: str, text: str) -> None:
    assert _found("first line\n" + text) == [(what, 2)]


@pytest.mark.parametrize(
    "text",
    [
        "../shared/sample-process.md",
        "/api/v1/wor" + "k/1",
        "./ho" + "me/x",
        "/var/lib/faultdesk",
        "--no-emit-index-url",
    ],
)
def test_the_search_lets_pass(text: str) -> None:
    assert _found(text) == []


def test_every_decision_is_in_the_index_under_a_number_of_its_own() -> None:
    directory = ROOT / "docs" / "decisions"
    pages = sorted(path.name for path in directory.glob("[0-9]*.md"))
    linked = re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", (directory / "README.md").read_text("utf-8"))
    assert pages
    assert linked == pages
    assert len({page[:4] for page in pages}) == len(pages)
