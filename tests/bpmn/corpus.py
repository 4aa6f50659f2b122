"""The reference diagrams beside the repository, where they are there."""

import csv
import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("FAULTDESK_CORPUS", Path(__file__).parents[3] / "shared" / "bpmn-corpus"))


def files() -> list[Path]:
    """The diagrams that the corpus's index lists; none where the corpus is absent."""
    index = ROOT / "INDEX.csv"
    if not index.exists():
        return []
    with index.open(encoding="utf-8", newline="") as rows:
        return [ROOT / row["path"] for row in csv.DictReader(rows)]


needs_corpus = pytest.mark.skipif(not files(), reason=f"the reference diagrams are not at {ROOT}")
