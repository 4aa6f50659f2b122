"""The one door to SpiffWorkflow: a definition, a position and answers in; what happened and the next position out.

Nothing of the library's types leaves this package, and nothing in it does any I/O. A position is a few hundred bytes
whatever the ticket has been through; `docs/explanation` says why that is safe.
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
