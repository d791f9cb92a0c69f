"""Add so many photos of twelve megapixels, as an upload does: `add_photos COUNT`."""

import sys

from django.core.files.base import ContentFile

from apps.images.uploads import add_photo
from bench.floors.picture import twelve_megapixels

if __name__ == "__main__":
    picture = twelve_megapixels()
    for number in range(1, int(sys.argv[1]) + 1):
        add_photo(sku=f"SKU-{number:04}", file=ContentFile(picture, name="photo.jpg"))
