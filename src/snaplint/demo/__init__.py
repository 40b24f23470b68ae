"""`snaplint demo`, on an AWS simulation in this process: `world` is its content, `sandbox` runs it, and `story` is the
text and the commands of the demo."""
