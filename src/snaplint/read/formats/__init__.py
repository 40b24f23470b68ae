"""What snaplint reads: one module for each form that a request can be written in. `read.registry` describes them."""
