"""Reports: one run told in several ways, each from its record alone, so that they agree."""
