"""The one door to SpiffWorkflow: a definition, a position and answers in; what happened and the next position out.

Nothing of the library's types leaves this package, and nothing in it does any I/O.

The library runs the process; what it remembers is ours. As it comes, it keeps every node ever visited, copies all
data into each, looks back through that tree to decide whether a join may fire (wrongly in loops), predicts ahead
exponentially and stops seeing tasks 1,000 levels down. Here a finished task leaves the tree at once, joins count the
tokens that wait on their incoming flows, and nothing is predicted, so a position is a few hundred bytes and a step
costs the same however long the ticket has run. Nothing is lost: BPMN decides by tokens alone (2.0.2, chapter 13).

An InclusiveJoin is asked only when nothing else can move. Of several that may fire, the one goes first that has waited
longest; each process therefore has one answer, and the same inputs give the same bytes.
"""

from engine.runner.compiled import CompiledProcess, compile_process
from engine.runner.errors import NotRunnable, StateCorrupt, TokenNotOpen
from engine.runner.steps import complete, retry, start
from engine.runner.stored import open_tokens
from engine.runner.values import EndedTask, EndReason, LiveTask, Step, Stuck, StuckCode

__all__ = [
    "CompiledProcess",
    "EndReason",
    "EndedTask",
    "LiveTask",
    "NotRunnable",
    "StateCorrupt",
    "Step",
    "Stuck",
    "StuckCode",
    "TokenNotOpen",
    "compile_process",
    "complete",
    "open_tokens",
    "retry",
    "start",
]
