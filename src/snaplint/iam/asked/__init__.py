"""What is asked of a policy: the principal, the request, what each service does differently."""
