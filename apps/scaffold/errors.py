"""Why nothing was written. Each message is one line for the user who typed the command.

ScaffoldError
├── UnfitName     choose another name, or another app
├── AlreadyThere  it was made before, or something else has the name
├── PlaceMissing  a file is not as the command expects it: edit it by hand, as the others
└── TrialFailed   a program that the command needs is missing, or rejects the result
"""


class ScaffoldError(Exception):
    """The command can write nothing."""


class UnfitName(ScaffoldError):
    """A place that the name goes to would reject it."""


class AlreadyThere(ScaffoldError):
    """A file, a class or a process has the name."""


class PlaceMissing(ScaffoldError):
    """What the command looks for is not in the file."""


class TrialFailed(ScaffoldError):
    """A program fails on the result, or is not installed."""
