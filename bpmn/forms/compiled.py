"""A form made ready for checking, once per Form value."""

import weakref
from collections.abc import Mapping
from dataclasses import dataclass

from bpmn.expressions import Program
from bpmn.forms.answers import AnswerSchema, schema_of
from bpmn.forms.model import Field, FieldType, Form
from bpmn.forms.order import Placed, in_order, placed
from bpmn.forms.programs import programs_of


@dataclass(frozen=True, kw_only=True, eq=False)
class CompiledForm:
    """The fields of a form, or of one row of a repeating group, with what is worked out from them once."""

    fields: tuple[Placed, ...]
    """Those that carry an answer, in document order."""
    order: tuple[Placed, ...]
    """The same, each after those it depends on."""
    schema: AnswerSchema
    rows: Mapping[str, "CompiledForm"]
    """For each repeating group by key."""
    programs: Mapping[str, Program]
    """Those of every FEEL text of the form by text; empty in a row, which uses the form's."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the fields in document order."""
        return tuple(each.field.key for each in self.fields)


_compiled: dict[int, CompiledForm] = {}


def compiled(form: Form) -> CompiledForm:
    """The compiled form; made at the first call and kept as long as the Form itself lives."""
    found = _compiled.get(id(form))
    if found is None:
        found = _compiled[id(form)] = compile_fields(form.fields, programs_of(form.fields))
        weakref.finalize(form, _compiled.pop, id(form), None).atexit = False
    return found


def compile_fields(fields: tuple[Field, ...], programs: Mapping[str, Program]) -> CompiledForm:
    """The fields made ready, with the rows of repeating groups inside them."""
    found = tuple(placed(fields))
    return CompiledForm(
        fields=found,
        order=in_order(fields),
        schema=schema_of(fields),
        rows={
            each.field.key: compile_fields(each.field.fields, {})
            for each in found
            if each.field.type is FieldType.DYNAMIC_LIST
        },
        programs=programs,
    )
