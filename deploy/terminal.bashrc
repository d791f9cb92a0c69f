# What `docker compose run --rm terminal` greets with.
PS1='shop$ '
cat <<'WELCOME'

You are beside the running shop, as NATS's user `developer`. Type what the tutorial types:

  nats sub "orders.>" &
  nats pub orders.placed '{"id": 42, "total": 19.99}'
  nats request price.lookup '{"sku": "ABC"}' --timeout 1s
  nats stream view ORDERS
  aws sqs send-message --queue-url "$Q" --message-body '{"task": "resize", "id": 7}'
  curl -s "$SHOP_URL/api/photos/7"

docs/from-the-terminal.md goes through it line by line. `exit` leaves.

WELCOME
