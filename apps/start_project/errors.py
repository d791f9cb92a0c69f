"""Why no copy is made. Each message is one line for the user who typed the command.

CannotStart
├── BadName         choose another name
├── FolderTaken     choose another folder
├── ToolMissing     install it, or set it up
└── TableOutOfDate  mend the table of the part: what it names has changed
"""


class CannotStart(Exception):
    """The project cannot be started; nothing was written."""


class BadName(CannotStart):
    """One of the places that the name goes to would reject it, or has it already."""


class FolderTaken(CannotStart):
    """The folder has files, or lies within this repository."""


class ToolMissing(CannotStart):
    """A program that the copy needs is not installed, or failed."""


class TableOutOfDate(CannotStart):
    """The table of a part names what is not in the repository any more."""
