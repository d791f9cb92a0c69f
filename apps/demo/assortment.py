"""The products of the demo: six shelves of five products, each with its picture."""

from dataclasses import dataclass
from pathlib import Path

from apps.demo import pictures


@dataclass(frozen=True)
class Item:
    """A product of the demo; it has a `photo_id` if the documentation names its photo."""

    sku: str
    name: str
    price: str
    stock: int
    photo_id: int | None = None

    @property
    def description(self) -> str:
        return DESCRIPTIONS[self.sku]

    @property
    def picture(self) -> Path:
        return Path(pictures.__file__).with_name(f"{self.sku}.webp")


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """A category with its products."""

    slug: str
    name: str
    items: tuple[Item, ...]


PLAY = Shelf(
    slug="play",
    name="Play",
    items=(
        Item("ABC", "Alphabet blocks", "9.99", 250, photo_id=7),
        Item("PLAY-RINGS", "Stacking rings", "14.50", 80),
        Item("PLAY-LOCO", "Wooden locomotive", "24.00", 35),
        Item("PLAY-BOAT", "Sailing boat", "21.00", 12),
        Item("PLAY-KITE", "Four-colour kite", "19.00", 40),
    ),
)
TEA = Shelf(
    slug="tea-and-coffee",
    name="Tea & coffee",
    items=(
        Item("TEA-MUG", "Dipped mug", "12.50", 140),
        Item("TEA-POT", "Round teapot", "34.00", 25),
        Item("TEA-PRESS", "Coffee press", "29.50", 60),
        Item("TEA-TIN", "Tea tin", "8.95", 200),
        Item("TEA-CUP", "Espresso cup and saucer", "14.00", 3),
    ),
)
KITCHEN = Shelf(
    slug="kitchen",
    name="Kitchen",
    items=(
        Item("KIT-POT", "Enamel casserole", "79.00", 18),
        Item("KIT-SPOONS", "Spoons in a crock", "22.50", 70),
        Item("KIT-BOARD", "Bread board", "26.00", 45),
        Item("KIT-BOWLS", "Three mixing bowls", "38.00", 30),
        Item("KIT-MILL", "Pepper mill", "19.50", 90),
    ),
)
GARDEN = Shelf(
    slug="garden",
    name="Garden",
    items=(
        Item("GAR-PLANT", "Broad-leaved plant", "17.50", 28),
        Item("GAR-CAN", "Watering can", "27.00", 50),
        Item("GAR-CACTUS", "Flowering cactus", "11.50", 64),
        Item("GAR-BIRDS", "Bird house", "23.00", 0),
        Item("GAR-TOOLS", "Trowel and fork", "18.75", 85),
    ),
)
DESK = Shelf(
    slug="desk",
    name="Desk",
    items=(
        Item("DESK-NOTES", "Bound notebook", "8.50", 320),
        Item("DESK-PENCILS", "Pencils in a pot", "13.40", 110),
        Item("DESK-LAMP", "Jointed desk lamp", "64.00", 15),
        Item("DESK-CLOCK", "Alarm clock", "31.00", 42),
        Item("DESK-GLOBE", "Small globe", "45.00", 9),
    ),
)
HOME = Shelf(
    slug="living-room",
    name="Living room",
    items=(
        Item("HOME-CANDLE", "Candle in a glass", "13.50", 150),
        Item("HOME-BLANKET", "Wool blanket", "68.00", 20),
        Item("HOME-CUSHION", "Leaf cushion", "26.00", 55),
        Item("HOME-VASE", "Vase with tulips", "28.50", 33),
        Item("HOME-FRAME", "Framed landscape", "42.00", 16),
    ),
)
# Play first: the README and the tutorial speak of ABC.
SHELVES = (PLAY, TEA, KITCHEN, GARDEN, DESK, HOME)

DESCRIPTIONS = {
    "ABC": "Beech blocks with printed letters. Twenty-six in a cotton bag.",
    "PLAY-RINGS": "Five rings of painted beech on a pole, for small hands from one year on.",
    "PLAY-LOCO": "A locomotive of beech on six wheels. Pulls anything with a hook.",
    "PLAY-BOAT": "A keel that holds it upright and sails of cotton. Made for ponds and baths.",
    "PLAY-KITE": "Light spars, ripstop panels, a tail with bows. Flies from a gentle breeze on.",
    "TEA-MUG": "Stoneware, dipped to the waist in a glaze the colour of deep water. Holds 350 ml.",
    "TEA-POT": "Earthenware for four cups, with a spout that pours without a drop on the cloth.",
    "TEA-PRESS": "Glass and steel, for three large cups. The sieve comes apart for cleaning.",
    "TEA-TIN": "Keeps 200 g of leaves dark and dry. The lid closes tight.",
    "TEA-CUP": "A thick-walled cup that keeps a small coffee hot, on a saucer with room to spare.",
    "KIT-POT": "Cast iron under enamel, 4.2 litres. From the hob to the oven to the table.",
    "KIT-SPOONS": "Three spoons of cherry, maple and walnut in a salt-glazed crock.",
    "KIT-BOARD": "A board of oiled ash with a hole to hang it by. The loaf is the baker's.",
    "KIT-BOWLS": "Three earthenware bowls that nest: one, two and four litres.",
    "KIT-MILL": "Turned from one piece of ash around a steel mill; from coarse to dust.",
    "GAR-PLANT": "A patient plant for a bright corner, in a pot of terracotta. Water once a week.",
    "GAR-CAN": "Six litres, balanced when full, with a rose that rains rather than pours.",
    "GAR-CACTUS": "Flowers once a year and needs little in between. Pot included.",
    "GAR-BIRDS": "For tits and sparrows; the front opens for cleaning. Sells out each spring.",
    "GAR-TOOLS": "Forged steel with handles of ash, for borders, pots and stubborn roots.",
    "DESK-NOTES": "192 dotted pages, sewn so that it lies flat; a ribbon, a band, a name plate.",
    "DESK-PENCILS": "Five coloured pencils of cedar in an enamelled pot.",
    "DESK-LAMP": "Two joints and a weighted foot: the light goes where the work is.",
    "DESK-CLOCK": "Two bells and a hammer. Wound by hand, it runs for a day and a half.",
    "DESK-GLOBE": "Twenty centimetres of world on a foot of oak, tilted as it should be.",
    "HOME-CANDLE": "Rapeseed wax with fig and cedar. Burns for about forty hours.",
    "HOME-BLANKET": "Woven from lambswool, 130 by 180 cm, in three colours. Sold one by one.",
    "HOME-CUSHION": "Printed linen with tassels, 50 by 50 cm, filled with feathers.",
    "HOME-VASE": "A glazed vase for a handful of stems. The tulips are of the season.",
    "HOME-FRAME": "A print of hills at evening in a frame of oak, 40 by 40 cm, ready to hang.",
}
