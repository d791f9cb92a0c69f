"""The Django project: settings, URLs and the web's and Celery's entry points."""
