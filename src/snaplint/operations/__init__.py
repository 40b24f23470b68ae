"""The operations that can be proposed, as data: one module for each, found by its file.

To add an operation, add a module that defines an `Operation`. No other code names the operations, members, principals
or condition keys of a single AWS service.
"""
