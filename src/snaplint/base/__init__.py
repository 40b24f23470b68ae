"""Ground for every other package: records, places, unknown facts, schemas."""
