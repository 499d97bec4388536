#!/bin/sh
# A morning of a hospital, by meshctl: a new supplier is approved, its price list comes in,
# goods are ordered, acknowledged for another day, announced, received in two parts with a
# damaged lot that is held and sent back, billed wrongly and credited; what is left is
# counted, and some of it thrown away. Each step is done by who does it in a hospital.
#
#   meshd demo --access-file docs/examples/morning/access.yaml --approved-suppliers refuse
#   docs/examples/morning/by-meshctl.sh 2026-11-28
#
# The word behind it makes the names of what is created; the same word does nothing twice.
set -eu
word=${1:?say a word that makes the names of this morning, such as a date}
day='{"year": 2026, "month": 11, "day": 28}' # what stands on the bills
meshctl=${MESHCTL:-meshctl}

# as WHO: meshctl in somebody's name, for programs.
as() { who=$1; shift; MESH_TOKEN="morning-$who" "$meshctl" -o json "$@"; }
# send WHO ID COMMAND NAME BODY: a command in somebody's name; NAME is - for what is made.
# The id makes it harmless to send it twice. What is refused ends the morning.
send() {
	who=$1 id=$2 command=$3 name=$4 body=$5
	[ "$name" = - ] && name=
	as "$who" do "$command" $name --request-id "$word-$id" --body "$body" || { echo "morning: $id was refused" >&2; exit 1; }
}
# refused WHO ID COMMAND NAME BODY REASON: one that has to be refused.
refused() {
	answer=$(as "$1" do "$3" "$4" --request-id "$word-$2" --body "$5" 2>&1) && { echo "morning: $2 should be refused" >&2; exit 1; }
	case $answer in *"$6"*) ;; *) echo "morning: $2 should be refused with $6: $answer" >&2; exit 1 ;; esac
}
# get WHO NAME; list WHO COLLECTION FILTER.
get() { as "$1" get "$2"; }
list() { as "$1" list "$2" --filter "$3"; }
# the COLLECTION: the first name of a record of it in an answer.
the() { grep -o "\"$1/[0-9-]*\"" | head -1 | tr -d '"' | grep . || { echo "morning: there is none of $1 in the answer" >&2; exit 1; }; }
# soon COLLECTION COMMAND...: the first of it that a list answers. What was booked in Odoo shows
# in lists a moment later.
soon() {
	of=$1; shift
	for _ in 1 2 3 4 5 6 7 8 9; do "$@" | the "$of" 2>/dev/null && return; sleep 1; done
	"$@" | the "$of"
}
# line: the id of the first line in an answer.
line() { grep -o '"lines":\[{"id":"[0-9]*"' | head -1 | grep -o '[0-9]*"$' | tr -d '"'; }
say() { echo "$*"; }

say "1. A new supplier is entered, and approved by somebody else."
supplier=$(send sam supplier suppliers.create - "{\"displayName\": \"Nordpharm $word\", \"reference\": \"NP-$word\", \"isCompany\": true}" | the suppliers)
send sam propose suppliers.proposeApproval "$supplier" '{"reason": "audited", "evidence": ["https://docs.example/audit/7"]}' >/dev/null
refused sam approve-own suppliers.approve "$supplier" '{"reason": "it will be fine"}' NOT_PERMITTED
send quinn approve suppliers.approve "$supplier" '{"reason": "the audit is sound"}' >/dev/null

say "2. Two products are made; what Nordpharm asks for them is imported, and they are approved of it."
gauze=$(send sam gauze products.create - "{\"displayName\": \"Gauze $word\", \"sku\": \"G-$word\", \"kind\": \"KIND_GOODS\", \"tracking\": \"TRACKING_LOT\", \"expiryPolicy\": {\"expires\": true}}" | the products)
swab=$(send sam swab products.create - "{\"displayName\": \"Swab $word\", \"sku\": \"S-$word\", \"kind\": \"KIND_GOODS\", \"tracking\": \"TRACKING_LOT\"}" | the products)
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cat >"$folder/prices.csv" <<END
sku,supplier,price,currency,lead_time_days
G-$word,$supplier,4.50,EUR,2
S-$word,$supplier,1.00,EUR,2
END
as sam import "$folder/prices.csv" --request-id "$word-list"
for product in "$gauze" "$swab"; do
	entry=$(send sam "vendor-$product" approvedVendors.create - "{\"product\": \"$product\", \"supplier\": \"$supplier\", \"reason\": \"tested on ward 3\", \"evidence\": [\"PRT-17\"]}" | the approvedVendors)
	send quinn "approve-$product" approvedVendors.approve "$entry" '{}' >/dev/null
done

say "3. An order is made, and released."
order=$(send bea order orders.create - "{\"supplier\": \"$supplier\", \"lines\": [{\"product\": \"$gauze\", \"quantity\": {\"value\": \"10\"}, \"unitPrice\": {\"units\": \"4\", \"nanos\": 500000000}}]}" | the orders)
send bea release orders.release "$order" '{}' >/dev/null
line=$(get bea "$order" | line)
receipt=$(get bea "$order" | the receipts)
moved=$(as rob get "$receipt" --live | line)

say "4. The supplier acknowledges it for a later day; the buyer takes that."
send integration ack orders.acknowledge "$order" "{\"lines\": [{\"lineId\": \"$line\", \"status\": \"ACKNOWLEDGEMENT_STATUS_CHANGED\", \"promisedTime\": \"2027-02-01T08:00:00Z\"}]}" >/dev/null
send bea take orders.acceptAcknowledgement "$order" '{"reason": "ward 3 can wait"}' >/dev/null

say "5. It announces the shipment, with its lot."
send integration notice receipts.announce "$receipt" "{\"reference\": \"ASN-$word\", \"lines\": [{\"lineId\": \"$moved\", \"quantity\": {\"value\": \"10\"}, \"lotNumber\": \"L-$word\"}]}" >/dev/null

say "6. Six come first; four come damaged, in a lot that was not announced: it is held, and two go back."
send rob first receipts.receive "$receipt" "{\"lines\": [{\"lineId\": \"$moved\", \"quantity\": {\"value\": \"6\"}, \"lotNumber\": \"L-$word\", \"expirationDate\": {\"year\": 2028, \"month\": 3, \"day\": 31}}]}" >/dev/null
rest=$(as bea get "$order" --live | grep -o '"receipts/[0-9]*"' | tr -d '"' | grep -vx "$receipt" | head -1)
left=$(as rob get "$rest" --live | line)
damaged=$(send rob second receipts.receive "$rest" "{\"lines\": [{\"lineId\": \"$left\", \"quantity\": {\"value\": \"4\"}, \"lotNumber\": \"D-$word\", \"expirationDate\": {\"year\": 2028, \"month\": 3, \"day\": 31}}]}" | the lots)
send rob hold lots.hold "$damaged" '{"reason": "the box is wet"}' >/dev/null
send rob back receipts.return "$rest" "{\"reason\": \"the box is wet\", \"lines\": [{\"lineId\": \"$left\", \"quantity\": {\"value\": \"2\"}, \"lotNumber\": \"D-$word\"}]}" >/dev/null

say "7. The bill asks for more than was agreed: it is not posted, and taken out. The right one is."
bill() { # NAME REFERENCE PRICE
	send art "$1" invoices.create - "{\"orders\": [\"$order\"], \"supplierReference\": \"$2-$word\", \"invoiceDate\": $day, \"lines\": [{\"orderLineId\": \"$line\", \"quantity\": {\"value\": \"8\"}, \"unitPrice\": {\"units\": \"4\", \"nanos\": $3}}]}" | the invoices
}
wrong=$(bill wrong-bill V1 900000000)
refused art post-wrong invoices.post "$wrong" '{}' BUSINESS_RULE
send art cancel invoices.cancel "$wrong" '{}' >/dev/null
right=$(bill right-bill V2 500000000)
send art post invoices.post "$right" '{}' >/dev/null

say "8. One of them turns out to be empty: a credit note is made and posted."
billed=$(get art "$right" | line)
note=$(send art credit invoices.reverse "$right" "{\"reason\": \"an empty box\", \"invoiceDate\": $day, \"lines\": [{\"lineId\": \"$billed\", \"quantity\": {\"value\": \"1\"}}]}" | the invoices)

say "9. The good lot is counted, and one that is torn is thrown away."
good=$(soon lots list cora lots "lot_number = \"L-$word\"")
position=$(soon stockPositions list cora stockPositions "lot = \"$good\" AND quantity > 0")
send cora count stockPositions.adjust "$position" '{"expectedQuantity": {"value": "6"}, "countedQuantity": {"value": "5"}}' >/dev/null
send quinn scrap stockPositions.scrap "$position" '{"quantity": {"value": "1"}, "reason": "torn"}' >/dev/null

echo
for record in "$order" "$note"; do MESH_TOKEN=morning-art "$meshctl" get "$record"; done
for record in "$position" "$damaged"; do MESH_TOKEN=morning-quinn "$meshctl" get "$record"; done
