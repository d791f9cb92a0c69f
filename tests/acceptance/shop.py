"""A client of the shop's JSON API: products, orders, cancellations, photos."""

import uuid
from typing import Any

from tests.acceptance.web import Answer, Web
from tests.support.waiting import eventually

EMAIL = "ada@example.com"
END_WITHIN_SECONDS = 2.0
"""Seconds from the order to its end, as a customer who waits at the page sees it."""
BUSY_WITHIN_SECONDS = 8.0
"""The same where much else goes on; under the ten seconds after which what was lost comes again."""
MAILED_WITHIN_SECONDS = 20.0

type Hop = tuple[str, str]
"""Its kind and its name: `("sent", "orders.placed")`."""

# The stations of an order that was confirmed, mail included.
CONFIRMED_WAY = {
    ("recorded", "orders.placed"),
    ("sent", "orders.placed"),
    ("handled", "fulfilment"),
    ("recorded", "orders.confirmed"),
    ("sent", "orders.confirmed"),
    ("handled", "notification"),
    ("handled", "sales"),
    ("handled", "mail"),
}


class Shop(Web):
    """A client that uses only the documented API."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._tokens: dict[str, str] = {}

    def order(self, *lines: tuple[str, Any], key: str = "", **more: Any) -> Answer:
        """Ask for an order; the caller checks the answer."""
        body = {
            "email": EMAIL,
            "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines],
        }
        headers = {"Idempotency_Key": key} if key else {}
        return self.post("/api/orders", body | more, **headers)

    def buy(self, sku: str, quantity: int = 1) -> str:
        """Place an order and return its id."""
        answer = self.order((sku, quantity))
        assert answer.status == 201, answer.body
        order = str(answer.json["id"])
        self._tokens[order] = str(answer.json["token"])
        return order

    def look_at(self, order: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/api/orders/{order}").json
        return found

    def cancel(self, order: str) -> Answer:
        """Cancel it with the token that `buy` got, or with a wrong one if there is none."""
        token = self._tokens.get(order, "unknown")
        return self.post(f"/api/orders/{order}/cancel", Order_Token=token)

    def end_of(self, order: str, *, within: float = BUSY_WITHIN_SECONDS) -> dict[str, Any]:
        """Wait until the order is no longer just placed."""

        def ended() -> dict[str, Any] | None:
            found = self.look_at(order)
            return None if found["status"] == "placed" else found

        found = eventually(ended, within=within, what=f"order {order} has ended")
        assert found
        return found

    def hops(self, order: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"/api/orders/{order}/journey").json["hops"]
        return found

    def way(self, order: str) -> set[Hop]:
        return {(hop["kind"], hop["name"]) for hop in self.hops(order)}

    def wait_for_mail(self, order: str, *, mails: int = 1) -> None:
        def sent() -> bool:
            return [hop["name"] for hop in self.hops(order)].count("mail") >= mails

        eventually(sent, within=MAILED_WITHIN_SECONDS, what=f"order {order} has {mails} mails")

    def product(self, sku: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/api/products/{sku}").json
        return found

    def stock(self, sku: str) -> int:
        return int(self.product(sku)["stock"])

    def upload(self, sku: str, picture: bytes, *, token: str = "") -> Answer:
        """Send a photo of a product as a form of a browser would."""
        boundary = uuid.uuid4().hex
        head = (
            f"--{boundary}\r\n"
            'Content-Disposition: form-data; name="photo"; filename="photo.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        )
        body = head.encode() + picture + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.send("POST", f"/api/products/{sku}/photos", body, headers)

    def photo(self, id: int) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/api/photos/{id}").json
        return found

    def finished_photo(self, id: int, *, within: float = 30) -> dict[str, Any]:
        """Wait until the photo is ready or has failed."""

        def finished() -> dict[str, Any] | None:
            found = self.photo(id)
            return None if found["status"] == "waiting" else found

        found = eventually(finished, within=within, what=f"photo {id} is finished")
        assert found
        return found

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("/api/status").json
        return found

    def dead_letters(self, transport: str) -> int:
        return int(self.status()["dead_letters"][transport])

    def is_ready(self) -> bool:
        try:
            return self.get("/readyz/all").status == 200
        except OSError:
            return False

    def until_settled(self, *, within: float = 10.0) -> None:
        """Wait until all consumers have handled every recorded event.

        One look cannot tell: it asks the database and NATS one after the other, and an event may
        pass from one to the other in between. So two looks find nothing, and the same streams.
        """
        eventually(self._has_settled, within=within, what=lambda: f"quiet: {self.status()}")

    def _has_settled(self) -> bool:
        first, second = self.status(), self.status()
        return _is_quiet(first) and _is_quiet(second) and first["streams"] == second["streams"]


def _is_quiet(status: dict[str, Any]) -> bool:
    if not {"consumers", "outbox", "streams"} <= set(status):
        return False  # A part that is busy has not answered within its second.
    waiting = [each["pending"] + each["ack_pending"] for each in status["consumers"]]
    return not any(waiting) and not status["outbox"]["unsent"]
