"""Reports: results in, text out. Nothing here prints, exits, or asks the clock, the environment or the network."""
