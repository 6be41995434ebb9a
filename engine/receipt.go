package engine

// Reason says why an attempt was refused, as a key that the page turns into a
// sentence in the reader's language.
type Reason string

// The reasons for refusal.
const (
	ReasonNotOpen           Reason = "not_open"            // bidding has not begun
	ReasonClosed            Reason = "closed"              // bidding time is over
	ReasonPaused            Reason = "paused"              // the session is paused
	ReasonEnded             Reason = "ended"               // announced, stopped or cancelled
	ReasonNotAdmitted       Reason = "not_admitted"        // no participant of this session
	ReasonNotCheckedIn      Reason = "not_checked_in"      // check in first
	ReasonDisqualified      Reason = "disqualified"        // lost the right to bid
	ReasonBelowStart        Reason = "below_start"         // under the starting price
	ReasonTooLow            Reason = "too_low"             // under the next minimum
	ReasonOffStep           Reason = "off_step"            // not start + k × step
	ReasonBadAmount         Reason = "bad_amount"          // zero, negative or absurd
	ReasonAboveCap          Reason = "above_cap"           // over the cap of the rules, or the next step is
	ReasonOwnLead           Reason = "own_lead"            // already leading
	ReasonNotLeading        Reason = "not_leading"         // only the leader may do this
	ReasonMaximumNotHigher  Reason = "maximum_not_higher"  // a maximum can only rise
	ReasonNoProxy           Reason = "no_proxy"            // the rules know no maximum bids
	ReasonConfirmNeeded     Reason = "confirm_needed"      // type the amount again
	ReasonConfirmMismatch   Reason = "confirm_mismatch"    // what was typed again differs
	ReasonTooFast           Reason = "too_fast"            // under the interval of the rules
	ReasonWrongPhase        Reason = "wrong_phase"         // the act does not fit the phase
	ReasonTooEarly          Reason = "too_early"           // before the published opening
	ReasonTextNeeded        Reason = "text_needed"         // a reason or text is missing, or no text for people
	ReasonTextTooLong       Reason = "text_too_long"       // more than 500 characters
	ReasonUnknownCode       Reason = "unknown_code"        // no such participant
	ReasonAlreadyOut        Reason = "already_out"         // already disqualified
	ReasonBadDuration       Reason = "bad_duration"        // not between 1 s and 24 h
	ReasonResultChanged     Reason = "result_changed"      // what is announced is not what stands
	ReasonForbidden         Reason = "forbidden"           // not this role's act
	ReasonCommandReused     Reason = "command_reused"      // this id was used for something else
	ReasonCommandTooOld     Reason = "command_too_old"     // decided so long ago that its receipt is not kept
	ReasonCommandIDMissing  Reason = "command_id_missing"  // no id
	ReasonAlreadyCheckedIn  Reason = "already_checked_in"  // nothing to do
	ReasonNothingToWithdraw Reason = "nothing_to_withdraw" // no bid stands
	ReasonWithdrawn         Reason = "withdrawn"           // took back the leading bid
	ReasonPricePassed       Reason = "price_passed"        // the price has fallen below what was named
	ReasonPriceNotReached   Reason = "price_not_reached"   // the price has not fallen to what was named
	ReasonAlreadyTaken      Reason = "already_taken"       // somebody else accepted the price first
	ReasonNotInRound        Reason = "not_in_round"        // no valid bid in the period before this round
	ReasonNotForMethod      Reason = "not_for_method"      // there is no such way to bid here
	ReasonBetweenRounds     Reason = "between_rounds"      // the round has yet to begin
	ReasonKeysMissing       Reason = "keys_missing"        // two officers have to take their keys first
	ReasonKeysTaken         Reason = "keys_taken"          // two others hold the keys
	ReasonBadKey            Reason = "bad_key"             // not the key that was taken, or none
	ReasonNoKeeper          Reason = "no_keeper"           // holds no key of this session
	ReasonKeyGiven          Reason = "key_given"           // this key was presented before
	ReasonStillSealed       Reason = "still_sealed"        // the offers have yet to be opened
	ReasonRoundDue          Reason = "round_due"           // by the rules another round follows first
	ReasonLastWord          Reason = "last_word"           // accepted the falling price, and is asked after the offers
	ReasonAnotherIsAsked    Reason = "another_is_asked"    // the last word is somebody else's
	ReasonNoRoundDue        Reason = "no_round_due"        // by the rules no round follows
	ReasonUnreadable        Reason = "unreadable"          // a sealed offer that does not open
	ReasonLotsTaken         Reason = "lots_taken"          // leads or has won as many lots as the limit allows
	ReasonOverLimit         Reason = "over_limit"          // more than the limit across lots leaves
	ReasonPriceChanged      Reason = "price_changed"       // what is called is not what stands
	ReasonCallTooSoon       Reason = "call_too_soon"       // less than the rules' time after the last call
	ReasonAllCalled         Reason = "all_called"          // the price has been called for the last time
	ReasonCallsMissing      Reason = "calls_missing"       // the hammer waits for the last call
	ReasonBidStands         Reason = "bid_stands"          // a valid bid would win, so nothing can be passed
	ReasonNotLastBid        Reason = "not_last_bid"        // only the last bid that counts can be undone
	ReasonLaterLotOpen      Reason = "later_lot_open"      // a later lot of the auction has opened
	ReasonEarlierLotOpen    Reason = "earlier_lot_open"    // an earlier lot was reopened and goes on
	ReasonBuyNowGone        Reason = "buy_now_gone"        // it cannot be bought at once, or no more
	ReasonNotYourTurn       Reason = "not_your_turn"       // somebody else speaks now
	ReasonBadUnits          Reason = "bad_units"           // no number of units that can be asked for
	ReasonNotInPart         Reason = "not_in_part"         // gets all that was asked for, or nothing
	ReasonPartDeclined      Reason = "part_declined"       // did not take a part; the offer counts no more
	ReasonSecondPerson      Reason = "second_person"       // who asked for it cannot confirm it
	ReasonUndoPending       Reason = "undo_pending"        // an undo was asked for, and waits for a second person
	ReasonNoUndoAsked       Reason = "no_undo_asked"       // none was, or it is void
	ReasonDropped           Reason = "dropped"             // its sender was told that it had not arrived
)

// Refusal is a refusal that is not recorded: of somebody who is not admitted,
// of a command that is no new attempt, or after the end. Asked again, the same
// command is refused again. It is an answer, not a failure.
type Refusal struct{ Reason Reason }

func (r *Refusal) Error() string { return "refused: " + string(r.Reason) }

// Receipt is the answer to a command. For the same command id it is the same,
// however often it is asked for and whatever happened in between.
type Receipt struct {
	Cmd      CommandID `json:"cmd"`
	Act      ActName   `json:"act"`
	Seq      Seq       `json:"seq,omitempty"` // the record; zero: not recorded
	At       Instant   `json:"at,omitempty"`  // server receive time
	Accepted bool      `json:"accepted"`
	Reason   Reason    `json:"reason,omitempty"` // why it was refused
	Amount   Dong      `json:"amount,omitempty"` // as the command named it
	Price    Dong      `json:"price,omitempty"`  // after the command
	Next     Dong      `json:"next,omitempty"`   // next minimum after the command; absent: the cap allows none
	Steps    Dong      `json:"steps,omitempty"`  // with confirm_needed
	Free     *Dong     `json:"free,omitempty"`   // what the limit leaves for this lot, with over_limit
	Leading  bool      `json:"leading,omitempty"`
	Hash     *Hash     `json:"hash,omitempty"` // chain link of the record
	Salt     *Hash     `json:"salt,omitempty"` // opens what the record conceals of this receipt; see AmountDisclosure
	// Proof is the server's signature; nil: it gave none. It is of this giving:
	// the same receipt given again has another one.
	Proof *ReceiptProof `json:"proof,omitempty"`
}

// Question asks what became of commands. Code is the participant who sent them;
// empty: staff did.
type Question struct {
	Code     ParticipantCode `json:"code,omitempty"`
	Commands []CommandID     `json:"commands"`
	// Drop makes the answer final: what is not known is not carried out any more,
	// should it still come over a line that its sender has left.
	Drop bool `json:"drop,omitempty"`
}

// ReceiptProof shows that the server gave a receipt. What it gives at once is the
// leaves of one tree (RFC 6962), and it signs the root.
type ReceiptProof struct {
	Index int    `json:"index"` // of the receipt among them
	Size  int    `json:"size"`  // how many there were
	Path  []Hash `json:"path,omitempty"`
	Note  string `json:"note"` // C2SP signed-note
}
