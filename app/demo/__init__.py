"""Demo mode: people, a catalogue and tickets in every state, made through the same commands as everybody's."""
