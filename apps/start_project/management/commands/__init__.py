"""Management commands of the copy."""
