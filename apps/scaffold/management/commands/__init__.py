"""Management commands of the scaffold."""
