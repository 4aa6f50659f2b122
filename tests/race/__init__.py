"""Races: many people at once over HTTP against a served process, and databases that fail under them."""
