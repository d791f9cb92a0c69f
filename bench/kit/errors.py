"""The errors of the bench; each says in one line what is wrong."""


class BenchError(Exception):
    """The bench cannot measure this."""


class WrongResult(BenchError):
    """A case was quick, and lost or repeated something: its figure is worth nothing."""
