#!/usr/bin/env bash
# Celery: a task calls `self.retry(max_retries=1)` for one message. Every later message of this task
# in this process, with `autoretry_for` and max_retries=5, is then given up after one retry too.
set -euo pipefail

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
export PATH="$folder/venv/bin:$PATH"
pip install --quiet --disable-pip-version-check celery==5.7.0

cd "$folder"
cat >teas.py <<'PYTHON'
from celery import Celery
from celery.contrib.testing.worker import start_worker

app = Celery("teas", broker="memory://", backend="cache+memory://")
app.conf.update(worker_hijack_root_logger=False)
tries: list[str] = []


@app.task(name="brew", bind=True, autoretry_for=(ValueError,), max_retries=5, default_retry_delay=0)
def brew(self, cup: str) -> None:
    tries.append(cup)
    if cup == "patient" and tries.count(cup) == 1:
        # For this message only: try once more.
        raise self.retry(countdown=0, max_retries=1)
    if cup != "patient":
        raise ValueError(cup)


def given_up_after(cup: str) -> int:
    brew.delay(cup).get(timeout=30, propagate=False)
    return tries.count(cup)


if __name__ == "__main__":
    from importlib.metadata import version

    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="CRITICAL"):
        before = given_up_after("first")
        given_up_after("patient")
        after = given_up_after("second")
    print(f"celery {version('celery')}: {before} tries of a failing message before, {after} after")
    assert (before, after) == (6, 2), (before, after)
PYTHON
python teas.py 2>/dev/null
