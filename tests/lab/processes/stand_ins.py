"""A real supervisor and its channel, with stand-ins for some of the shop's workers.

`python -m tests.lab.processes.stand_ins SOCKET` runs until SIGTERM.
"""

import sys
from contextlib import suppress
from pathlib import Path

from apps.demo.supervisor.control import answering
from apps.demo.supervisor.output import Output
from apps.demo.supervisor.process import Program
from apps.demo.supervisor.supervising import StopRequested, supervising
from apps.demo.supervisor.workers_by_hand import WorkersByHand

RUNNING = {"sales_consumer": 1, "preview_resizer": 2, "dead_letter_collector": 1}
INSTANCES = RUNNING | {"order_listener": 1}
"""The last one is left out, as by `make demo WITHOUT=order_listener`."""
COMMAND = [sys.executable, "-S", "-c", "import signal; signal.pause()"]


def main(path: Path) -> None:
    output = Output(1, width=16, colours=False)
    with supervising(output, fork=False) as supervisor:
        workers = WorkersByHand(supervisor, INSTANCES)
        with answering(path, supervisor.selector, output, workers.answer):
            supervisor.start(
                Program(name="sales_consumer", command=COMMAND),
                Program(name="preview_resizer", instance="1", command=COMMAND),
                Program(name="preview_resizer", instance="2", command=COMMAND),
                Program(name="dead_letter_collector", command=COMMAND, most=1),
            )
            with suppress(StopRequested):
                supervisor.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
