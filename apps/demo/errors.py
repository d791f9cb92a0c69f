"""Why the demo cannot run. Each message is one line for the user who typed the command.

CannotRun
├── PortTaken       choose another port
├── OtherServers    unset the variable: the demo brings its own servers
├── NoPages         unset the variable: the demo serves pages
├── OtherPorts      unset the variable, or name the folder of the demo that you mean
├── FolderInUse     stop the other demo, or choose another folder
├── NoDemo          start it, or name its folder
├── NoRoom          free space on the disk, or choose a folder on another disk
├── NotOurFolder    check DEMO_DIR before anything is deleted
├── ServerMissing   install it
└── ProgramFailed   read the log above
"""


class CannotRun(Exception):
    """The demo cannot run, or cannot be wiped."""


class PortTaken(CannotRun):
    """Another program listens on a port that the demo needs."""


class OtherServers(CannotRun):
    """An environment variable names a server that is not the demo's."""


class NoPages(CannotRun):
    """`PAGES=false` is for a worker: the demo would have no shop."""


class OtherPorts(CannotRun):
    """The shell names other ports than those of the running demo."""


class FolderInUse(CannotRun):
    """Another demo runs on the same folder."""


class NoDemo(CannotRun):
    """The command needs a running demo, and none runs on the folder."""


class NoRoom(CannotRun):
    """The disk has not enough free space."""


class NotOurFolder(CannotRun):
    """The folder holds a file that no demo has written."""


class ServerMissing(CannotRun):
    """A server that the demo embeds is not installed."""


class ProgramFailed(CannotRun):
    """A program that all others wait for has failed."""
