"""The four services as one line: in one process, explained, rehearsed, rehearsed live, described."""
