"""What each release wrote, kept for ever, and the proof that today's code goes on with it (R-15)."""
