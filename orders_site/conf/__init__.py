"""The parts of `settings.py`: environment variables → values of Django's settings.

Read `environment` first: it reads each variable, by the functions in `readers`. The other modules
build one group of settings each. Nothing here imports Django's settings, except `s3_pictures`,
which the settings name.
"""
