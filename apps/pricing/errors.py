"""Errors of pricing, and who must act on each.

PricingError
├── UnknownSku   the caller: nothing with this SKU is for sale
└── NotSaleable  the staff: what is stored of the product breaks a rule; correct it in the admin

If no responder answers in time, `apps.messaging.errors` has the errors: `NoResponder`,
`RequestTimeout`, `BrokerAway`. `RequestRefused` with code 400 is an unreadable request.
"""


class PricingError(Exception):
    """There is no price."""


class UnknownSku(PricingError):
    """Nothing with this SKU is for sale."""

    def __init__(self, sku: str) -> None:
        super().__init__(f"unknown SKU {sku!r}")
        self.sku = sku


class NotSaleable(PricingError):
    """What is stored of this product breaks a rule, so that no price of it is valid."""

    def __init__(self, sku: str, reason: str) -> None:
        super().__init__(f"{sku!r} cannot be sold: {reason}")
        self.sku = sku
