"""Why the demo cannot run; each is one line for whoever typed the command.

CannotRun
├── PortTaken       choose another port
├── OtherServers    unset the variable: the demo brings its own servers
├── NoPages         unset the variable: the demo serves pages
├── FolderInUse     stop the other demo, or choose another folder
├── NoDemo          start it, or name its folder
├── NoRoom          make room on the disk, or choose a folder of another one
├── NotOurFolder    look at DEMO_DIR before anything is deleted
├── ServerMissing   install it
└── ProgramFailed   read the log above
"""


class CannotRun(Exception):
    """The demo cannot run, or cannot be wiped."""


class PortTaken(CannotRun):
    """Somebody else listens on a port that the demo needs."""


class OtherServers(CannotRun):
    """A variable of the environment leads the processes to a server that is not the demo's."""


class NoPages(CannotRun):
    """`PAGES=false`, which is for a worker, would leave the demo without its shop."""


class FolderInUse(CannotRun):
    """Another demo runs on the same folder."""


class NoDemo(CannotRun):
    """What was asked for needs a running demo, and none runs on the folder."""


class NoRoom(CannotRun):
    """The disk has too little room left."""


class NotOurFolder(CannotRun):
    """The folder holds something that no demo has made."""


class ServerMissing(CannotRun):
    """A server that the demo embeds is not installed."""


class ProgramFailed(CannotRun):
    """A program that all others wait for has ended with an error."""
