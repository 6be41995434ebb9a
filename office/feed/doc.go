// Package feed renders what is public of auctions for readers that are
// programs: an Atom feed (RFC 4287), a calendar (RFC 5545), JSON for the
// national portal and a release package of the Open Contracting Data Standard.
//
// All of it is pure: a Notice in, bytes out, the same bytes for the same
// notice. A Notice has no field for anything that is not public, so nothing
// else can leave. Texts may be hostile: control characters, marks that turn the
// direction of writing and endless lengths are taken out before rendering, and
// addresses other than http and https are left out.
//
// # The national portal
//
// No interface of the portal is published. Portal writes the facts that its
// form asks for and that articles 34, 35 and 57 of the Law on Property Auction
// want in a notice, one object a notice, for a person to enter or for a later
// adapter to send. PortalSchema is the JSON Schema of it; its "version" grows
// when the shape changes.
//
// # Open contracting, where it fits
//
// The standard (OCDS 1.1) is made for buying; its scope names government asset
// sales, but its words stay those of a purchase. This is what a sale becomes:
//
//	auction             one contracting process: ocid = registered prefix + "-" + notice id
//	version of a notice one release; its date is when the notice was changed
//	centre              party "procuringEntity", tender.procuringEntity
//	owner               party "seller", a role of our own (the list of roles is open)
//	lot                 tender.lots (lots extension), one tender.item each
//	starting price      minValue of the lot, and of the tender when all are public
//	deposit, fee        tender.participationFees "deposit" and "document"
//	registration        tender.tenderPeriod
//	viewing             tender.milestones of type "engagement"
//	bidding             tender.awardPeriod: the price is decided in it
//	method              procurementMethod "open", submissionMethod "electronicAuction",
//	                    "electronicSubmission" of sealed offers, "inPerson" of the hall,
//	                    awardCriteria "highestPrice", a code of our own (the list is open)
//	result              one award a lot: "active" with its value, or "unsuccessful"
//
// What does not fit is left out rather than bent: "buyer" (the standard means
// who pays, here that is the winner), "suppliers" (the winner's name is not
// public), "planning" (nothing of an auction is public before its notice),
// "contracts" (signed between owner and winner, not on this system). A value is
// what the public receives, not what it spends: whoever adds up OCDS values must
// not add sales to purchases. OCDSProfile is the JSON Schema of what is written,
// a narrowing of the published one.
package feed
