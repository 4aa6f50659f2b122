"""What several tests stand on: a real PostgreSQL and a way to count its round trips."""
