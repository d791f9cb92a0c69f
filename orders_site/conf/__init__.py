"""What `settings.py` is made of: variables of the environment in, values of Django's settings out.

Read `environment` first: it reads each variable, by the functions in `readers`. The other modules
build one group of settings each. Nothing here imports Django's settings, but for `s3_pictures`,
which the settings name.
"""
