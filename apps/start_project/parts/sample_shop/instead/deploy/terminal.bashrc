# What `docker compose run --rm terminal` greets with.
PS1='shop$ '
cat <<'WELCOME'

You are beside the running project, as NATS's user `developer`. Some lines to type:

  nats sub "parcels.>" &
  curl -s "$SHOP_URL/api/parcels" -H 'Content-Type: application/json' -d '{"address": "1 Quay Lane"}'
  nats request track.parcel '{"id": 1}' --timeout 1s
  nats stream view PARCELS
  aws sqs send-message --queue-url "$Q" --message-body '{"id": 1}'

`exit` leaves.

WELCOME
