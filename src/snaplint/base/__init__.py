"""What every other package uses: records, places, unknown facts, schemas, phrases of messages."""
