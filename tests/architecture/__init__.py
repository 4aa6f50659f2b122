"""Rules about the repository itself: who imports whom, what is never called, what the lock files hold."""
