"""The ledger's rules: what counts, what it adds up to, what follows. Pure functions of their arguments."""
