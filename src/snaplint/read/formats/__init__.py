"""The readers: one module for each file format. `read.registry` is the table of them."""
