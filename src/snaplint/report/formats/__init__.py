"""The report formats: one module per format, with the name that `--format` takes. See `report.registry`."""
