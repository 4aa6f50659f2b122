"""Walking a process in tests: completing tasks by element id, and a definition by the text notation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bpmn.model import ProcessDefinition
from engine.runner import CompiledProcess, Step, compile_process, complete, open_tokens, retry, start
from tests.support.diagrams import process

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class Journey:
    """One ticket's way: the present step, and the variables that the answers added up to."""

    compiled: CompiledProcess
    step: Step
    variables: dict[str, object] = field(default_factory=dict)

    @property
    def at(self) -> list[str]:
        """Element ids of the live tasks, sorted."""
        assert open_tokens(self.step.state) == self.step.live
        return sorted(task.element_id for task in self.step.live)

    def complete(self, element_id: str, outcome: str | None = None, **answers: object) -> Step:
        """Complete the task at this element that has been open longest."""
        token = next(task.token for task in self.step.live if task.element_id == element_id)
        self.variables |= answers
        if outcome is not None:
            self.variables[f"{element_id}_outcome"] = outcome
        self.step = complete(
            self.compiled, self.step.state, token=token, variables=self.variables, now=NOW, outcome=outcome
        )
        return self.step

    def walk(self, *element_ids: str) -> "Journey":
        """Complete these tasks in this order; `Task/key` names an outcome."""
        for element_id in element_ids:
            task, _, outcome = element_id.partition("/")
            self.complete(task, outcome or None)
        return self

    def retry(self, **corrections: object) -> Step:
        """Correct variables and let the stuck tokens try again."""
        self.variables |= corrections
        self.step = retry(self.compiled, self.step.state, variables=self.variables, now=NOW)
        return self.step


def begin(text: str | ProcessDefinition, variables: Mapping[str, object] | None = None) -> Journey:
    """Open a ticket in the process that this text describes."""
    definition = process(text) if isinstance(text, str) else text
    compiled = compile_process(definition)
    known = dict(variables or {})
    return Journey(compiled=compiled, step=start(compiled, variables=known, now=NOW), variables=known)


def lines(*parts: Iterable[str] | str) -> str:
    """A diagram put together from lines and from generated lines."""
    return "\n".join(part if isinstance(part, str) else "\n".join(part) for part in parts)
