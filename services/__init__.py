"""The four services and the command that composes them."""
