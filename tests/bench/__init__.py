"""The performance report: ratios and medians of one run, on this machine's loopback only."""
