"""Reports: results in, text out. Nothing here prints, exits, or reads the clock, the environment or the network."""
