"""`snaplint demo`: the whole story on an AWS of its own, inside this process; `world` says what there is in it,
`sandbox` runs it, `story` tells it."""
