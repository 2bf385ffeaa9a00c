"""Containers of components, as far as they can be tried without an engine."""
