"""What is evaluated: the principal, the request, and where single services differ."""
