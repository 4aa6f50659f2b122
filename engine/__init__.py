"""What happens: tickets, tasks, roles, commands and queries. No HTTP, no SQL."""
