"""One working day of a company, played through the whole line and shown as a conversation."""
