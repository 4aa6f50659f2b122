"""What is remembered: tables, queries, migrations, jobs, attachments, on SQLite and PostgreSQL."""
