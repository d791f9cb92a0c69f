"""Deployment: rights, compose, images. The page of rights is generated with the tests' settings."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
