"""The pages: server-rendered, every one of them usable without a script."""
