"""Whether the processes of a demo answer `/metrics`, each at the port that the demo wrote down."""

import json
import urllib.request
from pathlib import Path

from apps.demo.supervisor import metrics_ports
from tests.demo.running import RunningDemo

PORTS = 200
"""From `METRICS_PORT` on; ten for each worker."""
TCP = Path("/proc/net/tcp")


def targets_of(demo: RunningDemo) -> list[tuple[str, str]]:
    """Return name and address of each process that is to be scraped."""
    found = json.loads((demo.folder / "demo" / metrics_ports.FILE).read_text())
    return [(each["labels"]["job"], *each["targets"]) for each in found]


def answers_with_figures(demo: RunningDemo, name: str, address: str) -> bool:
    """Return whether figures are there; where /proc shows it, from a process of that name."""
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=60) as answer:
        has_figures = b"# TYPE " in answer.read()
    if not TCP.exists():
        return has_figures
    pids = demo.pids(name if name == "web" else f"workers.{name}")
    files = (file for pid in pids for file in Path(f"/proc/{pid}/fd").iterdir())
    port = int(address.rpartition(":")[2])
    return has_figures and _listening_at(port) in {str(file.readlink()) for file in files}


def _listening_at(port: int) -> str:
    """Return the socket as `/proc/PID/fd` names it, or ""."""
    rows = map(str.split, TCP.read_text().splitlines()[1:])
    here = (f"0100007F:{port:04X}", "0A")
    return next((f"socket:[{row[9]}]" for row in rows if (row[1], row[3]) == here), "")
