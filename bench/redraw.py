"""Write the page's tables and the picture again from `bench/results.json`, without measuring."""

from bench.kit import page, picture, results


def redraw() -> None:
    """Do so after a change of the results, or of what draws them."""
    found = results.load()
    picture.draw(found)
    page.write(found)


if __name__ == "__main__":
    redraw()
