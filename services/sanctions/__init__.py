"""The sanctions service."""
