"""A policy document, compiled: elements, conditions, statements."""
