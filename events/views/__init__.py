"""Readers' pages: request → query → answer or template; no arithmetic."""
