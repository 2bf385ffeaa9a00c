"""Good components, each a small program of its own, the defects seeded in them, and what shows them right."""
