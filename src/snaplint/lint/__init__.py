"""The machine: rules from folders, the engine, the main path from files to results."""
