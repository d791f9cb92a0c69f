"""What pricing answers instead of a price, and who must act on it.

PricingError
└── UnknownSku   the caller: nothing with this SKU is for sale

That nobody answers, or too late, is said by `apps.messaging.errors`: `NoResponder`,
`RequestTimeout`, `BrokerAway`. `RequestRefused` with code 400 is an unreadable request.
"""


class PricingError(Exception):
    """There is no price."""


class UnknownSku(PricingError):
    """Nothing with this SKU is for sale."""

    def __init__(self, sku: str) -> None:
        super().__init__(f"unknown SKU {sku!r}")
        self.sku = sku
