"""Which reply goes out, when, and what its delivery came to. Pure functions of their arguments."""
