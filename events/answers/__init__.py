"""A selection, streamed as a file. Answers know no request."""
