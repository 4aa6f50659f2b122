"""Where the repository's files are, for tests that read them."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "bpmn", "engine", "storage")
# What an unpacked archive, which has no git to ask, may hold besides the repository's own files.
PRODUCED = re.compile(r"\.venv|\..*_cache|__pycache__|\.hypothesis|.*\.egg-info|build|dist|var|node_modules")


def modules() -> list[Path]:
    """Return every Python file of the four packages, relative to the root."""
    return sorted(
        path.relative_to(ROOT)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "__pycache__" not in path.parts
    )


def text_files() -> Iterator[tuple[Path, str]]:
    """Yield path (relative to the root) and text of every file that is committed or would be by `git add`."""
    for path in committable(ROOT):
        content = (ROOT / path).read_bytes() if (ROOT / path).is_file() else b"\0"
        if b"\0" not in content:
            yield path, content.decode(errors="replace")


def committable(root: Path) -> list[Path]:
    """Return what git tracks or does not ignore under `root`, relative to it."""
    if not (root / ".git").exists():
        every = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
        return sorted(path for path in every if not any(map(PRODUCED.fullmatch, path.parts)))
    listed = subprocess.run(
        # The checkout may belong to another account than the one that runs the tests.
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
        cwd=root,
        text=True,
    )
    return sorted(Path(name) for name in set(listed.stdout.split("\0")) if name)
