"""The launch files of two editors: what they name is there, and both start the same."""

import json
import xml.etree.ElementTree as ET
from importlib.util import find_spec
from typing import Any

from django.conf import settings

from tests.support.python import ROOT

LAUNCH: dict[str, Any] = json.loads((ROOT / ".vscode" / "launch.json").read_text())
OTHER_EDITOR = {
    file.name.removesuffix(".run.xml"): {
        each.attrib["name"]: each.attrib["value"] for each in ET.parse(file).iter("option")
    }
    for file in (ROOT / ".run").glob("*.run.xml")
}
AN_HOUR = {
    "HANDLER_SECONDS": "3600",
    "JOB_SECONDS": "3600",
    "DECODER_SECONDS": "1800",
    "STANDSTILL_SECONDS": "3600",
}
"""Work that stands at a breakpoint is not ended as work that hangs; a preview has two decodings."""


def test_each_worker_can_be_chosen() -> None:
    (workers,) = (each["options"] for each in LAUNCH["inputs"] if each["id"] == "worker")
    assert set(workers) == set(settings.WORKERS) - {"celery", "beat"}
    assert all((ROOT / "workers" / f"{name}.py").exists() for name in workers)


def test_what_is_started_is_there_and_is_the_demos_own() -> None:
    started = [each for each in LAUNCH["configurations"] if each["request"] == "launch"]
    assert len(started) == 4
    for each in started:
        assert each["env"] == {"DEMO": "true", **AN_HOUR}
        if "program" in each:
            assert (ROOT / each["program"].removeprefix("${workspaceFolder}/")).exists()
        elif "input:" not in each["module"]:
            assert find_spec(each["module"])


def test_a_process_that_runs_can_be_chosen() -> None:
    attached = [each for each in LAUNCH["configurations"] if each["request"] == "attach"]
    assert [each["processId"] for each in attached] == ["${command:pickProcess}"]


def test_the_other_editor_runs_a_worker_as_a_module() -> None:
    worker = OTHER_EDITOR["worker"]
    assert worker["MODULE_MODE"] == "true"
    assert worker["SCRIPT_NAME"].removeprefix("workers.") in settings.WORKERS


def test_the_other_editor_starts_all_others_with_the_same_arguments() -> None:
    of_one_editor = {
        each["name"].partition(",")[0]: each["args"]
        for each in LAUNCH["configurations"]
        if "args" in each
    }
    assert of_one_editor == {
        name: options["PARAMETERS"].split()
        for name, options in OTHER_EDITOR.items()
        if name != "worker"
    }


def test_the_other_editor_gives_work_the_same_time() -> None:
    for file in (ROOT / ".run").glob("*.run.xml"):
        given = {each.attrib["name"]: each.attrib["value"] for each in ET.parse(file).iter("env")}
        assert given == {"DEMO": "true", "PYTHONUNBUFFERED": "1", **AN_HOUR}
