"""Terms that policies are made of: truth values, patterns, ARNs, typed values."""
