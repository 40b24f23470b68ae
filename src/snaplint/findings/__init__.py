"""What rules find: rules, verdicts and results, as records."""
