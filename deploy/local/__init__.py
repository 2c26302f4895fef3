"""What only a local machine runs: the sandbox provider and the demo."""
