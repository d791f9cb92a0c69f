"""`manage.py doctor`: what will fail, what may lead astray, and the mend, one line each.

It changes nothing, prints no secret, and ends within seconds also where a server hangs. It works
where no setting can be read, where no package is installed, and on a Python that is too old: then
`beforehand` reports what keeps Django from starting. Else its command gathers the checks of every
app that has a `doctor` module, with a function `checks`, and runs all of them at once. The checks
here are about what no app knows: this machine, the shell, Docker, the settings.
"""
