#!/bin/sh
# Writes the digest behind each image's tag: `deploy/pin_images.sh docker-compose.yml deploy/*Dockerfile`.
# A tag can be moved by its publisher, a digest not. An older digest is replaced.
set -eu

named='[a-z0-9][a-z0-9./-]*:v?[0-9][0-9a-z.-]*'
images=$(sed -nE \
  -e "s,^ *image: *(&[a-z]+ +)?($named).*,\\2,p" \
  -e "s,^FROM +($named).*,\\1,p" \
  -e "s,^COPY +--from=($named).*,\\1,p" "$@" | sort -u)

for image in $images; do
  digest=$(docker buildx imagetools inspect "$image" --format '{{.Manifest.Digest}}')
  case $digest in
    sha256:*) ;;
    *) echo "$image: docker named no digest: $digest" >&2; exit 1 ;;
  esac
  quoted=$(printf %s "$image" | sed 's/[.]/[.]/g')
  sed -i -E "s,$quoted(@sha256:[0-9a-f]+)?( |\$|/),$image@$digest\\2," "$@"
  echo "$image@$digest"
done
