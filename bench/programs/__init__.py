"""Programs on the code of a build: they run in its folder, on the stage of a case."""

import django

django.setup()
