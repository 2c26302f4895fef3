"""What time and history say about a message, and the decision that follows. Pure functions."""
