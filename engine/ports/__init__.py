"""What commands and queries ask of the outside, as protocols: storage implements them, tests use the real ones."""
