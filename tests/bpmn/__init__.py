"""Tests of the package bpmn."""
