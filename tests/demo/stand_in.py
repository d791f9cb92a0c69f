"""A process for the supervisor's tests: it reports its state, then obeys its arguments."""

import os
import signal
import subprocess
import sys


def main(what: str) -> None:
    instance = os.environ.get("WORKER_INSTANCE")
    say(f"pid={os.getpid()} group={os.getpgid(0)} session={os.getsid(0)} instance={instance}")
    match what:
        case "stay":
            stay()
        case "refuse":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            say("refusing")
            stay()
        case "say goodbye":
            signal.signal(signal.SIGTERM, lambda *_: sys.exit("goodbye"))
            say("listening")
            stay()
        case "give its reason":
            sys.exit("no room")
        case "fail":
            sys.exit(3)
        case "end":
            sys.exit(0)
        case "have a child":
            child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
            say(f"child={child.pid}")
            stay()


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def stay() -> None:
    while True:
        signal.pause()


if __name__ == "__main__":
    main(sys.argv[1])
