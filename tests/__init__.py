"""The tests mirror the packages; being a package keeps tests/bpmn from shadowing bpmn."""
