"""Commands: load, decide, save, record. Each is one transaction and safe to run again after a lost race."""
