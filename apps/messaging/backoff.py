"""How long to wait before the next try: twice as long after each failure, up to a limit."""


def backoff(failures: int, *, first: float, longest: float) -> float:
    """Return seconds: `first` after one failure, half of it after none, at most `longest`."""
    return min(first * 2.0 ** min(failures - 1, 20), longest)
