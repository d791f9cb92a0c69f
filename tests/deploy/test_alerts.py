"""The alert rules: valid, tested by Prometheus's own tool, and each with its paragraph on call."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from apps.messaging.metrics import recording
from apps.messaging.operations import metrics
from orders_site.conf.worker_processes import WORKERS
from tests.acceptance.clients import PATH, Client
from tests.deploy.compose_file import OBSERVE
from tests.messaging.operations.test_metrics import STATE

ROOT = Path(__file__).parents[2]
ALERTS, TESTS = ROOT / "deploy" / "alerts.yml", ROOT / "deploy" / "alerts.test.yml"
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]
]
PROMTOOL = Client(name="promtool", language="Shell", needs=("promtool",))
PARAGRAPHS = ("**Symptom.**", "**Where to look.**", "**What to do.**")


def promtool(*arguments: str | Path, given: str = "") -> "subprocess.CompletedProcess[str]":
    PROMTOOL.check()
    command = ["promtool", *map(str, arguments)]
    return subprocess.run(
        command,
        env={"PATH": PATH},
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_rules_are_valid() -> None:
    checked = promtool("check", "rules", "--lint-fatal", ALERTS)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_figures_have_names_as_prometheus_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a worker are in `web`'s too; each has a value, as no other is looked at."""
    monkeypatch.setattr(metrics, "status", lambda: STATE)
    for name, figure in recording.FIGURES.items():
        recording.record(name, ("x",) * len(figure._labelnames), 1)
    for text in (metrics.exposition()[0], recording.exposition()):
        checked = promtool("check", "metrics", given=text.decode())
        assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_each_rule_fires_when_it_should_and_not_before() -> None:
    tested = promtool("test", "rules", TESTS)
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_a_rule_that_fires_too_early_is_found(tmp_path: Path) -> None:
    early = ALERTS.read_text().replace("max(shop_outbox_oldest_age_seconds) > 30", "vector(1) > 0")
    (tmp_path / "alerts.yml").write_text(early)
    (tmp_path / TESTS.name).write_text(TESTS.read_text())
    tested = promtool("test", "rules", tmp_path / TESTS.name)
    assert tested.returncode == 1
    assert "EventsNotSent does not fire" in tested.stdout + tested.stderr


def test_each_rule_is_tested_both_ways() -> None:
    names = {test["name"] for test in yaml.safe_load(TESTS.read_text())["tests"]}
    assert names == {
        f"{rule['alert']} {does}" for rule in RULES for does in ("fires", "does not fire")
    }


def test_the_scraped_targets_are_the_services_with_metrics() -> None:
    checked = promtool("check", "config", ROOT / "deploy" / "prometheus.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_each_worker_is_scraped_under_its_own_name() -> None:
    config = yaml.safe_load((ROOT / "deploy" / "prometheus.yml").read_text())
    (found,) = config["scrape_configs"][1]["dns_sd_configs"]
    assert sorted(found["names"]) == sorted(WORKERS)


def test_web_is_missed_by_the_name_that_it_is_scraped_under() -> None:
    config = yaml.safe_load((ROOT / "deploy" / "prometheus.yml").read_text())
    (missing,) = (rule["expr"] for rule in RULES if rule["alert"] == "WebMissing")
    (found,) = config["scrape_configs"][0]["dns_sd_configs"]
    assert missing == 'absent(up{job="web"})'
    assert (config["scrape_configs"][0]["job_name"], found["names"]) == ("web", ["web"])


def test_several_web_set_off_one_alert() -> None:
    """Each case that fires has two instances, and promtool permits no second alert."""
    cases = {
        test["name"].removesuffix(" fires"): str(test["input_series"])
        for test in yaml.safe_load(TESTS.read_text())["tests"]
        if test["name"].endswith(" fires")
    }
    of_web = {name: series for name, series in cases.items() if "shop_" in series}
    assert of_web.keys() == {each["alert"] for each in RULES} - {
        "ProcessNotScraped",
        "WebMissing",
    }
    assert [
        n for n, all_ in of_web.items() if not {*re.findall(r'e="(\w):', all_)} >= {*"ab"}
    ] == []


def test_each_rule_has_its_paragraph_on_call() -> None:
    page = (ROOT / "docs" / "on-call.md").read_text()
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", page, re.M | re.S))
    assert [*sections] == [rule["alert"] for rule in RULES]
    for name, text in sections.items():
        assert [each for each in PARAGRAPHS if each not in text] == [], name


def test_each_rule_leads_to_its_paragraph() -> None:
    links = {rule["alert"]: rule["annotations"]["runbook_url"] for rule in RULES}
    assert links == {name: f"docs/on-call.md#{name.lower()}" for name in links}


def test_the_pages_line_gives_the_links_an_address(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "on-call.md").read_text()
    (line,) = re.findall(r"^sed .+$", page, re.MULTILINE)
    typed = line.replace("deploy/alerts.yml", str(ALERTS))
    subprocess.run(["sh", "-c", typed], cwd=tmp_path, check=True)
    made = (tmp_path / "alerts.yml").read_text()
    assert made.count("runbook_url: https://git.example.com/shop/blob/main/docs/on") == len(RULES)
    checked = promtool("check", "rules", "--lint-fatal", tmp_path / "alerts.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_table_of_operations_is_that_of_the_rules() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    table = re.findall(
        r"^\| \[(\w+)\]\(on-call\.md#\w+\) \| `(.+)` \| (.+) \| (\w+) \|$", page, re.M
    )
    assert table == [
        (
            rule["alert"],
            " ".join(rule["expr"].split()),
            rule.get("for", "at once"),
            rule["labels"]["severity"],
        )
        for rule in RULES
    ]


def test_the_viewer_may_only_read_its_two_files_and_they_are_a_valid_configuration(
    tmp_path: Path,
) -> None:
    mounted = [each.split(":") for each in OBSERVE["volumes"]]
    assert {rights for _, _, rights in mounted} == {"ro"}
    for source, target, _ in mounted:
        shutil.copy(ROOT / source, tmp_path / Path(target).name)
    # The rules are named as seen from the file of the image, whose name is another.
    checked = promtool("check", "config", tmp_path / "prometheus.yaml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "alerts.yml" in checked.stdout
