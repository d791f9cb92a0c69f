"""What the erasing of a customer refuses, and who must act on it.

ErasureRefused
├── CustomerUnknown   the caller: nothing is kept of this address
└── CustomerBusy      the caller: something of theirs is under way; wait for it, or end it
"""


class ErasureRefused(Exception):
    """Nothing was erased."""


class CustomerUnknown(ErasureRefused):
    """Nothing is kept of this address."""

    def __init__(self, email: str) -> None:
        super().__init__(f"nothing is kept of {email}: is it written as the customer wrote it?")


class CustomerBusy(ErasureRefused):
    """Something of theirs is under way, and would be lost."""
