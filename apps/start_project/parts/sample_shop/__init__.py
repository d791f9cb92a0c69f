"""The part `sample-shop`: the shop, and all that is there for it. The example takes its place.

The example is `docs/example`, one small app with an event, a job and a responder. What this project
has of a shop goes: its apps, workers, pages, tests, measurements, and the documentation of them.
"""

from apps.start_project.parts.part import Part, joined
from apps.start_project.parts.sample_shop.code import CODE
from apps.start_project.parts.sample_shop.demo import DEMO
from apps.start_project.parts.sample_shop.deploy import DEPLOY
from apps.start_project.parts.sample_shop.gone import GONE
from apps.start_project.parts.sample_shop.pages import PAGES
from apps.start_project.parts.sample_shop.scaffold import SCAFFOLD
from apps.start_project.parts.sample_shop.tests import TESTS
from apps.start_project.parts.sample_shop.together import WITHOUT_ANSWERS, WITHOUT_LAB

EXAMPLE = "docs/example"
INSTEAD = "apps/start_project/parts/sample_shop/instead"
"""Pages of a project without the shop, which replace those that show it."""

_BEFORE = "the|a|an|no|this|whole|another|other|our"
"""Words after which *shop* is a word, and no name."""

SAMPLE_SHOP = Part(
    name="sample-shop",
    what="the shop, with the lab; one small app is there instead",
    paths=GONE,
    cuts=joined(CODE, SCAFFOLD, DEMO, DEPLOY, TESTS, PAGES),
    cuts_without={"request-reply": WITHOUT_ANSWERS, "lab": WITHOUT_LAB},
    written_again=("manage.py contracts --release",),
    reworded=(
        (
            r"\b((?:the|a|an|no|this|whole|another|other|our) )shop(s?)\b(?=[\s,;:.')]|$)",
            r"\1site\2",
        ),
    ),
    along=("lab",),
    added=(EXAMPLE, INSTEAD),
)
