"""Who writes the rows of a file that become something else than events."""
