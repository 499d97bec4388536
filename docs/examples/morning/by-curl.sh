#!/bin/sh
# A morning of a hospital, by curl alone: a new supplier is approved, its price list comes in,
# goods are ordered, acknowledged for another day, announced, received in two parts with a
# damaged lot that is held and sent back, billed wrongly and credited; what is left is
# counted, and some of it thrown away. Each step is done by who does it in a hospital.
#
#   meshd demo --access-file docs/examples/morning/access.yaml --approved-suppliers refuse
#   docs/examples/morning/by-curl.sh 2026-11-28
#
# The word behind it makes the names of what is created; the same word does nothing twice.
set -eu
word=${1:?say a word that makes the names of this morning, such as a date}
mesh=${MESH:-http://127.0.0.1:8080/v1}
day='{"year": 2026, "month": 11, "day": 28}' # what stands on the bills

# send WHO ID METHOD PATH BODY: a request in somebody's name. The id makes it harmless to
# send it twice. What is refused ends the morning.
send() {
	curl -sS --fail-with-body -X "$3" -H "Authorization: Bearer morning-$1" -H 'Content-Type: application/json' \
		-H "Idempotency-Key: $word-$2" "$mesh/$4" -d "$5" || { echo; echo "morning: $2 was refused" >&2; exit 1; }
}
# refused WHO ID METHOD PATH BODY REASON: one that has to be refused.
refused() {
	answer=$(curl -sS -X "$3" -H "Authorization: Bearer morning-$1" -H 'Content-Type: application/json' -H "Idempotency-Key: $word-$2" "$mesh/$4" -d "$5")
	case $answer in *"\"$6\""*) ;; *) echo "morning: $2 should be refused with $6: $answer" >&2; exit 1 ;; esac
}
# get WHO PATH [QUERY]: a record, or a list.
get() { curl -sS --fail-with-body -G -H "Authorization: Bearer morning-$1" "$mesh/$2" ${3:+--data-urlencode "$3"}; }
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
supplier=$(send sam supplier POST suppliers "{\"displayName\": \"Nordpharm $word\", \"reference\": \"NP-$word\", \"isCompany\": true}" | the suppliers)
send sam propose POST "$supplier:proposeApproval" '{"reason": "audited", "evidence": ["https://docs.example/audit/7"]}' >/dev/null
refused sam approve-own POST "$supplier:approve" '{"reason": "it will be fine"}' NOT_PERMITTED
send quinn approve POST "$supplier:approve" '{"reason": "the audit is sound"}' >/dev/null

say "2. Two products are made; what Nordpharm asks for them is imported, and they are approved of it."
gauze=$(send sam gauze POST products "{\"displayName\": \"Gauze $word\", \"sku\": \"G-$word\", \"kind\": \"KIND_GOODS\", \"tracking\": \"TRACKING_LOT\", \"expiryPolicy\": {\"expires\": true}}" | the products)
swab=$(send sam swab POST products "{\"displayName\": \"Swab $word\", \"sku\": \"S-$word\", \"kind\": \"KIND_GOODS\", \"tracking\": \"TRACKING_LOT\"}" | the products)
imported=$(curl -sS --fail-with-body -X POST -H 'Authorization: Bearer morning-sam' -H 'Content-Type: application/x-ndjson' -H "Idempotency-Key: $word-list" "$mesh/products:importSupplierPrices" --data-binary @- <<END
{"sku": "G-$word", "supplierPrice": {"supplier": "$supplier", "price": {"currencyCode": "EUR", "units": "4", "nanos": 500000000}, "leadTimeDays": 2}}
{"sku": "S-$word", "supplierPrice": {"supplier": "$supplier", "price": {"currencyCode": "EUR", "units": "1"}, "leadTimeDays": 2}}
END
)
echo "$imported" | tail -1
[ "$(echo "$imported" | grep -cE '"outcome":"[A-Z_]*(CREATED|UNCHANGED)"')" = 2 ] || { echo "morning: not every row was imported: $imported" >&2; exit 1; }
for product in "$gauze" "$swab"; do
	entry=$(send sam "vendor-$product" POST approvedVendors "{\"product\": \"$product\", \"supplier\": \"$supplier\", \"reason\": \"tested on ward 3\", \"evidence\": [\"PRT-17\"]}" | the approvedVendors)
	send quinn "approve-$product" POST "$entry:approve" '{}' >/dev/null
done

say "3. An order is made, and released."
order=$(send bea order POST orders "{\"supplier\": \"$supplier\", \"lines\": [{\"product\": \"$gauze\", \"quantity\": {\"value\": \"10\"}, \"unitPrice\": {\"units\": \"4\", \"nanos\": 500000000}}]}" | the orders)
send bea release POST "$order:release" '{}' >/dev/null
line=$(get bea "$order" read_mask=lines | line)
receipt=$(get bea "$order" read_mask=receipts | the receipts)
moved=$(get rob "$receipt?read_mode.live=true" read_mask=lines | line)

say "4. The supplier acknowledges it for a later day; the buyer takes that."
send integration ack POST "$order:acknowledge" "{\"lines\": [{\"lineId\": \"$line\", \"status\": \"ACKNOWLEDGEMENT_STATUS_CHANGED\", \"promisedTime\": \"2027-02-01T08:00:00Z\"}]}" >/dev/null
send bea take POST "$order:acceptAcknowledgement" '{"reason": "ward 3 can wait"}' >/dev/null

say "5. It announces the shipment, with its lot."
send integration notice POST "$receipt:announce" "{\"reference\": \"ASN-$word\", \"lines\": [{\"lineId\": \"$moved\", \"quantity\": {\"value\": \"10\"}, \"lotNumber\": \"L-$word\"}]}" >/dev/null

say "6. Six come first; four come damaged, in a lot that was not announced: it is held, and two go back."
send rob first POST "$receipt:receive" "{\"lines\": [{\"lineId\": \"$moved\", \"quantity\": {\"value\": \"6\"}, \"lotNumber\": \"L-$word\", \"expirationDate\": {\"year\": 2028, \"month\": 3, \"day\": 31}}]}" >/dev/null
rest=$(get bea "$order?read_mode.live=true" read_mask=receipts | grep -o '"receipts/[0-9]*"' | tr -d '"' | grep -vx "$receipt" | head -1)
left=$(get rob "$rest?read_mode.live=true" read_mask=lines | line)
damaged=$(send rob second POST "$rest:receive" "{\"lines\": [{\"lineId\": \"$left\", \"quantity\": {\"value\": \"4\"}, \"lotNumber\": \"D-$word\", \"expirationDate\": {\"year\": 2028, \"month\": 3, \"day\": 31}}]}" | the lots)
send rob hold POST "$damaged:hold" '{"reason": "the box is wet"}' >/dev/null
send rob back POST "$rest:return" "{\"reason\": \"the box is wet\", \"lines\": [{\"lineId\": \"$left\", \"quantity\": {\"value\": \"2\"}, \"lotNumber\": \"D-$word\"}]}" >/dev/null

say "7. The bill asks for more than was agreed: it is not posted, and taken out. The right one is."
bill() { # NAME REFERENCE PRICE
	send art "$1" POST invoices "{\"orders\": [\"$order\"], \"supplierReference\": \"$2-$word\", \"invoiceDate\": $day, \"lines\": [{\"orderLineId\": \"$line\", \"quantity\": {\"value\": \"8\"}, \"unitPrice\": {\"units\": \"4\", \"nanos\": $3}}]}" | the invoices
}
wrong=$(bill wrong-bill V1 900000000)
refused art post-wrong POST "$wrong:post" '{}' BUSINESS_RULE
send art cancel POST "$wrong:cancel" '{}' >/dev/null
right=$(bill right-bill V2 500000000)
send art post POST "$right:post" '{}' >/dev/null

say "8. One of them turns out to be empty: a credit note is made and posted."
billed=$(get art "$right" read_mask=lines | line)
note=$(send art credit POST "$right:reverse" "{\"reason\": \"an empty box\", \"invoiceDate\": $day, \"lines\": [{\"lineId\": \"$billed\", \"quantity\": {\"value\": \"1\"}}]}" | the invoices)

say "9. The good lot is counted, and one that is torn is thrown away."
good=$(soon lots get cora lots "filter=lot_number = \"L-$word\"")
position=$(soon stockPositions get cora stockPositions "filter=lot = \"$good\" AND quantity > 0")
send cora count POST "$position:adjust" '{"expectedQuantity": {"value": "6"}, "countedQuantity": {"value": "5"}}' >/dev/null
send quinn scrap POST "$position:scrap" '{"quantity": {"value": "1"}, "reason": "torn"}' >/dev/null

echo
echo "Order      $(get bea "$order" read_mask=number,state,receiptStatus,invoiceStatus)"
echo "Credit     $(get art "$note" read_mask=number,type,state,totalAmount)"
echo "Good lot   $(get cora "$position" read_mask=quantity)"
echo "Damaged    $(get quinn "$damaged" read_mask=lotNumber,holdState,holdReason)"
