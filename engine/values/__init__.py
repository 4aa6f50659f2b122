"""The nouns of the desk as frozen values: what commands decide on and storage remembers."""
