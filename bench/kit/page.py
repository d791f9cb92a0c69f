"""The part of `docs/performance.md` that is written from `bench/results.json`."""

import re

from bench.kit import table
from bench.kit.builds import ROOT
from bench.kit.results import Results, measured

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures begin -->", "<!-- figures end -->"


def write(results: Results) -> None:
    """Put the tables between the two marks; what people write stands outside of them."""
    PAGE.write_text(with_figures(PAGE.read_text(), results))


def with_figures(page: str, results: Results) -> str:
    """Return the page with these figures in place of those that it has."""
    marks = re.compile(f"{BEGIN}.*{END}", re.DOTALL)
    return marks.sub(lambda _: f"{BEGIN}\n{figures(results)}\n{END}", page)


def figures(results: Results) -> str:
    """Return a heading, a line about the run and a table for each figure."""
    return "\n".join(_section(results[name]) for name in measured(results))


def _section(figure: Results) -> str:
    machine, versions = figure["machine"], figure["machine"]["versions"]
    builds = ", ".join(
        f"{name} `{commit[:7]}`" for name, commit in sorted(figure["builds"].items())
    )
    servers = f"nats-server {versions['nats-server']}, PostgreSQL {versions['postgresql']}"
    hint = "" if figure["size"] == "full" else " **A small run: a hint, and no more.**"
    return f"""
### {figure["title"]}

{figure["rounds"]} rounds on {machine["cores"]} cores, Python {versions["python"]}, {servers};
{builds}.{hint}

{table.of(figure)}
"""
