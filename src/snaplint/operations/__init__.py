"""What can be proposed, as data: one module an operation, found by its file.

To add an operation, add a module that holds an `Operation`. Nothing else in the package names an AWS service's own
operations, members, principals or keys.
"""
