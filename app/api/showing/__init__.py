"""Values as the JSON that the API shows: only what stands here is ever sent."""
