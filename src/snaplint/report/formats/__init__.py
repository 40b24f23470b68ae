"""The formats of a report: one module for each, named as `--format` names it. `report.registry` describes them."""
