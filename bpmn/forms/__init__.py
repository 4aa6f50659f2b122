"""Forms: the declared subset of form-js JSON, read into values, and the one check of a person's answers."""
