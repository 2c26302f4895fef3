"""The edge to HTTP: problem documents, bodies with a limit, API keys, health, metrics."""
