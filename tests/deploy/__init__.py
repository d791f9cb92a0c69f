"""What is deployed: rights, compose, images. The page of rights is made by the tests' settings."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
