"""The order in which a form's fields are decided: a field after those that its conditions or its value need."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from bpmn.expressions import ExpressionRefused
from bpmn.forms.model import INPUTS, Field, FieldType
from bpmn.forms.programs import program_of


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A field that carries an answer, with the `hide` conditions of the groups around it, outermost first."""

    field: Field
    hidden_by: tuple[str, ...] = ()


def placed(fields: tuple[Field, ...], outer: tuple[str, ...] = ()) -> Iterator[Placed]:
    """The fields with an answer in document order, groups flattened; repeating groups count as one field."""
    for field in fields:
        hidden_by = (*outer, field.hidden_when) if field.hidden_when else outer
        if field.type is FieldType.GROUP:
            yield from placed(field.fields, hidden_by)
        elif field.type in INPUTS and field.key:
            yield Placed(field=field, hidden_by=hidden_by)


def in_order(fields: tuple[Field, ...]) -> tuple[Placed, ...]:
    """The fields such that one pass decides them all: what a value depends on comes before it.

    A form whose conditions wait for each other (a finding, so never deployed) keeps its document order.
    """
    found = {each.field.key: each for each in placed(fields)}
    try:
        keys = tuple(TopologicalSorter(_needs(found)).static_order())
    except CycleError:
        return tuple(found.values())
    return tuple(found[key] for key in keys)


def cycle_in(fields: tuple[Field, ...]) -> tuple[str, ...]:
    """The keys of fields whose conditions or values wait for each other, or nothing."""
    found = {each.field.key: each for each in placed(fields)}
    try:
        TopologicalSorter(_needs(found)).prepare()
    except CycleError as error:
        return tuple(dict.fromkeys(error.args[1]))
    return ()


def computed_from(fields: tuple[Field, ...], changed: Set[str]) -> frozenset[str]:
    """The keys of the computed fields whose value these variables decide, directly or through other fields."""
    moving = set(changed)
    computed = set()
    for each in in_order(fields):
        if _deciding(each) & moving:
            moving.add(each.field.key)
            if each.field.type is FieldType.EXPRESSION:
                computed.add(each.field.key)
    return frozenset(computed)


def names_in(texts: tuple[str | None, ...]) -> frozenset[str]:
    """The variables these FEEL texts read; one that is refused reads none."""
    names: set[str] = set()
    for text in texts:
        try:
            names.update(program_of(text).names if text else ())
        except ExpressionRefused:
            continue
    return frozenset(names)


def _needs(found: Mapping[str, Placed]) -> dict[str, list[str]]:
    return {key: sorted(_deciding(each) & found.keys()) for key, each in found.items()}


def _deciding(each: Placed) -> frozenset[str]:
    """The variables that decide a field's value: whether it is asked, whether it is the person's, what it computes."""
    names = names_in((*each.hidden_by, each.field.readonly_when, each.field.expression))
    rows = tuple(placed(each.field.fields))
    # A row's own field hides one of the same name outside, so that one is not waited for.
    outside = (_deciding(inner) for inner in rows)
    return names.union(*outside) - {inner.field.key for inner in rows}
