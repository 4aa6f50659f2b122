"""Where releases are kept, and which of them are out."""

import hashlib
import re
import tomllib
from pathlib import Path

from tests.architecture.repository import ROOT

RELEASES = Path(__file__).parent
_VERSIONS = ROOT / "storage" / "migrations" / "versions"


def version() -> str:
    """The version that pyproject.toml names."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def kept() -> list[str]:
    """The versions that have a folder here."""
    return sorted(path.name for path in RELEASES.iterdir() if re.fullmatch(r"\d+\.\d+\.\d+\S*", path.name))


def is_released(name: str) -> bool:
    """Whether the changelog has a section for the version, which is how a release is cut."""
    return f"\n## [{name}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def migration_sums() -> dict[str, str]:
    """File name -> SHA-256 of every migration's text."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(_VERSIONS.glob("[0-9]*.py"))}


__all__ = ["RELEASES", "ROOT", "is_released", "kept", "migration_sums", "version"]
