"""The image and the compose file, on a real Docker engine."""
