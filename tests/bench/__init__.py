"""What Faultdesk costs: `make bench`. Benchmarks measure and print; they assert nothing about time."""
