"""The worker: what runs the jobs, inside the serving process or by itself."""
