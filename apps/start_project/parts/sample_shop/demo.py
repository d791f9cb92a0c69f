"""What the shop has in the demo: products to sell, and what a visitor may try."""

from apps.start_project.parts.cuts import block, lines, unit, words
from apps.start_project.parts.part import Cuts

DEMO: Cuts = {
    "apps/demo/__init__.py": (
        words("runs it, `manage.py prove` breaks it.", "runs it."),
        words(
            "runs its processes, `seed` fills its shop, … imports a retailer's files.",
            "runs its processes,\n`seed` makes the user `staff`.",
        ),
    ),
    "apps/demo/seed.py": (
        words(
            "Fills the demo's shop: categories, products with pictures, stock, and a staff user.",
            "Makes the demo's staff user.",
        ),
        unit("put_on_sale"),
        unit("take_photo"),
        unit("_put_on_sale"),
    ),
    "apps/demo/management/commands/seed.py": (
        words(
            "products, pictures and a staff user for the demo; twice changes nothing",
            "a staff user for the demo; twice changes nothing",
        ),
        words(
            "Fill the demo's shop with products, pictures and the staff user.",
            "Make the demo's staff user.",
        ),
        unit("Command.add_arguments"),
        words("*, restore: bool, **options: Any", "**options: Any"),
        block('if options["verbosity"] < 2:'),
        block("try:"),
        block("except DecoderLost as error:"),
        lines('self.stdout.write(f"{added} products added" if added else "nothing to add")'),
        lines("from apps.demo.history.adding import add_history"),
        lines("from apps.demo.history.past_orders import DAYS"),
        block("if settings.DEMO_HISTORY"),
    ),
    "apps/demo/environment.py": (
        words('queue="jobs"', 'queue="labels"'),
        lines("Shop     {url}/  buy something and watch its page: a worker confirms it"),
        lines('Mails    {settings.DEMO_DIR / "mail"}'),
        words('nats sub "orders.>"', 'nats sub "parcels.>"'),
        words('ARGS="api_token staff"', 'ARGS="outbox"'),
        words("orders, pictures and the stream stay", "parcels and the stream stay"),
    ),
    "apps/demo/start.py": (
        words("queues, products, then the rest", "queues, the staff user, then the rest"),
        words(
            "# The web server starts after the seed, … would slow it down.",
            "# The web server and the workers start after the tables, queues and streams are "
            "there.",
        ),
    ),
}
