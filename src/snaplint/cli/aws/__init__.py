"""What the commands that read AWS share: flags, requests, progress."""
