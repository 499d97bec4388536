"""Generated from the OpenAPI document by generate.py: change that, or the contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from . import types
from ._call import Caller, Pages, new_request_id
from ._values import Money
from ._values import name as _name


class Methods(Caller):
    """One method for each operation of the mesh."""

    def break_glass(self, reason: str, *, minutes: int | None = None) -> types.BreakGlassResponse:
        """BreakGlass gives the caller the roles that the access file keeps ready for it (break_glass),
        for some minutes. It ends by itself, and with the process. It is logged as a warning with its
        reason, counted, and an exception while it lasts. A call while it lasts begins it anew."""
        return self._call("POST", "/v1/access:breakGlass", types.BreakGlassResponse, body={"minutes": minutes, "reason": reason})

    def explain_access(self, principal: str, method: str, *, name: str | None = None) -> types.ExplainAccessResponse:
        """ExplainAccess tells which rule decides whether a principal may call a method and, where a
        record is named, whether the principal meets it. It calls nothing."""
        return self._call("GET", "/v1/access:explain", types.ExplainAccessResponse, query={"principal": principal, "method": method, "name": name})

    def list_usage(self, *, page_size: int | None = None, principal: str | None = None, method_prefix: str | None = None, since: str | datetime | None = None) -> Pages[types.Usage, types.ListUsageResponse]:
        """ListUsage answers which principals have called which methods, of which version of the
        contract and with which client, with how often and when: who would notice if a method went
        away. Calls that were refused for who made them are not in it."""
        return Pages(self, "/v1/access:usage", types.ListUsageResponse, "usage", query={"pageSize": page_size, "principal": principal, "methodPrefix": method_prefix, "since": since})

    def list_api_keys(self, *, page_size: int | None = None, principal: str | None = None) -> Pages[types.ApiKey, types.ListApiKeysResponse]:
        """ListApiKeys answers the keys, the newest first. Those that have ended or are revoked are
        kept."""
        return Pages(self, "/v1/apiKeys", types.ListApiKeysResponse, "api_keys", query={"pageSize": page_size, "principal": principal})

    def create_api_key(self, principal: str, purpose: str, *, lifetime: str | None = None) -> types.CreateApiKeyResponse:
        """CreateApiKey makes a key for a principal of the access file, and shows it, once. An answer
        that is lost leaves a key that nobody knows: list the keys, and revoke it. Where the access
        file is governed, the key is proposed: ConfirmApiKey lets it be believed."""
        return self._call("POST", "/v1/apiKeys", types.CreateApiKeyResponse, body={"lifetime": lifetime, "principal": principal, "purpose": purpose})

    def confirm_api_key(self, api_key: str) -> types.ApiKey:
        """ConfirmApiKey lets a key be believed that was made where the access file is governed: by
        another person than its maker, who shows no API key. Where it takes another key's place, the
        overlap begins. Repeating the call changes nothing."""
        return self._call("POST", f"/v1/{_name(api_key)}:confirm", types.ApiKey, body={})

    def revoke_api_key(self, api_key: str, reason: str) -> types.ApiKey:
        """RevokeApiKey takes a key back, at once and for ever. Repeating the call changes nothing."""
        return self._call("POST", f"/v1/{_name(api_key)}:revoke", types.ApiKey, body={"reason": reason})

    def rotate_api_key(self, api_key: str, *, lifetime: str | None = None, overlap: str | None = None) -> types.RotateApiKeyResponse:
        """RotateApiKey makes the key that takes another one's place, and shows it, once. Both are
        believed until the overlap is over. A key that was rotated is not rotated again: its
        successor is. Where the access file is governed, the old one stays as it is until
        ConfirmApiKey lets the new one be believed."""
        return self._call("POST", f"/v1/{_name(api_key)}:rotate", types.RotateApiKeyResponse, body={"lifetime": lifetime, "overlap": overlap})

    def list_approved_vendors(self, *, page_size: int | None = None, filter: str | None = None, order_by: str | None = None) -> Pages[types.ApprovedVendor, types.ListApprovedVendorsResponse]:
        """ListApprovedVendors answers the entries that pass a filter, page by page."""
        return Pages(self, "/v1/approvedVendors", types.ListApprovedVendorsResponse, "approved_vendors", query={"pageSize": page_size, "filter": filter, "orderBy": order_by})

    def create_approved_vendor(self, body: types.ApprovedVendorInput, *, validate_only: bool | None = None, request_id: str | None = None) -> types.CreateApprovedVendorResponse:
        """CreateApprovedVendor proposes an entry. One that is there already, also one that was
        withdrawn, is answered with ALREADY_EXISTS: update it."""
        return self._call("POST", "/v1/approvedVendors", types.CreateApprovedVendorResponse, body=body, query={"validateOnly": validate_only}, request_id=request_id or new_request_id())

    def get_approved_vendor(self, approved_vendor: str) -> types.ApprovedVendor:
        """GetApprovedVendor answers one entry."""
        return self._call("GET", f"/v1/{_name(approved_vendor)}", types.ApprovedVendor)

    def update_approved_vendor(self, approved_vendor: str, body: types.ApprovedVendorInput, *, update_mask: str | None = None, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.UpdateApprovedVendorResponse:
        """UpdateApprovedVendor proposes an entry otherwise than it is. What was approved before stays
        in force until the change is approved, unless it was withdrawn."""
        return self._call("PATCH", f"/v1/{_name(approved_vendor)}", types.UpdateApprovedVendorResponse, body=body, query={"updateMask": update_mask, "etag": etag, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def approve_approved_vendor(self, approved_vendor: str, *, etag: str | None = None, reason: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.ApproveApprovedVendorResponse:
        """ApproveApprovedVendor puts in force what somebody else has proposed."""
        return self._call("POST", f"/v1/{_name(approved_vendor)}:approve", types.ApproveApprovedVendorResponse, body={"etag": etag, "reason": reason, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def withdraw_approved_vendor(self, approved_vendor: str, reason: str, *, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.WithdrawApprovedVendorResponse:
        """WithdrawApprovedVendor ends an entry at once, and keeps it: it takes the place of deleting,
        so that what was bought when it held can be explained."""
        return self._call("POST", f"/v1/{_name(approved_vendor)}:withdraw", types.WithdrawApprovedVendorResponse, body={"etag": etag, "reason": reason, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def get_checkpoint(self, *, since_size: int | None = None) -> types.GetCheckpointResponse:
        """GetCheckpoint answers what the audit's log has signed last, and proves that it holds all that
        it has signed before."""
        return self._call("GET", "/v1/audit/checkpoint", types.GetCheckpointResponse, query={"sinceSize": since_size})

    def add_cosignature(self, checkpoint: bytes) -> types.AddCosignatureResponse:
        """AddCosignature takes a checkpoint that the configured witness has signed."""
        return self._call("POST", "/v1/audit/checkpoint:cosign", types.AddCosignatureResponse, body={"checkpoint": checkpoint})

    def list_records(self, *, page_size: int | None = None, principal: str | None = None, command: str | None = None, document: str | None = None, intent: str | None = None, start_time: str | datetime | None = None, end_time: str | datetime | None = None, call_id: str | None = None, outcome: str | None = None) -> Pages[types.Record, types.ListRecordsResponse]:
        """ListRecords answers records of the audit, page by page, the oldest first."""
        return Pages(self, "/v1/auditRecords", types.ListRecordsResponse, "records", query={"pageSize": page_size, "principal": principal, "command": command, "document": document, "intent": intent, "startTime": start_time, "endTime": end_time, "callId": call_id, "outcome": outcome})

    def list_changes(self, *, collections: list[str] | None = None, start_time: str | datetime | None = None, position: str | None = None, end_time: str | datetime | None = None, page_size: int | None = None) -> Pages[types.Change, types.ListChangesResponse]:
        """ListChanges answers what changed in all collections since a time or a position, the oldest
        change first, with deletions, the changed fields and what they were. What was there when the
        mesh first loaded a collection is no change."""
        return Pages(self, "/v1/changes", types.ListChangesResponse, "changes", query={"collections": collections, "startTime": start_time, "position": position, "endTime": end_time, "pageSize": page_size})

    def list_consumers(self) -> types.ListConsumersResponse:
        """ListConsumers answers all consumers and how far each has come, by name."""
        return self._call("GET", "/v1/consumers", types.ListConsumersResponse)

    def delete_consumer(self, consumer: str) -> Any:
        """DeleteConsumer forgets a consumer. A stream that is open under its name ends with the reason
        TAKEN_OVER."""
        return self._call("DELETE", f"/v1/{_name(consumer)}", Any)

    def get_consumer(self, consumer: str) -> types.Consumer:
        """GetConsumer answers one consumer and how far it has come."""
        return self._call("GET", f"/v1/{_name(consumer)}", types.Consumer)

    def acknowledge(self, consumer: str, position: str) -> types.Consumer:
        """Acknowledge remembers that a consumer has handled all events up to a position. The first one
        under a name makes the consumer, which is the caller's from then on: others are refused with
        NOT_PERMITTED. It never goes back: an earlier position than the acknowledged one changes
        nothing."""
        return self._call("POST", f"/v1/{_name(consumer)}:acknowledge", types.Consumer, body={"position": position})

    def list_event_types(self) -> types.ListEventTypesResponse:
        """ListEventTypes answers the catalogue: every type of event, whose fact it is, where it comes
        from and when it happens."""
        return self._call("GET", "/v1/eventTypes", types.ListEventTypesResponse)

    def list_events(self, *, page_size: int | None = None, filter: str | None = None, start_time: str | datetime | None = None, end_time: str | datetime | None = None, last: int | None = None) -> Pages[types.CloudEvent, types.ListEventsResponse]:
        """ListEvents answers the events that pass a filter, page by page, in their order. The last page
        names the position from which Subscribe goes on."""
        return Pages(self, "/v1/events", types.ListEventsResponse, "events", query={"pageSize": page_size, "filter": filter, "startTime": start_time, "endTime": end_time, "last": last})

    def subscribe(self, *, filter: str | None = None, position: str | None = None, start_time: str | datetime | None = None, from_now: bool | None = None, consumer: str | None = None) -> Iterator[types.CloudEvent]:
        """Subscribe sends the events that pass a filter: all of history, then what happens, without a
        seam. It promises, in etcd's words: Ordered, Unique, Atomic, Reliable, Resumable and
        Bookmarkable, as StreamInventoryEvents does. With the name of a consumer it begins behind
        what that one has acknowledged. A consumer has one stream: a second one under the same name
        takes over, and the first ends with the reason TAKEN_OVER."""
        return self._watch("/v1/events:subscribe", types.CloudEvent, query={"filter": filter, "position": position, "startTime": start_time, "fromNow": from_now, "consumer": consumer})

    def list_exceptions(self, *, page_size: int | None = None, filter: str | None = None) -> Pages[types.Exception, types.ListExceptionsResponse]:
        """ListExceptions answers the exceptions that pass a filter, page by page, the newest first.
        Closed ones are kept for ninety days, ten thousand at most."""
        return Pages(self, "/v1/exceptions", types.ListExceptionsResponse, "exceptions", query={"pageSize": page_size, "filter": filter})

    def get_exception(self, exception: str) -> types.Exception:
        """GetException answers one exception."""
        return self._call("GET", f"/v1/{_name(exception)}", types.Exception)

    def acknowledge_exception(self, exception: str, reason: str, *, etag: str | None = None) -> types.Exception:
        """AcknowledgeException notes that the caller knows of an exception, and why it may stay. It
        stays acknowledged until it closes. Repeating the call with the same reason changes nothing;
        another reason takes the place of the one before. One that is closed cannot be acknowledged."""
        return self._call("POST", f"/v1/{_name(exception)}:acknowledge", types.Exception, body={"etag": etag, "reason": reason})

    def get_governed_document(self, governed_document: str) -> types.GovernedDocument:
        """GetGovernedDocument answers a document that is in force, with its digest."""
        return self._call("GET", f"/v1/{_name(governed_document)}", types.GovernedDocument)

    def list_intents(self, *, page_size: int | None = None, filter: str | None = None) -> Pages[types.Intent, types.ListIntentsResponse]:
        """ListIntents answers the intents that pass a filter, page by page, the newest first."""
        return Pages(self, "/v1/intents", types.ListIntentsResponse, "intents", query={"pageSize": page_size, "filter": filter})

    def get_intent(self, intent: str) -> types.Intent:
        """GetIntent answers one intent."""
        return self._call("GET", f"/v1/{_name(intent)}", types.Intent)

    def cancel_intent(self, intent: str, explanation: str) -> types.Intent:
        """CancelIntent gives an intent up that is not done or for which action is required: it is never
        tried again. What it has left in Odoo stays there, and is said."""
        return self._call("POST", f"/v1/{_name(intent)}:cancel", types.Intent, body={"explanation": explanation})

    def hold_payloads(self, intent: str) -> types.HoldPayloadsResponse:
        """HoldPayloads keeps what the records of an intent say from being erased when its time is over,
        such as for a lawsuit."""
        return self._call("POST", f"/v1/{_name(intent)}:hold", types.HoldPayloadsResponse, body={})

    def prove_intent(self, intent: str) -> types.ProveIntentResponse:
        """ProveIntent answers all records of an intent in one file, which meshctl audit check checks on
        any machine, with nothing but the public key."""
        return self._call("GET", f"/v1/{_name(intent)}:prove", types.ProveIntentResponse)

    def release_payloads(self, intent: str) -> types.ReleasePayloadsResponse:
        """ReleasePayloads lets what the records of an intent say be erased when its time is over."""
        return self._call("POST", f"/v1/{_name(intent)}:release", types.ReleasePayloadsResponse, body={})

    def retry_intent(self, intent: str) -> types.Intent:
        """RetryIntent tries an intent again that is not done, that Odoo refused, or for which a person
        has meanwhile done what was required. It looks in Odoo first: what is done already is not
        done again."""
        return self._call("POST", f"/v1/{_name(intent)}:retry", types.Intent, body={})

    def watch_intents(self, *, filter: str | None = None, position: str | None = None, from_now: bool | None = None, batch_size: int | None = None) -> Iterator[types.WatchIntentsResponse]:
        """WatchIntents sends every change of state of the intents that pass a filter: those of the
        past, or with from_now none of them, and then what happens, without a seam."""
        return self._watch("/v1/intents:watch", types.WatchIntentsResponse, query={"filter": filter, "position": position, "fromNow": from_now, "batchSize": batch_size})

    def list_inventory_events(self, *, page_size: int | None = None, filter: str | None = None, start_time: str | datetime | None = None, read_mask: str | None = None, end_time: str | datetime | None = None, last: int | None = None) -> Pages[types.InventoryEvent, types.ListInventoryEventsResponse]:
        """ListInventoryEvents answers the events that pass a filter, page by page, in the order of
        their positions. The last page names the position from which StreamInventoryEvents goes on."""
        return Pages(self, "/v1/inventoryEvents", types.ListInventoryEventsResponse, "inventory_events", query={"pageSize": page_size, "filter": filter, "startTime": start_time, "readMask": read_mask, "endTime": end_time, "last": last})

    def get_inventory_event(self, inventory_event: str, *, read_mask: str | None = None) -> types.InventoryEvent:
        """GetInventoryEvent answers one event."""
        return self._call("GET", f"/v1/{_name(inventory_event)}", types.InventoryEvent, query={"readMask": read_mask})

    def stream_inventory_events(self, *, filter: str | None = None, position: str | None = None, start_time: str | datetime | None = None, from_now: bool | None = None, batch_size: int | None = None, read_mask: str | None = None) -> Iterator[types.StreamInventoryEventsResponse]:
        """StreamInventoryEvents sends the events that pass a filter: all of history, then what happens,
        without a seam. It promises, in etcd's words: Ordered (in the order of positions), Unique
        (each event once, also when resumed), Atomic (a message holds whole events), Reliable (none
        is left out), Resumable (every message carries the position to go on from) and Bookmarkable
        (a quiet stream sends its position as a heartbeat). A reader that is slow costs the others
        nothing. A position that retention has passed is refused with POSITION_TOO_OLD and the oldest
        one that is left."""
        return self._watch("/v1/inventoryEvents:stream", types.StreamInventoryEventsResponse, query={"filter": filter, "position": position, "startTime": start_time, "fromNow": from_now, "batchSize": batch_size, "readMask": read_mask})

    def verify_balances(self) -> types.VerifyBalancesResponse:
        """VerifyBalances compares the sums of all events with Odoo's stock, by product, location, lot,
        owner and package. What differs because stock is moving is looked at again until it has
        settled."""
        return self._call("GET", "/v1/inventoryEvents:verify", types.VerifyBalancesResponse)

    def list_invoices(self, *, page_size: int | None = None, filter: str | None = None, order_by: str | None = None, read_mask: str | None = None, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, include_total_size: bool | None = None) -> Pages[types.Invoice, types.ListInvoicesResponse]:
        """ListInvoices answers the invoices that pass a filter, page by page. All pages together show
        each record once, also while records change."""
        return Pages(self, "/v1/invoices", types.ListInvoicesResponse, "invoices", query={"pageSize": page_size, "filter": filter, "orderBy": order_by, "readMask": read_mask, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "includeTotalSize": include_total_size})

    def create_invoice(self, body: types.InvoiceInput, *, validate_only: bool | None = None, request_id: str | None = None) -> types.CreateInvoiceResponse:
        """CreateInvoice makes a draft of a bill, for an order or without one, once for a request id. A
        bill without an order is refused where the supplier's number is there."""
        return self._call("POST", "/v1/invoices", types.CreateInvoiceResponse, body=body, query={"validateOnly": validate_only}, request_id=request_id or new_request_id())

    def get_invoice(self, invoice: str, *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.Invoice:
        """GetInvoice answers one invoice."""
        return self._call("GET", f"/v1/{_name(invoice)}", types.Invoice, query={"readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def cancel_invoice(self, invoice: str, *, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.CancelInvoiceResponse:
        """CancelInvoice cancels a draft. A posted bill is never cancelled: it is reversed."""
        return self._call("POST", f"/v1/{_name(invoice)}:cancel", types.CancelInvoiceResponse, body={"etag": etag, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def override_match(self, invoice: str, reason: str, *, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.OverrideMatchResponse:
        """OverrideMatch says that an invoice may be posted although it does not match its orders and
        receipts. The mesh keeps it, with the reason."""
        return self._call("POST", f"/v1/{_name(invoice)}:overrideMatch", types.OverrideMatchResponse, body={"etag": etag, "reason": reason, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def post_invoice(self, invoice: str, *, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.PostInvoiceResponse:
        """PostInvoice posts a draft. A second bill with the number of one that is posted is refused,
        and one that does not match its orders and receipts, unless somebody with the right to do so
        has overridden that."""
        return self._call("POST", f"/v1/{_name(invoice)}:post", types.PostInvoiceResponse, body={"etag": etag, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def reverse_invoice(self, invoice: str, invoice_date: date, *, etag: str | None = None, lines: list[types.ReversedLine] | None = None, reason: str | None = None, supplier_reference: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.ReverseInvoiceResponse:
        """ReverseInvoice takes a posted bill back, whole or in part, by a refund that is posted."""
        return self._call("POST", f"/v1/{_name(invoice)}:reverse", types.ReverseInvoiceResponse, body={"etag": etag, "invoiceDate": invoice_date, "lines": lines, "reason": reason, "supplierReference": supplier_reference, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def batch_get_invoices(self, names: list[str], *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.BatchGetInvoicesResponse:
        """BatchGetInvoices answers up to 1000 invoices by name, as of one moment."""
        return self._call("GET", "/v1/invoices:batchGet", types.BatchGetInvoicesResponse, query={"names": names, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def watch_invoices(self, *, filter: str | None = None, position: str | None = None, include_current: bool | None = None, read_mask: str | None = None, start_time: str | datetime | None = None) -> Iterator[types.WatchInvoicesResponse]:
        """WatchInvoices sends every change of the invoices that pass a filter, in order and each once.
        A watch that broke off goes on from the position of the last message without a gap."""
        return self._watch("/v1/invoices:watch", types.WatchInvoicesResponse, query={"filter": filter, "position": position, "includeCurrent": include_current, "readMask": read_mask, "startTime": start_time})

    def get_journey(self, number: str) -> types.Journey:
        """GetJourney answers, for any business number, the whole chain of documents (order,
        acknowledgement, receipts with their lots, returns, bills and their match) as one timeline,
        and where the goods went then: within the house, to wards, out of it. Documents that bear the
        same number and have nothing else to do with each other are chains of their own."""
        return self._call("GET", "/v1/journeys", types.Journey, query={"number": number})

    def list_locations(self, *, page_size: int | None = None, filter: str | None = None, order_by: str | None = None, read_mask: str | None = None, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, include_total_size: bool | None = None) -> Pages[types.Location, types.ListLocationsResponse]:
        """ListLocations answers the locations that pass a filter, page by page. All pages together show
        each record once, also while records change."""
        return Pages(self, "/v1/locations", types.ListLocationsResponse, "locations", query={"pageSize": page_size, "filter": filter, "orderBy": order_by, "readMask": read_mask, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "includeTotalSize": include_total_size})

    def get_location(self, location: str, *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.Location:
        """GetLocation answers one location."""
        return self._call("GET", f"/v1/{_name(location)}", types.Location, query={"readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def batch_get_locations(self, names: list[str], *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.BatchGetLocationsResponse:
        """BatchGetLocations answers up to 1000 locations by name, as of one moment."""
        return self._call("GET", "/v1/locations:batchGet", types.BatchGetLocationsResponse, query={"names": names, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def watch_locations(self, *, filter: str | None = None, position: str | None = None, include_current: bool | None = None, read_mask: str | None = None, start_time: str | datetime | None = None) -> Iterator[types.WatchLocationsResponse]:
        """WatchLocations sends every change of the locations that pass a filter, in order and each
        once. A watch that broke off goes on from the position of the last message without a gap."""
        return self._watch("/v1/locations:watch", types.WatchLocationsResponse, query={"filter": filter, "position": position, "includeCurrent": include_current, "readMask": read_mask, "startTime": start_time})

    def list_lots(self, *, page_size: int | None = None, filter: str | None = None, order_by: str | None = None, read_mask: str | None = None, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, include_total_size: bool | None = None) -> Pages[types.Lot, types.ListLotsResponse]:
        """ListLots answers the lots that pass a filter, page by page. All pages together show each
        record once, also while records change."""
        return Pages(self, "/v1/lots", types.ListLotsResponse, "lots", query={"pageSize": page_size, "filter": filter, "orderBy": order_by, "readMask": read_mask, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "includeTotalSize": include_total_size})

    def get_lot(self, lot: str, *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.Lot:
        """GetLot answers one lot."""
        return self._call("GET", f"/v1/{_name(lot)}", types.Lot, query={"readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def get_history(self, lot: str, *, page_size: int | None = None) -> Pages[types.Change, types.GetHistoryResponse]:
        """GetHistory answers the changes of one record, also of one that is gone, the newest first."""
        return Pages(self, f"/v1/{_name(lot)}:history", types.GetHistoryResponse, "changes", query={"pageSize": page_size})

    def hold_lot(self, lot: str, reason: str, *, leave_in_place: bool | None = None, recall: bool | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.HoldLotResponse:
        """HoldLot takes a lot out of use, with each that differs from it in white space alone: at once,
        also while Odoo is down. Odoo's own users can still move it."""
        return self._call("POST", f"/v1/{_name(lot)}:hold", types.HoldLotResponse, body={"leaveInPlace": leave_in_place, "reason": reason, "recall": recall, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def release_lot_hold(self, lot: str, reason: str, *, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.ReleaseLotHoldResponse:
        """ReleaseLotHold gives a lot free that was held or recalled."""
        return self._call("POST", f"/v1/{_name(lot)}:releaseHold", types.ReleaseLotHoldResponse, body={"etag": etag, "reason": reason, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def trace_lot(self, lot: str) -> types.LotTrace:
        """TraceLot answers where a lot or serial number came from and everywhere it went: what a recall
        asks, in one call."""
        return self._call("GET", f"/v1/{_name(lot)}:trace", types.LotTrace)

    def batch_get_lots(self, names: list[str], *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.BatchGetLotsResponse:
        """BatchGetLots answers up to 1000 lots by name, as of one moment."""
        return self._call("GET", "/v1/lots:batchGet", types.BatchGetLotsResponse, query={"names": names, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def watch_lots(self, *, filter: str | None = None, position: str | None = None, include_current: bool | None = None, read_mask: str | None = None, start_time: str | datetime | None = None) -> Iterator[types.WatchLotsResponse]:
        """WatchLots sends every change of the lots that pass a filter, in order and each once. A watch
        that broke off goes on from the position of the last message without a gap."""
        return self._watch("/v1/lots:watch", types.WatchLotsResponse, query={"filter": filter, "position": position, "includeCurrent": include_current, "readMask": read_mask, "startTime": start_time})

    def list_movements(self, *, page_size: int | None = None, filter: str | None = None, order_by: str | None = None, read_mask: str | None = None, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, include_total_size: bool | None = None) -> Pages[types.Movement, types.ListMovementsResponse]:
        """ListMovements answers the movements that pass a filter, page by page. All pages together show
        each record once, also while records change."""
        return Pages(self, "/v1/movements", types.ListMovementsResponse, "movements", query={"pageSize": page_size, "filter": filter, "orderBy": order_by, "readMask": read_mask, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "includeTotalSize": include_total_size})

    def get_movement(self, movement: str, *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.Movement:
        """GetMovement answers one movement."""
        return self._call("GET", f"/v1/{_name(movement)}", types.Movement, query={"readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def batch_get_movements(self, names: list[str], *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.BatchGetMovementsResponse:
        """BatchGetMovements answers up to 1000 movements by name, as of one moment."""
        return self._call("GET", "/v1/movements:batchGet", types.BatchGetMovementsResponse, query={"names": names, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def watch_movements(self, *, filter: str | None = None, position: str | None = None, include_current: bool | None = None, read_mask: str | None = None, start_time: str | datetime | None = None) -> Iterator[types.WatchMovementsResponse]:
        """WatchMovements sends every change of the movements that pass a filter, in order and each
        once. A watch that broke off goes on from the position of the last message without a gap."""
        return self._watch("/v1/movements:watch", types.WatchMovementsResponse, query={"filter": filter, "position": position, "includeCurrent": include_current, "readMask": read_mask, "startTime": start_time})

    def backup(self) -> Iterator[types.BackupResponse]:
        """Backup sends a backup of what the mesh alone has, while it runs: the intents of commands, the
        fields that Odoo does not own, and the events with their numbers. The data of all messages,
        one after the other, is the file, which is whole only when the stream has ended without an
        error. What was acknowledged before the call is in it. It holds records across all companies
        and of all callers."""
        return self._watch("/v1/operations/backup", types.BackupResponse, body={})

    def list_faulty_records(self, *, collection: str | None = None, page_size: int | None = None) -> Pages[types.FaultyRecord, types.ListFaultyRecordsResponse]:
        """ListFaultyRecords answers the records that could not be read from Odoo, or only in part, by
        name, with what is wrong with each. They are served with what could be read, and tried again."""
        return Pages(self, "/v1/operations/faultyRecords", types.ListFaultyRecordsResponse, "faulty_records", query={"collection": collection, "pageSize": page_size})

    def compare_ledger(self) -> types.CompareLedgerResponse:
        """CompareLedger answers what the ledger says is done and Odoo does not have, such as after Odoo
        was restored, and changes nothing. It asks Odoo for one command after another, the newest
        first, until it has two hundred of them in a row."""
        return self._call("GET", "/v1/operations/ledger:compare", types.CompareLedgerResponse)

    def accept_odoo(self, etag: str, reason: str) -> types.AcceptOdooResponse:
        """AcceptOdoo lets commands go on after Odoo was found to be restored, copied or upgraded. What
        the ledger says is done and Odoo does not have is LOST from then on: nothing of it is carried
        out again by itself."""
        return self._call("POST", "/v1/operations/odoo:accept", types.AcceptOdooResponse, body={"etag": etag, "reason": reason})

    def resync_domain(self, collection: str, *, accept_deletions: bool | None = None) -> Iterator[types.ResyncDomainResponse]:
        """ResyncDomain reads every record of a collection from Odoo again, and compares all ids. What
        differs goes through the log, so watchers see it. It tells how far it is; the last message
        has the totals. When the caller goes away it ends; what was brought up to date until then
        stays so."""
        return self._watch("/v1/operations/resync", types.ResyncDomainResponse, body={"acceptDeletions": accept_deletions, "collection": collection})

    def get_status(self) -> types.GetStatusResponse:
        """GetStatus tells how the mesh and each of its collections stand. It asks Odoo nothing."""
        return self._call("GET", "/v1/operations/status", types.GetStatusResponse)

    def verify_record(self, name: str) -> types.VerifyRecordResponse:
        """VerifyRecord compares the mesh's copy of a record with Odoo as it is now, and changes
        nothing."""
        return self._call("GET", "/v1/operations/verify", types.VerifyRecordResponse, query={"name": name})

    def list_orders(self, *, page_size: int | None = None, filter: str | None = None, order_by: str | None = None, read_mask: str | None = None, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, include_total_size: bool | None = None) -> Pages[types.Order, types.ListOrdersResponse]:
        """ListOrders answers the orders that pass a filter, page by page. All pages together show each
        record once, also while records change."""
        return Pages(self, "/v1/orders", types.ListOrdersResponse, "orders", query={"pageSize": page_size, "filter": filter, "orderBy": order_by, "readMask": read_mask, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "includeTotalSize": include_total_size})

    def create_order(self, body: types.OrderInput, *, validate_only: bool | None = None, company_id: int | None = None, request_id: str | None = None) -> types.CreateOrderResponse:
        """CreateOrder makes a draft of an order, once for a request id."""
        return self._call("POST", "/v1/orders", types.CreateOrderResponse, body=body, query={"validateOnly": validate_only, "companyId": company_id}, request_id=request_id or new_request_id())

    def get_order(self, order: str, *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.Order:
        """GetOrder answers one order."""
        return self._call("GET", f"/v1/{_name(order)}", types.Order, query={"readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def update_order(self, order: str, body: types.OrderInput, *, update_mask: str | None = None, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.UpdateOrderResponse:
        """UpdateOrder changes a draft: its references, and its lines as a whole."""
        return self._call("PATCH", f"/v1/{_name(order)}", types.UpdateOrderResponse, body=body, query={"updateMask": update_mask, "etag": etag, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def accept_acknowledgement(self, order: str, reason: str, *, etag: str | None = None, line_ids: list[str] | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.AcceptAcknowledgementResponse:
        """AcceptAcknowledgement takes what the supplier answered as it is, although it is not what was
        ordered: it is no exception any more. Where the order is to say what the supplier answered,
        AmendOrder does that."""
        return self._call("POST", f"/v1/{_name(order)}:acceptAcknowledgement", types.AcceptAcknowledgementResponse, body={"etag": etag, "lineIds": line_ids, "reason": reason, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def acknowledge_order(self, order: str, lines: list[types.AcknowledgedLine], *, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.AcknowledgeOrderResponse:
        """AcknowledgeOrder keeps what the supplier answered to an order, line by line. Odoo has no
        place for it: the mesh keeps it, also while Odoo is down."""
        return self._call("POST", f"/v1/{_name(order)}:acknowledge", types.AcknowledgeOrderResponse, body={"etag": etag, "lines": lines, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def amend_order(self, order: str, lines: list[types.OrderLineInput], *, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.AmendOrderResponse:
        """AmendOrder changes an order that is released: quantities, prices, dates and texts of its
        lines, and lines that are added. Its open receipts follow."""
        return self._call("POST", f"/v1/{_name(order)}:amend", types.AmendOrderResponse, body={"etag": etag, "lines": lines, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def approve_order(self, order: str, *, comment: str | None = None, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.ApproveOrderResponse:
        """ApproveOrder approves an order that another principal has submitted. Where Odoo wants it
        approved too, the mesh does that as well if it has somebody who may, and Odoo places the
        order with it; else the call fails with ACTION_REQUIRED until a person has done it."""
        return self._call("POST", f"/v1/{_name(order)}:approve", types.ApproveOrderResponse, body={"comment": comment, "etag": etag, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def cancel_order(self, order: str, *, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.CancelOrderResponse:
        """CancelOrder cancels an order of which nothing has been received or billed."""
        return self._call("POST", f"/v1/{_name(order)}:cancel", types.CancelOrderResponse, body={"etag": etag, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def release_order(self, order: str, *, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.ReleaseOrderResponse:
        """ReleaseOrder orders what a draft says. An order that Odoo wants approved is not released: the
        call fails with ACTION_REQUIRED."""
        return self._call("POST", f"/v1/{_name(order)}:release", types.ReleaseOrderResponse, body={"etag": etag, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def submit_order(self, order: str, *, comment: str | None = None, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.SubmitOrderResponse:
        """SubmitOrder puts a draft forward for approval. Where Odoo wants it approved too, it waits for
        that from then on."""
        return self._call("POST", f"/v1/{_name(order)}:submit", types.SubmitOrderResponse, body={"comment": comment, "etag": etag, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def batch_get_orders(self, names: list[str], *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.BatchGetOrdersResponse:
        """BatchGetOrders answers up to 1000 orders by name, as of one moment."""
        return self._call("GET", "/v1/orders:batchGet", types.BatchGetOrdersResponse, query={"names": names, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def summarize_lead_times(self, *, group_by: str | None = None, within: str | None = None, start_time: str | datetime | None = None, end_time: str | datetime | None = None, supplier: str | None = None, product: str | None = None, company_id: int | None = None, page_size: int | None = None) -> Pages[types.LeadTimeSum, types.SummarizeLeadTimesResponse]:
        """SummarizeLeadTimes answers how long suppliers took to deliver, by supplier and product, and
        how much came later than it was promised or wanted."""
        return Pages(self, "/v1/orders:leadTimes", types.SummarizeLeadTimesResponse, "sums", query={"groupBy": group_by, "within": within, "startTime": start_time, "endTime": end_time, "supplier": supplier, "product": product, "companyId": company_id, "pageSize": page_size})

    def summarize_orders(self, *, group_by: str | None = None, supplier: str | None = None, product: str | None = None, company_id: int | None = None, page_size: int | None = None) -> Pages[types.OrderSum, types.SummarizeOrdersResponse]:
        """SummarizeOrders answers what is ordered and has not come yet, by supplier."""
        return Pages(self, "/v1/orders:summarize", types.SummarizeOrdersResponse, "sums", query={"groupBy": group_by, "supplier": supplier, "product": product, "companyId": company_id, "pageSize": page_size})

    def watch_orders(self, *, filter: str | None = None, position: str | None = None, include_current: bool | None = None, read_mask: str | None = None, start_time: str | datetime | None = None) -> Iterator[types.WatchOrdersResponse]:
        """WatchOrders sends every change of the orders that pass a filter, in order and each once. A
        watch that broke off goes on from the position of the last message without a gap."""
        return self._watch("/v1/orders:watch", types.WatchOrdersResponse, query={"filter": filter, "position": position, "includeCurrent": include_current, "readMask": read_mask, "startTime": start_time})

    def summarize_payables(self, *, group_by: str | None = None, supplier: str | None = None, company_id: int | None = None, page_size: int | None = None) -> Pages[types.PayableSum, types.SummarizePayablesResponse]:
        """SummarizePayables answers what is owed to each supplier and what it owes: open bills and
        refunds, what is received and not billed, billed and not received, and still to come."""
        return Pages(self, "/v1/payables:summarize", types.SummarizePayablesResponse, "sums", query={"groupBy": group_by, "supplier": supplier, "companyId": company_id, "pageSize": page_size})

    def list_products(self, *, page_size: int | None = None, filter: str | None = None, order_by: str | None = None, read_mask: str | None = None, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, include_total_size: bool | None = None) -> Pages[types.Product, types.ListProductsResponse]:
        """ListProducts answers the products that pass a filter, page by page. All pages together show
        each record once, also while records change."""
        return Pages(self, "/v1/products", types.ListProductsResponse, "products", query={"pageSize": page_size, "filter": filter, "orderBy": order_by, "readMask": read_mask, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "includeTotalSize": include_total_size})

    def create_product(self, body: types.ProductInput, *, validate_only: bool | None = None, request_id: str | None = None) -> types.CreateProductResponse:
        """CreateProduct makes a product, once for a request id."""
        return self._call("POST", "/v1/products", types.CreateProductResponse, body=body, query={"validateOnly": validate_only}, request_id=request_id or new_request_id())

    def get_product(self, product: str, *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.Product:
        """GetProduct answers one product."""
        return self._call("GET", f"/v1/{_name(product)}", types.Product, query={"readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def update_product(self, product: str, body: types.ProductInput, *, update_mask: str | None = None, etag: str | None = None, validate_only: bool | None = None, with_variants: bool | None = None, request_id: str | None = None) -> types.UpdateProductResponse:
        """UpdateProduct changes what a product says."""
        return self._call("PATCH", f"/v1/{_name(product)}", types.UpdateProductResponse, body=body, query={"updateMask": update_mask, "etag": etag, "validateOnly": validate_only, "withVariants": with_variants}, request_id=request_id or new_request_id())

    def archive_product(self, product: str, *, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.ArchiveProductResponse:
        """ArchiveProduct takes a product out of use of which nothing is in stock or on its way."""
        return self._call("POST", f"/v1/{_name(product)}:archive", types.ArchiveProductResponse, body={"etag": etag, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def restore_product(self, product: str, *, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.RestoreProductResponse:
        """RestoreProduct takes a product that is archived into use again."""
        return self._call("POST", f"/v1/{_name(product)}:restore", types.RestoreProductResponse, body={"etag": etag, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def set_supplier_price(self, product: str, supplier_price: types.SupplierPriceInput, *, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.SetSupplierPriceResponse:
        """SetSupplierPrice says what a supplier asks for a product: it changes a price, or adds one."""
        return self._call("POST", f"/v1/{_name(product)}:setSupplierPrice", types.SetSupplierPriceResponse, body={"etag": etag, "supplierPrice": supplier_price, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def withdraw_supplier_price(self, product: str, supplier_price_id: str, *, etag: str | None = None, valid_until: date | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.WithdrawSupplierPriceResponse:
        """WithdrawSupplierPrice ends a supplier's price, or removes it."""
        return self._call("POST", f"/v1/{_name(product)}:withdrawSupplierPrice", types.WithdrawSupplierPriceResponse, body={"etag": etag, "supplierPriceId": supplier_price_id, "validUntil": valid_until, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def batch_get_products(self, names: list[str], *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.BatchGetProductsResponse:
        """BatchGetProducts answers up to 1000 products by name, as of one moment."""
        return self._call("GET", "/v1/products:batchGet", types.BatchGetProductsResponse, query={"names": names, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def watch_products(self, *, filter: str | None = None, position: str | None = None, include_current: bool | None = None, read_mask: str | None = None, start_time: str | datetime | None = None) -> Iterator[types.WatchProductsResponse]:
        """WatchProducts sends every change of the products that pass a filter, in order and each once.
        A watch that broke off goes on from the position of the last message without a gap."""
        return self._watch("/v1/products:watch", types.WatchProductsResponse, query={"filter": filter, "position": position, "includeCurrent": include_current, "readMask": read_mask, "startTime": start_time})

    def list_proposals(self, *, page_size: int | None = None, kind: types.DocumentKind | None = None) -> Pages[types.Proposal, types.ListProposalsResponse]:
        """ListProposals answers the proposals, the newest first, without their documents and effects."""
        return Pages(self, "/v1/proposals", types.ListProposalsResponse, "proposals", query={"pageSize": page_size, "kind": kind})

    def propose_document(self, kind: types.DocumentKind, reason: str, *, base_digest: str | None = None, document: str | None = None, validate_only: bool | None = None) -> types.Proposal:
        """ProposeDocument proposes another document in place of one that is in force, and answers what
        it would change. A document that could not be used is refused. With validate_only nothing is
        kept."""
        return self._call("POST", "/v1/proposals", types.Proposal, body={"baseDigest": base_digest, "document": document, "kind": kind, "reason": reason, "validateOnly": validate_only})

    def get_proposal(self, proposal: str) -> types.Proposal:
        """GetProposal answers one proposal, with its document and its effect."""
        return self._call("GET", f"/v1/{_name(proposal)}", types.Proposal)

    def activate_proposal(self, proposal: str, *, activate_time: datetime | None = None) -> types.Proposal:
        """ActivateProposal puts an approved proposal in force, now or at a date. Where the document
        that it was based on is in force no longer it is refused, and is STALE."""
        return self._call("POST", f"/v1/{_name(proposal)}:activate", types.Proposal, body={"activateTime": activate_time})

    def revert_proposal(self, proposal: str, reason: str) -> types.Proposal:
        """RevertProposal puts the document in force again that was so before this proposal, at once and
        by one person: it was approved before. It is a proposal of its own, which is answered, and
        which cannot itself be reverted. Nobody gets rights back by it: a reversal that changes
        decisions about the caller is refused."""
        return self._call("POST", f"/v1/{_name(proposal)}:revert", types.Proposal, body={"reason": reason})

    def review_proposal(self, proposal: str, reason: str, verdict: types.ReviewProposalRequestVerdict, *, etag: str | None = None) -> types.Proposal:
        """ReviewProposal approves a proposal, or rejects it. Its author cannot."""
        return self._call("POST", f"/v1/{_name(proposal)}:review", types.Proposal, body={"etag": etag, "reason": reason, "verdict": verdict})

    def withdraw_proposal(self, proposal: str, reason: str) -> types.Proposal:
        """WithdrawProposal takes back a proposal that is not in force yet. Anybody can who could have
        made it."""
        return self._call("POST", f"/v1/{_name(proposal)}:withdraw", types.Proposal, body={"reason": reason})

    def list_receipts(self, *, page_size: int | None = None, filter: str | None = None, order_by: str | None = None, read_mask: str | None = None, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, include_total_size: bool | None = None) -> Pages[types.Receipt, types.ListReceiptsResponse]:
        """ListReceipts answers the receipts that pass a filter, page by page. All pages together show
        each record once, also while records change."""
        return Pages(self, "/v1/receipts", types.ListReceiptsResponse, "receipts", query={"pageSize": page_size, "filter": filter, "orderBy": order_by, "readMask": read_mask, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "includeTotalSize": include_total_size})

    def get_receipt(self, receipt: str, *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.Receipt:
        """GetReceipt answers one receipt."""
        return self._call("GET", f"/v1/{_name(receipt)}", types.Receipt, query={"readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def announce_receipt(self, receipt: str, reference: str, *, carrier: str | None = None, comment: str | None = None, etag: str | None = None, expected_time: datetime | None = None, lines: list[types.AnnouncedLine] | None = None, tracking_number: str | None = None, validate_only: bool | None = None, withdraw: bool | None = None, request_id: str | None = None) -> types.AnnounceReceiptResponse:
        """AnnounceReceipt keeps what the supplier says is on its way: which quantities of which lots,
        in which packages, by whom and when. The mesh keeps it, also while Odoo is down."""
        return self._call("POST", f"/v1/{_name(receipt)}:announce", types.AnnounceReceiptResponse, body={"carrier": carrier, "comment": comment, "etag": etag, "expectedTime": expected_time, "lines": lines, "reference": reference, "trackingNumber": tracking_number, "validateOnly": validate_only, "withdraw": withdraw}, request_id=request_id or new_request_id())

    def receive_receipt(self, receipt: str, lines: list[types.ReceivedLine], *, etag: str | None = None, remainder: types.Remainder | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.ReceiveReceiptResponse:
        """ReceiveReceipt books what has come into stock: as much as the lines say, of the lots that
        they name, and nothing else."""
        return self._call("POST", f"/v1/{_name(receipt)}:receive", types.ReceiveReceiptResponse, body={"etag": etag, "lines": lines, "remainder": remainder, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def report_milestone(self, receipt: str, *, carrier: str | None = None, estimated_arrival_time: datetime | None = None, etag: str | None = None, milestones: list[types.ReportedMilestone] | None = None, tracking_number: str | None = None, tracking_url: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.ReportMilestoneResponse:
        """ReportMilestone keeps what the carrier says of a receipt's shipment: what happened to it, and
        who brings it, under which number, and when. The mesh keeps it, also while Odoo is down."""
        return self._call("POST", f"/v1/{_name(receipt)}:reportMilestone", types.ReportMilestoneResponse, body={"carrier": carrier, "estimatedArrivalTime": estimated_arrival_time, "etag": etag, "milestones": milestones, "trackingNumber": tracking_number, "trackingUrl": tracking_url, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def return_receipt(self, receipt: str, lines: list[types.ReturnedLine], reason: str, *, etag: str | None = None, no_text_message: bool | None = None, source_location: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.ReturnReceiptResponse:
        """ReturnReceipt sends goods back to the supplier that have come with a receipt. The order
        counts them as not received."""
        return self._call("POST", f"/v1/{_name(receipt)}:return", types.ReturnReceiptResponse, body={"etag": etag, "lines": lines, "noTextMessage": no_text_message, "reason": reason, "sourceLocation": source_location, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def batch_get_receipts(self, names: list[str], *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.BatchGetReceiptsResponse:
        """BatchGetReceipts answers up to 1000 receipts by name, as of one moment."""
        return self._call("GET", "/v1/receipts:batchGet", types.BatchGetReceiptsResponse, query={"names": names, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def watch_receipts(self, *, filter: str | None = None, position: str | None = None, include_current: bool | None = None, read_mask: str | None = None, start_time: str | datetime | None = None) -> Iterator[types.WatchReceiptsResponse]:
        """WatchReceipts sends every change of the receipts that pass a filter, in order and each once.
        A watch that broke off goes on from the position of the last message without a gap."""
        return self._watch("/v1/receipts:watch", types.WatchReceiptsResponse, query={"filter": filter, "position": position, "includeCurrent": include_current, "readMask": read_mask, "startTime": start_time})

    def list_requisitions(self, *, page_size: int | None = None, filter: str | None = None, order_by: str | None = None, read_mask: str | None = None, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, include_total_size: bool | None = None) -> Pages[types.Requisition, types.ListRequisitionsResponse]:
        """ListRequisitions answers the requisitions that pass a filter, page by page. All pages
        together show each record once, also while records change."""
        return Pages(self, "/v1/requisitions", types.ListRequisitionsResponse, "requisitions", query={"pageSize": page_size, "filter": filter, "orderBy": order_by, "readMask": read_mask, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "includeTotalSize": include_total_size})

    def get_requisition(self, requisition: str, *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.Requisition:
        """GetRequisition answers one requisition."""
        return self._call("GET", f"/v1/{_name(requisition)}", types.Requisition, query={"readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def batch_get_requisitions(self, names: list[str], *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.BatchGetRequisitionsResponse:
        """BatchGetRequisitions answers up to 1000 requisitions by name, as of one moment."""
        return self._call("GET", "/v1/requisitions:batchGet", types.BatchGetRequisitionsResponse, query={"names": names, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def watch_requisitions(self, *, filter: str | None = None, position: str | None = None, include_current: bool | None = None, read_mask: str | None = None, start_time: str | datetime | None = None) -> Iterator[types.WatchRequisitionsResponse]:
        """WatchRequisitions sends every change of the requisitions that pass a filter, in order and
        each once. A watch that broke off goes on from the position of the last message without a
        gap."""
        return self._watch("/v1/requisitions:watch", types.WatchRequisitionsResponse, query={"filter": filter, "position": position, "includeCurrent": include_current, "readMask": read_mask, "startTime": start_time})

    def search(self, q: str, *, page_size: int | None = None) -> types.SearchResponse:
        """Search answers the records that a text leads to: a number in any case, a SKU, GTIN, lot,
        tracking or reference number, the name of a record, words of a display name in any order, or
        a scanned GS1 code, which is taken apart. A caller finds the records of the collections that
        it may read, and nothing else; that needs no right of its own."""
        return self._call("GET", "/v1/search", types.SearchResponse, query={"q": q, "pageSize": page_size})

    def read_snapshot(self, *, collections: list[str] | None = None) -> Iterator[types.ReadSnapshotResponse]:
        """ReadSnapshot sends all records of all collections as they are at one position: none shows a
        change that another does not know of. From that position on ListChanges tells what changed.
        The stream ends when all is sent; the last message says complete."""
        return self._watch("/v1/snapshot", types.ReadSnapshotResponse, query={"collections": collections})

    def summarize_consumption(self, *, group_by: str | None = None, within: str | None = None, end_time: str | datetime | None = None, product: str | None = None, location: str | None = None, company_id: int | None = None, page_size: int | None = None) -> Pages[types.ConsumptionSum, types.SummarizeConsumptionResponse]:
        """SummarizeConsumption answers how much was used in a time, by ward and product, and for how
        many days what is on hand will last."""
        return Pages(self, "/v1/stock:consumption", types.SummarizeConsumptionResponse, "sums", query={"groupBy": group_by, "within": within, "endTime": end_time, "product": product, "location": location, "companyId": company_id, "pageSize": page_size})

    def list_expiring_stock(self, *, within: str | None = None, before: str | datetime | None = None, include_expired: bool | None = None, product: str | None = None, location: str | None = None, company_id: int | None = None, page_size: int | None = None) -> Pages[types.ExpiringStock, types.ListExpiringStockResponse]:
        """ListExpiringStock answers which lots in the house expire within a time, where they lie, and
        what they are worth, the first to expire first."""
        return Pages(self, "/v1/stock:expiring", types.ListExpiringStockResponse, "expiring_stock", query={"within": within, "before": before, "includeExpired": include_expired, "product": product, "location": location, "companyId": company_id, "pageSize": page_size})

    def summarize_stock(self, *, group_by: str | None = None, product: str | None = None, location: str | None = None, lot: str | None = None, company_id: int | None = None, in_house: bool | None = None, page_size: int | None = None, as_of_time: str | datetime | None = None) -> Pages[types.StockSum, types.SummarizeStockResponse]:
        """SummarizeStock answers how much is on hand, reserved, available, held and on its way, by
        product, place, lot and company."""
        return Pages(self, "/v1/stock:summarize", types.SummarizeStockResponse, "sums", query={"groupBy": group_by, "product": product, "location": location, "lot": lot, "companyId": company_id, "inHouse": in_house, "pageSize": page_size, "asOfTime": as_of_time})

    def list_stock_positions(self, *, page_size: int | None = None, filter: str | None = None, order_by: str | None = None, read_mask: str | None = None, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, include_total_size: bool | None = None) -> Pages[types.StockPosition, types.ListStockPositionsResponse]:
        """ListStockPositions answers the stock positions that pass a filter, page by page. All pages
        together show each record once, also while records change."""
        return Pages(self, "/v1/stockPositions", types.ListStockPositionsResponse, "stock_positions", query={"pageSize": page_size, "filter": filter, "orderBy": order_by, "readMask": read_mask, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "includeTotalSize": include_total_size})

    def get_stock_position(self, stock_position: str, *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.StockPosition:
        """GetStockPosition answers one stock position."""
        return self._call("GET", f"/v1/{_name(stock_position)}", types.StockPosition, query={"readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def adjust_stock(self, stock_position: str, counted_quantity: Decimal, expected_quantity: Decimal, *, etag: str | None = None, reason: str | None = None, unit: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.AdjustStockResponse:
        """AdjustStock books how much was counted at a place, unless something has moved there since it
        was counted."""
        return self._call("POST", f"/v1/{_name(stock_position)}:adjust", types.AdjustStockResponse, body={"countedQuantity": counted_quantity, "etag": etag, "expectedQuantity": expected_quantity, "reason": reason, "unit": unit, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def scrap_stock(self, stock_position: str, quantity: Decimal, reason: str, *, etag: str | None = None, take_reserved: bool | None = None, unit: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.ScrapStockResponse:
        """ScrapStock throws goods away: Odoo books them to its place of scrap."""
        return self._call("POST", f"/v1/{_name(stock_position)}:scrap", types.ScrapStockResponse, body={"etag": etag, "quantity": quantity, "reason": reason, "takeReserved": take_reserved, "unit": unit, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def transfer_stock(self, stock_position: str, destination_location: str, *, allow_expired: bool | None = None, etag: str | None = None, everything: bool | None = None, only_while_held: bool | None = None, quantity: Decimal | None = None, reason: str | None = None, take_reserved: bool | None = None, unit: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.TransferStockResponse:
        """TransferStock takes goods to another place of the house."""
        return self._call("POST", f"/v1/{_name(stock_position)}:transfer", types.TransferStockResponse, body={"allowExpired": allow_expired, "destinationLocation": destination_location, "etag": etag, "everything": everything, "onlyWhileHeld": only_while_held, "quantity": quantity, "reason": reason, "takeReserved": take_reserved, "unit": unit, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def batch_get_stock_positions(self, names: list[str], *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.BatchGetStockPositionsResponse:
        """BatchGetStockPositions answers up to 1000 stock positions by name, as of one moment."""
        return self._call("GET", "/v1/stockPositions:batchGet", types.BatchGetStockPositionsResponse, query={"names": names, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def watch_stock_positions(self, *, filter: str | None = None, position: str | None = None, include_current: bool | None = None, read_mask: str | None = None, start_time: str | datetime | None = None) -> Iterator[types.WatchStockPositionsResponse]:
        """WatchStockPositions sends every change of the stock positions that pass a filter, in order
        and each once. A watch that broke off goes on from the position of the last message without a
        gap."""
        return self._watch("/v1/stockPositions:watch", types.WatchStockPositionsResponse, query={"filter": filter, "position": position, "includeCurrent": include_current, "readMask": read_mask, "startTime": start_time})

    def create_stream_ticket(self) -> types.CreateStreamTicketResponse:
        """CreateStreamTicket makes a ticket that stands for the token of this call: one stream over
        REST is opened with it, as in ?ticket=…, within a minute. The stream is the caller's as if
        the token had been sent with it, and ends as soon as the token is worth nothing any more. A
        caller of the mesh's own machine that has no token may ask too."""
        return self._call("POST", "/v1/streamTickets", types.CreateStreamTicketResponse, body={})

    def list_suppliers(self, *, page_size: int | None = None, filter: str | None = None, order_by: str | None = None, read_mask: str | None = None, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, include_total_size: bool | None = None) -> Pages[types.Supplier, types.ListSuppliersResponse]:
        """ListSuppliers answers the suppliers that pass a filter, page by page. All pages together show
        each record once, also while records change."""
        return Pages(self, "/v1/suppliers", types.ListSuppliersResponse, "suppliers", query={"pageSize": page_size, "filter": filter, "orderBy": order_by, "readMask": read_mask, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "includeTotalSize": include_total_size})

    def create_supplier(self, body: types.SupplierInput, *, validate_only: bool | None = None, request_id: str | None = None) -> types.CreateSupplierResponse:
        """CreateSupplier makes a supplier, once for a request id. One that is there already, by its tax
        number, its GLN or its name, is answered with ALREADY_EXISTS."""
        return self._call("POST", "/v1/suppliers", types.CreateSupplierResponse, body=body, query={"validateOnly": validate_only}, request_id=request_id or new_request_id())

    def get_supplier(self, supplier: str, *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.Supplier:
        """GetSupplier answers one supplier."""
        return self._call("GET", f"/v1/{_name(supplier)}", types.Supplier, query={"readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def update_supplier(self, supplier: str, body: types.SupplierInput, *, update_mask: str | None = None, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.UpdateSupplierResponse:
        """UpdateSupplier changes what a supplier says."""
        return self._call("PATCH", f"/v1/{_name(supplier)}", types.UpdateSupplierResponse, body=body, query={"updateMask": update_mask, "etag": etag, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def approve_supplier(self, supplier: str, reason: str, *, conditions: str | None = None, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.ApproveSupplierResponse:
        """ApproveSupplier approves what somebody else has proposed. It takes back that a supplier is
        suspended."""
        return self._call("POST", f"/v1/{_name(supplier)}:approve", types.ApproveSupplierResponse, body={"conditions": conditions, "etag": etag, "reason": reason, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def archive_supplier(self, supplier: str, *, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.ArchiveSupplierResponse:
        """ArchiveSupplier takes a supplier out of use with which nothing is open."""
        return self._call("POST", f"/v1/{_name(supplier)}:archive", types.ArchiveSupplierResponse, body={"etag": etag, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def propose_supplier_approval(self, supplier: str, reason: str, *, etag: str | None = None, evidence: list[str] | None = None, valid_from: date | None = None, valid_until: date | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.ProposeSupplierApprovalResponse:
        """ProposeSupplierApproval proposes that a supplier be approved, in place of what was proposed
        before. What is in force stays so: one that is suspended stays suspended. Odoo has no place
        for it: the mesh keeps it, also while Odoo is down."""
        return self._call("POST", f"/v1/{_name(supplier)}:proposeApproval", types.ProposeSupplierApprovalResponse, body={"etag": etag, "evidence": evidence, "reason": reason, "validFrom": valid_from, "validUntil": valid_until, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def restore_supplier(self, supplier: str, *, etag: str | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.RestoreSupplierResponse:
        """RestoreSupplier takes a supplier that is archived into use again."""
        return self._call("POST", f"/v1/{_name(supplier)}:restore", types.RestoreSupplierResponse, body={"etag": etag, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def suspend_supplier(self, supplier: str, reason: str, *, etag: str | None = None, evidence: list[str] | None = None, validate_only: bool | None = None, request_id: str | None = None) -> types.SuspendSupplierResponse:
        """SuspendSupplier keeps orders from a supplier, whatever the policies say, until it is proposed
        and approved again. What was proposed is dropped."""
        return self._call("POST", f"/v1/{_name(supplier)}:suspend", types.SuspendSupplierResponse, body={"etag": etag, "evidence": evidence, "reason": reason, "validateOnly": validate_only}, request_id=request_id or new_request_id())

    def batch_get_suppliers(self, names: list[str], *, read_mode_max_staleness: str | None = None, read_mode_live: bool | None = None, read_mask: str | None = None) -> types.BatchGetSuppliersResponse:
        """BatchGetSuppliers answers up to 1000 suppliers by name, as of one moment."""
        return self._call("GET", "/v1/suppliers:batchGet", types.BatchGetSuppliersResponse, query={"names": names, "readMode.maxStaleness": read_mode_max_staleness, "readMode.live": read_mode_live, "readMask": read_mask})

    def watch_suppliers(self, *, filter: str | None = None, position: str | None = None, include_current: bool | None = None, read_mask: str | None = None, start_time: str | datetime | None = None) -> Iterator[types.WatchSuppliersResponse]:
        """WatchSuppliers sends every change of the suppliers that pass a filter, in order and each
        once. A watch that broke off goes on from the position of the last message without a gap."""
        return self._watch("/v1/suppliers:watch", types.WatchSuppliersResponse, query={"filter": filter, "position": position, "includeCurrent": include_current, "readMask": read_mask, "startTime": start_time})
