"""`/metrics` as Prometheus reads it: the text of a process, by the official parser."""

import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from tests.support.waiting import crowding, eventually

type Figures = dict[str, float]
"""`name{value,value}` → the number; values of labels, in the order of the labels' names."""


def scraped(port: int) -> Figures:
    """Return the counters, and of histograms how many were observed; no gauge and no bucket."""
    address = f"http://127.0.0.1:{port}/metrics"
    with urllib.request.urlopen(address, timeout=10 * crowding()) as answer:
        text = answer.read().decode()
    return {
        f"{sample.name}{{{_values(sample.labels)}}}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if family.type in ("counter", "histogram")
        if sample.name.endswith(("_total", "_count"))
    }


def _values(labels: dict[str, str]) -> str:
    return ",".join(value for _, value in sorted(labels.items()))


def growth(before: Figures, after: Figures) -> Figures:
    """Return by how much each figure has grown, without those that have not."""
    grown = {name: number - before.get(name, 0) for name, number in after.items()}
    return {name: number for name, number in grown.items() if number}


def until_grown(port: int, before: Figures, expected: Figures, *, within: float = 10) -> None:
    """Wait until exactly these have grown by so much; `expected` has names without the prefix."""
    wanted = {f"shop_{name}": number for name, number in expected.items()}
    found: list[Figures] = []

    def has_grown() -> bool:
        found.append(growth(before, scraped(port)))
        return found[-1] == wanted

    try:
        eventually(has_grown, within=within)
    except AssertionError:
        assert found[-1] == wanted, "the figures that grew"
