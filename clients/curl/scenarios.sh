#!/bin/bash
# What docs/clients.md shows of curl: scenarios.sh <scenario>. It takes jq.
set -euo pipefail

# region connect
call() { curl -sS -H "Authorization: Bearer ${MESH_TOKEN:-}" -H 'Content-Type: application/json' "$@"; }
# endregion

read_() {
  # region read
  order=$(call "$MESH_URL/v1/orders/1")
  jq -r '.lines[0].unitPrice' <<<"$order" >&2 # exact: units and billionths of them
  # endregion
  jq -c '.lines[0].unitPrice as $p | {number, lines: .lines | length,
    price: ($p.currencyCode + " " + $p.units + "." + ("00000000" + ($p.nanos | tostring))[-9:] | sub("0+$"; ""))}' <<<"$order"
}

filter() {
  # region filter
  page=$(call -G "$MESH_URL/v1/orders" --data-urlencode 'filter=state = CONFIRMED' --data-urlencode 'order_by=number desc' -d page_size=3)
  # endregion
  jq -c '{numbers: [.orders[].number] | join(",")}' <<<"$page"
}

page() {
  # region page
  token=
  while page=$(call -G "$MESH_URL/v1/products" -d page_size=100 -d read_mask=name,sku --data-urlencode "page_token=$token"); do
    jq -r '.products[].name' <<<"$page"
    token=$(jq -r .nextPageToken <<<"$page")
    [ -n "$token" ] || break
  done >names
  # endregion
  echo "{\"records\": $(wc -l <names), \"distinct\": $(sort -u names | wc -l)}"
}

watch() {
  # region watch
  : >position
  until [ -s enough ]; do
    call -N -G "$MESH_URL/v1/products:watch" --data-urlencode 'filter=name = "products/1"' -d include_current=true --data-urlencode "position=$(cat position)" |
      while read -r change; do
        # endregion
        told=$(jq -r 'if .product then .changeType[12:] + (if .changeType == "CHANGE_TYPE_CURRENT" then "" else " " + (.product.displayName | split(" ") | last) end) else empty end' <<<"$change")
        if [ -n "$told" ]; then
          jq -cn --arg told "$told" '{change: $told}'
          echo "$told" >>seen
          if [ "$(wc -l <seen)" = 3 ]; then echo yes >enough; break; fi
        fi
        # region watch
        jq -r '.position // empty' <<<"$change" >position.new && mv position.new position
      done || sleep 0.2
  done
  # endregion
  echo "{\"seen\": \"$(paste -sd, seen)\"}"
}

write() {
  supplier=$(call "$MESH_URL/v1/orders/1" | jq -r .supplier)
  # region write
  wish=po-$(date +%s%N)
  create() {
    call "$MESH_URL/v1/orders" -H "Idempotency-Key: $wish" -d '{"supplier": "'"$supplier"'", "currencyCode": "EUR",
      "lines": [{"product": "products/1", "quantity": {"value": "10"}, "unitPrice": {"currencyCode": "EUR", "units": "3", "nanos": 50000000}}]}'
  }
  made=$(create)
  again=$(create) # such as after a crash: nothing is ordered twice
  # endregion
  jq -cn --argjson a "$made" --argjson b "$again" '{same: ($a.order.name == $b.order.name), state: $a.order.state}'
}

stale() {
  # region stale
  answer=$(call "$MESH_URL/v1/orders/1?read_mode.max_staleness=0s")
  jq -c '.error.details[] | select(.reason)' <<<"$answer" >&2
  # endregion
  jq -c '.error.details[] | select(.reason) | {reason, retry: .metadata.retry}' <<<"$answer"
}

owner() {
  # region owner
  answer=$(call -X PATCH "$MESH_URL/v1/products/2" -H "Idempotency-Key: gtin-$(date +%s%N)" -d '{"gtin": "04006381333931"}')
  # endregion
  jq -c '.error.details | (.[] | select(.reason)) as $i | {reason: $i.reason, retry: $i.metadata.retry, field: ([.[].fieldViolations[]?.field] | join(","))}' <<<"$answer"
}

cd "$(mktemp -d)"
[ "$1" = read ] && set -- read_
"$1"
