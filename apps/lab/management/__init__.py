"""`manage.py` commands of the lab."""
