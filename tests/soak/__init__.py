"""Hours of ordinary work: nothing grows, nothing slows down, nothing fails."""
