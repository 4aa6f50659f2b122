"""The crash proof: processes are killed under load, and what was acknowledged is still there, once.

`server` and `postgres` are what is killed, `siege` what kills them, `clients` the load over `wire`, `ledger` what the
clients were told, `verdict` what the tables hold against it, and `failing` a server that follows
`orders` to kill itself.
"""
