"""The cases of the DMN compatibility kit (https://github.com/dmn-tck/tck, Apache-2.0) and how one is judged."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from lxml import etree

from bpmn.expressions import BudgetExhausted
from bpmn.expressions.comparison import equal
from bpmn.expressions.iso import parse_date, parse_date_time, parse_duration, parse_time
from bpmn.expressions.runtime import Runtime
from tests.bpmn.expressions.tck_model import NOW, PARSER, Model, Unsupported, child, local

KIT = Path(__file__).parents[4] / "shared" / "dmn-tck"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_READERS = {
    "decimal": Decimal,
    "double": Decimal,
    "integer": Decimal,
    "boolean": lambda text: text.strip() == "true",
    "date": parse_date,
    "time": parse_time,
    "dateTime": parse_date_time,
    "duration": parse_duration,
}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`found` is "pass", "miss: .." with the difference, or "outside: .." with what it needs."""

    id: str
    found: str


def typed_value(element: etree._Element) -> object:
    """What an input or expected node holds."""
    holder = next((found for found in element if local(found) in ("value", "list", "component")), None)
    if holder is None or element.get(NIL) == "true":
        return None
    if local(holder) == "list":
        return [typed_value(item) for item in holder if local(item) == "item"]
    if local(holder) == "component":
        return {found.get("name"): typed_value(found) for found in element if local(found) == "component"}
    if holder.get(NIL) == "true":
        return None
    kind = (holder.get(TYPE) or "xsd:string").rpartition(":")[2]
    text = holder.text or ""
    return _READERS[kind](text.strip()) if kind in _READERS else text


def same(expected: object, found: object) -> bool:
    """Equal, numbers to eight digits as the kit asks."""
    if isinstance(expected, Decimal) and isinstance(found, Decimal):
        return abs(expected - found) <= Decimal("1e-8") * max(1, abs(expected))
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(same(a, b) for a, b in zip(expected, found, strict=True))
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(same(expected[key], found[key]) for key in expected)
    return equal(Runtime({}, NOW, 100_000), expected, found) is True


def verdicts(level: str) -> Iterator[Verdict]:
    for folder in sorted((KIT / level).iterdir()):
        for tests in sorted(folder.glob("*-test-*.xml")):
            yield from _file_verdicts(folder, tests)


def _file_verdicts(folder: Path, tests: Path) -> Iterator[Verdict]:
    root = etree.parse(str(tests), PARSER).getroot()
    name = child(root, "modelName")
    assert name is not None
    model = Model(folder / str(name.text))
    for case in (found for found in root if local(found) == "testCase"):
        inputs = {found.get("name"): typed_value(found) for found in case if local(found) == "inputNode"}
        for result in (found for found in case if local(found) == "resultNode"):
            ident = f"{folder.name}/{case.get('id')}/{result.get('name')}"
            service = case.get("type") == "decisionService"
            yield Verdict(id=ident, found="outside: decisionService" if service else _judge(model, inputs, result))


def _judge(model: Model, inputs: dict[str, object], result: etree._Element) -> str:
    expected = child(result, "expected")
    wanted = typed_value(expected) if expected is not None else None
    try:
        found = model.value(model.by_name[result.get("name")], inputs)
    except Unsupported as needed:
        return f"outside: {needed}"
    except BudgetExhausted as over:
        return f"miss: {over}"
    return "pass" if same(wanted, found) else f"miss: expected {wanted!r}, found {found!r}"
