"""From the policies that bind a request to a decision."""
