"""The documentation's own promises, held against what the product does."""
