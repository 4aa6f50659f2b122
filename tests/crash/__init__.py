"""The crash proof: processes are killed under load, and what was acknowledged is still there, once.

`server` and `postgres` are what is killed, `siege` what kills them under `load`: `clients` that speak over a `wire` and
enter what they were told into a `ledger`, which `verdict` holds against the tables. `failing` is a server that follows
`orders` to kill itself in a commit, and `walk` goes past these `points`.
"""
