"""DMN models of the compatibility kit: boxed expressions as FEEL trees, requirements, item definitions.

Decision tables, decision services and imports are not read here; a node that needs one is `Unsupported`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from bpmn import limits
from bpmn.expressions import ast, parse, program_of
from bpmn.expressions.conformance import coerced
from bpmn.expressions.errors import ExpressionRefused, Null
from bpmn.expressions.runtime import Runtime
from bpmn.expressions.types import PLAIN, SPACED

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
RESULT = "the result of this context"
# What stands beside the expression in a decision, an entry, a binding or a function.
BESIDE = {"variable", "parameter", "formalParameter", "description", "extensionElements", "question"} | {
    "allowedAnswers",
    "informationRequirement",
    "knowledgeRequirement",
    "authorityRequirement",
}
ANY = ast.TypeRef(name="Any")


class Unsupported(Exception):
    """The node needs something that is not a literal or boxed expression."""


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


def child(element: etree._Element, name: str) -> etree._Element | None:
    return next((found for found in element if local(found) == name), None)


class Model:
    def __init__(self, path: Path) -> None:
        self.root = etree.parse(str(path), PARSER).getroot()
        self.by_id = {el.get("id"): el for el in self.root.iter() if el.get("id")}
        self.by_name = {el.get("name"): el for el in self.root if el.get("name") and local(el) != "itemDefinition"}
        self.items = {el.get("name"): el for el in self.root if local(el) == "itemDefinition"}
        self.names = {el.get("name") for el in self.root.iter() if el.get("name")} - {None}

    def node(self, element: etree._Element) -> ast.Node:
        """A boxed expression as a FEEL tree."""
        reader = getattr(self, f"_{local(element)}", None)
        if reader is None:
            raise Unsupported(local(element))
        return reader(element)

    def body(self, element: etree._Element) -> etree._Element:
        """The expression inside a decision, an entry, a binding or a function."""
        for found in element:
            if local(found) not in BESIDE:
                return found
        raise Unsupported("no expression")

    def inner(self, element: etree._Element, name: str) -> ast.Node:
        found = child(element, name)
        if found is None:
            raise Unsupported(f"no {name}")
        return self.node(self.body(found))

    def _literalExpression(self, element: etree._Element) -> ast.Node:  # noqa: N802
        text = child(element, "text")
        if text is None:
            raise Unsupported("no text")
        return parse(text.text or "", self.names)

    def _context(self, element: etree._Element) -> ast.Node:
        entries = []
        for entry in element:
            if local(entry) != "contextEntry":
                continue
            variable = child(entry, "variable")
            name = variable.get("name") if variable is not None else RESULT
            entries.append(ast.Entry(key=name, value=self.node(self.body(entry))))
        made = ast.ContextLiteral(entries=tuple(entries))
        return ast.Path(base=made, name=RESULT) if entries and entries[-1].key == RESULT else made

    def _invocation(self, element: etree._Element) -> ast.Node:
        bindings = [found for found in element if local(found) == "binding"]
        names = tuple(child(found, "parameter").get("name") for found in bindings)
        args = tuple(self.node(self.body(found)) for found in bindings)
        return ast.Call(function=self.node(self.body(element)), args=args, names=names)

    def _functionDefinition(self, element: etree._Element, result: str | None = None) -> ast.Node:  # noqa: N802
        if element.get("kind", "FEEL") != "FEEL":
            raise ExpressionRefused("external function", code="EXTERNAL_FUNCTION")
        params = [found for found in element if local(found) == "formalParameter"]
        return ast.FunctionLiteral(
            params=tuple(found.get("name") for found in params),
            types=tuple(self.type(found.get("typeRef")) for found in params),
            body=self.node(self.body(element)),
            result=self.type(result or self.body(element).get("typeRef")),
        )

    def _list(self, element: etree._Element) -> ast.Node:
        return ast.ListLiteral(items=tuple(self.node(found) for found in element if local(found) != "description"))

    def _relation(self, element: etree._Element) -> ast.Node:
        columns = [found.get("name") for found in element if local(found) == "column"]
        rows = []
        for row in (found for found in element if local(found) == "row"):
            cells = [self.node(found) for found in row]
            pairs = zip(columns, cells, strict=True)
            rows.append(ast.ContextLiteral(entries=tuple(ast.Entry(key=key, value=cell) for key, cell in pairs)))
        return ast.ListLiteral(items=tuple(rows))

    def _conditional(self, element: etree._Element) -> ast.Node:
        branch = ast.Branch(condition=self.inner(element, "if"), then=self.inner(element, "then"))
        return ast.If(branches=(branch,), otherwise=self.inner(element, "else"))

    def _filter(self, element: etree._Element) -> ast.Node:
        return ast.Filter(base=self.inner(element, "in"), predicate=self.inner(element, "match"))

    def _iterator(self, element: etree._Element) -> tuple[ast.Iterator, ...]:
        return (ast.Iterator(name=element.get("iteratorVariable"), source=self.inner(element, "in")),)

    def _for(self, element: etree._Element) -> ast.Node:
        return ast.For(iterators=self._iterator(element), result=self.inner(element, "return"))

    def _some(self, element: etree._Element, every: bool = False) -> ast.Node:
        condition = self.inner(element, "satisfies")
        return ast.Quantified(every=every, iterators=self._iterator(element), condition=condition)

    def _every(self, element: etree._Element) -> ast.Node:
        return self._some(element, every=True)

    def type(self, name: str | None) -> ast.TypeRef | None:
        """The type a typeRef names."""
        if name is None:
            return None
        plain = name.rpartition(":")[2].strip()
        plain = {"dateTime": "date and time", "dayTimeDuration": "days and time duration"}.get(plain, plain)
        plain = {"yearMonthDuration": "years and months duration"}.get(plain, plain)
        if plain in self.items:
            return self._item_type(self.items[plain])
        if plain in PLAIN or plain in SPACED:
            return ast.TypeRef(name=plain) if plain not in ("context", "list", "function") else ANY
        return ANY

    def _item_type(self, item: etree._Element) -> ast.TypeRef:
        members = [found for found in item if local(found) == "itemComponent"]
        reference = child(item, "typeRef")
        if members:
            keys = tuple(found.get("name") for found in members)
            inner = tuple(self._item_type(found) for found in members)
            made = ast.TypeRef(name="context", keys=keys, inner=inner)
        else:
            made = self.type(reference.text if reference is not None else None) or ANY
        return ast.TypeRef(name="list", inner=(made,)) if item.get("isCollection") == "true" else made

    def typed(self, value: object, element: etree._Element) -> object:
        """The value as the type of the element's variable, null when it does not fit."""
        variable = child(element, "variable")
        wanted = self.type(variable.get("typeRef") if variable is not None else None)
        if wanted is None:
            return value
        try:
            return coerced(Runtime({}, NOW, limits.SCRIPT_STEPS), value, wanted)
        except Null:
            return None

    def value(self, element: etree._Element, inputs: Mapping[str, object]) -> object:
        """The value of a decision, input or knowledge model; what the text refuses to say is null."""
        kind = local(element)
        if kind == "inputData":
            return self.typed(inputs.get(element.get("name")), element)
        variables = self._required(element, inputs)
        if kind == "businessKnowledgeModel":
            logic = child(element, "encapsulatedLogic")
            if logic is None:
                raise Unsupported("no logic")
            variable = child(element, "variable")
            result = variable.get("typeRef") if variable is not None else None
            return self._run(self._functionDefinition(logic, result), variables)
        if kind != "decision":
            raise Unsupported(kind)
        try:
            return self.typed(self._run(self.node(self.body(element)), variables), element)
        except ExpressionRefused:
            return None

    def _required(self, element: etree._Element, inputs: Mapping[str, object]) -> dict[str, object]:
        found: dict[str, object] = {}
        for requirement in element:
            for reference in requirement:
                if local(reference) not in ("requiredDecision", "requiredInput", "requiredKnowledge"):
                    continue
                model, _, ident = reference.get("href").rpartition("#")
                needed = self.by_id.get(ident)
                if needed is None:
                    raise Unsupported(f"import {model}")
                if local(needed) == "inputData" and needed.get("name") not in inputs:
                    continue
                found[needed.get("name")] = self.value(needed, inputs)
        return found

    def _run(self, node: ast.Node, variables: Mapping[str, object]) -> object:
        return program_of(node).evaluate(variables, now=NOW, budget=limits.SCRIPT_STEPS).value
