"""A rehearsal through a running stack, over its HTTP APIs and its topics."""
