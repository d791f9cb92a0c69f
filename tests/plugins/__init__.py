"""What changes how pytest itself goes about it; `tests/conftest.py` names them."""
