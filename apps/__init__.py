"""The shop's apps; docs/decisions.md shows which may import which."""
