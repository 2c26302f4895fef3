"""The edge to MongoDB: connecting, indexes, validators, retention, and one way to fail."""
