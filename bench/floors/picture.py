"""A picture as a phone's camera makes it: 4000 x 3000 pixels, gradients with noise, as JPEG."""

import io

from PIL import Image, ImageChops, ImageFilter

SIZE = (4000, 3000)


def twelve_megapixels() -> bytes:
    """Return the file, the same kind at each call."""
    linear, radial = Image.linear_gradient("L"), Image.radial_gradient("L")
    bands = [each.resize(SIZE) for each in (linear, radial, linear.rotate(90))]
    noise = Image.effect_noise(SIZE, 60).filter(ImageFilter.GaussianBlur(1.5)).convert("RGB")
    picture = ImageChops.add(Image.merge("RGB", bands), noise, scale=1.0, offset=-128)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90)
    return file.getvalue()
