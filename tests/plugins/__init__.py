"""Plugins of pytest; `tests/conftest.py` loads them."""
