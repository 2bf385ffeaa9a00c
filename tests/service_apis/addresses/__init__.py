"""Claims about the collection service."""
