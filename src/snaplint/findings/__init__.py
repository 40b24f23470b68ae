"""Rules, verdicts and results, as records."""
