"""What a program says of a line that it does not understand, and with which code it ends."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.lab.terminal.words import NotUnderstood


@dataclass(frozen=True, kw_only=True)
class ErrorText:
    """One error in the words of a program; `{}` is what it is about."""

    says: str
    code: int
    shows_usage: bool = True

    def about(self, *what: object, knows: str = "") -> NotUnderstood:
        """Return the error; `knows` is a line of what there is instead."""
        text = "\n".join([self.says.format(*what), *([knows] if knows else [])])
        return NotUnderstood(text, code=self.code, shows_usage=self.shows_usage)


@dataclass(frozen=True, kw_only=True)
class ToolErrors:
    """The errors of a program. `failed` is that of a command which it understood."""

    unknown_flag: ErrorText
    unknown_short_flag: ErrorText
    unexpected_word: ErrorText
    unknown_command: ErrorText
    no_command: ErrorText
    missing: ErrorText
    no_value: ErrorText
    failed: ErrorText
    missing_are_told_at_once: bool
    usage_comes_first: bool

    def of_missing(self, names: Sequence[str]) -> NotUnderstood:
        told = names if self.missing_are_told_at_once else names[:1]
        return self.missing.about(", ".join(told))

    def with_usage(self, error: NotUnderstood, usage: Sequence[str]) -> str:
        """Return the text of an error, with a usage if the program shows one."""
        if not error.shows_usage:
            return str(error)
        above, below = str(error), "\n".join(usage)
        if self.usage_comes_first:
            above, below = below, above
        return f"{above}\n\n{below}"


def _nats(says: str, *, shows_usage: bool = True) -> ErrorText:
    return ErrorText(says=says, code=1, shows_usage=shows_usage)


def _aws(says: str, *, code: int = 2) -> ErrorText:
    return ErrorText(says=says, code=code)


_FULL_HELP = "use --help for full help including flags and arguments"
OF_NATS = ToolErrors(
    unknown_flag=_nats("error: unknown long flag '{}'"),
    unknown_short_flag=_nats("error: unknown short flag '{}'"),
    unexpected_word=_nats("error: unexpected argument {}"),
    unknown_command=_nats(f'error: expected command but got "{{}}", {_FULL_HELP}'),
    no_command=_nats(f"error: a subcommand from the list below is required, {_FULL_HELP}"),
    missing=_nats("error: required argument '{}' not provided"),
    no_value=_nats("error: expected argument for flag '--{}'"),
    failed=_nats("nats: error: {}", shows_usage=False),
    missing_are_told_at_once=False,
    usage_comes_first=False,
)
OF_AWS = ToolErrors(
    unknown_flag=_aws("Unknown options: {}", code=255),
    unknown_short_flag=_aws("Unknown options: {}", code=255),
    unexpected_word=_aws("Unknown options: {}", code=255),
    unknown_command=_aws("aws: error: argument operation: Invalid choice, valid choices are:"),
    no_command=_aws("aws: error: the following arguments are required: operation"),
    missing=_aws("aws: error: the following arguments are required: {}"),
    no_value=_aws("aws: error: argument --{}: expected one argument"),
    failed=ErrorText(says="\n{}", code=255, shows_usage=False),
    missing_are_told_at_once=True,
    usage_comes_first=True,
)
