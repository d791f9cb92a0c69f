#!/usr/bin/env bash
# Celery: each option of its command line is also read from the environment, under a name that looks
# like a setting. CELERY_WORKER_PURGE=1 empties the queue at the worker's start, and says nothing.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check celery==5.7.0 kombu==5.7.0 click==8.5.1

cd "$folder"
mkdir queue processed control
cat >shop.py <<'PYTHON'
"""A task that leaves a file, on a broker that is a folder."""

from pathlib import Path

from celery import Celery

folder = Path(__file__).parent
app = Celery("shop", broker="filesystem://")
app.conf.broker_transport_options = {
    "data_folder_in": folder / "queue",
    "data_folder_out": folder / "queue",
    "processed_folder": folder / "processed",
    "control_folder": folder / "control",
}


@app.task
def send(name: str) -> None:
    (folder / name).touch()
PYTHON

# Sends one task, lets a worker work for as long as it takes to do a later one, and stops it.
work() {
    python -c "import shop; shop.send.delay('$1.done')"
    env "${@:2}" celery --quiet --app=shop worker --pool=solo --loglevel=ERROR >"$1.log" 2>&1 &
    local worker=$!
    for _ in $(seq 100); do [[ -e "$1.done" || -z "$(ls queue)" ]] && break; sleep 0.1; done
    python -c "import shop; shop.send.delay('$1.later')"
    for _ in $(seq 100); do [[ -e "$1.later" ]] && break; sleep 0.1; done
    kill "$worker"
    wait "$worker" || true
}

work plain
work purging CELERY_WORKER_PURGE=1
python -c 'import celery, click; print("celery", celery.__version__, "click", click.__version__)' 2>/dev/null
echo "done without the variable: $(ls | grep -c '^plain\.\(done\|later\)$') of 2"
echo "done with CELERY_WORKER_PURGE=1: $(ls | grep -c '^purging\.\(done\|later\)$') of 2"
[[ -e plain.done && -e plain.later && -e purging.later ]]
[[ ! -e purging.done ]] || { echo "it behaves otherwise now"; exit 1; }
