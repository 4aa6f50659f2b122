"""Queries: what people may read, shaped for those who read it."""
