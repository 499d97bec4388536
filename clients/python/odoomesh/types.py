"""Generated from the OpenAPI document by generate.py: change that, or the contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from ._values import Money


@dataclass(kw_only=True, slots=True)
class AcceptAcknowledgementResponse:
    """AcceptAcknowledgementResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command."""
    order: Order | None = None
    """The order as the mesh shows it now; unset in a validation, and where it was deleted since."""

@dataclass(kw_only=True, slots=True)
class AcceptOdooResponse:
    """AcceptOdooResponse is what became of it."""

    compared: int | None = None
    """How many commands that are done were compared."""
    lost: list[LostIntent] = field(default_factory=list)
    """What Odoo does not have. These intents are LOST now, except those of what the mesh keeps itself
    and those that could not be seen."""

@dataclass(kw_only=True, slots=True)
class AccessFileStatus:
    """AccessFileStatus is how the access file stands."""

    broken_glass: list[BrokenGlass] = field(default_factory=list)
    """Who has more than usually for some minutes."""
    load_time: datetime | None = None
    """When what is in force was read."""
    problem: str | None = None
    """Why the file as it is now cannot be used, so that the one before is in force; empty where it can."""
    problem_time: datetime | None = None
    """Since when; unset where there is no problem."""

@dataclass(kw_only=True, slots=True)
class AcknowledgeOrderResponse:
    """AcknowledgeOrderResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command."""
    order: Order | None = None
    """The order as the mesh shows it now; unset in a validation, and where it was deleted since."""

@dataclass(kw_only=True, slots=True)
class AcknowledgedLine:
    """AcknowledgedLine is what the supplier said about a line."""

    comment: str | None = None
    """What it adds, for people; empty when nothing."""
    line_id: str | None = None
    """Id of the order's line, as in Order.lines; of one that orders something."""
    promised_time: datetime | None = None
    """When it will deliver; unset when it did not say. It becomes the line's promised_time."""
    quantity: Decimal | None = None
    """How much it will deliver, in the line's unit; more than 0. Unset: as ordered."""
    status: AcknowledgementStatus | None = None
    """What it said. CHANGED needs another quantity, promised_time or unit_price than the line's,
    ACCEPTED neither another quantity nor another unit_price. BACKORDERED has no promised_time, and
    REJECTED none of the three."""
    unit_price: Money | None = None
    """The price of one unit that it offers, in the order's currency. Unset: the order's."""

class AcknowledgementStatus(StrEnum):
    """AcknowledgementStatus is what a supplier said about a line."""

    ACKNOWLEDGEMENT_STATUS_UNSPECIFIED = "ACKNOWLEDGEMENT_STATUS_UNSPECIFIED"
    ACKNOWLEDGEMENT_STATUS_ACCEPTED = "ACKNOWLEDGEMENT_STATUS_ACCEPTED"
    ACKNOWLEDGEMENT_STATUS_CHANGED = "ACKNOWLEDGEMENT_STATUS_CHANGED"
    ACKNOWLEDGEMENT_STATUS_BACKORDERED = "ACKNOWLEDGEMENT_STATUS_BACKORDERED"
    ACKNOWLEDGEMENT_STATUS_REJECTED = "ACKNOWLEDGEMENT_STATUS_REJECTED"

@dataclass(kw_only=True, slots=True)
class AddCosignatureResponse:
    """AddCosignatureResponse says nothing."""

    pass

@dataclass(kw_only=True, slots=True)
class Address:
    """Address is a place where the supplier can be reached."""

    city: str | None = None
    """City [city]."""
    country_code: str | None = None
    """Country, two letters of ISO 3166-1 [country_id.code]; empty when not stated."""
    display_name: str | None = None
    """Name at the address [name]; empty when there is none."""
    email: str | None = None
    """Electronic mail address there [email]; empty when there is none."""
    id: str | None = None
    """Stable id: Odoo's id of the partner row that holds the address."""
    phone: str | None = None
    """Telephone number there [phone]; empty when there is none."""
    postal_code: str | None = None
    """Postal code [zip]."""
    region: str | None = None
    """Name of the state or region [state_id]; empty when there is none."""
    source_type: str | None = None
    """Odoo's own value for the type [type]; "self" for the supplier's own row."""
    street: str | None = None
    """First line [street]."""
    street2: str | None = None
    """Second line [street2]; empty when there is none."""
    type: AddressType | None = None
    """What the address is for."""

@dataclass(kw_only=True, slots=True)
class AddressInput:
    """Address is a place where the supplier can be reached."""

    city: str | None = None
    """City [city]."""
    country_code: str | None = None
    """Country, two letters of ISO 3166-1 [country_id.code]; empty when not stated."""
    display_name: str | None = None
    """Name at the address [name]; empty when there is none."""
    email: str | None = None
    """Electronic mail address there [email]; empty when there is none."""
    id: str | None = None
    """Stable id: Odoo's id of the partner row that holds the address."""
    phone: str | None = None
    """Telephone number there [phone]; empty when there is none."""
    postal_code: str | None = None
    """Postal code [zip]."""
    region: str | None = None
    """Name of the state or region [state_id]; empty when there is none."""
    source_type: str | None = None
    """Odoo's own value for the type [type]; "self" for the supplier's own row."""
    street: str | None = None
    """First line [street]."""
    street2: str | None = None
    """Second line [street2]; empty when there is none."""
    type: AddressType | None = None
    """What the address is for."""

class AddressType(StrEnum):
    """AddressType is what an address is for."""

    ADDRESS_TYPE_UNSPECIFIED = "ADDRESS_TYPE_UNSPECIFIED"
    ADDRESS_TYPE_MAIN = "ADDRESS_TYPE_MAIN"
    ADDRESS_TYPE_INVOICE = "ADDRESS_TYPE_INVOICE"
    ADDRESS_TYPE_DELIVERY = "ADDRESS_TYPE_DELIVERY"
    ADDRESS_TYPE_OTHER = "ADDRESS_TYPE_OTHER"

@dataclass(kw_only=True, slots=True)
class AdjustStockResponse:
    """AdjustStockResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    stock_position: StockPosition | None = None
    """What is there, as it was read back from Odoo; unset in a validation, and where Odoo has nothing
    left to show."""

@dataclass(kw_only=True, slots=True)
class AmendOrderResponse:
    """AmendOrderResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and among its deviations what its receipts bring now."""
    order: Order | None = None
    """The order as it was read back from Odoo; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class AnnounceReceiptResponse:
    """AnnounceReceiptResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command."""
    receipt: Receipt | None = None
    """The receipt as the mesh shows it now; unset in a validation, and where it was deleted since."""

@dataclass(kw_only=True, slots=True)
class AnnouncedLine:
    """AnnouncedLine is a quantity of one lot in one package that is on its way."""

    expiration_date: date | None = None
    """The day on which the lot expires. A day of 0 is the last of the month, as in GS1's dates."""
    line_id: str | None = None
    """Id of the receipt's line, as in Receipt.lines."""
    lot_number: str | None = None
    """Number of the lot, or the serial, as it stands on the package; not of a product without lots."""
    package_code: str | None = None
    """What stands on the package: its SSCC of 18 digits, or another mark."""
    quantity: Decimal | None = None
    """How much, in the line's unit; more than 0, and 1 of a serial."""

@dataclass(kw_only=True, slots=True)
class Announcement:
    """Announcement is a notice of the supplier's that goods are on their way."""

    announce_time: datetime | None = None
    """When the mesh was first told of it."""
    carrier: str | None = None
    """Who carries it; empty when not said."""
    change_time: datetime | None = None
    """When it was last replaced, or withdrawn; when the mesh was first told, until then."""
    comment: str | None = None
    """What the supplier adds, for people; empty when nothing."""
    expected_time: datetime | None = None
    """When it is expected to arrive; unset when not said."""
    lines: list[AnnouncementLine] = field(default_factory=list)
    """What is on its way."""
    reference: str | None = None
    """The supplier's number of the notice; each once on a receipt."""
    state: AnnouncementState | None = None
    """Whether it stands."""
    tracking_number: str | None = None
    """The carrier's number for the delivery; empty when not said."""

@dataclass(kw_only=True, slots=True)
class AnnouncementLine:
    """AnnouncementLine is a quantity of one lot in one package that is on its way."""

    expiration_date: date | None = None
    """The day on which the lot expires; unset when not said."""
    line_id: str | None = None
    """Id of the receipt's line."""
    lot_number: str | None = None
    """Number of the lot, or the serial; empty when not said."""
    package_code: str | None = None
    """What stands on the package: its SSCC, or another mark; empty when not said."""
    quantity: Decimal | None = None
    """How much, in the line's unit."""

@dataclass(kw_only=True, slots=True)
class AnnouncementSettlement:
    """AnnouncementSettlement is the word of a person that what came otherwise than it was announced is
    settled."""

    differences: str | None = None
    """The differences that were settled, in words. Others are settled anew."""
    reason: str | None = None
    """Why, for people."""
    settle_time: datetime | None = None
    """When."""
    settled_by: str | None = None
    """Who."""

class AnnouncementState(StrEnum):
    """AnnouncementState is whether a notice stands."""

    ANNOUNCEMENT_STATE_UNSPECIFIED = "ANNOUNCEMENT_STATE_UNSPECIFIED"
    ANNOUNCEMENT_STATE_ANNOUNCED = "ANNOUNCEMENT_STATE_ANNOUNCED"
    ANNOUNCEMENT_STATE_WITHDRAWN = "ANNOUNCEMENT_STATE_WITHDRAWN"

@dataclass(kw_only=True, slots=True)
class AnswerAcceptance:
    """AnswerAcceptance is that a buyer takes a supplier's answer as it is."""

    accept_time: datetime | None = None
    """When it was taken."""
    acknowledge_time: datetime | None = None
    """The acknowledge_time of the answer that is taken: it does not hold of another one."""
    reason: str | None = None
    """Why, for people."""

@dataclass(kw_only=True, slots=True)
class AnswerAcceptanceInput:
    """AnswerAcceptance is that a buyer takes a supplier's answer as it is."""

    accept_time: datetime | None = None
    """When it was taken."""
    acknowledge_time: datetime | None = None
    """The acknowledge_time of the answer that is taken: it does not hold of another one."""
    reason: str | None = None
    """Why, for people."""

@dataclass(kw_only=True, slots=True)
class ApiKey:
    """ApiKey is a key that speaks for a principal of the access file, without the key itself: that is
    shown once, when it is made."""

    confirm_time: datetime | None = None
    """When it was confirmed; unset where it was not."""
    confirmed_by: str | None = None
    """Who confirmed it; empty where nobody has, or nobody needs to."""
    create_time: datetime | None = None
    """When it was made."""
    created_by: str | None = None
    """Who made it."""
    environment: str | None = None
    """The environment that it is for, which stands in the key too."""
    expire_time: datetime | None = None
    """When it ends."""
    last_use_time: datetime | None = None
    """When it was used last, to the minute; unset where it never was."""
    name: str | None = None
    """Name, such as "apiKeys/k3qv7m2xa5c6d4ef". The key itself has the part behind the slash."""
    principal: str | None = None
    """The principal that it speaks for. What that may do stands in the access file."""
    purpose: str | None = None
    """What it is for, in the words of whoever made it."""
    replaces: str | None = None
    """Name of the key whose place it takes; empty where it takes none."""
    revoke_reason: str | None = None
    """Why it was revoked."""
    revoke_time: datetime | None = None
    """When it was revoked; unset where it was not."""
    revoked_by: str | None = None
    """Who revoked it; empty where nobody has."""
    state: ApiKeyState | None = None
    """Where it stands."""
    successor: str | None = None
    """Name of the key that takes its place; empty where none does."""

class ApiKeyState(StrEnum):
    """ApiKeyState is where a key stands."""

    API_KEY_STATE_UNSPECIFIED = "API_KEY_STATE_UNSPECIFIED"
    API_KEY_STATE_ACTIVE = "API_KEY_STATE_ACTIVE"
    API_KEY_STATE_ROTATED = "API_KEY_STATE_ROTATED"
    API_KEY_STATE_EXPIRED = "API_KEY_STATE_EXPIRED"
    API_KEY_STATE_REVOKED = "API_KEY_STATE_REVOKED"
    API_KEY_STATE_PROPOSED = "API_KEY_STATE_PROPOSED"

@dataclass(kw_only=True, slots=True)
class ApprovalProposal:
    """ApprovalProposal is somebody's wish that a supplier be approved."""

    evidence: list[str] = field(default_factory=list)
    """What shows it: numbers of documents, or addresses where they lie."""
    propose_time: datetime | None = None
    """When."""
    proposed_by: str | None = None
    """Who wishes it: that one does not approve it."""
    reason: str | None = None
    """Why, for people."""
    valid_from: date | None = None
    """First day on which the approval is to hold; unset: from the decision on."""
    valid_until: date | None = None
    """Last day on which it is to hold; unset: no limit."""

@dataclass(kw_only=True, slots=True)
class ApprovalProposalInput:
    """ApprovalProposal is somebody's wish that a supplier be approved."""

    evidence: list[str] = field(default_factory=list)
    """What shows it: numbers of documents, or addresses where they lie."""
    propose_time: datetime | None = None
    """When."""
    proposed_by: str | None = None
    """Who wishes it: that one does not approve it."""
    reason: str | None = None
    """Why, for people."""
    valid_from: date | None = None
    """First day on which the approval is to hold; unset: from the decision on."""
    valid_until: date | None = None
    """Last day on which it is to hold; unset: no limit."""

class ApprovalState(StrEnum):
    """ApprovalState is how far an approval is."""

    APPROVAL_STATE_UNSPECIFIED = "APPROVAL_STATE_UNSPECIFIED"
    APPROVAL_STATE_SUBMITTED = "APPROVAL_STATE_SUBMITTED"
    APPROVAL_STATE_APPROVED = "APPROVAL_STATE_APPROVED"

class ApprovalStatus(StrEnum):
    """ApprovalStatus is whether a supplier, or one thing from it, may be bought."""

    APPROVAL_STATUS_UNSPECIFIED = "APPROVAL_STATUS_UNSPECIFIED"
    APPROVAL_STATUS_PENDING = "APPROVAL_STATUS_PENDING"
    APPROVAL_STATUS_APPROVED = "APPROVAL_STATUS_APPROVED"
    APPROVAL_STATUS_CONDITIONAL = "APPROVAL_STATUS_CONDITIONAL"
    APPROVAL_STATUS_SUSPENDED = "APPROVAL_STATUS_SUSPENDED"
    APPROVAL_STATUS_REJECTED = "APPROVAL_STATUS_REJECTED"

@dataclass(kw_only=True, slots=True)
class ApproveApprovedVendorResponse:
    """ApproveApprovedVendorResponse is what became of it."""

    approved_vendor: ApprovedVendor | None = None
    """The entry as it is now; unset in a validation."""
    intent: Intent | None = None
    """What became of the command."""

@dataclass(kw_only=True, slots=True)
class ApproveOrderResponse:
    """ApproveOrderResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    order: Order | None = None
    """The order as it was read back from Odoo; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class ApproveSupplierResponse:
    """ApproveSupplierResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command."""
    supplier: Supplier | None = None
    """The supplier as the mesh shows it now; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class ApprovedVendor:
    """ApprovedVendor is an entry of the approved-vendor list: that a product may be bought of a
    supplier for a site. There is one for the same three, and none is ever deleted. The mesh keeps
    it: Odoo has no such list."""

    company_id: int | None = None
    """Odoo's id of the company that the site is of; 0 where it is for all."""
    conditions: str | None = None
    """Under which conditions, for people; empty where there are none."""
    etag: str | None = None
    """Changes with the content. To be sent with a write."""
    evidence: list[str] = field(default_factory=list)
    """What shows that it may: numbers of documents, or addresses where they lie."""
    in_force: VendorTerm | None = None
    """What holds now, as it was approved: it goes on while a change of it waits to be approved. Unset
    where nothing holds."""
    name: str | None = None
    """Name, made of Odoo's ids of what it is about: "approvedVendors/42-7-0-8" is products/42 of
    suppliers/7 for locations/8, "approvedVendors/42-7-1-0" the same for companies/1, and
    "approvedVendors/42-7-0-0" for every site."""
    product: str | None = None
    """The product, "products/42"."""
    propose_time: datetime | None = None
    """When it was last proposed or changed."""
    proposed_by: list[str] = field(default_factory=list)
    """Who has proposed it, or changed it since somebody decided last: none of them approves it, unless
    the setting vendors-by-two says otherwise."""
    reason: str | None = None
    """Why it was proposed, for people."""
    references: dict[str, Reference] = field(default_factory=dict)
    """What people call the records that this one names, by their names: see Reference."""
    site: str | None = None
    """Where the goods may go: a location and all below it, "locations/8", or a company, "companies/1",
    by the id that provenance calls company_id. Empty: everywhere."""
    status: ApprovedVendorStatus | None = None
    """What has become of it."""
    supplier: str | None = None
    """The supplier in law, "suppliers/7": a contact of a company is that company."""
    valid_from: date | None = None
    """First day on which it is to hold; unset: from the approval on."""
    valid_until: date | None = None
    """Last day on which it is to hold; unset: no limit."""
    withdraw_reason: str | None = None
    """Why it was withdrawn, for people; empty where it is not."""
    withdraw_time: datetime | None = None
    """When it was withdrawn; unset where it is not."""
    withdrawn_by: str | None = None
    """Who withdrew it; empty where it is not withdrawn."""

@dataclass(kw_only=True, slots=True)
class ApprovedVendorInput:
    """ApprovedVendor is an entry of the approved-vendor list: that a product may be bought of a
    supplier for a site. There is one for the same three, and none is ever deleted. The mesh keeps
    it: Odoo has no such list."""

    conditions: str | None = None
    """Under which conditions, for people; empty where there are none."""
    evidence: list[str] = field(default_factory=list)
    """What shows that it may: numbers of documents, or addresses where they lie."""
    name: str | None = None
    """Name, made of Odoo's ids of what it is about: "approvedVendors/42-7-0-8" is products/42 of
    suppliers/7 for locations/8, "approvedVendors/42-7-1-0" the same for companies/1, and
    "approvedVendors/42-7-0-0" for every site."""
    product: str | None = None
    """The product, "products/42"."""
    reason: str | None = None
    """Why it was proposed, for people."""
    site: str | None = None
    """Where the goods may go: a location and all below it, "locations/8", or a company, "companies/1",
    by the id that provenance calls company_id. Empty: everywhere."""
    supplier: str | None = None
    """The supplier in law, "suppliers/7": a contact of a company is that company."""
    valid_from: date | None = None
    """First day on which it is to hold; unset: from the approval on."""
    valid_until: date | None = None
    """Last day on which it is to hold; unset: no limit."""

class ApprovedVendorStatus(StrEnum):
    """ApprovedVendorStatus is what has become of an entry."""

    APPROVED_VENDOR_STATUS_UNSPECIFIED = "APPROVED_VENDOR_STATUS_UNSPECIFIED"
    APPROVED_VENDOR_STATUS_PROPOSED = "APPROVED_VENDOR_STATUS_PROPOSED"
    APPROVED_VENDOR_STATUS_APPROVED = "APPROVED_VENDOR_STATUS_APPROVED"
    APPROVED_VENDOR_STATUS_WITHDRAWN = "APPROVED_VENDOR_STATUS_WITHDRAWN"

@dataclass(kw_only=True, slots=True)
class ArchiveProductResponse:
    """ArchiveProductResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    product: Product | None = None
    """The product as it was read back from Odoo; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class ArchiveSupplierResponse:
    """ArchiveSupplierResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    supplier: Supplier | None = None
    """The supplier as it was read back from Odoo; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class AuditStatus:
    """AuditStatus is how the audit stands."""

    failure: str | None = None
    """Why it cannot be written, so that commands are refused; empty while it can."""
    public_key: str | None = None
    """The public key that its log is checked with."""
    records: int | None = None
    """How many records it has."""

@dataclass(kw_only=True, slots=True)
class BackupResponse:
    """BackupResponse is a piece of a backup."""

    data: bytes | None = None
    """What comes next in the file."""
    progress: Progress | None = None
    """How many entries are in what was sent so far, and in the whole."""

@dataclass(kw_only=True, slots=True)
class BatchGetInvoicesResponse:
    """BatchGetInvoicesResponse is what was found."""

    freshness: Freshness | None = None
    """How old the answer is."""
    invoices: list[Invoice] = field(default_factory=list)
    """The invoices that exist, in the order of the request."""
    missing: list[str] = field(default_factory=list)
    """Names of the request that do not exist, or that the caller may not see."""

@dataclass(kw_only=True, slots=True)
class BatchGetLocationsResponse:
    """BatchGetLocationsResponse is what was found."""

    freshness: Freshness | None = None
    """How old the answer is."""
    locations: list[Location] = field(default_factory=list)
    """The locations that exist, in the order of the request."""
    missing: list[str] = field(default_factory=list)
    """Names of the request that do not exist, or that the caller may not see."""

@dataclass(kw_only=True, slots=True)
class BatchGetLotsResponse:
    """BatchGetLotsResponse is what was found."""

    freshness: Freshness | None = None
    """How old the answer is."""
    lots: list[Lot] = field(default_factory=list)
    """The lots that exist, in the order of the request."""
    missing: list[str] = field(default_factory=list)
    """Names of the request that do not exist, or that the caller may not see."""

@dataclass(kw_only=True, slots=True)
class BatchGetMovementsResponse:
    """BatchGetMovementsResponse is what was found."""

    freshness: Freshness | None = None
    """How old the answer is."""
    missing: list[str] = field(default_factory=list)
    """Names of the request that do not exist, or that the caller may not see."""
    movements: list[Movement] = field(default_factory=list)
    """The movements that exist, in the order of the request."""

@dataclass(kw_only=True, slots=True)
class BatchGetOrdersResponse:
    """BatchGetOrdersResponse is what was found."""

    freshness: Freshness | None = None
    """How old the answer is."""
    missing: list[str] = field(default_factory=list)
    """Names of the request that do not exist, or that the caller may not see."""
    orders: list[Order] = field(default_factory=list)
    """The orders that exist, in the order of the request."""

@dataclass(kw_only=True, slots=True)
class BatchGetProductsResponse:
    """BatchGetProductsResponse is what was found."""

    freshness: Freshness | None = None
    """How old the answer is."""
    missing: list[str] = field(default_factory=list)
    """Names of the request that do not exist, or that the caller may not see."""
    products: list[Product] = field(default_factory=list)
    """The products that exist, in the order of the request."""

@dataclass(kw_only=True, slots=True)
class BatchGetReceiptsResponse:
    """BatchGetReceiptsResponse is what was found."""

    freshness: Freshness | None = None
    """How old the answer is."""
    missing: list[str] = field(default_factory=list)
    """Names of the request that do not exist, or that the caller may not see."""
    receipts: list[Receipt] = field(default_factory=list)
    """The receipts that exist, in the order of the request."""

@dataclass(kw_only=True, slots=True)
class BatchGetRequisitionsResponse:
    """BatchGetRequisitionsResponse is what was found."""

    freshness: Freshness | None = None
    """How old the answer is."""
    missing: list[str] = field(default_factory=list)
    """Names of the request that do not exist, or that the caller may not see."""
    requisitions: list[Requisition] = field(default_factory=list)
    """The requisitions that exist, in the order of the request."""

@dataclass(kw_only=True, slots=True)
class BatchGetStockPositionsResponse:
    """BatchGetStockPositionsResponse is what was found."""

    freshness: Freshness | None = None
    """How old the answer is."""
    missing: list[str] = field(default_factory=list)
    """Names of the request that do not exist, or that the caller may not see."""
    stock_positions: list[StockPosition] = field(default_factory=list)
    """The stock positions that exist, in the order of the request."""

@dataclass(kw_only=True, slots=True)
class BatchGetSuppliersResponse:
    """BatchGetSuppliersResponse is what was found."""

    freshness: Freshness | None = None
    """How old the answer is."""
    missing: list[str] = field(default_factory=list)
    """Names of the request that do not exist, or that the caller may not see."""
    suppliers: list[Supplier] = field(default_factory=list)
    """The suppliers that exist, in the order of the request."""

@dataclass(kw_only=True, slots=True)
class BreakGlassResponse:
    """BreakGlassResponse is what was given."""

    end_time: datetime | None = None
    """When it ends."""
    roles: list[str] = field(default_factory=list)
    """The roles that the caller has beside its own."""

@dataclass(kw_only=True, slots=True)
class BrokenGlass:
    """BrokenGlass is that a principal has roles for some minutes that it has not usually."""

    end_time: datetime | None = None
    """When it ends."""
    principal: str | None = None
    """The principal."""
    reason: str | None = None
    """Why, in the principal's words."""
    roles: list[str] = field(default_factory=list)
    """The roles."""

@dataclass(kw_only=True, slots=True)
class Call:
    """Call is a call of a method of Odoo's that changes something."""

    method: str | None = None
    """Its method, such as "button_confirm"."""
    model: str | None = None
    """Odoo's model, such as "purchase.order"."""
    subject: str | None = None
    """What it is called on or with, for people."""

@dataclass(kw_only=True, slots=True)
class CancelInvoiceResponse:
    """CancelInvoiceResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    invoice: Invoice | None = None
    """The invoice as it was read back from Odoo; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class CancelOrderResponse:
    """CancelOrderResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    order: Order | None = None
    """The order as it was read back from Odoo; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class Category:
    """Category is a product category [product.category]."""

    id: int | None = None
    """Odoo's id."""
    path: str | None = None
    """Path from the top, such as "All / Consumables" [complete_name]."""

@dataclass(kw_only=True, slots=True)
class CategoryInput:
    """Category is a product category [product.category]."""

    id: int | None = None
    """Odoo's id."""
    path: str | None = None
    """Path from the top, such as "All / Consumables" [complete_name]."""

@dataclass(kw_only=True, slots=True)
class Chain:
    """Chain is documents that belong together, as one timeline."""

    company: str | None = None
    """Display name of the company that the documents belong to; empty when all share them."""
    found: list[str] = field(default_factory=list)
    """The records of this chain that bear the number."""
    milestones: list[Milestone] = field(default_factory=list)
    """Everything that happened, in the order in which it did."""
    products: list[str] = field(default_factory=list)
    """The product, "products/42", where the number is that of a lot, a serial number or a product."""
    supplier_names: list[str] = field(default_factory=list)
    """Their names, in the same order; empty where the mesh does not know one."""
    suppliers: list[str] = field(default_factory=list)
    """The suppliers of the documents, "suppliers/7"; none for a lot without documents."""

@dataclass(kw_only=True, slots=True)
class Change:
    """Change is one change of one record, as the caller meets it: what is hidden from it is no change,
    and a record that it does not meet any more is deleted for it."""

    change_type: ChangeType | None = None
    """CREATED, UPDATED or DELETED."""
    changed_fields: str | None = None
    """Which fields changed, as a read_mask names them, such as "cost" or "lines.received_quantity"; of
    a list to which something was added, or from which something was taken, the list. Empty where the
    record is new or gone."""
    collection: str | None = None
    """First part of the name, such as "products"."""
    current: Any | None = None
    """What they are now, in the same form. Where the record is new, all of it; unset where it is gone."""
    display_name: str | None = None
    """What people call the record: its display name, or its number; otherwise its name."""
    name: str | None = None
    """Name of the record, such as "products/42"."""
    previous: Any | None = None
    """What the changed fields were, as the JSON of the record over REST: also what was empty or false.
    Of a list whose elements have an id, the elements that differ. Where the record is gone, all that
    it was; unset where it is new."""
    recorded_time: datetime | None = None
    """When the mesh wrote the change into its log."""
    source_time: datetime | None = None
    """When Odoo says that it was changed last, in whole seconds; unset where it does not say, and where
    the record is gone."""
    too_large: TooLarge | None = None
    """In place of previous and current where they are larger than the caller takes."""

class ChangeType(StrEnum):
    """ChangeType says why a watcher gets a message."""

    CHANGE_TYPE_UNSPECIFIED = "CHANGE_TYPE_UNSPECIFIED"
    CHANGE_TYPE_CURRENT = "CHANGE_TYPE_CURRENT"
    CHANGE_TYPE_CREATED = "CHANGE_TYPE_CREATED"
    CHANGE_TYPE_UPDATED = "CHANGE_TYPE_UPDATED"
    CHANGE_TYPE_DELETED = "CHANGE_TYPE_DELETED"
    CHANGE_TYPE_LEFT_FILTER = "CHANGE_TYPE_LEFT_FILTER"
    CHANGE_TYPE_HEARTBEAT = "CHANGE_TYPE_HEARTBEAT"

class ClockState(StrEnum):
    """ClockState is how Odoo's clock stands."""

    CLOCK_STATE_UNSPECIFIED = "CLOCK_STATE_UNSPECIFIED"
    CLOCK_STATE_KNOWN = "CLOCK_STATE_KNOWN"
    CLOCK_STATE_UNKNOWN = "CLOCK_STATE_UNKNOWN"
    CLOCK_STATE_DISAGREES = "CLOCK_STATE_DISAGREES"

@dataclass(kw_only=True, slots=True)
class ClockStatus:
    """ClockStatus is what is known of the clock of Odoo's database, whose stamps say what has changed."""

    evidence: str | None = None
    """What shows it, in a sentence for people; empty while it is not known."""
    offset: str | None = None
    """By how much it is ahead of the mesh's clock; negative when it is behind. Unset while it is not
    known."""
    state: ClockState | None = None
    """Whether it is known, and agrees with the mesh's."""

@dataclass(kw_only=True, slots=True)
class CloudEvent:
    """CloudEvent is one business event. Its JSON is the structured form of CloudEvents 1.0, with the
    extension attributes position, sequence, odooinstance, company, epoch and occurrence. An event
    never changes, and an occurrence is told once: whoever keeps the ids that it has handled handles
    nothing twice. What people correct later, such as a number, a date or an amount, makes no second
    occurrence; what was taken back and done anew does. A mesh that has lost its journal of events
    begins a new epoch, in which all ids are others: mesh.epoch.begun.v1 announces it."""

    company: str | None = None
    """Display name of the company that it concerns; unset when all share it."""
    data: Any | None = None
    """What is known of it: the message that dataschema names."""
    datacontenttype: str | None = None
    """Form of data: "application/json". Unset in a heartbeat."""
    dataschema: str | None = None
    """Name of the message that data is, such as "mesh.event.v1.OrderReleased". Unset in a heartbeat."""
    epoch: str | None = None
    """Which run of ids this is, such as "3f9c1a2b77aa". It stays as long as the mesh keeps its journal
    of events: ids of two epochs say nothing about each other. Unset in a heartbeat."""
    id: str | None = None
    """Identifies the occurrence: a UUID (version 8) made from the epoch, what happened, what it
    happened to, and the how manieth time. Its first 12 digits are the epoch."""
    occurrence: int | None = None
    """The how manieth time in this epoch the same thing happened to the same subject: 1 at first, 2 for
    an order that was cancelled and confirmed anew. Unset in a heartbeat."""
    odooinstance: str | None = None
    """The configured name of the Odoo."""
    position: str | None = None
    """Where to go on after this event. Opaque."""
    sequence: str | None = None
    """Place among all events of this mesh, without a filter: dense, ascending, never used again. Unset
    in a heartbeat."""
    source: str | None = None
    """The Odoo that it happened in, such as "/odoo/erp.hospital.example/hospital"."""
    specversion: str | None = None
    """Version of CloudEvents: "1.0"."""
    subject: str | None = None
    """What it happened to, as a resource name, such as "orders/42". Unset in a heartbeat."""
    time: datetime | None = None
    """When it happened, by the best that Odoo keeps: the comment of each type's data says which field.
    Of a heartbeat, when it was sent."""
    type: str | None = None
    """What happened, such as "mesh.order.released.v1": see ListEventTypes. A quiet stream sends
    "mesh.heartbeat", which has no data and is no event."""

@dataclass(kw_only=True, slots=True)
class CollectionStatus:
    """CollectionStatus is how one collection stands."""

    collection: str | None = None
    """Collection, such as "products"."""
    degradations: list[Degradation] = field(default_factory=list)
    """What of it cannot be read at present; empty when all can."""
    drift: Drift | None = None
    """What the last comparison of all ids found; unset before the first since the start."""
    faulty_records: int | None = None
    """How many of its records could not be read, or only in part: see ListFaultyRecords."""
    held_deletions: int | None = None
    """Records that seem to be gone from Odoo, and are kept because they are too many at once, until
    ResyncDomain is called with accept_deletions."""
    loaded: bool | None = None
    """Whether the first load is complete."""
    mapping_version: int | None = None
    """Version of the mapping in use; 0 when Odoo has not been reached since the start."""
    progress: Progress | None = None
    """How far the first load is; unset when it is complete."""
    records: int | None = None
    """How many records the mesh's copy has."""
    verified_time: datetime | None = None
    """The last time at which the copy was known to equal Odoo; unset before the first."""

class CommandState(StrEnum):
    """State is what became of an intent."""

    STATE_UNSPECIFIED = "STATE_UNSPECIFIED"
    STATE_ACCEPTED = "STATE_ACCEPTED"
    STATE_UNKNOWN = "STATE_UNKNOWN"
    STATE_DONE = "STATE_DONE"
    STATE_NOT_DONE = "STATE_NOT_DONE"
    STATE_REFUSED = "STATE_REFUSED"
    STATE_ACTION_REQUIRED = "STATE_ACTION_REQUIRED"
    STATE_CANCELLED = "STATE_CANCELLED"
    STATE_LOST = "STATE_LOST"
    STATE_DEFERRED = "STATE_DEFERRED"

@dataclass(kw_only=True, slots=True)
class CompareLedgerResponse:
    """CompareLedgerResponse is what Odoo does not have any more."""

    change: OdooChange | None = None
    """That Odoo is not the one that it was; unset while it is."""
    compared: int | None = None
    """How many commands that are done were compared."""
    left_out: int | None = None
    """How many are older, and were left out because Odoo has all that is just before them."""
    lost: list[LostIntent] = field(default_factory=list)
    """What the ledger says is done and Odoo does not have, the newest first."""

@dataclass(kw_only=True, slots=True)
class Consumer:
    """Consumer is a name under which somebody follows the events. The server remembers how far it has
    acknowledged them, also over a restart."""

    acknowledge_time: datetime | None = None
    """When it last acknowledged."""
    acknowledged_sequence: int | None = None
    """Sequence of the last event that it has acknowledged; 0 when none."""
    connected: bool | None = None
    """Whether a stream of this server is open under its name."""
    lag: int | None = None
    """How many events there are behind that, whatever its filter is."""
    name: str | None = None
    """Name, such as "consumers/ward-supply"."""
    owner: str | None = None
    """The caller whose it is: who acknowledged under the name first. Others may not use it, unless they
    may operate."""

@dataclass(kw_only=True, slots=True)
class ConsumptionSum:
    """ConsumptionSum is what was used of one group: movements of type DELIVERY, CONSUMPTION and
    DROP_SHIPMENT, less those of type CUSTOMER_RETURN and DROP_SHIPMENT_RETURN."""

    consumed_quantity: Decimal | None = None
    """How much went there, less what came back. Below zero where more came back."""
    daily_quantity: Decimal | None = None
    """consumed_quantity by the days of the time that was asked for, to nine digits."""
    days_of_cover: Decimal | None = None
    """For how many days that lasts: on_hand_quantity by daily_quantity, to one digit. Unset where
    nothing was used or nothing is there, and where on_hand_quantity is unset."""
    location: str | None = None
    """The ward: where goods went, or came back from, "locations/8". Empty unless it is grouped by
    location."""
    location_complete_name: str | None = None
    """Path of the place, such as "Partners/Customers/Ward 3"."""
    movement_count: int | None = None
    """Over how many movements the sum is."""
    on_hand_quantity: Decimal | None = None
    """How much of the product is on hand in the house now, of the companies asked for. Unset unless it
    is grouped by product alone."""
    product: str | None = None
    """The product, "products/42"; empty unless it is grouped by product."""
    product_count: int | None = None
    """Of how many products."""
    product_display_name: str | None = None
    """Display name of the product; empty where the caller does not meet it."""
    returned_quantity: Decimal | None = None
    """How much of what went there came back in this time."""
    sku: str | None = None
    """Internal reference of the product; empty where it has none."""
    unit: UnitOfMeasure | None = None
    """The one unit of all that was used. Unset where there are several: then no quantity is told."""

@dataclass(kw_only=True, slots=True)
class Contact:
    """Contact is a person at the supplier."""

    display_name: str | None = None
    """Name of the person [name]."""
    email: str | None = None
    """Electronic mail address [email]; empty when there is none."""
    function: str | None = None
    """What the person does there [function]; empty when not stated."""
    id: str | None = None
    """Stable id: Odoo's id of the partner row."""
    mobile: str | None = None
    """Mobile telephone number [mobile]; empty when there is none."""
    phone: str | None = None
    """Telephone number [phone]; empty when there is none."""

@dataclass(kw_only=True, slots=True)
class ContactInput:
    """Contact is a person at the supplier."""

    display_name: str | None = None
    """Name of the person [name]."""
    email: str | None = None
    """Electronic mail address [email]; empty when there is none."""
    function: str | None = None
    """What the person does there [function]; empty when not stated."""
    id: str | None = None
    """Stable id: Odoo's id of the partner row."""
    mobile: str | None = None
    """Mobile telephone number [mobile]; empty when there is none."""
    phone: str | None = None
    """Telephone number [phone]; empty when there is none."""

@dataclass(kw_only=True, slots=True)
class CreateApiKeyResponse:
    """CreateApiKeyResponse has the key, for the only time."""

    api_key: ApiKey | None = None
    """What is kept of it."""
    key: str | None = None
    """The key itself, to be sent as "Authorization: Bearer <key>". It is a secret."""

@dataclass(kw_only=True, slots=True)
class CreateApprovedVendorResponse:
    """CreateApprovedVendorResponse is what became of it."""

    approved_vendor: ApprovedVendor | None = None
    """The entry as it is now; unset in a validation."""
    intent: Intent | None = None
    """What became of the command."""

@dataclass(kw_only=True, slots=True)
class CreateInvoiceResponse:
    """CreateInvoiceResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    invoice: Invoice | None = None
    """The invoice as it was read back from Odoo; unset in a validation, and where it was deleted since."""

@dataclass(kw_only=True, slots=True)
class CreateOrderResponse:
    """CreateOrderResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    order: Order | None = None
    """The order as it was read back from Odoo; unset in a validation, and where it was deleted since."""

@dataclass(kw_only=True, slots=True)
class CreateProductResponse:
    """CreateProductResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    product: Product | None = None
    """The product as it was read back from Odoo; unset in a validation, and where it was deleted since."""

@dataclass(kw_only=True, slots=True)
class CreateStreamTicketResponse:
    """CreateStreamTicketResponse has the ticket, for the only time."""

    expire_time: datetime | None = None
    """Until when it has to be used."""
    ticket: str | None = None
    """The ticket, to be given as the parameter ticket of a stream. It is a secret until it was used."""

@dataclass(kw_only=True, slots=True)
class CreateSupplierResponse:
    """CreateSupplierResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    supplier: Supplier | None = None
    """The supplier as it was read back from Odoo; unset in a validation, and where it was deleted
    since."""

class Decision(StrEnum):
    """Decision is whether calls of a method are let in."""

    DECISION_UNSPECIFIED = "DECISION_UNSPECIFIED"
    DECISION_NEVER = "DECISION_NEVER"
    DECISION_ALWAYS = "DECISION_ALWAYS"
    DECISION_NARROWED = "DECISION_NARROWED"

@dataclass(kw_only=True, slots=True)
class DecisionChange:
    """DecisionChange is a decision that would be another."""

    after: str | None = None
    """The decision then."""
    before: str | None = None
    """The decision now, in words."""
    command: str | None = None
    """What the method is called as a command; empty where it is none."""
    method: str | None = None
    """The method, by its full name; empty where it is a credential that changes."""
    principal: str | None = None
    """The principal."""

@dataclass(kw_only=True, slots=True)
class DeferredStatus:
    """DeferredStatus is how the queue of deferred commands stands."""

    limit: int | None = None
    """How many may wait."""
    oldest_time: datetime | None = None
    """When the oldest of them was taken on; unset where none waits."""
    waiting: int | None = None
    """How many wait, or are being carried out."""

@dataclass(kw_only=True, slots=True)
class Degradation:
    """Degradation is a part of a collection that cannot be read from Odoo at present: what has changed
    there since is missing."""

    cause: str | None = None
    """What Odoo, or whoever stands before it, answered."""
    model: str | None = None
    """Odoo's model that cannot be read, such as "stock.quant"."""
    reason: str | None = None
    """What is missing because of it, in a sentence for people."""
    since: datetime | None = None
    """Since when."""

@dataclass(kw_only=True, slots=True)
class Deviation:
    """Deviation is something that differs from what was asked for."""

    asked: str | None = None
    """What was asked for."""
    field: str | None = None
    """The field of the record, such as "lines[0].unit_price"."""
    found: str | None = None
    """What Odoo holds."""

@dataclass(kw_only=True, slots=True)
class Difference:
    """Difference is one value that differs."""

    field: str | None = None
    """Path of the field, such as "prices[2].minimum_quantity"."""
    mesh_value: str | None = None
    """The copy's value, as JSON; empty when it has none."""
    odoo_value: str | None = None
    """Odoo's value, as JSON; empty when it has none."""

class Direction(StrEnum):
    """Direction is which way the goods go."""

    DIRECTION_UNSPECIFIED = "DIRECTION_UNSPECIFIED"
    DIRECTION_RECEIPT = "DIRECTION_RECEIPT"
    DIRECTION_RETURN = "DIRECTION_RETURN"
    DIRECTION_DROP_SHIPMENT = "DIRECTION_DROP_SHIPMENT"

class DocumentKind(StrEnum):
    """DocumentKind is a document that is governed."""

    DOCUMENT_KIND_UNSPECIFIED = "DOCUMENT_KIND_UNSPECIFIED"
    DOCUMENT_KIND_ACCESS_FILE = "DOCUMENT_KIND_ACCESS_FILE"
    DOCUMENT_KIND_MAPPING_OVERLAYS = "DOCUMENT_KIND_MAPPING_OVERLAYS"
    DOCUMENT_KIND_POLICIES = "DOCUMENT_KIND_POLICIES"

@dataclass(kw_only=True, slots=True)
class DocumentLink:
    """DocumentLink is one document behind an event."""

    document: str | None = None
    """Its name in the mesh, such as "receipts/9"; empty when the mesh has none."""
    line_id: str | None = None
    """Id of its line; empty when the link is to the whole."""
    number: str | None = None
    """Its number, such as "WH/IN/00042"."""
    type: DocumentType | None = None
    """What sort of document it is."""

class DocumentType(StrEnum):
    """DocumentType is a sort of document."""

    DOCUMENT_TYPE_UNSPECIFIED = "DOCUMENT_TYPE_UNSPECIFIED"
    DOCUMENT_TYPE_ORDER = "DOCUMENT_TYPE_ORDER"
    DOCUMENT_TYPE_RECEIPT = "DOCUMENT_TYPE_RECEIPT"
    DOCUMENT_TYPE_TRANSFER = "DOCUMENT_TYPE_TRANSFER"
    DOCUMENT_TYPE_COUNT = "DOCUMENT_TYPE_COUNT"
    DOCUMENT_TYPE_SCRAP = "DOCUMENT_TYPE_SCRAP"
    DOCUMENT_TYPE_PRODUCTION = "DOCUMENT_TYPE_PRODUCTION"

@dataclass(kw_only=True, slots=True)
class Drift:
    """Drift is what a comparison of all ids with Odoo's found, and healed unless it is held."""

    compared_time: datetime | None = None
    """When the comparison ended."""
    gone: int | None = None
    """Records that only the mesh had."""
    gone_rows: int | None = None
    """Rows that records are made of, such as prices, that only the mesh had."""
    missed: int | None = None
    """Records that only Odoo had."""

@dataclass(kw_only=True, slots=True)
class Effect:
    """Effect is what a proposal changes, reckoned out before it does."""

    basis: str | None = None
    """What it was reckoned out of, and what not, in a sentence for people."""
    decision_count: int | None = None
    """How many decisions change in all."""
    decisions: list[DecisionChange] = field(default_factory=list)
    """The decisions that change, of an access file; at most 1000 of them."""
    fields: list[FieldChange] = field(default_factory=list)
    """The fields that change, of overlays, by collection."""

@dataclass(kw_only=True, slots=True)
class Element:
    """Element is one element of a scanned code."""

    ai: str | None = None
    """Its application identifier, such as "17"."""
    date: date | None = None
    """The value as a date; unset where it is none."""
    title: str | None = None
    """The identifier's title in the GS1 syntax dictionary, such as "USE BY or EXPIRY"."""
    value: str | None = None
    """The value as it is written."""

@dataclass(kw_only=True, slots=True)
class EventType:
    """EventType describes one type of business event."""

    dataschema: str | None = None
    """Name of the message that the data is, as in CloudEvent.dataschema."""
    fields: list[str] = field(default_factory=list)
    """The fields of the data, in the order of the contract."""
    occurs: str | None = None
    """When it happens, in a sentence for people."""
    owner: Owner | None = None
    """Whose fact it is."""
    sources: list[str] = field(default_factory=list)
    """Where it comes from: Odoo's models, or "mesh"."""
    sync_mode: SyncMode | None = None
    """How it gets into the mesh."""
    type: str | None = None
    """Its name, as in CloudEvent.type."""

@dataclass(kw_only=True, slots=True)
class Exception:
    """Exception is something that the mesh found and people have to settle. It opens when its cause is
    found, and closes by itself when its cause is gone. One that comes back is another exception."""

    acknowledgement: OperationsAcknowledgement | None = None
    """Who took note of it, and why it may stay; unset when nobody did."""
    close_time: datetime | None = None
    """When its cause was gone; unset before."""
    detail: str | None = None
    """What is known of the cause, for people; empty when there is no more to say."""
    etag: str | None = None
    """Changes with everything below."""
    kind: ExceptionKind | None = None
    """What sort of exception it is."""
    name: str | None = None
    """Name, such as "exceptions/17". Numbers ascend and are never used again."""
    numbers: dict[str, str] = field(default_factory=dict)
    """The numbers that it rests on, by name."""
    open_time: datetime | None = None
    """When it was found."""
    state: ExceptionState | None = None
    """Whether somebody still has to look at it."""
    subject: str | None = None
    """What it is about: the name of a record, such as "products/42", of a collection, such as
    "products", or of a model of Odoo, such as "stock.quant". There is at most one exception of a
    kind and a subject that is not closed."""
    summary: str | None = None
    """What is wrong, in a sentence for people."""
    update_time: datetime | None = None
    """When what is said of it last changed."""

class ExceptionKind(StrEnum):
    """ExceptionKind is a sort of exception."""

    EXCEPTION_KIND_UNSPECIFIED = "EXCEPTION_KIND_UNSPECIFIED"
    EXCEPTION_KIND_STOCK_DRIFT = "EXCEPTION_KIND_STOCK_DRIFT"
    EXCEPTION_KIND_DELETIONS_HELD = "EXCEPTION_KIND_DELETIONS_HELD"
    EXCEPTION_KIND_INVOICE_MISMATCH = "EXCEPTION_KIND_INVOICE_MISMATCH"
    EXCEPTION_KIND_FAULTY_RECORD = "EXCEPTION_KIND_FAULTY_RECORD"
    EXCEPTION_KIND_DEGRADED_COLLECTION = "EXCEPTION_KIND_DEGRADED_COLLECTION"
    EXCEPTION_KIND_CLOCK = "EXCEPTION_KIND_CLOCK"
    EXCEPTION_KIND_STOCK_WITHOUT_MOVEMENT = "EXCEPTION_KIND_STOCK_WITHOUT_MOVEMENT"
    EXCEPTION_KIND_LOG_ENTRY_SKIPPED = "EXCEPTION_KIND_LOG_ENTRY_SKIPPED"
    EXCEPTION_KIND_ACKNOWLEDGEMENT_DIFFERENCE = "EXCEPTION_KIND_ACKNOWLEDGEMENT_DIFFERENCE"
    EXCEPTION_KIND_HELD_LOT_MOVED = "EXCEPTION_KIND_HELD_LOT_MOVED"
    EXCEPTION_KIND_ODOO_CHANGED = "EXCEPTION_KIND_ODOO_CHANGED"
    EXCEPTION_KIND_AUDIT = "EXCEPTION_KIND_AUDIT"
    EXCEPTION_KIND_BREAK_GLASS = "EXCEPTION_KIND_BREAK_GLASS"
    EXCEPTION_KIND_ACCESS_FILE = "EXCEPTION_KIND_ACCESS_FILE"
    EXCEPTION_KIND_GOVERNED_DOCUMENT = "EXCEPTION_KIND_GOVERNED_DOCUMENT"
    EXCEPTION_KIND_SECRET = "EXCEPTION_KIND_SECRET"
    EXCEPTION_KIND_ANNOUNCEMENT_DIFFERENCE = "EXCEPTION_KIND_ANNOUNCEMENT_DIFFERENCE"
    EXCEPTION_KIND_COMMANDS_WAIT = "EXCEPTION_KIND_COMMANDS_WAIT"

class ExceptionState(StrEnum):
    """ExceptionState is where an exception stands."""

    EXCEPTION_STATE_UNSPECIFIED = "EXCEPTION_STATE_UNSPECIFIED"
    EXCEPTION_STATE_OPEN = "EXCEPTION_STATE_OPEN"
    EXCEPTION_STATE_ACKNOWLEDGED = "EXCEPTION_STATE_ACKNOWLEDGED"
    EXCEPTION_STATE_CLOSED = "EXCEPTION_STATE_CLOSED"

@dataclass(kw_only=True, slots=True)
class ExpiringStock:
    """ExpiringStock is what one stock position in the house has of a lot that expires. Positions with
    nothing on hand, or less, are left out."""

    company: str | None = None
    """Display name of the company; empty for what all companies share."""
    company_id: int | None = None
    """Odoo's id of the company; 0 for what all companies share."""
    estimated_value: Money | None = None
    """What it is worth by today's cost: quantity times the product's cost. An estimate. Unset where the
    cost is not known, for goods of other owners, and to callers who do not meet costs."""
    expiration_date: date | None = None
    """The day of expiration_time in the time zone of the setting time-zone, the company's; unset where
    the caller does not meet the lot."""
    expiration_time: datetime | None = None
    """When the lot expires."""
    hold_state: HoldState | None = None
    """Whether the lot may be used."""
    location: str | None = None
    """The place, "locations/8"."""
    location_complete_name: str | None = None
    """Path of the place, such as "WH/Stock"."""
    lot: str | None = None
    """The lot, "lots/17"."""
    lot_number: str | None = None
    """Lot or serial number."""
    product: str | None = None
    """The product, "products/42"."""
    product_display_name: str | None = None
    """Display name of the product; empty where the caller does not meet it."""
    quantity: Decimal | None = None
    """How much is there."""
    sku: str | None = None
    """Internal reference of the product; empty where it has none."""
    stock_position: str | None = None
    """The stock position, "stockPositions/42-8-17-0-0"."""
    unit: UnitOfMeasure | None = None
    """The product's base unit."""

@dataclass(kw_only=True, slots=True)
class ExpiryPolicy:
    """ExpiryPolicy says how the dates of a new lot follow from the day it is received or made. Zero
    days: no such date is set."""

    alert_days: int | None = None
    """Days before expiry at which someone is warned [alert_time]."""
    best_before_days: int | None = None
    """Days before expiry from which the quality goes down [use_time]."""
    expires: bool | None = None
    """Whether lots of the product expire [use_expiration_date]."""
    expiry_days: int | None = None
    """Days until the goods are no longer to be used [expiration_time]."""
    removal_days: int | None = None
    """Days before expiry at which the goods leave the stock [removal_time]."""

@dataclass(kw_only=True, slots=True)
class ExpiryPolicyInput:
    """ExpiryPolicy says how the dates of a new lot follow from the day it is received or made. Zero
    days: no such date is set."""

    alert_days: int | None = None
    """Days before expiry at which someone is warned [alert_time]."""
    best_before_days: int | None = None
    """Days before expiry from which the quality goes down [use_time]."""
    expires: bool | None = None
    """Whether lots of the product expire [use_expiration_date]."""
    expiry_days: int | None = None
    """Days until the goods are no longer to be used [expiration_time]."""
    removal_days: int | None = None
    """Days before expiry at which the goods leave the stock [removal_time]."""

@dataclass(kw_only=True, slots=True)
class ExplainAccessResponse:
    """ExplainAccessResponse is a decision, with what it rests on."""

    break_glass_end_time: datetime | None = None
    """Until when the principal has more than usually; unset where it has not."""
    decision: Decision | None = None
    """What is decided."""
    explanation: str | None = None
    """Why, in a sentence for people."""
    record: RecordAccess | None = None
    """How it is with the record; unset where none was named."""
    rules: list[str] = field(default_factory=list)
    """The rules of the access file that give the right, such as "role buyer: write on order". Empty
    where none does."""
    scope: str | None = None
    """What the principal is narrowed down to, such as "companies 1, 3"; empty where to nothing."""

@dataclass(kw_only=True, slots=True)
class FaultyRecord:
    """FaultyRecord is a record that could not be read, or only in part."""

    faults: list[MappingFault] = field(default_factory=list)
    """What is wrong with it."""
    name: str | None = None
    """Name of the record, such as "products/42"."""
    since: datetime | None = None
    """When it was last read so."""

@dataclass(kw_only=True, slots=True)
class FieldChange:
    """FieldChange is a field of records that would show something else."""

    collection: str | None = None
    """The collection, such as "products"."""
    examples: list[FieldExample] = field(default_factory=list)
    """Some of the records."""
    field: str | None = None
    """The field, such as "sku", or "prices.minimum_quantity" in any of several. Empty for records that
    would not be there any more, or could not be read."""
    looked_at: int | None = None
    """How many records were looked at."""
    records: int | None = None
    """How many of the records that were looked at would show something else in it."""
    total: int | None = None
    """How many records the collection has."""

@dataclass(kw_only=True, slots=True)
class FieldExample:
    """FieldExample is one record with what it shows and would show."""

    after: str | None = None
    """The value then."""
    before: str | None = None
    """The value now, as JSON; empty where there is none."""
    name: str | None = None
    """Name of the record."""

@dataclass(kw_only=True, slots=True)
class Freshness:
    """Freshness says how old an answer of several records is."""

    odoo_reachable: bool | None = None
    """Whether Odoo answered when the mesh last asked."""
    verified_time: datetime | None = None
    """Every record of the answer was known to equal Odoo's at this time or later."""

@dataclass(kw_only=True, slots=True)
class GetCheckpointResponse:
    """GetCheckpointResponse is what the log has signed last."""

    checkpoint: bytes | None = None
    """The checkpoint, as the C2SP's tlog-checkpoint writes it."""
    consistency: list[bytes] = field(default_factory=list)
    """Hashes that prove that it holds all that was seen before; empty where that was nothing, or as
    much, or more."""
    public_key: str | None = None
    """The public key that it is checked with."""
    size: int | None = None
    """How many records it has."""
    witnessed_size: int | None = None
    """How many records the witness has signed; 0 where none has."""
    witnessed_time: datetime | None = None
    """When the witness has signed last, by its clock."""

@dataclass(kw_only=True, slots=True)
class GetHistoryResponse:
    """GetHistoryResponse is one page."""

    changes: list[Change] = field(default_factory=list)
    """The changes of this page, the newest first. A page can have fewer than page_size, or none, before
    the end."""
    freshness: Freshness | None = None
    """How old the answer is."""
    next_page_token: str | None = None
    """Token of the next page; empty where this page reached the end."""
    older_dropped: bool | None = None
    """Whether there may have been older changes that the log does not keep any more. Without them,
    history ends where the mesh first loaded the record, or was told that it is new."""

@dataclass(kw_only=True, slots=True)
class GetStatusResponse:
    """GetStatusResponse is how the mesh stands."""

    access_file: AccessFileStatus | None = None
    """The access file; unset where there is none."""
    acknowledged_exceptions: int | None = None
    """How many exceptions are acknowledged and not closed."""
    audit: AuditStatus | None = None
    """The audit, which mesh.audit.v1.AuditService shows."""
    clock: ClockStatus | None = None
    """What is known of Odoo's clock, which stamps every change."""
    collections: list[CollectionStatus] = field(default_factory=list)
    """The collections that this process serves."""
    deferred: DeferredStatus | None = None
    """What was put off, to be carried out later."""
    log: LogStatus | None = None
    """The log of changes."""
    odoo: OdooStatus | None = None
    """The Odoo behind the mesh."""
    open_exceptions: int | None = None
    """How many exceptions nobody has acknowledged: see ListExceptions."""
    purchasing: PurchasingPolicy | None = None
    """What orders are held to, as it is configured."""
    state: str | None = None
    """"loading" before every collection is loaded for the first time, "degraded" while Odoo does not
    answer, otherwise "ready"."""
    stock_proof: StockProof | None = None
    """The newest proof that the movements add up to Odoo's stock; unset before the first one since the
    start."""
    version: str | None = None
    """The version of the mesh that answers."""

@dataclass(kw_only=True, slots=True)
class GovernedDocument:
    """GovernedDocument is a document that is in force."""

    activate_time: datetime | None = None
    """Since when it is in force."""
    digest: str | None = None
    """Its SHA-256: the base of whoever proposes another."""
    document: str | None = None
    """The document. Empty for callers who may not change it."""
    kind: DocumentKind | None = None
    """Which document it is."""
    name: str | None = None
    """Name: "governedDocuments/accessFile", "governedDocuments/mappingOverlays" or
    "governedDocuments/policies"."""
    proposal: str | None = None
    """The proposal that put it in force; empty where it is the first one, which was taken from the
    configured files."""

@dataclass(kw_only=True, slots=True)
class HeldStock:
    """HeldStock is a quantity of a held lot at one place."""

    location: str | None = None
    """The place."""
    lot: str | None = None
    """The lot."""
    quantity: Decimal | None = None
    """How much lies there, in the product's base unit."""
    reserved_quantity: Decimal | None = None
    """How much of it Odoo has reserved; the intent's warnings name the transfers."""
    stock_position: str | None = None
    """The stock position, such as "stockPositions/42-8-17-0-0"."""

@dataclass(kw_only=True, slots=True)
class Hit:
    """Hit is one record that a search found."""

    archived: bool | None = None
    """It is archived in Odoo."""
    company: str | None = None
    """Display name of the company that it belongs to; empty when all share it."""
    detail: str | None = None
    """What tells it from others, for people, such as the product of a lot and when it expires; empty
    for nothing."""
    display_name: str | None = None
    """What people call it: a product's or supplier's name, a location's whole name, and otherwise its
    number."""
    field: str | None = None
    """The field of the record that was found, such as "sku" or "shipment.tracking_number"; "name" where
    the name of the record itself was asked for."""
    match: SearchMatch | None = None
    """How it was found: the better ones come first."""
    name: str | None = None
    """The record, such as "products/42": what Get takes, and its address behind /v1/."""
    number: str | None = None
    """Its number or code: a document's or a transfer's number, a SKU or else a GTIN, a supplier's
    reference or else its tax id, a lot or serial number, a location's barcode; empty for none."""
    type: HitType | None = None
    """What kind of record it is."""

class HitType(StrEnum):
    """HitType is a kind of record that is searched."""

    HIT_TYPE_UNSPECIFIED = "HIT_TYPE_UNSPECIFIED"
    HIT_TYPE_PRODUCT = "HIT_TYPE_PRODUCT"
    HIT_TYPE_LOT = "HIT_TYPE_LOT"
    HIT_TYPE_ORDER = "HIT_TYPE_ORDER"
    HIT_TYPE_REQUISITION = "HIT_TYPE_REQUISITION"
    HIT_TYPE_RECEIPT = "HIT_TYPE_RECEIPT"
    HIT_TYPE_TRANSFER = "HIT_TYPE_TRANSFER"
    HIT_TYPE_INVOICE = "HIT_TYPE_INVOICE"
    HIT_TYPE_SUPPLIER = "HIT_TYPE_SUPPLIER"
    HIT_TYPE_LOCATION = "HIT_TYPE_LOCATION"

@dataclass(kw_only=True, slots=True)
class HoldLotResponse:
    """HoldLotResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command. Its follow_ups move what lies elsewhere in the house to its place of
    quarantine, as Odoo answers; its warnings name what is not moved so."""
    issued: list[IssuedStock] = field(default_factory=list)
    """To whom they were issued before, as the copy has it, the latest first; a thousand at most."""
    lots: list[Lot] = field(default_factory=list)
    """The lots that are held, as they are shown from now on; unset in a validation."""
    stock: list[HeldStock] = field(default_factory=list)
    """Where they lie, as the copy has it."""

@dataclass(kw_only=True, slots=True)
class HoldPayloadsResponse:
    """HoldPayloadsResponse says nothing."""

    pass

class HoldState(StrEnum):
    """HoldState is whether a lot may be used."""

    HOLD_STATE_UNSPECIFIED = "HOLD_STATE_UNSPECIFIED"
    HOLD_STATE_FREE = "HOLD_STATE_FREE"
    HOLD_STATE_HELD = "HOLD_STATE_HELD"
    HOLD_STATE_RECALLED = "HOLD_STATE_RECALLED"

@dataclass(kw_only=True, slots=True)
class Identifier:
    """Identifier is one code by which a product can be found."""

    package: str | None = None
    """Name of the packaging that bears the code; empty when it is the product."""
    quantity: Decimal | None = None
    """How many base units the packaging holds; unset when the code is the product's own."""
    source_type: str | None = None
    """The source's own word for the type; the key of the overlay's field where the code comes from one."""
    type: IdentifierType | None = None
    """What sort of code it is."""
    value: str | None = None
    """The code, as the source has it."""

@dataclass(kw_only=True, slots=True)
class IdentifierInput:
    """Identifier is one code by which a product can be found."""

    package: str | None = None
    """Name of the packaging that bears the code; empty when it is the product."""
    quantity: Decimal | None = None
    """How many base units the packaging holds; unset when the code is the product's own."""
    source_type: str | None = None
    """The source's own word for the type; the key of the overlay's field where the code comes from one."""
    type: IdentifierType | None = None
    """What sort of code it is."""
    value: str | None = None
    """The code, as the source has it."""

class IdentifierType(StrEnum):
    """IdentifierType is a sort of code."""

    IDENTIFIER_TYPE_UNSPECIFIED = "IDENTIFIER_TYPE_UNSPECIFIED"
    IDENTIFIER_TYPE_BARCODE = "IDENTIFIER_TYPE_BARCODE"
    IDENTIFIER_TYPE_GTIN = "IDENTIFIER_TYPE_GTIN"
    IDENTIFIER_TYPE_PACKAGE_GTIN = "IDENTIFIER_TYPE_PACKAGE_GTIN"
    IDENTIFIER_TYPE_UDI_DI = "IDENTIFIER_TYPE_UDI_DI"
    IDENTIFIER_TYPE_MANUFACTURER_PART_NUMBER = "IDENTIFIER_TYPE_MANUFACTURER_PART_NUMBER"

@dataclass(kw_only=True, slots=True)
class ImportHeader:
    """ImportHeader is what an import begins with; it stands in its first message alone."""

    request_id: str | None = None
    """The caller's own id of the import; over REST the header Idempotency-Key. Each row has an id that
    is made of it and of what the row says: who sends the same rows under the same id goes on where
    it was, and has nothing done twice. Up to 80 characters."""
    rows: int | None = None
    """How many rows will come, so that progress says how long it still takes; 0: unknown."""
    validate_only: bool | None = None
    """Make all checks of every row, and change nothing."""

@dataclass(kw_only=True, slots=True)
class ImportProductsResponse:
    """ImportProductsResponse is what became of a row, or how far the import is."""

    progress: ImportProgress | None = None
    """How far the import is: about once a second, and at its end."""
    row: ImportedRow | None = None
    """What became of a row."""

@dataclass(kw_only=True, slots=True)
class ImportProgress:
    """ImportProgress is how far an import is."""

    changed: int | None = None
    """How many were changed."""
    complete: bool | None = None
    """All rows have come and are done: this is the last message."""
    created: int | None = None
    """How many were made."""
    done: int | None = None
    """Rows of which it is known what became of them."""
    left: str | None = None
    """Estimate of the time it still takes; unset while total is unknown."""
    received: int | None = None
    """Rows that came."""
    refused: int | None = None
    """How many were refused."""
    rows_per_second: float | None = None
    """Rows a second since the import began."""
    total: int | None = None
    """Rows in all: what the header said, and once all have come how many they are; 0 while it is
    unknown."""
    unchanged: int | None = None
    """How many Odoo held already."""
    unfinished: int | None = None
    """How many are not finished."""
    valid: int | None = None
    """How many are valid, with validate_only."""

@dataclass(kw_only=True, slots=True)
class ImportSupplierPricesResponse:
    """ImportSupplierPricesResponse is what became of a row, or how far the import is."""

    progress: ImportProgress | None = None
    """How far the import is: about once a second, and at its end."""
    row: ImportedRow | None = None
    """What became of a row."""

@dataclass(kw_only=True, slots=True)
class ImportedRow:
    """ImportedRow is what became of one row."""

    deviations: list[Deviation] = field(default_factory=list)
    """What Odoo did besides what was asked for, or otherwise than it was asked."""
    document: str | None = None
    """The record that it is about, such as "products/42"."""
    explanation: str | None = None
    """Why, for people; empty where it was done."""
    intent: str | None = None
    """Its intent; empty where nothing was taken on."""
    outcome: ImportedRowOutcome | None = None
    """What became of it."""
    problems: list[RowProblem] = field(default_factory=list)
    """Which fields of the row are wrong, and what each of them has to be."""
    reason: str | None = None
    """The reason where it was not done, such as "INVALID_ARGUMENT"."""
    row: int | None = None
    """Which row, from 1 on in the order in which they came."""
    warnings: list[str] = field(default_factory=list)
    """What a person should know although it is done."""

class ImportedRowOutcome(StrEnum):
    """Outcome is what became of a row."""

    OUTCOME_UNSPECIFIED = "OUTCOME_UNSPECIFIED"
    OUTCOME_CREATED = "OUTCOME_CREATED"
    OUTCOME_CHANGED = "OUTCOME_CHANGED"
    OUTCOME_UNCHANGED = "OUTCOME_UNCHANGED"
    OUTCOME_REFUSED = "OUTCOME_REFUSED"
    OUTCOME_UNFINISHED = "OUTCOME_UNFINISHED"
    OUTCOME_VALID = "OUTCOME_VALID"

@dataclass(kw_only=True, slots=True)
class Intent:
    """Intent is one command of one caller: written down and synced before Odoo is asked, so that it is
    carried out once however often it is sent, and so that it is known at any time what became of it."""

    attempts: int | None = None
    """How often it was tried."""
    calls: list[Call] = field(default_factory=list)
    """The calls that would change something in Odoo: of a validation those that would be made; else
    those of the last attempt."""
    command: str | None = None
    """What was asked for, such as "orders.release"."""
    create_time: datetime | None = None
    """When the mesh took it on."""
    deviations: list[Deviation] = field(default_factory=list)
    """What Odoo did besides what was asked for, or otherwise than it was asked."""
    document: str | None = None
    """The record that it is about, such as "orders/42"; empty while one that is to be made is not
    there."""
    evidence: str | None = None
    """What the state rests on: what was read in Odoo, or what Odoo answered."""
    explanation: str | None = None
    """Why it is in this state, for people."""
    follow_ups: list[str] = field(default_factory=list)
    """Intents that follow from it, such as those that move what was held to its place of quarantine.
    Each becomes what it becomes by itself."""
    name: str | None = None
    """Name, "intents/" and 32 characters that are made of the principal and the request id: the same
    request of the same principal always has the same name. In Odoo, what the command made carries it
    in external ids, "mesh.x_" before the same characters."""
    odoo_record: str | None = None
    """What Odoo holds of it, by its own model and id, such as "stock.picking,123"; empty before
    anything is seen, and of what the mesh keeps itself."""
    principal: str | None = None
    """Who asked. A request id belongs to its principal: nobody gets another's answer."""
    reason: str | None = None
    """The reason of the refusal where it is not done, such as "BUSINESS_RULE"."""
    request_id: str | None = None
    """The id that the caller gave to the request."""
    state: CommandState | None = None
    """What became of it."""
    update_time: datetime | None = None
    """When its state last changed."""
    warnings: list[str] = field(default_factory=list)
    """What a person should know although it is done."""

@dataclass(kw_only=True, slots=True)
class InventoryEvent:
    """InventoryEvent is one thing that happened to stock, shaped after EPCIS 2.0: what, when, where and
    why. One done row of Odoo's [stock.move.line] that moved something is one event; a row of
    quantity 0 is none, unless it is a count that found what was known. Holds, and stock that changes
    its lot where it lies, are events too. An event never changes: when Odoo's row is edited or
    undone, a new event corrects it. Events have positions 1, 2, 3 and so on without a gap; first
    come those of what happened before the mesh, in Odoo's order."""

    attributes: dict[str, str] = field(default_factory=dict)
    """Fields that this installation maps in addition, by their configured key."""
    booked_quantity: Decimal | None = None
    """How much moved, in the unit that it was booked in [qty_done; from 17 on quantity]; signed as
    quantity is. Unset for a hold and for LOT_ASSIGNED."""
    booked_unit: UnitOfMeasure | None = None
    """The unit that it was booked in [product_uom_id]."""
    company: str | None = None
    """Display name of the company [company_id]."""
    corrects: str | None = None
    """The name of the first event about the same row, when this one corrects it; otherwise empty. A row
    that was edited in its quantity alone has one correction with the difference; one that was edited
    in what or where, a correction that takes back what was there and another with what is."""
    destination_balance: Decimal | None = None
    """The same at destination_location."""
    destination_location: str | None = None
    """Where it went, "locations/8" [location_dest_id]."""
    destination_package: str | None = None
    """Stable name of the package it was put into; empty for none."""
    documents: list[DocumentLink] = field(default_factory=list)
    """The documents behind it."""
    expiration_date: date | None = None
    """The day of expiration_time in the time zone of the setting time-zone, the company's; unset where
    that is."""
    expiration_time: datetime | None = None
    """When the lot expires; unset when it does not."""
    lot: str | None = None
    """What moved: the lot, "lots/17"; empty when the product is not tracked."""
    lot_number: str | None = None
    """Lot or serial number; empty when the product is not tracked."""
    name: str | None = None
    """Name, "inventoryEvents/42", where 42 is its position: dense, ascending, and never used again."""
    odoo_move_id: int | None = None
    """Odoo's id of the move [move_id]; 0 for a hold and for LOT_ASSIGNED."""
    odoo_move_line_id: int | None = None
    """Odoo's id of the row [stock.move.line]; 0 for a hold and for LOT_ASSIGNED."""
    owner: str | None = None
    """Stable name of the owner, "partners/5", which is no record of the mesh; an owner who supplies is
    "suppliers/5" as well. Empty for the company's own goods."""
    partner: str | None = None
    """The other side of the transfer [partner_id of picking_id]: "suppliers/7" where goods come from a
    supplier, go back to one or belong to an order; else the stable name of a customer or another
    house, "partners/9", which is no record of the mesh. Empty for none."""
    product: str | None = None
    """What moved: the product, "products/42"."""
    provenance: Provenance | None = None
    """Where the event comes from."""
    quantity: Decimal | None = None
    """How much moved, in the product's base unit. In a correcting event, what is to be added to the
    events before it; below zero when they said too much."""
    recorded_time: datetime | None = None
    """When the mesh wrote the event into its log."""
    references: dict[str, Reference] = field(default_factory=dict)
    """What people call the records that this one names, by their names: see Reference."""
    source_balance: Decimal | None = None
    """How much of the product and the lot was at source_location after this event, all owners and
    packages together, in the product's base unit: the sum of all events so far; of LOT_ASSIGNED, how
    much of source_lot. Unset for a hold."""
    source_location: str | None = None
    """Where it was, "locations/4" [location_id]."""
    source_lot: str | None = None
    """The lot that it was before, in an event of type LOT_ASSIGNED: empty for stock without a lot.
    Empty in all other events, in which nothing changes its lot. Sums by lot take quantity off
    source_lot there, and off lot elsewhere."""
    source_package: str | None = None
    """Stable name of the package it was in, "packages/5"; empty for none."""
    source_time: datetime | None = None
    """When it happened, by Odoo [date]; of a correction, when Odoo's row was edited [write_date], or,
    where that is gone, when the mesh saw it."""
    source_type: str | None = None
    """Odoo's own words for the type: the usages of both locations, such as "supplier>internal", and
    "+scrap" or "+count" where Odoo says so."""
    type: InventoryEventType | None = None
    """Why the stock moved."""
    unit: UnitOfMeasure | None = None
    """The product's base unit."""

class InventoryEventType(StrEnum):
    """InventoryEventType is why stock moved."""

    INVENTORY_EVENT_TYPE_UNSPECIFIED = "INVENTORY_EVENT_TYPE_UNSPECIFIED"
    INVENTORY_EVENT_TYPE_RECEIPT = "INVENTORY_EVENT_TYPE_RECEIPT"
    INVENTORY_EVENT_TYPE_DELIVERY = "INVENTORY_EVENT_TYPE_DELIVERY"
    INVENTORY_EVENT_TYPE_TRANSFER = "INVENTORY_EVENT_TYPE_TRANSFER"
    INVENTORY_EVENT_TYPE_ADJUSTMENT = "INVENTORY_EVENT_TYPE_ADJUSTMENT"
    INVENTORY_EVENT_TYPE_SCRAP = "INVENTORY_EVENT_TYPE_SCRAP"
    INVENTORY_EVENT_TYPE_RETURN_TO_SUPPLIER = "INVENTORY_EVENT_TYPE_RETURN_TO_SUPPLIER"
    INVENTORY_EVENT_TYPE_CUSTOMER_RETURN = "INVENTORY_EVENT_TYPE_CUSTOMER_RETURN"
    INVENTORY_EVENT_TYPE_CONSUMPTION = "INVENTORY_EVENT_TYPE_CONSUMPTION"
    INVENTORY_EVENT_TYPE_PRODUCTION = "INVENTORY_EVENT_TYPE_PRODUCTION"
    INVENTORY_EVENT_TYPE_HOLD_PLACED = "INVENTORY_EVENT_TYPE_HOLD_PLACED"
    INVENTORY_EVENT_TYPE_HOLD_RELEASED = "INVENTORY_EVENT_TYPE_HOLD_RELEASED"
    INVENTORY_EVENT_TYPE_COUNT_CONFIRMED = "INVENTORY_EVENT_TYPE_COUNT_CONFIRMED"
    INVENTORY_EVENT_TYPE_DROP_SHIPMENT = "INVENTORY_EVENT_TYPE_DROP_SHIPMENT"
    INVENTORY_EVENT_TYPE_DROP_SHIPMENT_RETURN = "INVENTORY_EVENT_TYPE_DROP_SHIPMENT_RETURN"
    INVENTORY_EVENT_TYPE_LOT_ASSIGNED = "INVENTORY_EVENT_TYPE_LOT_ASSIGNED"

@dataclass(kw_only=True, slots=True)
class Invoice:
    """Invoice is a supplier's bill, refund or receipt of purchase [account.move]."""

    accounting_date: date | None = None
    """Date in the books [date]."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Fields that this installation maps in addition, by their configured key."""
    company: str | None = None
    """Display name of the company that is billed [company_id]."""
    create_time: datetime | None = None
    """When it was created in Odoo [create_date]."""
    currency_code: str | None = None
    """Currency of all its amounts, ISO 4217 [currency_id]."""
    due_date: date | None = None
    """When it has to be paid [invoice_date_due]."""
    etag: str | None = None
    """Changes with the content. To be sent with a write."""
    invoice_date: date | None = None
    """Date on the document [invoice_date]; unset until someone entered it."""
    legal_supplier: str | None = None
    """The company that the supplier belongs to, "suppliers/3", which is the supplier itself unless that
    is a contact of a company [commercial_partner_id]. Invoices of one company can be found by it,
    whichever contact was chosen."""
    lines: list[InvoiceLine] = field(default_factory=list)
    """Lines, in the order of the document, then those that Odoo adds, such as a cash rounding; what
    they book adds up to untaxed_amount. Taxes stand in tax_lines, and what is owed in
    residual_amount."""
    match: InvoiceMatch | None = None
    """What the comparison of order, receipt and invoice gave."""
    name: str | None = None
    """Name, "invoices/42", where 42 is Odoo's id of the entry."""
    number: str | None = None
    """Number in the books, such as "BILL/2026/11/0042" [name]; empty until Odoo has given one."""
    orders: list[str] = field(default_factory=list)
    """Orders that its lines belong to, "orders/42"."""
    origin: str | None = None
    """What it was made from, such as the order's number [invoice_origin]."""
    payment_reference: str | None = None
    """What it is to be paid with as the reference [payment_reference]."""
    payment_state: PaymentState | None = None
    """How far it is paid [payment_state]."""
    payment_terms: str | None = None
    """Display name of the payment terms [invoice_payment_term_id]."""
    provenance: Provenance | None = None
    """Where the record comes from and how old it is."""
    references: dict[str, Reference] = field(default_factory=dict)
    """What people call the records that this one names, by their names: see Reference."""
    residual_amount: Money | None = None
    """What is still to be paid [amount_residual]."""
    reversal_of: str | None = None
    """The invoice that this one takes back, "invoices/41" [reversed_entry_id]; empty when it takes back
    none."""
    reversals: list[str] = field(default_factory=list)
    """The refunds that take this one back [reversal_move_id; from Odoo 18 on reversal_move_ids]."""
    source_payment_state: str | None = None
    """Odoo's own value for payment_state."""
    source_state: str | None = None
    """Odoo's own value for state."""
    source_type: str | None = None
    """Odoo's own value for type."""
    state: InvoiceState | None = None
    """How far it is [state]."""
    supplier: str | None = None
    """The supplier, "suppliers/7" [partner_id]."""
    supplier_reference: str | None = None
    """The supplier's own number of the document [ref]; empty when unknown."""
    tax_amount: Money | None = None
    """Sum of the taxes [amount_tax]."""
    tax_lines: list[TaxLine] = field(default_factory=list)
    """The taxes as they are booked, one for each; their amounts add up to tax_amount [line_ids that
    book a tax]."""
    total_amount: Money | None = None
    """Sum with taxes [amount_total]."""
    type: InvoiceType | None = None
    """What sort of document it is [move_type]."""
    untaxed_amount: Money | None = None
    """Sum without taxes [amount_untaxed]."""
    update_time: datetime | None = None
    """When Odoo last wrote one of the rows behind it [write_date], as far as the mesh has read: a write
    that changes no content need not move it."""

@dataclass(kw_only=True, slots=True)
class InvoiceInput:
    """Invoice is a supplier's bill, refund or receipt of purchase [account.move]."""

    accounting_date: date | None = None
    """Date in the books [date]."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Fields that this installation maps in addition, by their configured key."""
    company: str | None = None
    """Display name of the company that is billed [company_id]."""
    currency_code: str | None = None
    """Currency of all its amounts, ISO 4217 [currency_id]."""
    due_date: date | None = None
    """When it has to be paid [invoice_date_due]."""
    invoice_date: date | None = None
    """Date on the document [invoice_date]; unset until someone entered it."""
    legal_supplier: str | None = None
    """The company that the supplier belongs to, "suppliers/3", which is the supplier itself unless that
    is a contact of a company [commercial_partner_id]. Invoices of one company can be found by it,
    whichever contact was chosen."""
    lines: list[InvoiceLineInput] = field(default_factory=list)
    """Lines, in the order of the document, then those that Odoo adds, such as a cash rounding; what
    they book adds up to untaxed_amount. Taxes stand in tax_lines, and what is owed in
    residual_amount."""
    match: InvoiceMatchInput | None = None
    """What the comparison of order, receipt and invoice gave."""
    name: str | None = None
    """Name, "invoices/42", where 42 is Odoo's id of the entry."""
    number: str | None = None
    """Number in the books, such as "BILL/2026/11/0042" [name]; empty until Odoo has given one."""
    orders: list[str] = field(default_factory=list)
    """Orders that its lines belong to, "orders/42"."""
    origin: str | None = None
    """What it was made from, such as the order's number [invoice_origin]."""
    payment_reference: str | None = None
    """What it is to be paid with as the reference [payment_reference]."""
    payment_state: PaymentState | None = None
    """How far it is paid [payment_state]."""
    payment_terms: str | None = None
    """Display name of the payment terms [invoice_payment_term_id]."""
    residual_amount: Money | None = None
    """What is still to be paid [amount_residual]."""
    reversal_of: str | None = None
    """The invoice that this one takes back, "invoices/41" [reversed_entry_id]; empty when it takes back
    none."""
    reversals: list[str] = field(default_factory=list)
    """The refunds that take this one back [reversal_move_id; from Odoo 18 on reversal_move_ids]."""
    source_payment_state: str | None = None
    """Odoo's own value for payment_state."""
    source_state: str | None = None
    """Odoo's own value for state."""
    source_type: str | None = None
    """Odoo's own value for type."""
    state: InvoiceState | None = None
    """How far it is [state]."""
    supplier: str | None = None
    """The supplier, "suppliers/7" [partner_id]."""
    supplier_reference: str | None = None
    """The supplier's own number of the document [ref]; empty when unknown."""
    tax_amount: Money | None = None
    """Sum of the taxes [amount_tax]."""
    tax_lines: list[TaxLineInput] = field(default_factory=list)
    """The taxes as they are booked, one for each; their amounts add up to tax_amount [line_ids that
    book a tax]."""
    total_amount: Money | None = None
    """Sum with taxes [amount_total]."""
    type: InvoiceType | None = None
    """What sort of document it is [move_type]."""
    untaxed_amount: Money | None = None
    """Sum without taxes [amount_untaxed]."""

@dataclass(kw_only=True, slots=True)
class InvoiceLine:
    """InvoiceLine is one line of an invoice [account.move.line]."""

    account_code: str | None = None
    """Code of the account that it is booked on [account_id]; empty when none."""
    booked_amount: Money | None = None
    """What the line adds to the invoice's untaxed_amount [amount_currency, with the sign of a bill,
    also on a refund]. It is untaxed_amount but for what Odoo rounds over all lines together, and the
    only amount of a line that Odoo adds."""
    description: str | None = None
    """Text of the line [name]."""
    discount_percent: Decimal | None = None
    """Discount in percent, 0 to 100 [discount]."""
    id: str | None = None
    """Stable id: Odoo's id of the line."""
    order: str | None = None
    """The order, "orders/42"; empty when it belongs to none."""
    order_line_id: str | None = None
    """Id of the order's line [purchase_line_id]; empty when it belongs to none."""
    product: str | None = None
    """The product, "products/42" [product_id]; empty when there is none."""
    quantity: Decimal | None = None
    """How much is billed, in unit [quantity]."""
    sequence: int | None = None
    """Place on the document; lower comes first [sequence]."""
    source_type: str | None = None
    """Odoo's own value for type."""
    taxes: list[Tax] = field(default_factory=list)
    """Taxes on it [tax_ids]."""
    total_amount: Money | None = None
    """Amount with taxes [price_total]."""
    type: InvoiceLineType | None = None
    """What the line is [display_type]."""
    unit: UnitOfMeasure | None = None
    """The unit [product_uom_id]; unset when there is none."""
    unit_price: Money | None = None
    """Price of one unit, before discount [price_unit]."""
    untaxed_amount: Money | None = None
    """Amount without taxes [price_subtotal]."""

@dataclass(kw_only=True, slots=True)
class InvoiceLineInput:
    """InvoiceLine is one line of an invoice [account.move.line]."""

    account_code: str | None = None
    """Code of the account that it is booked on [account_id]; empty when none."""
    booked_amount: Money | None = None
    """What the line adds to the invoice's untaxed_amount [amount_currency, with the sign of a bill,
    also on a refund]. It is untaxed_amount but for what Odoo rounds over all lines together, and the
    only amount of a line that Odoo adds."""
    description: str | None = None
    """Text of the line [name]."""
    discount_percent: Decimal | None = None
    """Discount in percent, 0 to 100 [discount]."""
    id: str | None = None
    """Stable id: Odoo's id of the line."""
    order: str | None = None
    """The order, "orders/42"; empty when it belongs to none."""
    order_line_id: str | None = None
    """Id of the order's line [purchase_line_id]; empty when it belongs to none."""
    product: str | None = None
    """The product, "products/42" [product_id]; empty when there is none."""
    quantity: Decimal | None = None
    """How much is billed, in unit [quantity]."""
    sequence: int | None = None
    """Place on the document; lower comes first [sequence]."""
    source_type: str | None = None
    """Odoo's own value for type."""
    taxes: list[TaxInput] = field(default_factory=list)
    """Taxes on it [tax_ids]."""
    total_amount: Money | None = None
    """Amount with taxes [price_total]."""
    type: InvoiceLineType | None = None
    """What the line is [display_type]."""
    unit: UnitOfMeasureInput | None = None
    """The unit [product_uom_id]; unset when there is none."""
    unit_price: Money | None = None
    """Price of one unit, before discount [price_unit]."""
    untaxed_amount: Money | None = None
    """Amount without taxes [price_subtotal]."""

class InvoiceLineType(StrEnum):
    """LineType is what a line of an invoice is."""

    LINE_TYPE_UNSPECIFIED = "LINE_TYPE_UNSPECIFIED"
    LINE_TYPE_PRODUCT = "LINE_TYPE_PRODUCT"
    LINE_TYPE_SECTION = "LINE_TYPE_SECTION"
    LINE_TYPE_SUBSECTION = "LINE_TYPE_SUBSECTION"
    LINE_TYPE_NOTE = "LINE_TYPE_NOTE"
    LINE_TYPE_ROUNDING = "LINE_TYPE_ROUNDING"
    LINE_TYPE_NON_DEDUCTIBLE = "LINE_TYPE_NON_DEDUCTIBLE"
    LINE_TYPE_EARLY_PAYMENT_DISCOUNT = "LINE_TYPE_EARLY_PAYMENT_DISCOUNT"

@dataclass(kw_only=True, slots=True)
class InvoiceMatch:
    """Match is the outcome of the three-way match: what was ordered, what was received, what is billed.
    The mesh compares again after every change of the invoice, of its orders, and of what was
    received of them. An invoice that was paid before the mesh knew it, and one that is cancelled, is
    not compared."""

    blocks: bool | None = None
    """Whether it keeps PostInvoice from posting the invoice, unless it is overridden."""
    lines: list[LineMatch] = field(default_factory=list)
    """The outcome for each line that bills something."""
    match_time: datetime | None = None
    """Since when the outcome has been this one."""
    override: MatchOverride | None = None
    """Who lets it be posted although it does not match; unset where nobody does. It holds while what it
    let pass is no worse."""
    verdict: MatchVerdict | None = None
    """The outcome for the whole invoice: the worst of its lines."""

@dataclass(kw_only=True, slots=True)
class InvoiceMatchInput:
    """Match is the outcome of the three-way match: what was ordered, what was received, what is billed.
    The mesh compares again after every change of the invoice, of its orders, and of what was
    received of them. An invoice that was paid before the mesh knew it, and one that is cancelled, is
    not compared."""

    blocks: bool | None = None
    """Whether it keeps PostInvoice from posting the invoice, unless it is overridden."""
    lines: list[LineMatchInput] = field(default_factory=list)
    """The outcome for each line that bills something."""
    match_time: datetime | None = None
    """Since when the outcome has been this one."""
    override: MatchOverrideInput | None = None
    """Who lets it be posted although it does not match; unset where nobody does. It holds while what it
    let pass is no worse."""
    verdict: MatchVerdict | None = None
    """The outcome for the whole invoice: the worst of its lines."""

class InvoiceState(StrEnum):
    """State is how far an invoice is."""

    STATE_UNSPECIFIED = "STATE_UNSPECIFIED"
    STATE_DRAFT = "STATE_DRAFT"
    STATE_POSTED = "STATE_POSTED"
    STATE_CANCELLED = "STATE_CANCELLED"

class InvoiceStatus(StrEnum):
    """InvoiceStatus is how far an order is billed."""

    INVOICE_STATUS_UNSPECIFIED = "INVOICE_STATUS_UNSPECIFIED"
    INVOICE_STATUS_NOTHING_TO_BILL = "INVOICE_STATUS_NOTHING_TO_BILL"
    INVOICE_STATUS_TO_BILL = "INVOICE_STATUS_TO_BILL"
    INVOICE_STATUS_BILLED = "INVOICE_STATUS_BILLED"

class InvoiceType(StrEnum):
    """InvoiceType is what sort of document an invoice is."""

    INVOICE_TYPE_UNSPECIFIED = "INVOICE_TYPE_UNSPECIFIED"
    INVOICE_TYPE_BILL = "INVOICE_TYPE_BILL"
    INVOICE_TYPE_REFUND = "INVOICE_TYPE_REFUND"
    INVOICE_TYPE_PURCHASE_RECEIPT = "INVOICE_TYPE_PURCHASE_RECEIPT"

@dataclass(kw_only=True, slots=True)
class IssuedStock:
    """IssuedStock is a quantity of a held lot that left the house before it was held."""

    lot: str | None = None
    """The lot."""
    move_time: datetime | None = None
    """When."""
    movement: str | None = None
    """The movement, such as "movements/7"."""
    partner: str | None = None
    """Who got it, as the movement says: "partners/5", or "suppliers/5" where it supplies as well; empty
    where the movement names nobody."""
    quantity: Decimal | None = None
    """How much, in the product's base unit."""
    transfer_number: str | None = None
    """Number of the transfer, such as "WH/OUT/00007"."""

@dataclass(kw_only=True, slots=True)
class Journey:
    """Journey is the chain of documents behind a business number, as one timeline; or several such
    chains where unrelated documents bear the number."""

    chains: list[Chain] = field(default_factory=list)
    """The chains, by the number's first record in each. Documents of one chain belong to the same
    orders, or hold the same lot that was asked for."""
    found: list[str] = field(default_factory=list)
    """What the number was found as: the names of the records that bear it."""
    freshness: Freshness | None = None
    """How old the answer is."""
    milestones: list[Milestone] = field(default_factory=list)
    """Everything that happened, in the order in which it did, where all belongs to one chain. Empty
    where there are several chains: each has its own."""
    truncated: bool | None = None
    """More belongs to it than is told: more documents of a product, or more movements."""

class Kind(StrEnum):
    """Kind is what sort of thing a product is."""

    KIND_UNSPECIFIED = "KIND_UNSPECIFIED"
    KIND_GOODS = "KIND_GOODS"
    KIND_CONSUMABLE = "KIND_CONSUMABLE"
    KIND_SERVICE = "KIND_SERVICE"
    KIND_COMBO = "KIND_COMBO"

@dataclass(kw_only=True, slots=True)
class LeadTimeSum:
    """LeadTimeSum is how long the deliveries of one group took. A delivery is what one receipt, or drop
    shipment, that is done brought of one line of an order: a line that comes in three parts has
    three, and one that has not come has none. Its lead time is from confirm_time of the order to
    done_time of the receipt. Returns to suppliers change nothing of it."""

    company: str | None = None
    """Display name of the company that buys."""
    company_id: int | None = None
    """Odoo's id of the company that buys; 0 unless it is grouped by company."""
    dated_count: int | None = None
    """How many of all deliveries were due on some day: that of promised_time of the line, or else of
    its requested_time."""
    delivery_count: int | None = None
    """How many deliveries have a lead time."""
    late_count: int | None = None
    """How many of these came on a later day, in the time zone of the setting time-zone."""
    late_share: Decimal | None = None
    """late_count by dated_count, to four digits; unset where none was due on some day."""
    longest_days: Decimal | None = None
    """The longest of their times."""
    median_days: Decimal | None = None
    """Half of them took no longer, in days to two digits; of an even number the mean of the two in the
    middle. Unset, as are the other days, where there are none."""
    ninetieth_percentile_days: Decimal | None = None
    """The least of their times within which nine of ten came."""
    product: str | None = None
    """The product of the order's line, "products/42"; empty unless it is grouped by product."""
    product_display_name: str | None = None
    """Display name of the product; empty where the caller does not meet it."""
    shortest_days: Decimal | None = None
    """The shortest of their times."""
    sku: str | None = None
    """Internal reference of the product; empty where it has none."""
    supplier: str | None = None
    """The supplier, "suppliers/7": the company where the order names one of its contacts
    [legal_supplier]. Empty unless it is grouped by supplier."""
    supplier_display_name: str | None = None
    """Display name of the supplier; empty where the caller does not meet it."""
    untimed_count: int | None = None
    """How many deliveries came without a lead time: the order has no confirm_time, or a later one than
    they came at."""

@dataclass(kw_only=True, slots=True)
class LineMatch:
    """LineMatch is the outcome of the three-way match for one line."""

    billed_quantity: Decimal | None = None
    """How much is billed with this invoice, in the order line's unit: by the invoices that were posted
    before, less posted refunds, and by this one."""
    billed_unit_price: Money | None = None
    """Price of one unit of the order line on the invoice, after discount."""
    blocks: bool | None = None
    """Whether it is why the match blocks."""
    explanation: str | None = None
    """The difference in a sentence for people; empty when it matches."""
    line_id: str | None = None
    """Id of the invoice's line."""
    ordered_quantity: Decimal | None = None
    """How much was ordered, in the order line's unit."""
    ordered_unit_price: Money | None = None
    """Price of one unit of the order line on the order, after discount."""
    received_quantity: Decimal | None = None
    """How much was received, in the order line's unit. Of a kit it is the kits that are complete, as
    Odoo counts them."""
    verdict: MatchVerdict | None = None
    """The outcome."""

@dataclass(kw_only=True, slots=True)
class LineMatchInput:
    """LineMatch is the outcome of the three-way match for one line."""

    billed_quantity: Decimal | None = None
    """How much is billed with this invoice, in the order line's unit: by the invoices that were posted
    before, less posted refunds, and by this one."""
    billed_unit_price: Money | None = None
    """Price of one unit of the order line on the invoice, after discount."""
    blocks: bool | None = None
    """Whether it is why the match blocks."""
    explanation: str | None = None
    """The difference in a sentence for people; empty when it matches."""
    line_id: str | None = None
    """Id of the invoice's line."""
    ordered_quantity: Decimal | None = None
    """How much was ordered, in the order line's unit."""
    ordered_unit_price: Money | None = None
    """Price of one unit of the order line on the order, after discount."""
    received_quantity: Decimal | None = None
    """How much was received, in the order line's unit. Of a kit it is the kits that are complete, as
    Odoo counts them."""
    verdict: MatchVerdict | None = None
    """The outcome."""

@dataclass(kw_only=True, slots=True)
class ListApiKeysResponse:
    """ListApiKeysResponse is one page."""

    api_keys: list[ApiKey] = field(default_factory=list)
    """The keys of this page."""
    next_page_token: str | None = None
    """Token of the next page; empty when this was the last one."""

@dataclass(kw_only=True, slots=True)
class ListApprovedVendorsResponse:
    """ListApprovedVendorsResponse is one page."""

    approved_vendors: list[ApprovedVendor] = field(default_factory=list)
    """The entries of this page."""
    next_page_token: str | None = None
    """Token of the next page; empty on the last one."""

@dataclass(kw_only=True, slots=True)
class ListChangesResponse:
    """ListChangesResponse is one page."""

    changes: list[Change] = field(default_factory=list)
    """The changes of this page, the oldest first. A page can have fewer than page_size, or none, before
    the end: one call looks at so many entries of the log at most."""
    freshness: Freshness | None = None
    """How old the answer is: that of the oldest copy among the collections."""
    next_page_token: str | None = None
    """Token of the next page; empty where this page reached the end."""
    position: str | None = None
    """Where ListChanges goes on behind this page, now or later. Opaque."""

@dataclass(kw_only=True, slots=True)
class ListConsumersResponse:
    """ListConsumersResponse is all consumers."""

    consumers: list[Consumer] = field(default_factory=list)
    """The consumers, by name."""

@dataclass(kw_only=True, slots=True)
class ListEventTypesResponse:
    """ListEventTypesResponse is the catalogue."""

    event_types: list[EventType] = field(default_factory=list)
    """The types, by name."""

@dataclass(kw_only=True, slots=True)
class ListEventsResponse:
    """ListEventsResponse is one page."""

    events: list[CloudEvent] = field(default_factory=list)
    """The events of this page. A page can be shorter than page_size before the end."""
    freshness: Freshness | None = None
    """How old the answer is."""
    next_page_token: str | None = None
    """Token of the next page; empty when this page reached the newest event, or has the last ones that
    were asked for."""
    position: str | None = None
    """Where Subscribe goes on behind this page, with the same filter."""
    references: dict[str, Reference] = field(default_factory=dict)
    """What people call the records that the events of this page name, by their names, as it is now.
    Events themselves say what was known when they happened."""

@dataclass(kw_only=True, slots=True)
class ListExceptionsResponse:
    """ListExceptionsResponse is one page."""

    exceptions: list[Exception] = field(default_factory=list)
    """The exceptions of this page."""
    next_page_token: str | None = None
    """Token of the next page; empty when this was the last one."""

@dataclass(kw_only=True, slots=True)
class ListExpiringStockResponse:
    """ListExpiringStockResponse is one page."""

    before: datetime | None = None
    """Until when it is told what expires."""
    expiring_stock: list[ExpiringStock] = field(default_factory=list)
    """What expires, the first to expire first."""
    freshness: Freshness | None = None
    """How old the answer is: the oldest of stock positions, products, locations and lots."""
    next_page_token: str | None = None
    """Token of the next page; empty on the last one."""
    position: int | None = None
    """Place in the change log as of which the page stands; 0 to callers who are narrowed."""

@dataclass(kw_only=True, slots=True)
class ListFaultyRecordsResponse:
    """ListFaultyRecordsResponse is one page."""

    faulty_records: list[FaultyRecord] = field(default_factory=list)
    """The records of this page. A page can be shorter than page_size, or empty, before the end."""
    next_page_token: str | None = None
    """Token of the next page; empty when this was the last one."""

@dataclass(kw_only=True, slots=True)
class ListIntentsResponse:
    """ListIntentsResponse is one page."""

    intents: list[Intent] = field(default_factory=list)
    """The intents of this page."""
    next_page_token: str | None = None
    """Token of the next page; empty when this was the last one."""

@dataclass(kw_only=True, slots=True)
class ListInventoryEventsResponse:
    """ListInventoryEventsResponse is one page."""

    freshness: Freshness | None = None
    """How old the answer is."""
    inventory_events: list[InventoryEvent] = field(default_factory=list)
    """The events of this page. A page can be shorter than page_size before the end."""
    next_page_token: str | None = None
    """Token of the next page; empty when this page reached the newest event, or has the last ones that
    were asked for."""
    position: str | None = None
    """Where StreamInventoryEvents goes on behind this page, with the same filter."""

@dataclass(kw_only=True, slots=True)
class ListInvoicesResponse:
    """ListInvoicesResponse is one page."""

    freshness: Freshness | None = None
    """How old the answer is."""
    invoices: list[Invoice] = field(default_factory=list)
    """The invoices of this page. A page can be shorter than page_size before the end."""
    next_page_token: str | None = None
    """Token of the next page; empty on the last one."""
    total_size: int | None = None
    """How many records pass the filter, on all pages, of those that the caller meets. Unset unless
    include_total_size is set. At most 10000."""
    total_size_capped: bool | None = None
    """Whether there are more than total_size; set where that is."""

@dataclass(kw_only=True, slots=True)
class ListLocationsResponse:
    """ListLocationsResponse is one page."""

    freshness: Freshness | None = None
    """How old the answer is."""
    locations: list[Location] = field(default_factory=list)
    """The locations of this page. A page can be shorter than page_size before the end."""
    next_page_token: str | None = None
    """Token of the next page; empty on the last one."""
    total_size: int | None = None
    """How many records pass the filter, on all pages, of those that the caller meets. Unset unless
    include_total_size is set. At most 10000."""
    total_size_capped: bool | None = None
    """Whether there are more than total_size; set where that is."""

@dataclass(kw_only=True, slots=True)
class ListLotsResponse:
    """ListLotsResponse is one page."""

    freshness: Freshness | None = None
    """How old the answer is."""
    lots: list[Lot] = field(default_factory=list)
    """The lots of this page. A page can be shorter than page_size before the end."""
    next_page_token: str | None = None
    """Token of the next page; empty on the last one."""
    total_size: int | None = None
    """How many records pass the filter, on all pages, of those that the caller meets. Unset unless
    include_total_size is set. At most 10000."""
    total_size_capped: bool | None = None
    """Whether there are more than total_size; set where that is."""

@dataclass(kw_only=True, slots=True)
class ListMovementsResponse:
    """ListMovementsResponse is one page."""

    freshness: Freshness | None = None
    """How old the answer is."""
    movements: list[Movement] = field(default_factory=list)
    """The movements of this page. A page can be shorter than page_size before the end."""
    next_page_token: str | None = None
    """Token of the next page; empty on the last one."""
    total_size: int | None = None
    """How many records pass the filter, on all pages, of those that the caller meets. Unset unless
    include_total_size is set. At most 10000."""
    total_size_capped: bool | None = None
    """Whether there are more than total_size; set where that is."""

@dataclass(kw_only=True, slots=True)
class ListOrdersResponse:
    """ListOrdersResponse is one page."""

    freshness: Freshness | None = None
    """How old the answer is."""
    next_page_token: str | None = None
    """Token of the next page; empty on the last one."""
    orders: list[Order] = field(default_factory=list)
    """The orders of this page. A page can be shorter than page_size before the end."""
    total_size: int | None = None
    """How many records pass the filter, on all pages, of those that the caller meets. Unset unless
    include_total_size is set. At most 10000."""
    total_size_capped: bool | None = None
    """Whether there are more than total_size; set where that is."""

@dataclass(kw_only=True, slots=True)
class ListProductsResponse:
    """ListProductsResponse is one page."""

    freshness: Freshness | None = None
    """How old the answer is."""
    next_page_token: str | None = None
    """Token of the next page; empty on the last one."""
    products: list[Product] = field(default_factory=list)
    """The products of this page. A page can be shorter than page_size before the end."""
    total_size: int | None = None
    """How many records pass the filter, on all pages, of those that the caller meets. Unset unless
    include_total_size is set. At most 10000."""
    total_size_capped: bool | None = None
    """Whether there are more than total_size; set where that is."""

@dataclass(kw_only=True, slots=True)
class ListProposalsResponse:
    """ListProposalsResponse is one page."""

    next_page_token: str | None = None
    """Token of the next page; empty when this was the last one."""
    proposals: list[Proposal] = field(default_factory=list)
    """The proposals of this page."""

@dataclass(kw_only=True, slots=True)
class ListReceiptsResponse:
    """ListReceiptsResponse is one page."""

    freshness: Freshness | None = None
    """How old the answer is."""
    next_page_token: str | None = None
    """Token of the next page; empty on the last one."""
    receipts: list[Receipt] = field(default_factory=list)
    """The receipts of this page. A page can be shorter than page_size before the end."""
    total_size: int | None = None
    """How many records pass the filter, on all pages, of those that the caller meets. Unset unless
    include_total_size is set. At most 10000."""
    total_size_capped: bool | None = None
    """Whether there are more than total_size; set where that is."""

@dataclass(kw_only=True, slots=True)
class ListRecordsResponse:
    """ListRecordsResponse is a page of records."""

    next_page_token: str | None = None
    """Token of the next page; empty at the end."""
    records: list[Record] = field(default_factory=list)
    """The records."""

@dataclass(kw_only=True, slots=True)
class ListRequisitionsResponse:
    """ListRequisitionsResponse is one page."""

    freshness: Freshness | None = None
    """How old the answer is."""
    next_page_token: str | None = None
    """Token of the next page; empty on the last one."""
    requisitions: list[Requisition] = field(default_factory=list)
    """The requisitions of this page. A page can be shorter than page_size before the end."""
    total_size: int | None = None
    """How many records pass the filter, on all pages, of those that the caller meets. Unset unless
    include_total_size is set. At most 10000."""
    total_size_capped: bool | None = None
    """Whether there are more than total_size; set where that is."""

@dataclass(kw_only=True, slots=True)
class ListStockPositionsResponse:
    """ListStockPositionsResponse is one page."""

    freshness: Freshness | None = None
    """How old the answer is."""
    next_page_token: str | None = None
    """Token of the next page; empty on the last one."""
    stock_positions: list[StockPosition] = field(default_factory=list)
    """The stock positions of this page. A page can be shorter than page_size before the end."""
    total_size: int | None = None
    """How many records pass the filter, on all pages, of those that the caller meets. Unset unless
    include_total_size is set. At most 10000."""
    total_size_capped: bool | None = None
    """Whether there are more than total_size; set where that is."""

@dataclass(kw_only=True, slots=True)
class ListSuppliersResponse:
    """ListSuppliersResponse is one page."""

    freshness: Freshness | None = None
    """How old the answer is."""
    next_page_token: str | None = None
    """Token of the next page; empty on the last one."""
    suppliers: list[Supplier] = field(default_factory=list)
    """The suppliers of this page. A page can be shorter than page_size before the end."""
    total_size: int | None = None
    """How many records pass the filter, on all pages, of those that the caller meets. Unset unless
    include_total_size is set. At most 10000."""
    total_size_capped: bool | None = None
    """Whether there are more than total_size; set where that is."""

@dataclass(kw_only=True, slots=True)
class ListUsageResponse:
    """ListUsageResponse is one page."""

    count_time: datetime | None = None
    """Since when calls are counted."""
    next_page_token: str | None = None
    """Token of the next page; empty when this was the last one."""
    uncounted: int | None = None
    """How many calls are in no row, because there are as many rows as there may be."""
    usage: list[Usage] = field(default_factory=list)
    """The rows of this page, by principal, method and client."""

@dataclass(kw_only=True, slots=True)
class Location:
    """Location is a place where goods can be, or a stand-in for where they come from and go to
    [stock.location]."""

    active: bool | None = None
    """False when it is archived [active]."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Fields that this installation maps in addition, by their configured key."""
    barcode: str | None = None
    """Barcode [barcode]; empty when there is none."""
    company: str | None = None
    """Display name of the company [company_id]; empty when all share it."""
    complete_name: str | None = None
    """Path from the top, such as "WH/Stock/Shelf 1" [complete_name]."""
    create_time: datetime | None = None
    """When it was created in Odoo [create_date]."""
    display_name: str | None = None
    """Name of the place [name]."""
    etag: str | None = None
    """Changes with the content. To be sent with a write."""
    name: str | None = None
    """Name, "locations/8", where 8 is Odoo's id of the location."""
    parent: str | None = None
    """The location that it is a part of, "locations/7" [location_id]; empty at the top."""
    provenance: Provenance | None = None
    """Where the record comes from and how old it is."""
    references: dict[str, Reference] = field(default_factory=dict)
    """What people call the records that this one names, by their names: see Reference."""
    scrap: bool | None = None
    """True for a place of scrapped goods [scrap_location; from Odoo 19 on it follows from the usage
    alone, and is false]."""
    source_usage: str | None = None
    """Odoo's own value for usage."""
    update_time: datetime | None = None
    """When Odoo last wrote one of the rows behind it [write_date], as far as the mesh has read: a write
    that changes no content need not move it."""
    usage: LocationUsage | None = None
    """What it is for [usage]."""
    warehouse: str | None = None
    """Display name of the warehouse [warehouse_id]; empty outside of one."""

class LocationUsage(StrEnum):
    """LocationUsage is what a location is for."""

    LOCATION_USAGE_UNSPECIFIED = "LOCATION_USAGE_UNSPECIFIED"
    LOCATION_USAGE_SUPPLIER = "LOCATION_USAGE_SUPPLIER"
    LOCATION_USAGE_VIEW = "LOCATION_USAGE_VIEW"
    LOCATION_USAGE_INTERNAL = "LOCATION_USAGE_INTERNAL"
    LOCATION_USAGE_CUSTOMER = "LOCATION_USAGE_CUSTOMER"
    LOCATION_USAGE_ADJUSTMENT = "LOCATION_USAGE_ADJUSTMENT"
    LOCATION_USAGE_PRODUCTION = "LOCATION_USAGE_PRODUCTION"
    LOCATION_USAGE_TRANSIT = "LOCATION_USAGE_TRANSIT"

@dataclass(kw_only=True, slots=True)
class LogStatus:
    """LogStatus is what the log of changes holds."""

    head: int | None = None
    """Place of the latest change; 0 when there was none yet."""
    oldest: int | None = None
    """Place of the oldest change that is still kept; one more than head when none is."""

@dataclass(kw_only=True, slots=True)
class LostIntent:
    """LostIntent is a command that the ledger says is done and Odoo does not have."""

    evidence: str | None = None
    """What was seen in Odoo."""
    intent: Intent | None = None
    """The intent."""
    loss: LostIntentLoss | None = None
    """How it is missing."""

class LostIntentLoss(StrEnum):
    """Loss is how a command is missing."""

    LOSS_UNSPECIFIED = "LOSS_UNSPECIFIED"
    LOSS_GONE = "LOSS_GONE"
    LOSS_OTHER = "LOSS_OTHER"
    LOSS_UNDONE = "LOSS_UNDONE"
    LOSS_UNSEEN = "LOSS_UNSEEN"

@dataclass(kw_only=True, slots=True)
class Lot:
    """Lot is a lot, or a single piece with its serial number [stock.lot]."""

    alert_date: date | None = None
    """The day of alert_time in the time zone of the setting time-zone, the company's; unset where that
    is."""
    alert_time: datetime | None = None
    """When someone is to be warned [alert_date]; unset when not stated."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Fields that this installation maps in addition, by their configured key."""
    best_before_date: date | None = None
    """The day of best_before_time in the time zone of the setting time-zone, the company's; unset where
    that is."""
    best_before_time: datetime | None = None
    """From when on its quality goes down [use_date]; unset when not stated."""
    company: str | None = None
    """Display name of the company [company_id]; empty when all share it."""
    create_time: datetime | None = None
    """When it was created in Odoo [create_date]."""
    etag: str | None = None
    """Changes with the content. To be sent with a write."""
    expiration_date: date | None = None
    """The day of expiration_time in the time zone of the setting time-zone, the company's; unset where
    that is."""
    expiration_time: datetime | None = None
    """From when on it must not be used [expiration_date]; unset when it does not expire."""
    held_by: str | None = None
    """Who placed the hold or the recall; empty when it is free."""
    hold_reason: str | None = None
    """Why it is held or recalled, for people; empty when it is free."""
    hold_state: HoldState | None = None
    """Whether it may be used. The mesh keeps it: Odoo has no such field."""
    hold_time: datetime | None = None
    """Since when it is held or recalled; unset when it is free."""
    lot_number: str | None = None
    """Lot or serial number [name]. Unique only within a product, where the same number with white space
    around it is another lot: a filter finds both."""
    name: str | None = None
    """Name, "lots/17", where 17 is Odoo's id of the lot."""
    note: str | None = None
    """Note for people [note], as plain text; empty when there is none."""
    product: str | None = None
    """The product, "products/42" [product_id]."""
    provenance: Provenance | None = None
    """Where the record comes from and how old it is."""
    reference: str | None = None
    """Another number of it, such as the manufacturer's [ref]; empty when none."""
    references: dict[str, Reference] = field(default_factory=dict)
    """What people call the records that this one names, by their names: see Reference."""
    removal_date: date | None = None
    """The day of removal_time in the time zone of the setting time-zone, the company's; unset where
    that is."""
    removal_time: datetime | None = None
    """When it is to leave the stock [removal_date]; unset when not stated."""
    update_time: datetime | None = None
    """When Odoo last wrote one of the rows behind it [write_date], as far as the mesh has read: a write
    that changes no content need not move it."""

@dataclass(kw_only=True, slots=True)
class LotTrace:
    """LotTrace is where a lot came from and everywhere it went."""

    freshness: Freshness | None = None
    """How old the answer is."""
    lot: Lot | None = None
    """The lot."""
    origins: list[Origin] = field(default_factory=list)
    """Where it came from: one for each arrival from outside, for each drop shipment, and for each
    quantity that came out of stock without this lot in the house."""
    steps: list[Step] = field(default_factory=list)
    """Every movement of it, in the order in which they happened."""
    unit: UnitOfMeasure | None = None
    """The unit of all quantities here: the product's base unit."""
    whereabouts: list[Whereabouts] = field(default_factory=list)
    """Where it is now, and where it left the house: one for each place that holds, or has taken, some
    of it."""

@dataclass(kw_only=True, slots=True)
class MappingFault:
    """MappingFault is one value of Odoo's that has no canonical form."""

    field: str | None = None
    """Path of the canonical field, such as "packagings.quantity"."""
    odoo_field: str | None = None
    """Odoo's field, such as "qty"."""
    odoo_id: int | None = None
    """Odoo's id of the row."""
    odoo_model: str | None = None
    """Odoo's model, such as "product.packaging"."""
    problem: str | None = None
    """What is wrong with the value, in a sentence for people."""

@dataclass(kw_only=True, slots=True)
class MatchOverride:
    """MatchOverride is the word of a person that an invoice is right although it does not match."""

    lines: list[LineMatch] = field(default_factory=list)
    """What did not match then. It covers a line that bills no more than then, at no other price, where
    no less has come; and no other line."""
    override_time: datetime | None = None
    """When."""
    principal: str | None = None
    """Who said it."""
    reason: str | None = None
    """Why."""

@dataclass(kw_only=True, slots=True)
class MatchOverrideInput:
    """MatchOverride is the word of a person that an invoice is right although it does not match."""

    lines: list[LineMatchInput] = field(default_factory=list)
    """What did not match then. It covers a line that bills no more than then, at no other price, where
    no less has come; and no other line."""
    override_time: datetime | None = None
    """When."""
    principal: str | None = None
    """Who said it."""
    reason: str | None = None
    """Why."""

class MatchVerdict(StrEnum):
    """MatchVerdict is an outcome of the three-way match."""

    MATCH_VERDICT_UNSPECIFIED = "MATCH_VERDICT_UNSPECIFIED"
    MATCH_VERDICT_MATCHED = "MATCH_VERDICT_MATCHED"
    MATCH_VERDICT_QUANTITY_DIFFERS = "MATCH_VERDICT_QUANTITY_DIFFERS"
    MATCH_VERDICT_PRICE_DIFFERS = "MATCH_VERDICT_PRICE_DIFFERS"
    MATCH_VERDICT_QUANTITY_AND_PRICE_DIFFER = "MATCH_VERDICT_QUANTITY_AND_PRICE_DIFFER"
    MATCH_VERDICT_NO_ORDER = "MATCH_VERDICT_NO_ORDER"
    MATCH_VERDICT_NOT_RECEIVED = "MATCH_VERDICT_NOT_RECEIVED"

@dataclass(kw_only=True, slots=True)
class Milestone:
    """Milestone is one thing that happened on a journey."""

    amount: Money | None = None
    """The amount that it is about; unset for none."""
    company: str | None = None
    """Display name of the company of the document; empty for none."""
    destination_location: str | None = None
    """Where they went, "locations/9"; empty as before."""
    document: str | None = None
    """The record that it happened to, such as "receipts/9"."""
    lot_numbers: list[str] = field(default_factory=list)
    """Lots that it concerns, by their numbers."""
    number: str | None = None
    """Its number, such as "WH/IN/00042"."""
    occur_time: datetime | None = None
    """When; unset when it has not happened yet, or Odoo keeps no time for it."""
    source_location: str | None = None
    """Where goods moved from, "locations/8"; empty where nothing moved within the house or out of it."""
    source_state: str | None = None
    """Its state, in Odoo's own words."""
    summary: str | None = None
    """A sentence for people."""
    supplier: str | None = None
    """The supplier, "suppliers/7"; empty for none."""
    type: TraceMilestoneType | None = None
    """What happened."""

@dataclass(kw_only=True, slots=True)
class Movement:
    """Movement is goods of one product, and of one lot where it is tracked, that went from one place to
    another: one done row of Odoo's [stock.move.line], as the row is now. When somebody edits the
    row, the movement changes with it."""

    attributes: dict[str, str] = field(default_factory=dict)
    """Fields that this installation maps in addition, by their configured key."""
    booked_quantity: Decimal | None = None
    """How much moved, in the unit that it was booked in [qty_done; from 17 on quantity]."""
    booked_unit: UnitOfMeasure | None = None
    """The unit that it was booked in [product_uom_id]."""
    company: str | None = None
    """Display name of the company [company_id]."""
    create_time: datetime | None = None
    """When the row was created in Odoo [create_date]."""
    destination_location: str | None = None
    """Where it went, "locations/8" [location_dest_id]."""
    destination_package: str | None = None
    """Stable name of the package it was put into [result_package_id]; empty for none."""
    etag: str | None = None
    """Changes with the content."""
    expiration_date: date | None = None
    """The day of expiration_time in the time zone of the setting time-zone, the company's; unset where
    that is."""
    expiration_time: datetime | None = None
    """When the lot expires [expiration_date of lot_id]; unset when it does not."""
    lot: str | None = None
    """The lot, "lots/17" [lot_id]; empty when the product is not tracked."""
    lot_number: str | None = None
    """Lot or serial number [name of lot_id]; empty when it is not tracked."""
    move_time: datetime | None = None
    """When it moved [date]."""
    name: str | None = None
    """Name, "movements/42", where 42 is Odoo's id of the row."""
    odoo_move_id: int | None = None
    """Odoo's id of the move that the row belongs to [move_id]."""
    odoo_transfer_id: int | None = None
    """Odoo's id of the transfer [picking_id]; 0 for none. The receipt of a movement from a supplier has
    this id."""
    order: str | None = None
    """The purchase order behind it, "orders/42" [purchase_line_id of move_id]; empty for none."""
    order_line_id: str | None = None
    """Id of the order's line; empty for none."""
    owner: str | None = None
    """Stable name of the owner [owner_id], "partners/5", which is no record of the mesh; an owner who
    supplies is "suppliers/5" as well. Empty for the company's own goods."""
    partner: str | None = None
    """The other side of the transfer [partner_id of picking_id]: "suppliers/7" where goods come from a
    supplier, go back to one or belong to an order; else the stable name of a customer or another
    house, "partners/9", which is no record of the mesh. Empty for none."""
    product: str | None = None
    """The product, "products/42" [product_id]."""
    provenance: Provenance | None = None
    """Where the record comes from and how old it is."""
    quantity: Decimal | None = None
    """How much moved, in the product's base unit and rounded as that is, halves away from nought: one
    unit of a product in dozens is 0.08 [qty_done in the row's unit; from Odoo 17 on
    quantity_product_uom]."""
    reference: str | None = None
    """What Odoo says it was for, such as an order's number [reference]."""
    references: dict[str, Reference] = field(default_factory=dict)
    """What people call the records that this one names, by their names: see Reference."""
    source_location: str | None = None
    """Where it was, "locations/4" [location_id]."""
    source_package: str | None = None
    """Stable name of the package it was in, "packages/5" [package_id]; empty for none."""
    source_type: str | None = None
    """Odoo's own words for it: the usages of both locations, such as "supplier>internal", and "+scrap"
    or "+count" where Odoo says so."""
    transfer_number: str | None = None
    """Number of the transfer, such as "WH/IN/00042" [name of picking_id]; empty when there was none, as
    in a count."""
    type: InventoryEventType | None = None
    """Why the goods moved, by the places they moved between."""
    unit: UnitOfMeasure | None = None
    """The product's base unit [uom_id of product_id]."""
    update_time: datetime | None = None
    """When Odoo last wrote one of the rows behind it [write_date], as far as the mesh has read: a write
    that changes no content need not move it."""

@dataclass(kw_only=True, slots=True)
class OdooChange:
    """OdooChange is that Odoo is not the one that it was."""

    etag: str | None = None
    """What AcceptOdoo takes. Empty while it may still pass: Odoo is looked at again."""
    evidence: list[str] = field(default_factory=list)
    """What shows it, in sentences for people."""
    kind: OdooChangeKind | None = None
    """What seems to have happened."""
    notice_time: datetime | None = None
    """When it was noticed."""

class OdooChangeKind(StrEnum):
    """Kind is what seems to have happened to Odoo."""

    KIND_UNSPECIFIED = "KIND_UNSPECIFIED"
    KIND_RESTORED = "KIND_RESTORED"
    KIND_COPIED = "KIND_COPIED"
    KIND_UPGRADED = "KIND_UPGRADED"

@dataclass(kw_only=True, slots=True)
class OdooStatus:
    """OdooStatus is how the connection to Odoo stands."""

    change: OdooChange | None = None
    """That it is not the one that it was, so that nothing is written to it before somebody accepts it;
    unset while it is."""
    instance: str | None = None
    """The configured name of the Odoo instance."""
    reachable: bool | None = None
    """Whether Odoo answered when the mesh last asked."""
    version: str | None = None
    """Release, such as "18.0"; empty when Odoo has not been reached since the start."""

@dataclass(kw_only=True, slots=True)
class OperationsAcknowledgement:
    """Acknowledgement is a person's word that an exception is known."""

    acknowledge_time: datetime | None = None
    """When."""
    acknowledged_by: str | None = None
    """The caller who acknowledged."""
    reason: str | None = None
    """Why it may stay, or what is done about it."""

@dataclass(kw_only=True, slots=True)
class Order:
    """Order is a purchase order, or a request for quotation before it is confirmed [purchase.order]."""

    acknowledgement_status: AcknowledgementStatus | None = None
    """What the supplier said, over all lines that order something: the least favourable of REJECTED,
    BACKORDERED and CHANGED that it said of one, and ACCEPTED once it has accepted every one; until
    then UNSPECIFIED. It is worked out with each acknowledgement: a line that Odoo adds or drops
    afterwards counts from the next on."""
    approval: OrderApproval | None = None
    """How far the mesh's own approval of the order is; unset where nobody has submitted it. What Odoo
    wants approved beside it is told by state."""
    arrival_time: datetime | None = None
    """When the first receipt was done [effective_date]; unset until then."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Fields that this installation maps in addition, by their configured key."""
    buyer: str | None = None
    """Display name of the buyer [user_id]."""
    company: str | None = None
    """Display name of the company that buys [company_id]."""
    confirm_time: datetime | None = None
    """When it was confirmed [date_approve]; unset until then."""
    create_time: datetime | None = None
    """When it was created in Odoo [create_date]."""
    currency_code: str | None = None
    """Currency of all its amounts, ISO 4217 [currency_id]."""
    days_late: int | None = None
    """By how many of the hospital's days: the most of its lines; 0 when it is not late."""
    etag: str | None = None
    """Changes with the content. To be sent with a write."""
    expected_date: date | None = None
    """The day of expected_time in the time zone of the setting time-zone, the company's; unset where
    that is."""
    expected_time: datetime | None = None
    """When the goods are expected, the earliest of its lines [date_planned]."""
    incoterm: str | None = None
    """Code of the Incoterm [incoterm_id]; empty when none was agreed."""
    invoice_status: InvoiceStatus | None = None
    """How far it is billed [invoice_status]."""
    invoices: list[str] = field(default_factory=list)
    """Its invoices and refunds, "invoices/9" [invoice_ids]."""
    late: bool | None = None
    """Whether one of its lines is late."""
    legal_supplier: str | None = None
    """The company that the supplier belongs to, "suppliers/3", which is the supplier itself unless that
    is a contact of a company [commercial_partner_id of partner_id]. Documents of one company can be
    found by it, whichever contact was chosen."""
    lines: list[OrderLine] = field(default_factory=list)
    """Lines, in the order of the document."""
    locked: bool | None = None
    """True when it can no longer be changed [state done; from Odoo 19 on locked]."""
    name: str | None = None
    """Name, "orders/42", where 42 is Odoo's id of the order."""
    notes: str | None = None
    """Terms and notes [notes; from Odoo 19 on note], as plain text."""
    number: str | None = None
    """Number on the document, such as "P00042" [name]."""
    order_time: datetime | None = None
    """When it was ordered, or by when the quotation is due [date_order]."""
    origin: str | None = None
    """What made it necessary, such as a requisition's number [origin]."""
    payment_terms: str | None = None
    """Display name of the payment terms [payment_term_id]."""
    provenance: Provenance | None = None
    """Where the record comes from and how old it is."""
    receipt_status: ReceiptStatus | None = None
    """How far goods have come [receipt_status]."""
    receipts: list[str] = field(default_factory=list)
    """Its receipts and their backorders, "receipts/9" [picking_ids]."""
    receiving_operation: str | None = None
    """Display name of the operation type, and so the warehouse, that receives the goods
    [picking_type_id]."""
    references: dict[str, Reference] = field(default_factory=dict)
    """What people call the records that this one names, by their names: see Reference."""
    revision: int | None = None
    """Counts the changes of content after the order was first sent or confirmed. 0 until then. The mesh
    counts: Odoo has no such number."""
    source_invoice_status: str | None = None
    """Odoo's own value for invoice_status."""
    source_receipt_status: str | None = None
    """Odoo's own value for receipt_status; empty when Odoo has none."""
    source_state: str | None = None
    """Odoo's own value for state, such as "to approve"."""
    state: OrderState | None = None
    """How far the order is [state]."""
    supplier: str | None = None
    """The supplier, "suppliers/7" [partner_id]."""
    supplier_reference: str | None = None
    """The supplier's own number of the order [partner_ref]; empty when unknown."""
    tax_amount: Money | None = None
    """Sum of the taxes [amount_tax]."""
    total_amount: Money | None = None
    """Sum with taxes [amount_total]."""
    untaxed_amount: Money | None = None
    """Sum without taxes [amount_untaxed]."""
    update_time: datetime | None = None
    """When Odoo last wrote one of the rows behind it [write_date], as far as the mesh has read: a write
    that changes no content need not move it."""

@dataclass(kw_only=True, slots=True)
class OrderAcknowledgement:
    """Acknowledgement is a supplier's answer to an order line."""

    acknowledge_time: datetime | None = None
    """When the mesh was told."""
    comment: str | None = None
    """What it adds, for people; empty when nothing."""
    promised_time: datetime | None = None
    """When it will deliver; unset until it said so."""
    quantity: Decimal | None = None
    """How much it will deliver, in the line's unit: what was ordered where it named no other quantity,
    and 0 where it will not deliver."""
    revision: int | None = None
    """The order's revision that it answered."""
    status: AcknowledgementStatus | None = None
    """What the supplier said."""
    unit_price: Money | None = None
    """The price of one unit that it offers; unset when it takes the order's."""

@dataclass(kw_only=True, slots=True)
class OrderAcknowledgementInput:
    """Acknowledgement is a supplier's answer to an order line."""

    acknowledge_time: datetime | None = None
    """When the mesh was told."""
    comment: str | None = None
    """What it adds, for people; empty when nothing."""
    promised_time: datetime | None = None
    """When it will deliver; unset until it said so."""
    quantity: Decimal | None = None
    """How much it will deliver, in the line's unit: what was ordered where it named no other quantity,
    and 0 where it will not deliver."""
    revision: int | None = None
    """The order's revision that it answered."""
    status: AcknowledgementStatus | None = None
    """What the supplier said."""
    unit_price: Money | None = None
    """The price of one unit that it offers; unset when it takes the order's."""

@dataclass(kw_only=True, slots=True)
class OrderApproval:
    """OrderApproval is that somebody has put an order forward, and another has approved it."""

    approve_comment: str | None = None
    """What that one said; empty when nothing."""
    approve_time: datetime | None = None
    """When that was."""
    approver: str | None = None
    """The principal that has approved it; empty until then."""
    content: str | None = None
    """What the order said when it was submitted, as a digest: of supplier, currency and lines with
    product, quantity, unit, price and discount. An order that says something else by now has to be
    submitted anew."""
    state: ApprovalState | None = None
    """How far it is."""
    submit_comment: str | None = None
    """What it said to who approves; empty when nothing."""
    submit_time: datetime | None = None
    """When that was."""
    submitter: str | None = None
    """The principal that has submitted it."""
    total_amount: Money | None = None
    """What the order came to then, with taxes."""

@dataclass(kw_only=True, slots=True)
class OrderApprovalInput:
    """OrderApproval is that somebody has put an order forward, and another has approved it."""

    approve_comment: str | None = None
    """What that one said; empty when nothing."""
    approve_time: datetime | None = None
    """When that was."""
    approver: str | None = None
    """The principal that has approved it; empty until then."""
    content: str | None = None
    """What the order said when it was submitted, as a digest: of supplier, currency and lines with
    product, quantity, unit, price and discount. An order that says something else by now has to be
    submitted anew."""
    state: ApprovalState | None = None
    """How far it is."""
    submit_comment: str | None = None
    """What it said to who approves; empty when nothing."""
    submit_time: datetime | None = None
    """When that was."""
    submitter: str | None = None
    """The principal that has submitted it."""
    total_amount: Money | None = None
    """What the order came to then, with taxes."""

@dataclass(kw_only=True, slots=True)
class OrderInput:
    """Order is a purchase order, or a request for quotation before it is confirmed [purchase.order]."""

    acknowledgement_status: AcknowledgementStatus | None = None
    """What the supplier said, over all lines that order something: the least favourable of REJECTED,
    BACKORDERED and CHANGED that it said of one, and ACCEPTED once it has accepted every one; until
    then UNSPECIFIED. It is worked out with each acknowledgement: a line that Odoo adds or drops
    afterwards counts from the next on."""
    approval: OrderApprovalInput | None = None
    """How far the mesh's own approval of the order is; unset where nobody has submitted it. What Odoo
    wants approved beside it is told by state."""
    arrival_time: datetime | None = None
    """When the first receipt was done [effective_date]; unset until then."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Fields that this installation maps in addition, by their configured key."""
    buyer: str | None = None
    """Display name of the buyer [user_id]."""
    company: str | None = None
    """Display name of the company that buys [company_id]."""
    confirm_time: datetime | None = None
    """When it was confirmed [date_approve]; unset until then."""
    currency_code: str | None = None
    """Currency of all its amounts, ISO 4217 [currency_id]."""
    expected_date: date | None = None
    """The day of expected_time in the time zone of the setting time-zone, the company's; unset where
    that is."""
    expected_time: datetime | None = None
    """When the goods are expected, the earliest of its lines [date_planned]."""
    incoterm: str | None = None
    """Code of the Incoterm [incoterm_id]; empty when none was agreed."""
    invoice_status: InvoiceStatus | None = None
    """How far it is billed [invoice_status]."""
    invoices: list[str] = field(default_factory=list)
    """Its invoices and refunds, "invoices/9" [invoice_ids]."""
    legal_supplier: str | None = None
    """The company that the supplier belongs to, "suppliers/3", which is the supplier itself unless that
    is a contact of a company [commercial_partner_id of partner_id]. Documents of one company can be
    found by it, whichever contact was chosen."""
    lines: list[OrderLineInput] = field(default_factory=list)
    """Lines, in the order of the document."""
    locked: bool | None = None
    """True when it can no longer be changed [state done; from Odoo 19 on locked]."""
    name: str | None = None
    """Name, "orders/42", where 42 is Odoo's id of the order."""
    notes: str | None = None
    """Terms and notes [notes; from Odoo 19 on note], as plain text."""
    number: str | None = None
    """Number on the document, such as "P00042" [name]."""
    order_time: datetime | None = None
    """When it was ordered, or by when the quotation is due [date_order]."""
    origin: str | None = None
    """What made it necessary, such as a requisition's number [origin]."""
    payment_terms: str | None = None
    """Display name of the payment terms [payment_term_id]."""
    receipt_status: ReceiptStatus | None = None
    """How far goods have come [receipt_status]."""
    receipts: list[str] = field(default_factory=list)
    """Its receipts and their backorders, "receipts/9" [picking_ids]."""
    receiving_operation: str | None = None
    """Display name of the operation type, and so the warehouse, that receives the goods
    [picking_type_id]."""
    revision: int | None = None
    """Counts the changes of content after the order was first sent or confirmed. 0 until then. The mesh
    counts: Odoo has no such number."""
    source_invoice_status: str | None = None
    """Odoo's own value for invoice_status."""
    source_receipt_status: str | None = None
    """Odoo's own value for receipt_status; empty when Odoo has none."""
    source_state: str | None = None
    """Odoo's own value for state, such as "to approve"."""
    state: OrderState | None = None
    """How far the order is [state]."""
    supplier: str | None = None
    """The supplier, "suppliers/7" [partner_id]."""
    supplier_reference: str | None = None
    """The supplier's own number of the order [partner_ref]; empty when unknown."""
    tax_amount: Money | None = None
    """Sum of the taxes [amount_tax]."""
    total_amount: Money | None = None
    """Sum with taxes [amount_total]."""
    untaxed_amount: Money | None = None
    """Sum without taxes [amount_untaxed]."""

@dataclass(kw_only=True, slots=True)
class OrderLine:
    """OrderLine is one line of an order [purchase.order.line]."""

    acknowledgement: OrderAcknowledgement | None = None
    """What the supplier said about the line; unset until it did."""
    answer_acceptance: AnswerAcceptance | None = None
    """That the buyer takes an answer of the supplier as it is, although it is not what was ordered;
    unset where nobody has said so."""
    base_quantity: Decimal | None = None
    """How much is ordered, in the product's base unit [product_uom_qty]."""
    billed_quantity: Decimal | None = None
    """How much is billed, in unit [qty_invoiced]."""
    days_late: int | None = None
    """By how many of the hospital's days it is late; 0 when it is not."""
    description: str | None = None
    """Text of the line [name]."""
    discount_percent: Decimal | None = None
    """Discount in percent, 0 to 100 [discount]; unset before Odoo 17."""
    id: str | None = None
    """Stable id: Odoo's id of the line."""
    late: bool | None = None
    """Whether something is outstanding whose day, requested_date, has passed where the hospital is."""
    outstanding_quantity: Decimal | None = None
    """How much of it is still to come, in unit: quantity less received_quantity. Unset where that is
    nothing, and while the order is not confirmed."""
    product: str | None = None
    """What is ordered, "products/42" [product_id]; empty for other types."""
    promised_time: datetime | None = None
    """When the supplier promised it; unset until it did."""
    quantity: Decimal | None = None
    """How much is ordered, in unit [product_qty]."""
    received_quantity: Decimal | None = None
    """How much has come, in unit [qty_received]."""
    requested_date: date | None = None
    """The day of requested_time in the time zone of the setting time-zone, the company's; unset where
    that is."""
    requested_time: datetime | None = None
    """When the buyer wants it [date_planned]."""
    sequence: int | None = None
    """Place on the document; lower comes first [sequence]."""
    source_type: str | None = None
    """Odoo's own value for type; empty for a line that orders something."""
    supplier_part_number: str | None = None
    """The supplier's part number; empty until the supplier states one. Odoo keeps none on the line; its
    price list is shown with the product."""
    tax_amount: Money | None = None
    """Taxes [price_tax]."""
    taxes: list[Tax] = field(default_factory=list)
    """Taxes on it [taxes_id; from Odoo 19 on tax_ids]."""
    total_amount: Money | None = None
    """Amount with taxes [price_total]."""
    type: OrderLineType | None = None
    """Whether it orders something [display_type]."""
    unit: UnitOfMeasure | None = None
    """The unit of all quantities of the line [product_uom; from Odoo 19 on product_uom_id]."""
    unit_price: Money | None = None
    """Price of one unit, before discount [price_unit]."""
    untaxed_amount: Money | None = None
    """Amount without taxes [price_subtotal]."""

@dataclass(kw_only=True, slots=True)
class OrderLineInput:
    """OrderLine is one line of an order [purchase.order.line]."""

    acknowledgement: OrderAcknowledgementInput | None = None
    """What the supplier said about the line; unset until it did."""
    answer_acceptance: AnswerAcceptanceInput | None = None
    """That the buyer takes an answer of the supplier as it is, although it is not what was ordered;
    unset where nobody has said so."""
    base_quantity: Decimal | None = None
    """How much is ordered, in the product's base unit [product_uom_qty]."""
    billed_quantity: Decimal | None = None
    """How much is billed, in unit [qty_invoiced]."""
    description: str | None = None
    """Text of the line [name]."""
    discount_percent: Decimal | None = None
    """Discount in percent, 0 to 100 [discount]; unset before Odoo 17."""
    id: str | None = None
    """Stable id: Odoo's id of the line."""
    product: str | None = None
    """What is ordered, "products/42" [product_id]; empty for other types."""
    promised_time: datetime | None = None
    """When the supplier promised it; unset until it did."""
    quantity: Decimal | None = None
    """How much is ordered, in unit [product_qty]."""
    received_quantity: Decimal | None = None
    """How much has come, in unit [qty_received]."""
    requested_date: date | None = None
    """The day of requested_time in the time zone of the setting time-zone, the company's; unset where
    that is."""
    requested_time: datetime | None = None
    """When the buyer wants it [date_planned]."""
    sequence: int | None = None
    """Place on the document; lower comes first [sequence]."""
    source_type: str | None = None
    """Odoo's own value for type; empty for a line that orders something."""
    supplier_part_number: str | None = None
    """The supplier's part number; empty until the supplier states one. Odoo keeps none on the line; its
    price list is shown with the product."""
    tax_amount: Money | None = None
    """Taxes [price_tax]."""
    taxes: list[TaxInput] = field(default_factory=list)
    """Taxes on it [taxes_id; from Odoo 19 on tax_ids]."""
    total_amount: Money | None = None
    """Amount with taxes [price_total]."""
    type: OrderLineType | None = None
    """Whether it orders something [display_type]."""
    unit: UnitOfMeasureInput | None = None
    """The unit of all quantities of the line [product_uom; from Odoo 19 on product_uom_id]."""
    unit_price: Money | None = None
    """Price of one unit, before discount [price_unit]."""
    untaxed_amount: Money | None = None
    """Amount without taxes [price_subtotal]."""

class OrderLineType(StrEnum):
    """LineType is what a line of an order is."""

    LINE_TYPE_UNSPECIFIED = "LINE_TYPE_UNSPECIFIED"
    LINE_TYPE_PRODUCT = "LINE_TYPE_PRODUCT"
    LINE_TYPE_SECTION = "LINE_TYPE_SECTION"
    LINE_TYPE_SUBSECTION = "LINE_TYPE_SUBSECTION"
    LINE_TYPE_NOTE = "LINE_TYPE_NOTE"

class OrderState(StrEnum):
    """State is how far an order is."""

    STATE_UNSPECIFIED = "STATE_UNSPECIFIED"
    STATE_DRAFT = "STATE_DRAFT"
    STATE_SENT = "STATE_SENT"
    STATE_TO_APPROVE = "STATE_TO_APPROVE"
    STATE_CONFIRMED = "STATE_CONFIRMED"
    STATE_CANCELLED = "STATE_CANCELLED"

@dataclass(kw_only=True, slots=True)
class OrderSum:
    """OrderSum is what one group of open orders comes to. An order is open while it is confirmed and
    one of its lines is: a line is open while less has come than is ordered."""

    company: str | None = None
    """Display name of the company that buys."""
    company_id: int | None = None
    """Odoo's id of the company that buys; 0 unless it is grouped by company."""
    earliest_expected_date: date | None = None
    """The first day on which something is expected: what the supplier has promised for the line, or
    else what the buyer asked for, in the time zone of the setting time-zone."""
    late_line_count: int | None = None
    """How many such lines there are."""
    late_order_count: int | None = None
    """How many orders have an open line that is late: its requested_date is over, in the time zone of
    the setting time-zone, whatever the supplier has promised."""
    line_count: int | None = None
    """How many lines of them are."""
    order_count: int | None = None
    """How many orders are open."""
    outstanding_amounts: list[Money] = field(default_factory=list)
    """What is still to come is worth by the orders' prices: of each open line its amount without taxes,
    times what has not come, divided by what is ordered. One for each currency. Empty to callers who
    do not meet prices."""
    supplier: str | None = None
    """The supplier, "suppliers/7": the company where the order names one of its contacts
    [legal_supplier]. Empty unless it is grouped by supplier."""
    supplier_display_name: str | None = None
    """Display name of the supplier; empty where the caller does not meet it."""

@dataclass(kw_only=True, slots=True)
class Origin:
    """Origin is one arrival of a lot."""

    arrive_time: datetime | None = None
    """When it came."""
    assigned_location: str | None = None
    """The place, "locations/8", where it came out of stock that had no lot, or another: it did not come
    from outside as this lot. Empty for an arrival."""
    order: str | None = None
    """The order, "orders/42"; empty for none."""
    quantity: Decimal | None = None
    """How much came."""
    receipt: str | None = None
    """The receipt, "receipts/9"; empty when it came otherwise."""
    source_lot: str | None = None
    """The lot that it had there before, "lots/17"; empty for none."""
    supplier: str | None = None
    """The supplier, "suppliers/7"; empty when it did not come from one."""
    supplier_name: str | None = None
    """Name of the supplier; empty when the mesh does not know it."""
    transfer_number: str | None = None
    """Number of the transfer, such as "WH/IN/00042"; empty for none."""

@dataclass(kw_only=True, slots=True)
class OverrideMatchResponse:
    """OverrideMatchResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command."""
    invoice: Invoice | None = None
    """The invoice as the mesh has it; unset in a validation."""

class Owner(StrEnum):
    """Owner is the one system that may write a field."""

    OWNER_UNSPECIFIED = "OWNER_UNSPECIFIED"
    OWNER_ODOO = "OWNER_ODOO"
    OWNER_MESH = "OWNER_MESH"
    OWNER_FINANCE = "OWNER_FINANCE"
    OWNER_SUPPLIER_PORTAL = "OWNER_SUPPLIER_PORTAL"
    OWNER_CARRIER = "OWNER_CARRIER"

@dataclass(kw_only=True, slots=True)
class Packaging:
    """Packaging is a box, a tray or a pallet in which a product comes."""

    barcode: str | None = None
    """Barcode on it, as Odoo has it; empty when there is none."""
    can_be_purchased: bool | None = None
    """Whether orders may be made in it [purchase]."""
    display_name: str | None = None
    """Name, such as "Box of 10"."""
    gtin: str | None = None
    """The barcode when it is a valid GTIN; otherwise empty."""
    id: str | None = None
    """Stable id within the product."""
    quantity: Decimal | None = None
    """How many base units it holds."""

@dataclass(kw_only=True, slots=True)
class PackagingInput:
    """Packaging is a box, a tray or a pallet in which a product comes."""

    barcode: str | None = None
    """Barcode on it, as Odoo has it; empty when there is none."""
    can_be_purchased: bool | None = None
    """Whether orders may be made in it [purchase]."""
    display_name: str | None = None
    """Name, such as "Box of 10"."""
    gtin: str | None = None
    """The barcode when it is a valid GTIN; otherwise empty."""
    id: str | None = None
    """Stable id within the product."""
    quantity: Decimal | None = None
    """How many base units it holds."""

@dataclass(kw_only=True, slots=True)
class PayableSum:
    """PayableSum is what one group of documents in one currency comes to: invoices in the currency of
    the invoice, orders in that of the order. An invoice is open while it is posted and its
    residual_amount is not nought. What is cancelled is in no number. Amounts are with taxes, but for
    the estimates and outstanding_amount; they are unset to callers who do not meet prices."""

    company: str | None = None
    """Display name of the company that owes."""
    company_id: int | None = None
    """Odoo's id of the company that owes; 0 unless it is grouped by company."""
    currency_code: str | None = None
    """Currency of all its amounts, ISO 4217."""
    draft_bill_amount: Money | None = None
    """The sum of their total_amount."""
    draft_bill_count: int | None = None
    """How many bills are drafts, which count in none of the numbers above."""
    draft_refund_amount: Money | None = None
    """The sum of their total_amount."""
    draft_refund_count: int | None = None
    """How many refunds are drafts."""
    earliest_due_date: date | None = None
    """The first due_date of the open bills; unset where none has one."""
    estimated_unbilled_amount: Money | None = None
    """What of these is still to be billed: of each line its amount without taxes, times what was
    received and is not billed, divided by what is ordered; of a line that orders nought its price
    after discount, times that. An estimate: the bill may say something else."""
    estimated_unreceived_amount: Money | None = None
    """What is billed of these and was not received, reckoned in the same way: an estimate."""
    in_payment_bill_amount: Money | None = None
    """The sum of residual_amount of those."""
    in_payment_bill_count: int | None = None
    """For how many of the open bills a payment is under way that Odoo has not booked yet [payment_state
    in_payment]."""
    net_amount: Money | None = None
    """open_bill_amount less open_refund_amount: what is owed to the supplier on balance; below nought
    what the supplier owes."""
    open_bill_amount: Money | None = None
    """What is owed to the supplier by them: the sum of their residual_amount."""
    open_bill_count: int | None = None
    """How many bills are open, receipts of purchase among them."""
    open_order_count: int | None = None
    """How many orders are open, as in SummarizeOrders: confirmed, and less has come of a line than is
    ordered."""
    open_refund_amount: Money | None = None
    """What the supplier owes by them: the sum of their residual_amount, which is above nought."""
    open_refund_count: int | None = None
    """How many refunds, also called credit notes, are open."""
    outstanding_amount: Money | None = None
    """What is still to come is worth by the orders' prices, without taxes, as in SummarizeOrders."""
    overdue_bill_amount: Money | None = None
    """The sum of residual_amount of those."""
    overdue_bill_count: int | None = None
    """How many of them are overdue: their due_date is over, in the time zone of the setting time-zone."""
    supplier: str | None = None
    """The supplier, "suppliers/7": the company where the document names one of its contacts
    [legal_supplier]. Empty unless it is grouped by supplier."""
    supplier_display_name: str | None = None
    """Display name of the supplier; empty where the caller does not meet it."""
    unbilled_line_count: int | None = None
    """Of how many lines of confirmed orders more was received than is billed."""
    unreceived_line_count: int | None = None
    """Of how many lines of confirmed orders more is billed than was received, which services may be
    that nobody receives."""

@dataclass(kw_only=True, slots=True)
class Payload:
    """Payload is the part of a record that can be erased."""

    address: str | None = None
    """From where."""
    call_id: str | None = None
    """The id that the mesh gave to the call."""
    evidence: str | None = None
    """What the state rests on."""
    explanation: str | None = None
    """Why, for people. Of what a call has changed, and of what is set, a line for each field that is
    another: "- " and what it was, "+ " and what it is."""
    owner: str | None = None
    """Whose intent it is, where somebody else has changed its state."""
    principal: str | None = None
    """Who did it."""
    proof: str | None = None
    """How that was proven."""
    reason: str | None = None
    """The reason of the refusal of a command, such as "BUSINESS_RULE"."""
    request: bytes | None = None
    """What the command asked for, serialized, as the method takes it."""
    request_id: str | None = None
    """The id that the caller gave to the command."""
    subject: str | None = None
    """What a call names."""
    until_time: datetime | None = None
    """When the last call of a sum came; create_time is the first."""

class PaymentState(StrEnum):
    """PaymentState is how far an invoice is paid."""

    PAYMENT_STATE_UNSPECIFIED = "PAYMENT_STATE_UNSPECIFIED"
    PAYMENT_STATE_NOT_PAID = "PAYMENT_STATE_NOT_PAID"
    PAYMENT_STATE_IN_PAYMENT = "PAYMENT_STATE_IN_PAYMENT"
    PAYMENT_STATE_PAID = "PAYMENT_STATE_PAID"
    PAYMENT_STATE_PARTIAL = "PAYMENT_STATE_PARTIAL"
    PAYMENT_STATE_REVERSED = "PAYMENT_STATE_REVERSED"
    PAYMENT_STATE_BLOCKED = "PAYMENT_STATE_BLOCKED"
    PAYMENT_STATE_LEGACY = "PAYMENT_STATE_LEGACY"

@dataclass(kw_only=True, slots=True)
class PostInvoiceResponse:
    """PostInvoiceResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    invoice: Invoice | None = None
    """The invoice as it was read back from Odoo; unset in a validation."""
    match: InvoiceMatch | None = None
    """In a validation, how the invoice compares with its orders and receipts as Odoo holds them now.
    Otherwise it stands in the invoice."""

@dataclass(kw_only=True, slots=True)
class Product:
    """Product is one thing that can be bought, stored or sold, in one variant [product.product with its
    product.template]."""

    active: bool | None = None
    """False when it is archived [active]."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Fields that this installation maps in addition, by their configured key."""
    base_unit: UnitOfMeasure | None = None
    """The unit in which stock is kept [uom_id]."""
    billed_as_ordered: bool | None = None
    """Whether bills go by what was ordered, also before anything has come; otherwise by what was
    received [purchase_method]."""
    can_be_purchased: bool | None = None
    """Whether it may be put on purchase orders [purchase_ok]."""
    can_be_sold: bool | None = None
    """Whether it may be put on sales orders [sale_ok]."""
    category: Category | None = None
    """Category [categ_id]; unset when Odoo has none."""
    company: str | None = None
    """Display name of the company that alone uses it [company_id]; empty when all companies share it."""
    cost: Money | None = None
    """Cost of one base unit in the company's currency [standard_price]."""
    create_time: datetime | None = None
    """When it was created in Odoo [create_date]."""
    description: str | None = None
    """Description for people [description]; empty when there is none."""
    display_name: str | None = None
    """Name [name], in the language that the mesh reads Odoo in."""
    etag: str | None = None
    """Changes with the content. To be sent with a write."""
    expiry_policy: ExpiryPolicy | None = None
    """How long lots of it last. Unset when Odoo has no expiry dates installed."""
    gtin: str | None = None
    """The barcode [barcode] when it is a valid GTIN-8, -12, -13 or -14, with the digits as Odoo has
    them; otherwise empty. White space around the digits is kept as Odoo has it. Found with or
    without leading zeros and white space."""
    identifiers: list[Identifier] = field(default_factory=list)
    """Everything by which the product can be identified, the barcode included."""
    kind: Kind | None = None
    """What sort of thing it is [type, detailed_type, is_storable]."""
    name: str | None = None
    """Name, "products/42", where 42 is Odoo's id of the variant."""
    odoo_template_id: int | None = None
    """Odoo's id of the template that the variants share [product_tmpl_id]."""
    packagings: list[Packaging] = field(default_factory=list)
    """Packagings [product.packaging; from Odoo 19 on uom_ids and product.uom]."""
    provenance: Provenance | None = None
    """Where the record comes from and how old it is."""
    purchase_unit: UnitOfMeasure | None = None
    """The unit in which it is bought by default [uom_po_id]; unset from Odoo 19 on, where each supplier
    price names its own."""
    references: dict[str, Reference] = field(default_factory=dict)
    """What people call the records that this one names, by their names: see Reference."""
    sales_price: Money | None = None
    """Sales price of one base unit in the company's currency [lst_price]."""
    sku: str | None = None
    """Internal reference [default_code]; empty when Odoo has none. Odoo does not force it to be unique,
    nor trim it."""
    source_kind: str | None = None
    """Odoo's own value for kind, such as "product" or "consu"."""
    source_tracking: str | None = None
    """Odoo's own value for tracking."""
    storage_conditions: str | None = None
    """How it is to be stored, such as "2-8 °C"; empty when nobody stated it. Odoo has no such field: it
    comes from the mapping overlay or the mesh."""
    supplier_prices: list[SupplierPrice] = field(default_factory=list)
    """What suppliers call it and ask for it [product.supplierinfo], in the order in which Odoo prefers
    them."""
    tracking: Tracking | None = None
    """Whether stock is kept by lot or serial number [tracking]."""
    update_time: datetime | None = None
    """When Odoo last wrote one of the rows behind it [write_date], as far as the mesh has read: a write
    that changes no content need not move it."""
    variant_attributes: list[VariantAttribute] = field(default_factory=list)
    """What tells the variant from others of its template, such as Size = M
    [product_template_attribute_value_ids]; empty for a product without variants."""
    volume_m3: Decimal | None = None
    """Volume of one base unit in cubic metres [volume]; unset when Odoo has 0."""
    weight_kg: Decimal | None = None
    """Weight of one base unit in kilograms [weight]; unset when Odoo has 0."""

@dataclass(kw_only=True, slots=True)
class ProductInput:
    """Product is one thing that can be bought, stored or sold, in one variant [product.product with its
    product.template]."""

    active: bool | None = None
    """False when it is archived [active]."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Fields that this installation maps in addition, by their configured key."""
    base_unit: UnitOfMeasureInput | None = None
    """The unit in which stock is kept [uom_id]."""
    billed_as_ordered: bool | None = None
    """Whether bills go by what was ordered, also before anything has come; otherwise by what was
    received [purchase_method]."""
    can_be_purchased: bool | None = None
    """Whether it may be put on purchase orders [purchase_ok]."""
    can_be_sold: bool | None = None
    """Whether it may be put on sales orders [sale_ok]."""
    category: CategoryInput | None = None
    """Category [categ_id]; unset when Odoo has none."""
    company: str | None = None
    """Display name of the company that alone uses it [company_id]; empty when all companies share it."""
    cost: Money | None = None
    """Cost of one base unit in the company's currency [standard_price]."""
    description: str | None = None
    """Description for people [description]; empty when there is none."""
    display_name: str | None = None
    """Name [name], in the language that the mesh reads Odoo in."""
    expiry_policy: ExpiryPolicyInput | None = None
    """How long lots of it last. Unset when Odoo has no expiry dates installed."""
    gtin: str | None = None
    """The barcode [barcode] when it is a valid GTIN-8, -12, -13 or -14, with the digits as Odoo has
    them; otherwise empty. White space around the digits is kept as Odoo has it. Found with or
    without leading zeros and white space."""
    identifiers: list[IdentifierInput] = field(default_factory=list)
    """Everything by which the product can be identified, the barcode included."""
    kind: Kind | None = None
    """What sort of thing it is [type, detailed_type, is_storable]."""
    name: str | None = None
    """Name, "products/42", where 42 is Odoo's id of the variant."""
    odoo_template_id: int | None = None
    """Odoo's id of the template that the variants share [product_tmpl_id]."""
    packagings: list[PackagingInput] = field(default_factory=list)
    """Packagings [product.packaging; from Odoo 19 on uom_ids and product.uom]."""
    purchase_unit: UnitOfMeasureInput | None = None
    """The unit in which it is bought by default [uom_po_id]; unset from Odoo 19 on, where each supplier
    price names its own."""
    sales_price: Money | None = None
    """Sales price of one base unit in the company's currency [lst_price]."""
    sku: str | None = None
    """Internal reference [default_code]; empty when Odoo has none. Odoo does not force it to be unique,
    nor trim it."""
    source_kind: str | None = None
    """Odoo's own value for kind, such as "product" or "consu"."""
    source_tracking: str | None = None
    """Odoo's own value for tracking."""
    storage_conditions: str | None = None
    """How it is to be stored, such as "2-8 °C"; empty when nobody stated it. Odoo has no such field: it
    comes from the mapping overlay or the mesh."""
    supplier_prices: list[SupplierPriceInput] = field(default_factory=list)
    """What suppliers call it and ask for it [product.supplierinfo], in the order in which Odoo prefers
    them."""
    tracking: Tracking | None = None
    """Whether stock is kept by lot or serial number [tracking]."""
    variant_attributes: list[VariantAttributeInput] = field(default_factory=list)
    """What tells the variant from others of its template, such as Size = M
    [product_template_attribute_value_ids]; empty for a product without variants."""
    volume_m3: Decimal | None = None
    """Volume of one base unit in cubic metres [volume]; unset when Odoo has 0."""
    weight_kg: Decimal | None = None
    """Weight of one base unit in kilograms [weight]; unset when Odoo has 0."""

@dataclass(kw_only=True, slots=True)
class Progress:
    """Progress is how far something long is."""

    done: int | None = None
    """Rows that are done."""
    left: str | None = None
    """Estimate of the time it still takes; unset when there is none yet."""
    total: int | None = None
    """Rows in all."""

@dataclass(kw_only=True, slots=True)
class Proposal:
    """Proposal is the wish to put another document in the place of one that is governed, with what
    became of it. It is never changed but by its steps, and never deleted."""

    activate_time: datetime | None = None
    """When it was put in force; unset before."""
    activator: str | None = None
    """Who had it put in force; empty before."""
    author: str | None = None
    """Who proposed it."""
    base_digest: str | None = None
    """SHA-256 of the document that it was based on, and that it takes the place of."""
    create_time: datetime | None = None
    """When it was proposed."""
    digest: str | None = None
    """SHA-256 of the new document."""
    document: str | None = None
    """The whole new document. Empty in lists, and for callers who may not change it."""
    effect: Effect | None = None
    """What it changes, as it was reckoned out when it was proposed."""
    end_reason: str | None = None
    """Why it ended as it did, in a sentence for people."""
    end_time: datetime | None = None
    """When its document was in force no longer, or when it was given up; unset before."""
    etag: str | None = None
    """Changes with everything above: the reviewer gives it to say what was looked at."""
    kind: DocumentKind | None = None
    """Which document it is about."""
    name: str | None = None
    """Name, such as "proposals/7". Numbers ascend and are never used again."""
    reason: str | None = None
    """Why, in the author's words."""
    reverts: str | None = None
    """The proposal whose document it took out of force; empty where it is no reversal."""
    review_reason: str | None = None
    """What the reviewer said."""
    review_time: datetime | None = None
    """When it was reviewed."""
    reviewer: str | None = None
    """Who reviewed it; empty before."""
    scheduled_time: datetime | None = None
    """When it is to be put in force; unset before somebody said so."""
    state: ProposalState | None = None
    """Where it stands."""

class ProposalState(StrEnum):
    """ProposalState is where a proposal stands."""

    PROPOSAL_STATE_UNSPECIFIED = "PROPOSAL_STATE_UNSPECIFIED"
    PROPOSAL_STATE_PROPOSED = "PROPOSAL_STATE_PROPOSED"
    PROPOSAL_STATE_APPROVED = "PROPOSAL_STATE_APPROVED"
    PROPOSAL_STATE_REJECTED = "PROPOSAL_STATE_REJECTED"
    PROPOSAL_STATE_SCHEDULED = "PROPOSAL_STATE_SCHEDULED"
    PROPOSAL_STATE_ACTIVE = "PROPOSAL_STATE_ACTIVE"
    PROPOSAL_STATE_SUPERSEDED = "PROPOSAL_STATE_SUPERSEDED"
    PROPOSAL_STATE_REVERTED = "PROPOSAL_STATE_REVERTED"
    PROPOSAL_STATE_STALE = "PROPOSAL_STATE_STALE"
    PROPOSAL_STATE_WITHDRAWN = "PROPOSAL_STATE_WITHDRAWN"

@dataclass(kw_only=True, slots=True)
class ProposeSupplierApprovalResponse:
    """ProposeSupplierApprovalResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command."""
    supplier: Supplier | None = None
    """The supplier as the mesh shows it now; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class ProveIntentResponse:
    """ProveIntentResponse holds a proof."""

    proof: bytes | None = None
    """The file, in JSON: the records with what opens their commitments, the hashes that lead from them
    to a checkpoint, and the checkpoint."""

@dataclass(kw_only=True, slots=True)
class Provenance:
    """Provenance says where a record comes from, how old it is, and what could not be mapped."""

    company: str | None = None
    """Display name of the company that the record belongs to; empty when all companies share it."""
    company_id: int | None = None
    """Odoo's id of that company [res.company]; 0 when all companies share it."""
    faults: list[MappingFault] = field(default_factory=list)
    """What could not be mapped. The fields named here are empty or partial; the rest of the record is
    sound."""
    mapping_version: int | None = None
    """Version of the mapping that made this record out of Odoo's."""
    observed_time: datetime | None = None
    """When the mesh read the content shown."""
    odoo_instance: str | None = None
    """The configured name of the Odoo instance."""
    revision: int | None = None
    """Place in the change log of the last change of content. 0 when the content is as it was first
    loaded, and to suppliers, carriers and finance platforms."""
    source_time: datetime | None = None
    """When Odoo last wrote the record [write_date], in whole seconds. It is the start of Odoo's
    transaction, so it can lie before changes seen earlier."""
    verified_time: datetime | None = None
    """The last time at which the mesh knew that the content equals Odoo's."""

@dataclass(kw_only=True, slots=True)
class PurchasingPolicy:
    """PurchasingPolicy is what orders are held to. A mode is "off", "warn" or "refuse"."""

    approved_suppliers: str | None = None
    """For what the supplier is not approved for."""
    price_check: str | None = None
    """For prices that are not those of the price list."""
    price_tolerance_percent: str | None = None
    """By how many percent a price may differ, such as "5"."""
    vendors_by_two: bool | None = None
    """Whether who proposes an approved vendor may not approve it."""

@dataclass(kw_only=True, slots=True)
class ReadSnapshotResponse:
    """ReadSnapshotResponse is a part of a snapshot: first what it is, then records, collection by
    collection, each in the order of the records' ids."""

    collection: str | None = None
    """The collection that the records are of; empty where there are none."""
    complete: bool | None = None
    """Whether this is the last message. Where a stream ends without it, something is missing."""
    records: list[Any] = field(default_factory=list)
    """Records, each a message such as mesh.product.v1.Product."""
    snapshot: Snapshot | None = None
    """What the snapshot is; in the first message alone."""
    too_large: list[TooLarge] = field(default_factory=list)
    """Records that are larger than the caller takes, in place of them."""

class Reason(StrEnum):
    """Why a call is refused. The list is closed: reasons are added, and keep their meaning."""

    BUSINESS_RULE = "BUSINESS_RULE"
    NOT_PERMITTED = "NOT_PERMITTED"
    BAD_CREDENTIALS = "BAD_CREDENTIALS"
    CONTENTION = "CONTENTION"
    UNKNOWN_OUTCOME = "UNKNOWN_OUTCOME"
    NOT_FOUND = "NOT_FOUND"
    STALE_ETAG = "STALE_ETAG"
    SHAPE_MISMATCH = "SHAPE_MISMATCH"
    ACTION_REQUIRED = "ACTION_REQUIRED"
    OVERLOADED = "OVERLOADED"
    ODOO_UNAVAILABLE = "ODOO_UNAVAILABLE"
    WRONG_OWNER = "WRONG_OWNER"
    IDEMPOTENCY_MISMATCH = "IDEMPOTENCY_MISMATCH"
    IN_PROGRESS = "IN_PROGRESS"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    INVALID_NAME = "INVALID_NAME"
    INVALID_FILTER = "INVALID_FILTER"
    INVALID_ORDER_BY = "INVALID_ORDER_BY"
    INVALID_PAGE_TOKEN = "INVALID_PAGE_TOKEN"
    FOREIGN_TOKEN = "FOREIGN_TOKEN"
    INVALID_FIELD_MASK = "INVALID_FIELD_MASK"
    POSITION_TOO_OLD = "POSITION_TOO_OLD"
    SUBSCRIBER_TOO_SLOW = "SUBSCRIBER_TOO_SLOW"
    NOT_LOADED = "NOT_LOADED"
    STALE = "STALE"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"
    CANCELLED = "CANCELLED"
    SHUTTING_DOWN = "SHUTTING_DOWN"
    NOT_SUPPORTED = "NOT_SUPPORTED"
    INTERNAL = "INTERNAL"
    TAKEN_OVER = "TAKEN_OVER"
    TOO_LARGE = "TOO_LARGE"
    ODOO_CHANGED = "ODOO_CHANGED"
    ETAG_REQUIRED = "ETAG_REQUIRED"
    AUDIT_UNAVAILABLE = "AUDIT_UNAVAILABLE"

@dataclass(kw_only=True, slots=True)
class Receipt:
    """Receipt is an expected or done arrival of goods from a supplier, or a return of goods that had
    arrived [stock.picking]: every transfer that moves goods of a purchase order, and without an
    order every one from or to a supplier's location. What comes back from customers is none, nor are
    moves within the house."""

    announcement_settlement: AnnouncementSettlement | None = None
    """The differences between what was announced and what has come that a person took as they are;
    unset until then."""
    announcements: list[Announcement] = field(default_factory=list)
    """What the supplier has announced to be on its way, one for each of its notices, in the order in
    which they came first. The mesh keeps them: Odoo has no place for them."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Fields that this installation maps in addition, by their configured key."""
    backorder_of: str | None = None
    """The receipt whose rest this one is, "receipts/41" [backorder_id]; empty when it is not a rest."""
    backorders: list[str] = field(default_factory=list)
    """The receipts that hold the rest of this one [backorder_ids]."""
    company: str | None = None
    """Display name of the company [company_id]."""
    create_time: datetime | None = None
    """When it was created in Odoo [create_date]."""
    deadline_date: date | None = None
    """The day of deadline_time in the time zone of the setting time-zone, the company's; unset where
    that is."""
    deadline_time: datetime | None = None
    """By when they have to be there to keep a promise [date_deadline]; unset when there is none."""
    destination_location: str | None = None
    """Where they go, "locations/8" [location_dest_id]."""
    direction: Direction | None = None
    """Whether goods come, go back, or go past the house [usage of location_dest_id]."""
    done_time: datetime | None = None
    """When it was done [date_done]; unset until then."""
    etag: str | None = None
    """Changes with the content. To be sent with a write."""
    legal_supplier: str | None = None
    """The company that the supplier belongs to, "suppliers/3", which is the supplier itself unless that
    is a contact of a company [commercial_partner_id of partner_id]. Documents of one company can be
    found by it, whichever contact was chosen."""
    lines: list[ReceiptLine] = field(default_factory=list)
    """Lines, one for each product expected; scrap made from the receipt is left out."""
    name: str | None = None
    """Name, "receipts/42", where 42 is Odoo's id of the transfer."""
    notes: str | None = None
    """Notes [note], as plain text; empty when there are none."""
    number: str | None = None
    """Number on the document, such as "WH/IN/00042" [name]."""
    operation: str | None = None
    """Display name of the operation type [picking_type_id]."""
    orders: list[str] = field(default_factory=list)
    """Orders that it belongs to, "orders/42", by its lines [purchase_line_id]."""
    origin: str | None = None
    """What it was made for, such as the order's number [origin]."""
    provenance: Provenance | None = None
    """Where the record comes from and how old it is."""
    references: dict[str, Reference] = field(default_factory=dict)
    """What people call the records that this one names, by their names: see Reference."""
    return_of: str | None = None
    """The receipt whose goods this one returns, "receipts/41" [return_id; on Odoo 16 by its lines];
    empty when it is no return."""
    returns: list[str] = field(default_factory=list)
    """The returns of goods that came with this one [return_ids; on Odoo 16 by their lines]."""
    scheduled_date: date | None = None
    """The day of scheduled_time in the time zone of the setting time-zone, the company's; unset where
    that is."""
    scheduled_time: datetime | None = None
    """When the goods are expected [scheduled_date]."""
    shipment: Shipment | None = None
    """The carrier and where the goods are on their way; unset until a carrier or the supplier has said
    something, or Odoo's module delivery knows a tracking reference."""
    source_location: str | None = None
    """Where the goods come from, "locations/4" [location_id]."""
    source_state: str | None = None
    """Odoo's own value for state, such as "assigned"."""
    state: ReceiptState | None = None
    """How far it is [state]."""
    supplier: str | None = None
    """The supplier, "suppliers/7" [partner_id]; empty when not stated."""
    update_time: datetime | None = None
    """When Odoo last wrote one of the rows behind it [write_date], as far as the mesh has read: a write
    that changes no content need not move it."""

@dataclass(kw_only=True, slots=True)
class ReceiptLine:
    """ReceiptLine is one product of a receipt [stock.move]."""

    accepted_quantity: Decimal | None = None
    """How much was accepted, in unit; before it is done, how much was entered so far [quantity_done;
    from Odoo 17 on quantity, once it is picked]."""
    expected_quantity: Decimal | None = None
    """How much is expected, in unit [product_uom_qty]."""
    id: str | None = None
    """Stable id: Odoo's id of the stock move."""
    lot_lines: list[ReceiptLotLine] = field(default_factory=list)
    """Lots and places that the goods were put into."""
    order: str | None = None
    """The order, "orders/42"; empty when it belongs to none."""
    order_line_id: str | None = None
    """Id of the order's line [purchase_line_id]; empty when it belongs to none."""
    product: str | None = None
    """The product, "products/42" [product_id]."""
    returned_line_id: str | None = None
    """Id of the receipt line whose goods this one returns [origin_returned_move_id]; empty when it is
    no return."""
    sequence: int | None = None
    """Place on the document; lower comes first [sequence]."""
    source_state: str | None = None
    """Odoo's own value for state."""
    state: ReceiptState | None = None
    """How far the line is [state]."""
    unit: UnitOfMeasure | None = None
    """The unit of both [product_uom]."""

@dataclass(kw_only=True, slots=True)
class ReceiptLotLine:
    """ReceiptLotLine is one lot, or one place, of a receipt line [stock.move.line]."""

    accepted_quantity: Decimal | None = None
    """How much was accepted, in unit [qty_done; from Odoo 17 on quantity, once it is picked]."""
    base_quantity: Decimal | None = None
    """The same quantity in the product's base unit [from Odoo 17 on quantity_product_uom]."""
    destination_location: str | None = None
    """Where it was put, "locations/8" [location_dest_id]."""
    expiration_date: date | None = None
    """The day of expiration_time in the time zone of the setting time-zone, the company's; unset where
    that is."""
    expiration_time: datetime | None = None
    """When the lot expires [the lot's expiration_date, or the row's until Odoo has made it]; unset when
    it does not."""
    id: str | None = None
    """Stable id: Odoo's id of the row."""
    lot: str | None = None
    """The lot, "lots/9" [lot_id]; empty until Odoo has made it, and for a product that is not tracked."""
    lot_number: str | None = None
    """Lot or serial number [the lot's name, or lot_name until Odoo has made it]; empty when not
    tracked."""
    package: str | None = None
    """Stable name of the package that it was put into, "packages/5" [result_package_id]; empty when
    there is none."""
    picked: bool | None = None
    """True when it was handled, not only proposed [picked; on Odoo 16 a quantity done]."""
    unit: UnitOfMeasure | None = None
    """The unit [product_uom_id]."""

class ReceiptMilestoneType(StrEnum):
    """MilestoneType is what can happen to a shipment."""

    MILESTONE_TYPE_UNSPECIFIED = "MILESTONE_TYPE_UNSPECIFIED"
    MILESTONE_TYPE_ANNOUNCED = "MILESTONE_TYPE_ANNOUNCED"
    MILESTONE_TYPE_PICKED_UP = "MILESTONE_TYPE_PICKED_UP"
    MILESTONE_TYPE_IN_TRANSIT = "MILESTONE_TYPE_IN_TRANSIT"
    MILESTONE_TYPE_IN_CUSTOMS = "MILESTONE_TYPE_IN_CUSTOMS"
    MILESTONE_TYPE_OUT_FOR_DELIVERY = "MILESTONE_TYPE_OUT_FOR_DELIVERY"
    MILESTONE_TYPE_DELIVERED = "MILESTONE_TYPE_DELIVERED"
    MILESTONE_TYPE_DELAYED = "MILESTONE_TYPE_DELAYED"
    MILESTONE_TYPE_DAMAGED = "MILESTONE_TYPE_DAMAGED"
    MILESTONE_TYPE_RETURNED = "MILESTONE_TYPE_RETURNED"

class ReceiptState(StrEnum):
    """State is how far a receipt, or a line of it, is."""

    STATE_UNSPECIFIED = "STATE_UNSPECIFIED"
    STATE_DRAFT = "STATE_DRAFT"
    STATE_WAITING = "STATE_WAITING"
    STATE_CONFIRMED = "STATE_CONFIRMED"
    STATE_PARTIALLY_READY = "STATE_PARTIALLY_READY"
    STATE_READY = "STATE_READY"
    STATE_DONE = "STATE_DONE"
    STATE_CANCELLED = "STATE_CANCELLED"

class ReceiptStatus(StrEnum):
    """ReceiptStatus is how far the goods of an order have come."""

    RECEIPT_STATUS_UNSPECIFIED = "RECEIPT_STATUS_UNSPECIFIED"
    RECEIPT_STATUS_PENDING = "RECEIPT_STATUS_PENDING"
    RECEIPT_STATUS_PARTIAL = "RECEIPT_STATUS_PARTIAL"
    RECEIPT_STATUS_FULL = "RECEIPT_STATUS_FULL"

@dataclass(kw_only=True, slots=True)
class ReceiveReceiptResponse:
    """ReceiveReceiptResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    receipt: Receipt | None = None
    """The receipt as it was read back from Odoo; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class ReceivedLine:
    """ReceivedLine is a quantity of one lot that has come, or of a product without lots."""

    expiration_date: date | None = None
    """The day on which the lot expires, as it stands on the package. To be given for a lot that is new,
    of a product with expiry dates; of one that is known it has to be the date that Odoo has. A day
    of 0 is the last of the month, as in GS1's dates."""
    line_id: str | None = None
    """Id of the receipt's line, as in Receipt.lines."""
    lot_number: str | None = None
    """Number of the lot, or the serial, as it stands on the package. To be given for a product that is
    tracked, and for no other."""
    quantity: Decimal | None = None
    """How much has come, in the line's unit; more than 0."""

@dataclass(kw_only=True, slots=True)
class Record:
    """Record is one record of the audit. Its leaf stays for ever, in a log in which every change shows;
    what it says of people can be erased, and then payload is empty."""

    after: str | None = None
    """State after; empty where it is gone. Or the hash of what is set, or proposed, now."""
    before: str | None = None
    """State of the intent before, such as "STATE_ACCEPTED", or of what else a call has changed, such as
    "API_KEY_STATE_ACTIVE"; empty where it was new. Of what is set, or proposed, the hash of its
    text, such as "sha256:1f0c…"."""
    command: str | None = None
    """The command, such as "orders.release"."""
    count: int | None = None
    """How many calls a sum is of."""
    create_time: datetime | None = None
    """When it happened."""
    document: str | None = None
    """The record that it is about, such as "orders/42"."""
    intent: str | None = None
    """The intent, such as "intents/0123…"."""
    kind: str | None = None
    """What it tells: "transition" of an intent, "call", "sum" of calls, "odoo" where Odoo was found or
    accepted to be another one, "setting" where the settings or the access file are others than
    before, "log" where something was done to the audit."""
    leaf: str | None = None
    """The leaf as the log has it, in JSON. It commits to the payload."""
    method: str | None = None
    """Full name of the method; empty where nobody has called."""
    name: str | None = None
    """Name, "auditRecords/" and the sequence: records are counted from 1 on."""
    outcome: str | None = None
    """"OK", or the reason of the refusal, such as "REASON_NOT_PERMITTED"."""
    payload: Payload | None = None
    """What it says of people; empty where it was erased."""

@dataclass(kw_only=True, slots=True)
class RecordAccess:
    """RecordAccess is how it is with one record."""

    exists: bool | None = None
    """Whether the mesh has it."""
    explanation: str | None = None
    """Why, in a sentence for people."""
    hidden_fields: list[str] = field(default_factory=list)
    """Fields of it that the principal does not meet, whole or in part."""
    met: bool | None = None
    """Whether the principal meets it."""
    name: str | None = None
    """Name of the record."""

@dataclass(kw_only=True, slots=True)
class Reference:
    """Reference is what people call a record that is named beside it, such as the supplier of an order.
    It is looked up when the record that names it is answered, and is no part of its content: what is
    called another name from now on changes no etag, no revision and sends no message to watchers. A
    record that is deleted, that the mesh does not have, or that the caller may not read has none;
    one that is archived has."""

    code: str | None = None
    """The number or code that people use: the SKU of a product or else its GTIN, the reference of a
    supplier or else its tax id, the number of a document (of a bill as above) or a lot, the barcode
    of a location. Empty where there is none; of more than 200 characters, as display_name."""
    display_name: str | None = None
    """What people call it: its display name; the number of a document (of a bill without one, the
    supplier's reference), the number of a lot, the whole path of a location. At most 200 characters:
    a longer one ends with "…"."""

@dataclass(kw_only=True, slots=True)
class ReleaseLotHoldResponse:
    """ReleaseLotHoldResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command."""
    lots: list[Lot] = field(default_factory=list)
    """The lots that are free, as they are shown from now on; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class ReleaseOrderResponse:
    """ReleaseOrderResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    order: Order | None = None
    """The order as it was read back from Odoo; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class ReleasePayloadsResponse:
    """ReleasePayloadsResponse says nothing."""

    pass

class Remainder(StrEnum):
    """Remainder is what becomes of what was expected and has not come."""

    REMAINDER_UNSPECIFIED = "REMAINDER_UNSPECIFIED"
    REMAINDER_BACKORDER = "REMAINDER_BACKORDER"
    REMAINDER_CLOSE = "REMAINDER_CLOSE"

@dataclass(kw_only=True, slots=True)
class ReportMilestoneResponse:
    """ReportMilestoneResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command."""
    receipt: Receipt | None = None
    """The receipt as the mesh shows it now; unset in a validation, and where it was deleted since."""

@dataclass(kw_only=True, slots=True)
class ReportedMilestone:
    """ReportedMilestone is one thing that happened to a shipment."""

    comment: str | None = None
    """What the carrier adds, for people."""
    occur_time: datetime | None = None
    """When it happened."""
    place: str | None = None
    """Where it happened, for people."""
    source_type: str | None = None
    """The carrier's own word for it."""
    type: ReceiptMilestoneType | None = None
    """What happened. Unset: none of the known, and source_type has to be given."""

@dataclass(kw_only=True, slots=True)
class Requisition:
    """Requisition is a request to buy, or an agreement with a supplier, from which orders are made
    [purchase.requisition]. Odoo has it in the module purchase_requisition: where that is not
    installed, there are none."""

    attributes: dict[str, str] = field(default_factory=dict)
    """Fields that this installation maps in addition, by their configured key."""
    buyer: str | None = None
    """Display name of who is responsible for it [user_id]."""
    company: str | None = None
    """Display name of the company that buys [company_id]."""
    create_time: datetime | None = None
    """When it was created in Odoo [create_date]."""
    currency_code: str | None = None
    """Currency of its prices, ISO 4217 [currency_id]."""
    end_date: date | None = None
    """Last day of the agreement [date_end]; before Odoo 18 the day of end_time in the time zone of the
    setting time-zone, the company's."""
    end_time: datetime | None = None
    """When the agreement ends [date_end]; unset from Odoo 18 on, which has days."""
    etag: str | None = None
    """Changes with the content. To be sent with a write."""
    legal_supplier: str | None = None
    """The company that the supplier belongs to, "suppliers/3", which is the supplier itself unless that
    is a contact of a company [commercial_partner_id of vendor_id]. Documents of one company can be
    found by it, whichever contact was chosen."""
    lines: list[RequisitionLine] = field(default_factory=list)
    """Lines, in Odoo's order."""
    name: str | None = None
    """Name, "requisitions/42", where 42 is Odoo's id of the requisition."""
    notes: str | None = None
    """Terms and notes [description], as plain text; empty when there are none."""
    number: str | None = None
    """Number on the document, such as "BO00042" [name]."""
    ordering_date: date | None = None
    """When it is to be ordered [ordering_date]; unset from Odoo 18 on."""
    orders: list[str] = field(default_factory=list)
    """The orders made from it, "orders/42" [purchase_ids]."""
    origin: str | None = None
    """What made it necessary [origin; from Odoo 18 on reference]; empty when nobody wrote it down."""
    provenance: Provenance | None = None
    """Where the record comes from and how old it is."""
    receiving_operation: str | None = None
    """Display name of the operation type, and so the warehouse, that is to receive the goods
    [picking_type_id]."""
    references: dict[str, Reference] = field(default_factory=dict)
    """What people call the records that this one names, by their names: see Reference."""
    requested_date: date | None = None
    """When the goods are wanted [schedule_date]; unset from Odoo 18 on."""
    source_state: str | None = None
    """Odoo's own value for state, such as "in_progress"."""
    source_type: str | None = None
    """Odoo's own word for its type [name of type_id; from Odoo 18 on requisition_type]."""
    start_date: date | None = None
    """First day of the agreement [date_start]; unset before Odoo 18."""
    state: RequisitionState | None = None
    """How far it is [state]."""
    supplier: str | None = None
    """The supplier, "suppliers/7" [vendor_id]; empty when it is open to several."""
    update_time: datetime | None = None
    """When Odoo last wrote one of the rows behind it [write_date], as far as the mesh has read: a write
    that changes no content need not move it."""

@dataclass(kw_only=True, slots=True)
class RequisitionLine:
    """RequisitionLine is one product of a requisition [purchase.requisition.line]."""

    description: str | None = None
    """Text of the line beside the product [product_description_variants]; empty when there is none."""
    id: str | None = None
    """Stable id: Odoo's id of the line."""
    product: str | None = None
    """The product, "products/42" [product_id]."""
    quantity: Decimal | None = None
    """How much, in unit [product_qty]."""
    unit: UnitOfMeasure | None = None
    """The unit [product_uom_id]."""
    unit_price: Decimal | None = None
    """Agreed price of one unit, in the requisition's currency [price_unit]."""

class RequisitionState(StrEnum):
    """RequisitionState is how far a requisition is."""

    REQUISITION_STATE_UNSPECIFIED = "REQUISITION_STATE_UNSPECIFIED"
    REQUISITION_STATE_DRAFT = "REQUISITION_STATE_DRAFT"
    REQUISITION_STATE_APPROVED = "REQUISITION_STATE_APPROVED"
    REQUISITION_STATE_CLOSED = "REQUISITION_STATE_CLOSED"
    REQUISITION_STATE_CANCELLED = "REQUISITION_STATE_CANCELLED"

@dataclass(kw_only=True, slots=True)
class RestoreProductResponse:
    """RestoreProductResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    product: Product | None = None
    """The product as it was read back from Odoo; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class RestoreSupplierResponse:
    """RestoreSupplierResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    supplier: Supplier | None = None
    """The supplier as it was read back from Odoo; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class ResyncDomainResponse:
    """ResyncDomainResponse is how far a resync is; the last one has the totals."""

    changed: int | None = None
    """Records that differed so far, and are brought up to date."""
    progress: Progress | None = None
    """How far it is."""
    totals: ResyncTotals | None = None
    """The totals; set in the last message alone."""

@dataclass(kw_only=True, slots=True)
class ResyncTotals:
    """ResyncTotals is what a resync did."""

    changed: int | None = None
    """Records that were created or changed in the mesh's copy."""
    checked: int | None = None
    """Rows that were read from Odoo."""
    deleted: int | None = None
    """Records that Odoo no longer has, and that are deleted from the copy."""
    held: int | None = None
    """Records that Odoo no longer shows, and that are kept because they are too many and
    accept_deletions was not set."""

@dataclass(kw_only=True, slots=True)
class ReturnReceiptResponse:
    """ReturnReceiptResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides. Its document is the return."""
    receipt: Receipt | None = None
    """The return, a receipt of its own, as it was read back from Odoo; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class ReturnedLine:
    """ReturnedLine is a quantity of one lot that goes back, or of a product without lots."""

    line_id: str | None = None
    """Id of the receipt's line that it came with, as in Receipt.lines."""
    lot_number: str | None = None
    """Number of the lot, or the serial. To be given for a product that is tracked, and for no other."""
    quantity: Decimal | None = None
    """How much, in the line's unit; more than 0, and no more than has come with the line, is not on its
    way back yet, still lies there, and is not reserved."""

@dataclass(kw_only=True, slots=True)
class ReverseInvoiceResponse:
    """ReverseInvoiceResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    invoice: Invoice | None = None
    """The refund as it was read back from Odoo; unset in a validation, and where it was deleted since.
    Its reversal_of is the bill."""

@dataclass(kw_only=True, slots=True)
class ReversedLine:
    """ReversedLine is how much of a line of a bill is taken back, at its price."""

    line_id: str | None = None
    """Id of the line of the bill."""
    quantity: Decimal | None = None
    """How much, in the line's unit."""

class ReviewProposalRequestVerdict(StrEnum):
    """Verdict is what the reviewer decides."""

    VERDICT_UNSPECIFIED = "VERDICT_UNSPECIFIED"
    VERDICT_APPROVE = "VERDICT_APPROVE"
    VERDICT_REJECT = "VERDICT_REJECT"

@dataclass(kw_only=True, slots=True)
class RotateApiKeyResponse:
    """RotateApiKeyResponse has the new key, for the only time."""

    api_key: ApiKey | None = None
    """What is kept of the new key."""
    key: str | None = None
    """The key itself, to be sent as "Authorization: Bearer <key>". It is a secret."""
    replaced: ApiKey | None = None
    """The old one, with its new end; as it was, where the new one waits to be confirmed."""

@dataclass(kw_only=True, slots=True)
class RowProblem:
    """RowProblem is a field of a row that is wrong."""

    description: str | None = None
    """What it has to be."""
    field: str | None = None
    """The field, such as "supplier_price.price.currency_code"."""

@dataclass(kw_only=True, slots=True)
class Scan:
    """Scan is a scanned GS1 code, taken apart."""

    elements: list[Element] = field(default_factory=list)
    """What it says, in its order."""
    expiration_date: date | None = None
    """When it expires (17, 7003); unset when it does not say."""
    expiration_differs: bool | None = None
    """The scanned code and the lot in stock say that it expires on different days."""
    gtin: str | None = None
    """The product's GTIN (01), or that of what a logistic unit contains (02); empty for none."""
    lot: str | None = None
    """The lot or serial number of that product, "lots/17"; empty where none is found."""
    lot_expiration_date: date | None = None
    """When the lot in stock expires; unset when it does not say, or there is none."""
    lot_number: str | None = None
    """The batch or lot number (10), as it is written: its case counts; empty for none."""
    problem: str | None = None
    """Why it could not be read as a code, where it begins like one: the position and the element. It
    was searched as text then. Empty where it was read."""
    product: str | None = None
    """The product that has this GTIN, "products/42"; empty where none is found, or several are: they
    are among the hits."""
    remarks: list[str] = field(default_factory=list)
    """What whoever scanned it has to know, for people: what was not found, and what differs."""
    serial_number: str | None = None
    """The serial number (21); empty for none."""
    symbology: str | None = None
    """Its symbology identifier, such as "]d2"; empty where the scanner sent none."""
    syntax: ScanSyntax | None = None
    """How it was written."""

class ScanSyntax(StrEnum):
    """ScanSyntax is how a scanned code is written."""

    SCAN_SYNTAX_UNSPECIFIED = "SCAN_SYNTAX_UNSPECIFIED"
    SCAN_SYNTAX_ELEMENT_STRING = "SCAN_SYNTAX_ELEMENT_STRING"
    SCAN_SYNTAX_BRACKETED = "SCAN_SYNTAX_BRACKETED"
    SCAN_SYNTAX_DIGITAL_LINK = "SCAN_SYNTAX_DIGITAL_LINK"
    SCAN_SYNTAX_GTIN = "SCAN_SYNTAX_GTIN"

@dataclass(kw_only=True, slots=True)
class ScrapStockResponse:
    """ScrapStockResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    stock_position: StockPosition | None = None
    """What is left, as it was read back from Odoo; unset in a validation, and where Odoo has nothing
    left to show."""

class SearchMatch(StrEnum):
    """Match is how well a record was found. A smaller one is better."""

    MATCH_UNSPECIFIED = "MATCH_UNSPECIFIED"
    MATCH_SCANNED = "MATCH_SCANNED"
    MATCH_CODE = "MATCH_CODE"
    MATCH_LISTED_CODE = "MATCH_LISTED_CODE"
    MATCH_WORDS = "MATCH_WORDS"
    MATCH_BEGINNINGS = "MATCH_BEGINNINGS"
    MATCH_CODE_BEGINNING = "MATCH_CODE_BEGINNING"

@dataclass(kw_only=True, slots=True)
class SearchResponse:
    """SearchResponse is what was found."""

    freshness: Freshness | None = None
    """How old the answer is."""
    hits: list[Hit] = field(default_factory=list)
    """The records, the best ones first."""
    incomplete_collections: list[str] = field(default_factory=list)
    """Collections that are still being loaded or indexed: what is in them may be missing."""
    scan: Scan | None = None
    """What the text is as a scanned code; unset where it is none."""
    truncated: bool | None = None
    """There is more than is answered, or more than was looked through: more words, or a greater
    page_size, tell more."""

@dataclass(kw_only=True, slots=True)
class SetSupplierPriceResponse:
    """SetSupplierPriceResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    product: Product | None = None
    """The product as it was read back from Odoo; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class Shipment:
    """Shipment is a delivery on its way."""

    carrier: str | None = None
    """Name of the carrier [carrier_id]."""
    estimated_arrival_time: datetime | None = None
    """When it is expected to arrive; unset when unknown."""
    milestones: list[ShipmentMilestone] = field(default_factory=list)
    """What happened to it so far, in the order of time."""
    tracking_number: str | None = None
    """The carrier's number for the delivery [carrier_tracking_ref]."""
    tracking_url: str | None = None
    """Where to follow it on the web; empty when unknown."""

@dataclass(kw_only=True, slots=True)
class ShipmentMilestone:
    """ShipmentMilestone is one thing that happened to a shipment."""

    comment: str | None = None
    """What the carrier adds, for people; empty when nothing."""
    id: str | None = None
    """Stable id within the receipt, made of type and time."""
    occur_time: datetime | None = None
    """When it happened."""
    place: str | None = None
    """Where it happened, for people; empty when unknown."""
    recorded_time: datetime | None = None
    """When the mesh was first told."""
    source_type: str | None = None
    """The carrier's own word for it."""
    type: ReceiptMilestoneType | None = None
    """What happened."""

@dataclass(kw_only=True, slots=True)
class Snapshot:
    """Snapshot says what is read."""

    collections: list[SnapshotCollection] = field(default_factory=list)
    """What it has, in the order in which it is sent."""
    inventory_event: int | None = None
    """Number of the last inventory event that is about what the snapshot has: the events up to it are
    what has moved stock until then. Unset where the caller does not meet all events, where they are
    not served, and while they are not told so far."""
    odoo_instance: str | None = None
    """The configured name of the Odoo instance."""
    position: str | None = None
    """Where ListChanges goes on. Opaque."""
    snapshot_time: datetime | None = None
    """When it was taken."""

@dataclass(kw_only=True, slots=True)
class SnapshotCollection:
    """SnapshotCollection is one collection of a snapshot."""

    collection: str | None = None
    """First part of the records' names, such as "products"."""
    freshness: Freshness | None = None
    """How old the copy is."""
    hidden_fields: list[str] = field(default_factory=list)
    """Paths of the fields that are hidden from the caller."""
    record_type: str | None = None
    """Type of its records, such as "mesh.product.v1.Product"."""

@dataclass(kw_only=True, slots=True)
class Step:
    """Step is one movement of a lot, or a quantity that became or ceased to be of it."""

    destination_balance: Decimal | None = None
    """What was there after it, at the place it went to."""
    destination_location: str | None = None
    """Where it went, "locations/8"."""
    inventory_event: str | None = None
    """Where nothing moved, the event that tells that stock took or lost this lot."""
    lot: str | None = None
    """The lot that it has since, where nothing moved; empty for none."""
    move_time: datetime | None = None
    """When it moved."""
    movement: str | None = None
    """The movement, "movements/42"; empty where nothing moved."""
    quantity: Decimal | None = None
    """How much moved."""
    source_balance: Decimal | None = None
    """What was there after it, at the place it came from."""
    source_location: str | None = None
    """Where it was, "locations/4"."""
    source_lot: str | None = None
    """The lot that the quantity had before, where nothing moved; empty for none."""
    transfer_number: str | None = None
    """Number of the transfer, such as "WH/OUT/00042"; empty for none."""
    type: InventoryEventType | None = None
    """Why it moved."""

@dataclass(kw_only=True, slots=True)
class StockDrift:
    """StockDrift is a balance in which the events and Odoo's stock differ."""

    acknowledge_time: datetime | None = None
    """When they did."""
    acknowledged_by: str | None = None
    """Who acknowledged explained_quantity; empty when no person did."""
    cause: StockDriftCause | None = None
    """Why they differ."""
    events_quantity: Decimal | None = None
    """The sum of the events, in the product's base unit."""
    explained_quantity: Decimal | None = None
    """How much of the difference, odoo_quantity less events_quantity, is explained: the proof holds
    from there on. 0 when nothing of it is."""
    location: str | None = None
    """The location, "locations/8"."""
    lot: str | None = None
    """The lot, "lots/17"; empty when the product is not tracked."""
    odoo_quantity: Decimal | None = None
    """What Odoo holds [stock.quant], in the product's base unit."""
    product: str | None = None
    """The product, "products/42"."""
    reason: str | None = None
    """The reason that they gave."""
    since_time: datetime | None = None
    """When the mesh first saw the difference as it is now; unset when it is new."""
    stock_position: str | None = None
    """The stock position, such as "stockPositions/42-8-17-0-0"."""

class StockDriftCause(StrEnum):
    """StockDriftCause is why a balance and Odoo's stock differ."""

    STOCK_DRIFT_CAUSE_UNSPECIFIED = "STOCK_DRIFT_CAUSE_UNSPECIFIED"
    STOCK_DRIFT_CAUSE_STOCK_WITHOUT_MOVEMENT = "STOCK_DRIFT_CAUSE_STOCK_WITHOUT_MOVEMENT"
    STOCK_DRIFT_CAUSE_MOVED_WHILE_NOT_COUNTED = "STOCK_DRIFT_CAUSE_MOVED_WHILE_NOT_COUNTED"

@dataclass(kw_only=True, slots=True)
class StockPosition:
    """StockPosition is how much of one product lies at one location, by lot, owner and package
    [stock.quant]. Odoo merges and deletes its rows at will; a stock position is the sum of those
    that agree in all five."""

    arrival_time: datetime | None = None
    """When the oldest of the goods came [in_date]."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Fields that this installation maps in addition, by their configured key."""
    available_quantity: Decimal | None = None
    """quantity less reserved_quantity."""
    company: str | None = None
    """Display name of the company [company_id]; empty at places outside it."""
    create_time: datetime | None = None
    """When it was created in Odoo [create_date]."""
    etag: str | None = None
    """Changes with the content. To be sent with a write."""
    expiration_date: date | None = None
    """The day of expiration_time in the time zone of the setting time-zone, the company's; unset where
    that is."""
    expiration_time: datetime | None = None
    """When the lot expires [expiration_date of lot_id]; unset when it does not."""
    in_house: bool | None = None
    """Whether the goods lie in the house: at a location of usage INTERNAL, and neither at a supplier, a
    customer or a ward that is one, nor in transit or in a loss."""
    location: str | None = None
    """The location, "locations/8" [location_id]."""
    location_usage: LocationUsage | None = None
    """What the location is for [usage of location_id]."""
    lot: str | None = None
    """The lot, "lots/17" [lot_id]; empty for goods that are not tracked."""
    lot_number: str | None = None
    """Lot or serial number [name of lot_id]; empty for goods that are not tracked."""
    name: str | None = None
    """Name, "stockPositions/42-8-17-0-0": Odoo's ids of product, location, lot, owner and package, 0
    for none."""
    owner: str | None = None
    """Stable name of the owner [owner_id], "partners/5", which is no record of the mesh; an owner who
    supplies is "suppliers/5" as well. Empty for the company's own goods."""
    owner_display_name: str | None = None
    """Display name of the owner; empty when the goods are the company's own."""
    package: str | None = None
    """Stable name of the package, "packages/5" [package_id]; empty for none."""
    product: str | None = None
    """The product, "products/42" [product_id]."""
    provenance: Provenance | None = None
    """Where the record comes from and how old it is."""
    quantity: Decimal | None = None
    """How much is there, in the product's base unit [quantity]. Below zero when more was taken than
    Odoo knew of."""
    references: dict[str, Reference] = field(default_factory=dict)
    """What people call the records that this one names, by their names: see Reference."""
    reserved_quantity: Decimal | None = None
    """How much of it is promised to transfers [reserved_quantity]."""
    source_location_usage: str | None = None
    """Odoo's own value for location_usage."""
    unit: UnitOfMeasure | None = None
    """The product's base unit [product_uom_id]."""
    update_time: datetime | None = None
    """When Odoo last wrote one of the rows behind it [write_date], as far as the mesh has read: a write
    that changes no content need not move it."""

@dataclass(kw_only=True, slots=True)
class StockProof:
    """StockProof is what a comparison of all balances with Odoo's stock found."""

    compared: int | None = None
    """How many balances were compared."""
    drifting: int | None = None
    """How many of them differ, and nothing explains it."""
    explained: int | None = None
    """How many differ for a reason that is known."""
    last_event: int | None = None
    """The newest inventory event that was added up, by its position."""
    prove_time: datetime | None = None
    """When it was made."""

@dataclass(kw_only=True, slots=True)
class StockSum:
    """StockSum is how much there is of one group."""

    available_quantity: Decimal | None = None
    """on_hand_quantity less reserved_quantity."""
    company: str | None = None
    """Display name of the company; empty for what all companies share."""
    company_id: int | None = None
    """Odoo's id of the company; 0 for what all companies share, and unless it is grouped by company."""
    estimated_values: list[Money] = field(default_factory=list)
    """What it is worth by today's costs: the sum of quantity on hand times the product's cost, one for
    each currency, without the goods of other owners. An estimate: Odoo's valuation goes by what was
    paid. Empty to callers who do not meet costs."""
    held_quantity: Decimal | None = None
    """How much of on_hand_quantity is of lots that are held or recalled."""
    incoming_quantity: Decimal | None = None
    """How much is still expected from suppliers: over the lines of receipts that are neither drafts nor
    done nor cancelled, at the receipt's destination_location, of no lot."""
    location: str | None = None
    """The place, "locations/8"; empty unless it is grouped by location."""
    location_complete_name: str | None = None
    """Path of the place, such as "WH/Stock"."""
    lot: str | None = None
    """The lot, "lots/17"; empty for goods without one, and unless it is grouped by lot."""
    lot_number: str | None = None
    """Lot or serial number."""
    on_hand_quantity: Decimal | None = None
    """How much is there: the sum of quantity over the stock positions."""
    outgoing_quantity: Decimal | None = None
    """How much is still to go back to suppliers: the same over returns, at their source_location. What
    is to go to wards and customers is in reserved_quantity as soon as Odoo has reserved it; before,
    the mesh does not know of it."""
    position_count: int | None = None
    """Over how many stock positions of now the sum is."""
    positions_without_cost: int | None = None
    """How many positions of the house's own goods are of products whose cost is not known, and so not
    in estimated_values; 0 to callers who do not meet costs."""
    product: str | None = None
    """The product, "products/42"; empty unless it is grouped by product."""
    product_count: int | None = None
    """Of how many products something is there or on its way; as of a time in the past, or has moved
    since."""
    product_display_name: str | None = None
    """Display name of the product; empty where the caller does not meet it."""
    reserved_quantity: Decimal | None = None
    """How much of it is promised to transfers: the sum of reserved_quantity."""
    sku: str | None = None
    """Internal reference of the product; empty where it has none."""
    unit: UnitOfMeasure | None = None
    """The one unit of all that is in the group. Unset where there are several: then no quantity is
    told, as pieces and litres have no sum."""

@dataclass(kw_only=True, slots=True)
class StreamInventoryEventsResponse:
    """StreamInventoryEventsResponse is some events, or a heartbeat."""

    inventory_events: list[InventoryEvent] = field(default_factory=list)
    """Events in the order of their positions; none in a heartbeat."""
    newest_event: int | None = None
    """Number of the newest event there was when the message was made: the stream is newest_event -
    reached_event behind. A stream that comes to the newest event says so at once, with a heartbeat
    where its last message does not."""
    position: str | None = None
    """Where to go on after this message. Opaque."""
    reached_event: int | None = None
    """Number of the last event that was looked at: all up to it that pass the filter have been sent. 42
    stands for "inventoryEvents/42"."""
    references: dict[str, Reference] = field(default_factory=dict)
    """What people call the records that the events of this message name, by their names, in place of
    references of each event."""
    send_time: datetime | None = None
    """When this message was made."""

@dataclass(kw_only=True, slots=True)
class SubmitOrderResponse:
    """SubmitOrderResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    order: Order | None = None
    """The order as it was read back from Odoo; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class SummarizeConsumptionResponse:
    """SummarizeConsumptionResponse is one page."""

    end_time: datetime | None = None
    """Until when."""
    freshness: Freshness | None = None
    """How old the answer is: the oldest of movements and what SummarizeStock is made of."""
    next_page_token: str | None = None
    """Token of the next page; empty on the last one."""
    position: int | None = None
    """Place in the change log as of which the page stands; 0 to callers who are narrowed."""
    start_time: datetime | None = None
    """From when on it is told what was used."""
    sums: list[ConsumptionSum] = field(default_factory=list)
    """The sums of this page."""

@dataclass(kw_only=True, slots=True)
class SummarizeLeadTimesResponse:
    """SummarizeLeadTimesResponse is one page."""

    end_time: datetime | None = None
    """Until when."""
    freshness: Freshness | None = None
    """How old the answer is: the oldest of orders and receipts."""
    next_page_token: str | None = None
    """Token of the next page; empty on the last one."""
    position: int | None = None
    """Place in the change log as of which the page stands; 0 to callers who are narrowed."""
    start_time: datetime | None = None
    """From when on deliveries count."""
    sums: list[LeadTimeSum] = field(default_factory=list)
    """The groups of this page."""

@dataclass(kw_only=True, slots=True)
class SummarizeOrdersResponse:
    """SummarizeOrdersResponse is one page of sums."""

    freshness: Freshness | None = None
    """How old the answer is."""
    next_page_token: str | None = None
    """Token of the next page; empty on the last one."""
    position: int | None = None
    """Place in the change log as of which the page stands; 0 to callers who are narrowed."""
    sums: list[OrderSum] = field(default_factory=list)
    """The sums of this page."""

@dataclass(kw_only=True, slots=True)
class SummarizePayablesResponse:
    """SummarizePayablesResponse is one page of sums."""

    freshness: Freshness | None = None
    """How old the answer is: the older of invoices and orders."""
    next_page_token: str | None = None
    """Token of the next page; empty on the last one."""
    position: int | None = None
    """Place in the change log as of which the page stands; 0 to callers who are narrowed."""
    sums: list[PayableSum] = field(default_factory=list)
    """The sums of this page."""

@dataclass(kw_only=True, slots=True)
class SummarizeStockResponse:
    """SummarizeStockResponse is one page of sums."""

    freshness: Freshness | None = None
    """How old the answer is: the oldest of the collections that it is made of, which are stock
    positions, products, locations, lots, receipts and movements."""
    next_page_token: str | None = None
    """Token of the next page; empty on the last one."""
    position: int | None = None
    """Place in the change log as of which all sums of this page stand; 0 to callers who are narrowed."""
    sums: list[StockSum] = field(default_factory=list)
    """The sums of this page."""

@dataclass(kw_only=True, slots=True)
class Supplier:
    """Supplier is a company or person that goods are bought from [res.partner]: every partner that was
    bought from, and whoever an order, a receipt, an invoice, a requisition or a price names as its
    supplier, with the companies above it."""

    active: bool | None = None
    """False when it is archived [active]."""
    addresses: list[Address] = field(default_factory=list)
    """Addresses, its own first [the partner itself, and child_ids with an address]."""
    approval_proposal: ApprovalProposal | None = None
    """The proposal to approve it about which nobody has decided yet; unset where there is none. The
    mesh keeps it."""
    approval_status: ApprovalStatus | None = None
    """Whether it may be bought from. The mesh keeps it: Odoo has no such field."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Fields that this installation maps in addition, by their configured key."""
    company: str | None = None
    """Display name of the company that alone uses it [company_id]; empty when all companies share it."""
    company_registry: str | None = None
    """Number in the register of companies [company_registry]; empty when there is none."""
    contacts: list[Contact] = field(default_factory=list)
    """People to talk to [child_ids of type contact]."""
    create_time: datetime | None = None
    """When it was created in Odoo [create_date]."""
    currency_code: str | None = None
    """Currency of its orders, ISO 4217 [property_purchase_currency_id]; empty: the company's own."""
    display_name: str | None = None
    """Name of the company or person [name]."""
    email: str | None = None
    """Electronic mail address [email]; empty when there is none."""
    etag: str | None = None
    """Changes with the content. To be sent with a write."""
    gln: str | None = None
    """Global Location Number, 13 digits [global_location_number, where Odoo's module account_add_gln is
    installed, as it is from 19 on with accounting; else barcode, where it is one]. Empty when there
    is none."""
    is_company: bool | None = None
    """True for a company, false for a person [is_company]."""
    language: str | None = None
    """Language of its documents, such as "nl_NL" [lang]; empty when not stated."""
    legal_supplier: str | None = None
    """The company that it belongs to in law, "suppliers/3": itself, unless it is a contact of a company
    [commercial_partner_id]."""
    mobile: str | None = None
    """Mobile telephone number [mobile]; empty when there is none, and from Odoo 19 on, where the field
    is gone."""
    name: str | None = None
    """Name, "suppliers/7", where 7 is Odoo's id of the partner."""
    note: str | None = None
    """Note for people [comment], as plain text; empty when there is none."""
    parent: str | None = None
    """The supplier that this one belongs to, "suppliers/3" [parent_id]; empty when there is none."""
    payment_terms: str | None = None
    """Display name of the payment terms [property_supplier_payment_term_id]; empty when there are none."""
    phone: str | None = None
    """Telephone number [phone]; empty when there is none."""
    provenance: Provenance | None = None
    """Where the record comes from and how old it is."""
    reference: str | None = None
    """Internal reference [ref]; empty when Odoo has none."""
    references: dict[str, Reference] = field(default_factory=dict)
    """What people call the records that this one names, by their names: see Reference."""
    tax_id: str | None = None
    """Tax number [vat], as Odoo has it; empty when there is none."""
    update_time: datetime | None = None
    """When Odoo last wrote one of the rows behind it [write_date], as far as the mesh has read: a write
    that changes no content need not move it."""
    vendor_approvals: list[VendorApproval] = field(default_factory=list)
    """The decision about it as a whole, with an empty product and category_path. The mesh keeps it:
    ApproveSupplier and SuspendSupplier write it. Which of its products may be bought for which site
    is said by approvedVendors."""
    website: str | None = None
    """Web address [website]; empty when there is none."""

@dataclass(kw_only=True, slots=True)
class SupplierInput:
    """Supplier is a company or person that goods are bought from [res.partner]: every partner that was
    bought from, and whoever an order, a receipt, an invoice, a requisition or a price names as its
    supplier, with the companies above it."""

    active: bool | None = None
    """False when it is archived [active]."""
    addresses: list[AddressInput] = field(default_factory=list)
    """Addresses, its own first [the partner itself, and child_ids with an address]."""
    approval_proposal: ApprovalProposalInput | None = None
    """The proposal to approve it about which nobody has decided yet; unset where there is none. The
    mesh keeps it."""
    approval_status: ApprovalStatus | None = None
    """Whether it may be bought from. The mesh keeps it: Odoo has no such field."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Fields that this installation maps in addition, by their configured key."""
    company: str | None = None
    """Display name of the company that alone uses it [company_id]; empty when all companies share it."""
    company_registry: str | None = None
    """Number in the register of companies [company_registry]; empty when there is none."""
    contacts: list[ContactInput] = field(default_factory=list)
    """People to talk to [child_ids of type contact]."""
    currency_code: str | None = None
    """Currency of its orders, ISO 4217 [property_purchase_currency_id]; empty: the company's own."""
    display_name: str | None = None
    """Name of the company or person [name]."""
    email: str | None = None
    """Electronic mail address [email]; empty when there is none."""
    gln: str | None = None
    """Global Location Number, 13 digits [global_location_number, where Odoo's module account_add_gln is
    installed, as it is from 19 on with accounting; else barcode, where it is one]. Empty when there
    is none."""
    is_company: bool | None = None
    """True for a company, false for a person [is_company]."""
    language: str | None = None
    """Language of its documents, such as "nl_NL" [lang]; empty when not stated."""
    legal_supplier: str | None = None
    """The company that it belongs to in law, "suppliers/3": itself, unless it is a contact of a company
    [commercial_partner_id]."""
    mobile: str | None = None
    """Mobile telephone number [mobile]; empty when there is none, and from Odoo 19 on, where the field
    is gone."""
    name: str | None = None
    """Name, "suppliers/7", where 7 is Odoo's id of the partner."""
    note: str | None = None
    """Note for people [comment], as plain text; empty when there is none."""
    parent: str | None = None
    """The supplier that this one belongs to, "suppliers/3" [parent_id]; empty when there is none."""
    payment_terms: str | None = None
    """Display name of the payment terms [property_supplier_payment_term_id]; empty when there are none."""
    phone: str | None = None
    """Telephone number [phone]; empty when there is none."""
    reference: str | None = None
    """Internal reference [ref]; empty when Odoo has none."""
    tax_id: str | None = None
    """Tax number [vat], as Odoo has it; empty when there is none."""
    vendor_approvals: list[VendorApprovalInput] = field(default_factory=list)
    """The decision about it as a whole, with an empty product and category_path. The mesh keeps it:
    ApproveSupplier and SuspendSupplier write it. Which of its products may be bought for which site
    is said by approvedVendors."""
    website: str | None = None
    """Web address [website]; empty when there is none."""

@dataclass(kw_only=True, slots=True)
class SupplierPrice:
    """SupplierPrice is what one supplier asks for a product."""

    all_variants: bool | None = None
    """True when the price is for all variants of the template."""
    company: str | None = None
    """Display name of the company that the price is for; empty when for all."""
    discount_percent: Decimal | None = None
    """Discount in percent, 0 to 100 [discount]; unset before Odoo 17."""
    id: str | None = None
    """Stable id: Odoo's id of the row."""
    lead_time_days: int | None = None
    """Days from order to delivery [delay]."""
    legal_supplier: str | None = None
    """The company that the supplier belongs to, "suppliers/3", which is the supplier itself unless that
    is a contact of a company [commercial_partner_id of partner_id]. Documents of one company can be
    found by it, whichever contact was chosen."""
    min_quantity: Decimal | None = None
    """The price holds from this quantity on, in unit [min_qty]."""
    part_number: str | None = None
    """The supplier's part number [product_code]; empty when unknown."""
    price: Money | None = None
    """Price of one unit, before discount, in the currency of the row [price]."""
    product_name: str | None = None
    """The supplier's name for the product [product_name]; empty when unknown."""
    sequence: int | None = None
    """Odoo prefers lower numbers [sequence]."""
    supplier: str | None = None
    """The supplier, "suppliers/7" [partner_id]."""
    unit: UnitOfMeasure | None = None
    """The unit that quantity and price are stated in."""
    valid_from: date | None = None
    """First day on which the price holds [date_start]; unset: no limit."""
    valid_until: date | None = None
    """Last day on which the price holds [date_end]; unset: no limit."""

@dataclass(kw_only=True, slots=True)
class SupplierPriceInput:
    """SupplierPrice is what one supplier asks for a product."""

    all_variants: bool | None = None
    """True when the price is for all variants of the template."""
    company: str | None = None
    """Display name of the company that the price is for; empty when for all."""
    discount_percent: Decimal | None = None
    """Discount in percent, 0 to 100 [discount]; unset before Odoo 17."""
    id: str | None = None
    """Stable id: Odoo's id of the row."""
    lead_time_days: int | None = None
    """Days from order to delivery [delay]."""
    legal_supplier: str | None = None
    """The company that the supplier belongs to, "suppliers/3", which is the supplier itself unless that
    is a contact of a company [commercial_partner_id of partner_id]. Documents of one company can be
    found by it, whichever contact was chosen."""
    min_quantity: Decimal | None = None
    """The price holds from this quantity on, in unit [min_qty]."""
    part_number: str | None = None
    """The supplier's part number [product_code]; empty when unknown."""
    price: Money | None = None
    """Price of one unit, before discount, in the currency of the row [price]."""
    product_name: str | None = None
    """The supplier's name for the product [product_name]; empty when unknown."""
    sequence: int | None = None
    """Odoo prefers lower numbers [sequence]."""
    supplier: str | None = None
    """The supplier, "suppliers/7" [partner_id]."""
    unit: UnitOfMeasureInput | None = None
    """The unit that quantity and price are stated in."""
    valid_from: date | None = None
    """First day on which the price holds [date_start]; unset: no limit."""
    valid_until: date | None = None
    """Last day on which the price holds [date_end]; unset: no limit."""

@dataclass(kw_only=True, slots=True)
class SuspendSupplierResponse:
    """SuspendSupplierResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command."""
    supplier: Supplier | None = None
    """The supplier as the mesh shows it now; unset in a validation."""

class SyncMode(StrEnum):
    """SyncMode is how a business event gets into the mesh."""

    SYNC_MODE_UNSPECIFIED = "SYNC_MODE_UNSPECIFIED"
    SYNC_MODE_CAPTURED = "SYNC_MODE_CAPTURED"
    SYNC_MODE_DERIVED = "SYNC_MODE_DERIVED"
    SYNC_MODE_MESH_OWNED = "SYNC_MODE_MESH_OWNED"

@dataclass(kw_only=True, slots=True)
class Tax:
    """Tax is one tax on a line [account.tax]."""

    display_name: str | None = None
    """Display name, such as "21%" [name]."""
    id: int | None = None
    """Odoo's id."""
    included_in_price: bool | None = None
    """True when the price of the line has it in [price_include]."""
    percent: Decimal | None = None
    """Rate in percent [amount]; unset for a tax that is not a percentage."""

@dataclass(kw_only=True, slots=True)
class TaxInput:
    """Tax is one tax on a line [account.tax]."""

    display_name: str | None = None
    """Display name, such as "21%" [name]."""
    id: int | None = None
    """Odoo's id."""
    included_in_price: bool | None = None
    """True when the price of the line has it in [price_include]."""
    percent: Decimal | None = None
    """Rate in percent [amount]; unset for a tax that is not a percentage."""

@dataclass(kw_only=True, slots=True)
class TaxLine:
    """TaxLine is what an invoice books for one tax [account.move.line]."""

    amount: Money | None = None
    """The amount [amount_currency, with the sign of a bill, also on a refund]."""
    description: str | None = None
    """Text of the line [name]."""
    id: str | None = None
    """Stable id: Odoo's id of the line."""
    source_type: str | None = None
    """Odoo's own value for what the line is [display_type]: "tax", "rounding" for a cash rounding that
    goes into a tax, from Odoo 19 on "non_deductible_tax" for a share that may not be deducted."""
    tax: Tax | None = None
    """The tax [tax_line_id]; unset when the line belongs to none."""

@dataclass(kw_only=True, slots=True)
class TaxLineInput:
    """TaxLine is what an invoice books for one tax [account.move.line]."""

    amount: Money | None = None
    """The amount [amount_currency, with the sign of a bill, also on a refund]."""
    description: str | None = None
    """Text of the line [name]."""
    id: str | None = None
    """Stable id: Odoo's id of the line."""
    source_type: str | None = None
    """Odoo's own value for what the line is [display_type]: "tax", "rounding" for a cash rounding that
    goes into a tax, from Odoo 19 on "non_deductible_tax" for a share that may not be deducted."""
    tax: TaxInput | None = None
    """The tax [tax_line_id]; unset when the line belongs to none."""

@dataclass(kw_only=True, slots=True)
class TooLarge:
    """TooLarge stands in a stream in place of a record whose message would be larger than the caller
    takes: 4 MiB, or what it says in the metadata mesh-max-message-bytes. The stream goes on. The
    record is there over REST, and in parts with a read_mask."""

    name: str | None = None
    """Name of the record, such as "orders/42"."""
    size_bytes: int | None = None
    """Size of the record in bytes, as it would be sent."""

class TraceMilestoneType(StrEnum):
    """MilestoneType is what happened on a journey."""

    MILESTONE_TYPE_UNSPECIFIED = "MILESTONE_TYPE_UNSPECIFIED"
    MILESTONE_TYPE_ORDERED = "MILESTONE_TYPE_ORDERED"
    MILESTONE_TYPE_ORDER_CONFIRMED = "MILESTONE_TYPE_ORDER_CONFIRMED"
    MILESTONE_TYPE_ACKNOWLEDGED = "MILESTONE_TYPE_ACKNOWLEDGED"
    MILESTONE_TYPE_EXPECTED = "MILESTONE_TYPE_EXPECTED"
    MILESTONE_TYPE_RECEIVED = "MILESTONE_TYPE_RECEIVED"
    MILESTONE_TYPE_RETURNED = "MILESTONE_TYPE_RETURNED"
    MILESTONE_TYPE_BILLED = "MILESTONE_TYPE_BILLED"
    MILESTONE_TYPE_CREDITED = "MILESTONE_TYPE_CREDITED"
    MILESTONE_TYPE_MATCHED = "MILESTONE_TYPE_MATCHED"
    MILESTONE_TYPE_CANCELLED = "MILESTONE_TYPE_CANCELLED"
    MILESTONE_TYPE_MOVED = "MILESTONE_TYPE_MOVED"
    MILESTONE_TYPE_DELIVERED = "MILESTONE_TYPE_DELIVERED"
    MILESTONE_TYPE_ADJUSTED = "MILESTONE_TYPE_ADJUSTED"
    MILESTONE_TYPE_SCRAPPED = "MILESTONE_TYPE_SCRAPPED"

class Tracking(StrEnum):
    """Tracking is how single pieces are told apart."""

    TRACKING_UNSPECIFIED = "TRACKING_UNSPECIFIED"
    TRACKING_NONE = "TRACKING_NONE"
    TRACKING_LOT = "TRACKING_LOT"
    TRACKING_SERIAL = "TRACKING_SERIAL"

@dataclass(kw_only=True, slots=True)
class TransferStockResponse:
    """TransferStockResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    stock_position: StockPosition | None = None
    """What is left where the goods were; unset in a validation, and where Odoo has nothing left to
    show."""

@dataclass(kw_only=True, slots=True)
class UnitOfMeasure:
    """UnitOfMeasure is a unit with its exact factor to a reference unit [uom.uom]."""

    display_name: str | None = None
    """Display name, such as "Dozen" [name]."""
    factor_denominator: Decimal | None = None
    """Divisor of the factor; never 0."""
    factor_numerator: Decimal | None = None
    """One unit is factor_numerator / factor_denominator reference units, exactly: a dozen is 12 / 1, a
    unit of which three make one reference is 1 / 3."""
    name: str | None = None
    """Stable name, "units/7"."""
    reference_unit: str | None = None
    """Stable name of the reference unit, "units/1". A reference unit names itself."""
    rounding: Decimal | None = None
    """Quantities in this unit are multiples of it, such as 0.01 [rounding]. Empty when Odoo states
    none."""

@dataclass(kw_only=True, slots=True)
class UnitOfMeasureInput:
    """UnitOfMeasure is a unit with its exact factor to a reference unit [uom.uom]."""

    display_name: str | None = None
    """Display name, such as "Dozen" [name]."""
    factor_denominator: Decimal | None = None
    """Divisor of the factor; never 0."""
    factor_numerator: Decimal | None = None
    """One unit is factor_numerator / factor_denominator reference units, exactly: a dozen is 12 / 1, a
    unit of which three make one reference is 1 / 3."""
    name: str | None = None
    """Stable name, "units/7"."""
    reference_unit: str | None = None
    """Stable name of the reference unit, "units/1". A reference unit names itself."""
    rounding: Decimal | None = None
    """Quantities in this unit are multiples of it, such as 0.01 [rounding]. Empty when Odoo states
    none."""

@dataclass(kw_only=True, slots=True)
class UpdateApprovedVendorResponse:
    """UpdateApprovedVendorResponse is what became of it."""

    approved_vendor: ApprovedVendor | None = None
    """The entry as it is now; unset in a validation."""
    intent: Intent | None = None
    """What became of the command."""

@dataclass(kw_only=True, slots=True)
class UpdateOrderResponse:
    """UpdateOrderResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    order: Order | None = None
    """The order as it was read back from Odoo; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class UpdateProductResponse:
    """UpdateProductResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    product: Product | None = None
    """The product as it was read back from Odoo; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class UpdateSupplierResponse:
    """UpdateSupplierResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    supplier: Supplier | None = None
    """The supplier as it was read back from Odoo; unset in a validation."""

@dataclass(kw_only=True, slots=True)
class Usage:
    """Usage is that a principal calls a method."""

    calls: int | None = None
    """How often."""
    client: str | None = None
    """The client, as the first product of its User-Agent says, such as "grpc-go/1.84.0". "none" where
    it says nothing, "others" for those beyond the 16 that a principal has."""
    first_time: datetime | None = None
    """When first."""
    last_time: datetime | None = None
    """When last, to the second."""
    method: str | None = None
    """The method, by its full name."""
    principal: str | None = None
    """The principal."""
    version: str | None = None
    """The version of the contract that it belongs to, such as "mesh.order.v1"."""

@dataclass(kw_only=True, slots=True)
class VariantAttribute:
    """VariantAttribute is one property that tells variants apart."""

    attribute: str | None = None
    """Name of the property, such as "Size"."""
    value: str | None = None
    """Its value, such as "M"."""

@dataclass(kw_only=True, slots=True)
class VariantAttributeInput:
    """VariantAttribute is one property that tells variants apart."""

    attribute: str | None = None
    """Name of the property, such as "Size"."""
    value: str | None = None
    """Its value, such as "M"."""

@dataclass(kw_only=True, slots=True)
class VendorApproval:
    """VendorApproval is one entry of the approved-vendor list."""

    category_path: str | None = None
    """Path of the product category that the entry is about; empty when it is about a product or about
    everything."""
    comment: str | None = None
    """Conditions, or the reason, for people; empty when there are none."""
    decide_time: datetime | None = None
    """When it was decided."""
    decided_by: str | None = None
    """Who decided."""
    evidence: list[str] = field(default_factory=list)
    """What shows it: numbers of documents, or addresses where they lie."""
    id: str | None = None
    """Stable id within the supplier."""
    product: str | None = None
    """The product that the entry is about, "products/42"; empty when it is about a category or about
    everything."""
    proposed_by: str | None = None
    """Who proposed it; empty where nobody had to."""
    site: str | None = None
    """Site that the entry is for; empty when for all."""
    status: ApprovalStatus | None = None
    """The decision."""
    valid_from: date | None = None
    """First day on which it holds; unset: no limit."""
    valid_until: date | None = None
    """Last day on which it holds; unset: no limit."""

@dataclass(kw_only=True, slots=True)
class VendorApprovalInput:
    """VendorApproval is one entry of the approved-vendor list."""

    category_path: str | None = None
    """Path of the product category that the entry is about; empty when it is about a product or about
    everything."""
    comment: str | None = None
    """Conditions, or the reason, for people; empty when there are none."""
    decide_time: datetime | None = None
    """When it was decided."""
    decided_by: str | None = None
    """Who decided."""
    evidence: list[str] = field(default_factory=list)
    """What shows it: numbers of documents, or addresses where they lie."""
    id: str | None = None
    """Stable id within the supplier."""
    product: str | None = None
    """The product that the entry is about, "products/42"; empty when it is about a category or about
    everything."""
    proposed_by: str | None = None
    """Who proposed it; empty where nobody had to."""
    site: str | None = None
    """Site that the entry is for; empty when for all."""
    status: ApprovalStatus | None = None
    """The decision."""
    valid_from: date | None = None
    """First day on which it holds; unset: no limit."""
    valid_until: date | None = None
    """Last day on which it holds; unset: no limit."""

@dataclass(kw_only=True, slots=True)
class VendorTerm:
    """VendorTerm is what of an entry is approved."""

    approve_time: datetime | None = None
    """When."""
    approved_by: str | None = None
    """Who approved it."""
    conditions: str | None = None
    """Under which conditions, for people; empty where there are none."""
    reason: str | None = None
    """Why, for people; empty where nobody said."""
    valid_from: date | None = None
    """First day on which it holds; unset: no limit."""
    valid_until: date | None = None
    """Last day on which it holds; unset: no limit."""

@dataclass(kw_only=True, slots=True)
class VerifyBalancesResponse:
    """VerifyBalancesResponse is what the comparison of events with Odoo's stock found."""

    compared: int | None = None
    """How many balances, by product, location, lot, owner and package, were compared."""
    drifting: int | None = None
    """How many differ and are not explained."""
    drifts: list[StockDrift] = field(default_factory=list)
    """Those that differ and that nothing explains; empty when the events prove the stock. At most 1000."""
    explained: list[StockDrift] = field(default_factory=list)
    """Those that differ by what is known and no cause for alarm: what moved while Odoo did not count
    it, and what a person has acknowledged. At most 1000."""
    explained_count: int | None = None
    """How many differ and are explained."""
    freshness: Freshness | None = None
    """How old the copy of Odoo's movements and stock is that was compared. Where Odoo does not answer,
    the events were equal to its stock then, and what came later is not known."""
    last_event: int | None = None
    """The newest event that was added up."""

@dataclass(kw_only=True, slots=True)
class VerifyRecordResponse:
    """VerifyRecordResponse is how the mesh's copy compares with Odoo."""

    capture_pending: bool | None = None
    """True when Odoo wrote the record later than the copy says: the next look for changes is to bring
    it. False beside a difference means that no stamp of Odoo's shows it; the next comparison of all
    ids, or ResyncDomain, heals it."""
    compared_time: datetime | None = None
    """When Odoo was asked."""
    differences: list[Difference] = field(default_factory=list)
    """What differs, in the order of the record's fields. Empty when only one of the two has the record."""
    equal: bool | None = None
    """Whether copy and Odoo hold the same content."""
    in_mesh: bool | None = None
    """Whether the mesh has the record."""
    in_odoo: bool | None = None
    """Whether Odoo has the record, as one of this collection."""
    name: str | None = None
    """Name of the record."""
    revision: int | None = None
    """Place in the change log of the last change of the copy; 0 when it is as it was first loaded, or
    when there is none."""

@dataclass(kw_only=True, slots=True)
class WatchIntentsResponse:
    """WatchIntentsResponse is some intents, or a heartbeat."""

    intents: list[Intent] = field(default_factory=list)
    """Intents as they were after each of their changes, in order; none in a heartbeat."""
    position: str | None = None
    """Where to go on after this message. Opaque."""
    send_time: datetime | None = None
    """When this message was made."""

@dataclass(kw_only=True, slots=True)
class WatchInvoicesResponse:
    """WatchInvoicesResponse is one change, or a heartbeat."""

    change_type: ChangeType | None = None
    """Why this message is sent."""
    invoice: Invoice | None = None
    """The invoice after the change, or before it where it is gone. Unset in a heartbeat."""
    position: str | None = None
    """Where to go on after this message. Opaque."""
    recorded_time: datetime | None = None
    """When the mesh wrote the change into its log; in a CURRENT message, when the content was read; in
    a heartbeat, when it was sent."""
    too_large: TooLarge | None = None
    """In place of the invoice where it is larger than the caller takes."""

@dataclass(kw_only=True, slots=True)
class WatchLocationsResponse:
    """WatchLocationsResponse is one change, or a heartbeat."""

    change_type: ChangeType | None = None
    """Why this message is sent."""
    location: Location | None = None
    """The location after the change, or before it where it is gone. Unset in a heartbeat."""
    position: str | None = None
    """Where to go on after this message. Opaque."""
    recorded_time: datetime | None = None
    """When the mesh wrote the change into its log; in a CURRENT message, when the content was read; in
    a heartbeat, when it was sent."""
    too_large: TooLarge | None = None
    """In place of the location where it is larger than the caller takes."""

@dataclass(kw_only=True, slots=True)
class WatchLotsResponse:
    """WatchLotsResponse is one change, or a heartbeat."""

    change_type: ChangeType | None = None
    """Why this message is sent."""
    lot: Lot | None = None
    """The lot after the change, or before it where it is gone. Unset in a heartbeat."""
    position: str | None = None
    """Where to go on after this message. Opaque."""
    recorded_time: datetime | None = None
    """When the mesh wrote the change into its log; in a CURRENT message, when the content was read; in
    a heartbeat, when it was sent."""
    too_large: TooLarge | None = None
    """In place of the lot where it is larger than the caller takes."""

@dataclass(kw_only=True, slots=True)
class WatchMovementsResponse:
    """WatchMovementsResponse is one change, or a heartbeat."""

    change_type: ChangeType | None = None
    """Why this message is sent."""
    movement: Movement | None = None
    """The movement after the change, or before it where it is gone. Unset in a heartbeat."""
    position: str | None = None
    """Where to go on after this message. Opaque."""
    recorded_time: datetime | None = None
    """When the mesh wrote the change into its log; in a CURRENT message, when the content was read; in
    a heartbeat, when it was sent."""
    too_large: TooLarge | None = None
    """In place of the movement where it is larger than the caller takes."""

@dataclass(kw_only=True, slots=True)
class WatchOrdersResponse:
    """WatchOrdersResponse is one change, or a heartbeat."""

    change_type: ChangeType | None = None
    """Why this message is sent."""
    order: Order | None = None
    """The order after the change, or before it where it is gone. Unset in a heartbeat."""
    position: str | None = None
    """Where to go on after this message. Opaque."""
    recorded_time: datetime | None = None
    """When the mesh wrote the change into its log; in a CURRENT message, when the content was read; in
    a heartbeat, when it was sent."""
    too_large: TooLarge | None = None
    """In place of the order where it is larger than the caller takes."""

@dataclass(kw_only=True, slots=True)
class WatchProductsResponse:
    """WatchProductsResponse is one change, or a heartbeat."""

    change_type: ChangeType | None = None
    """Why this message is sent."""
    position: str | None = None
    """Where to go on after this message. Opaque."""
    product: Product | None = None
    """The product after the change, or before it where it is gone. Unset in a heartbeat."""
    recorded_time: datetime | None = None
    """When the mesh wrote the change into its log; in a CURRENT message, when the content was read; in
    a heartbeat, when it was sent."""
    too_large: TooLarge | None = None
    """In place of the product where it is larger than the caller takes."""

@dataclass(kw_only=True, slots=True)
class WatchReceiptsResponse:
    """WatchReceiptsResponse is one change, or a heartbeat."""

    change_type: ChangeType | None = None
    """Why this message is sent."""
    position: str | None = None
    """Where to go on after this message. Opaque."""
    receipt: Receipt | None = None
    """The receipt after the change, or before it where it is gone. Unset in a heartbeat."""
    recorded_time: datetime | None = None
    """When the mesh wrote the change into its log; in a CURRENT message, when the content was read; in
    a heartbeat, when it was sent."""
    too_large: TooLarge | None = None
    """In place of the receipt where it is larger than the caller takes."""

@dataclass(kw_only=True, slots=True)
class WatchRequisitionsResponse:
    """WatchRequisitionsResponse is one change, or a heartbeat."""

    change_type: ChangeType | None = None
    """Why this message is sent."""
    position: str | None = None
    """Where to go on after this message. Opaque."""
    recorded_time: datetime | None = None
    """When the mesh wrote the change into its log; in a CURRENT message, when the content was read; in
    a heartbeat, when it was sent."""
    requisition: Requisition | None = None
    """The requisition after the change, or before it where it is gone. Unset in a heartbeat."""
    too_large: TooLarge | None = None
    """In place of the requisition where it is larger than the caller takes."""

@dataclass(kw_only=True, slots=True)
class WatchStockPositionsResponse:
    """WatchStockPositionsResponse is one change, or a heartbeat."""

    change_type: ChangeType | None = None
    """Why this message is sent."""
    position: str | None = None
    """Where to go on after this message. Opaque."""
    recorded_time: datetime | None = None
    """When the mesh wrote the change into its log; in a CURRENT message, when the content was read; in
    a heartbeat, when it was sent."""
    stock_position: StockPosition | None = None
    """The stock position after the change, or before it where it is gone. Unset in a heartbeat."""
    too_large: TooLarge | None = None
    """In place of the stock position where it is larger than the caller takes."""

@dataclass(kw_only=True, slots=True)
class WatchSuppliersResponse:
    """WatchSuppliersResponse is one change, or a heartbeat."""

    change_type: ChangeType | None = None
    """Why this message is sent."""
    position: str | None = None
    """Where to go on after this message. Opaque."""
    recorded_time: datetime | None = None
    """When the mesh wrote the change into its log; in a CURRENT message, when the content was read; in
    a heartbeat, when it was sent."""
    supplier: Supplier | None = None
    """The supplier after the change, or before it where it is gone. Unset in a heartbeat."""
    too_large: TooLarge | None = None
    """In place of the supplier where it is larger than the caller takes."""

@dataclass(kw_only=True, slots=True)
class Whereabouts:
    """Whereabouts is how much of a lot is, or has ended, at one place."""

    in_house: bool | None = None
    """Whether the place belongs to the house: what is elsewhere has left it."""
    last_move_time: datetime | None = None
    """When the last of it came or went."""
    location: str | None = None
    """The place, "locations/8"."""
    location_name: str | None = None
    """Its name, such as "WH/Stock"; empty when the mesh does not know it."""
    quantity: Decimal | None = None
    """How much is there: what came less what went."""

@dataclass(kw_only=True, slots=True)
class WithdrawApprovedVendorResponse:
    """WithdrawApprovedVendorResponse is what became of it."""

    approved_vendor: ApprovedVendor | None = None
    """The entry as it is now; unset in a validation."""
    intent: Intent | None = None
    """What became of the command."""

@dataclass(kw_only=True, slots=True)
class WithdrawSupplierPriceResponse:
    """WithdrawSupplierPriceResponse is what became of it."""

    intent: Intent | None = None
    """What became of the command, and what Odoo did besides."""
    product: Product | None = None
    """The product as it was read back from Odoo; unset in a validation."""
