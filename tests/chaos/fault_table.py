# SPDX-License-Identifier: Apache-2.0
"""What a relay may do wrong with one recipient's mail, and what has to come of it: from what RFC 5321
says a reply means, and from nothing else.

A relay can have a mail only once it has all of it. Before the final dot nothing is in doubt: a 5xx
for this sender and recipient is for good, everything else is for later (RFC 5321 4.2.1, 4.2.5). From
the dot on only a whole reply ends the doubt: 2xx it has the mail, 4xx and 5xx it has not, anything
else nobody knows. Where there is no code, the stage of the exchange stands in its place."""
import collections

ACCEPTED, REFUSED, DEFERRED, UNKNOWN = "ACCEPTED", "REFUSED", "DEFERRED", "UNKNOWN"
YES, NO, MAYBE = "yes", "no", "maybe"  # whether the relay keeps the mail

Fault = collections.namedtuple("Fault", "stage action answers kept")
Fault.__doc__ = """`action` as in smtp_rules.py; `answers` {(result, code)}: each is right, and asking
again gives one of them again; `kept`: the relay has the mail afterwards."""


def fault(stage, action, result, code, kept=NO, more=()):
    return Fault(stage, action, {(result, code), *more}, kept)


# The end of a small mail leaves with its beginning: a relay that goes away inside of it may have
# been sent all of it.
IN_DOUBT = {(UNKNOWN, "end")}

FAULTS = [
    # Turned away, for now.
    fault("rcpt", "421 4.3.2 closing", DEFERRED, "421 4.3.2"),
    fault("rcpt", "450 4.2.2 mailbox full", DEFERRED, "450 4.2.2"),
    fault("rcpt", "451 4.3.0 local error", DEFERRED, "451 4.3.0"),
    fault("rcpt", "452 4.3.1 no room", DEFERRED, "452 4.3.1"),
    fault("rcpt", "499 whatever that is", DEFERRED, "499"),
    fault("data", "421 4.3.2 closing", DEFERRED, "421 4.3.2"),
    fault("data", "451 4.3.0 local error", DEFERRED, "451 4.3.0"),
    fault("dot", "421 4.3.2 closing", DEFERRED, "421 4.3.2"),
    fault("dot", "450 4.7.1 later", DEFERRED, "450 4.7.1"),
    fault("dot", "452 4.3.1 no room", DEFERRED, "452 4.3.1"),
    # Turned away for good.
    fault("rcpt", "550 5.1.1 no such user", REFUSED, "550 5.1.1"),
    fault("rcpt", "551 5.1.6 moved away", REFUSED, "551 5.1.6"),
    fault("rcpt", "552 5.2.2 mailbox full", REFUSED, "552 5.2.2"),
    fault("rcpt", "553 5.1.3 no address", REFUSED, "553 5.1.3"),
    fault("rcpt", "554 no", REFUSED, "554"),
    fault("data", "550 5.7.1 not from you", REFUSED, "550 5.7.1"),
    fault("data", "554 5.5.1 no recipients", REFUSED, "554 5.5.1"),
    fault("dot", "550 5.7.1 we do not like it", REFUSED, "550 5.7.1"),
    fault("dot", "552 5.3.4 too big", REFUSED, "552 5.3.4"),
    fault("dot", "554 5.6.0 not that", REFUSED, "554 5.6.0"),
    # Gone, or out of its mind, while it cannot have the mail.
    fault("rcpt", "drop", DEFERRED, "recipient"),
    fault("rcpt", "reset", DEFERRED, "recipient"),
    fault("rcpt", "garbage", DEFERRED, "recipient"),
    fault("rcpt", "huge 4000000", DEFERRED, "recipient"),
    fault("rcpt", "hang", DEFERRED, "recipient"),
    fault("rcpt", "slow 1", DEFERRED, "recipient"),
    fault("data", "drop", DEFERRED, "data"),
    fault("data", "reset", DEFERRED, "data"),
    fault("data", "garbage", DEFERRED, "data"),
    fault("data", "hang", DEFERRED, "data"),
    fault("data", "250 what", DEFERRED, "data", more={(DEFERRED, "250")}),
    fault("body", "drop", DEFERRED, "body", more=IN_DOUBT),
    fault("body", "reset", DEFERRED, "body", more=IN_DOUBT),
    fault("body", "421 4.3.2 closing", DEFERRED, "421 4.3.2", more={(DEFERRED, "body"), *IN_DOUBT}),
    # ... and when it can.
    fault("dot", "drop", UNKNOWN, "end"),
    fault("dot", "reset", UNKNOWN, "end"),
    fault("dot", "keep-drop", UNKNOWN, "end", YES),
    fault("dot", "hang", UNKNOWN, "end", YES),
    fault("dot", "slow 1", UNKNOWN, "end", YES),
    fault("dot", "garbage", UNKNOWN, "end"),
    fault("dot", "huge 4000000", UNKNOWN, "end", YES),
    fault("dot", "354 go on", UNKNOWN, "354"),
    # A line of 100 KB is no reply of RFC 5321 4.5.3.1.5; who reads it to its end knows what it says.
    fault("rcpt", "huge", DEFERRED, "recipient", MAYBE, more={(ACCEPTED, "250 2.0.0")}),
    fault("dot", "huge", UNKNOWN, "end", YES, more={(ACCEPTED, "250")}),
    # Odd, and right all the same.
    fault("dot", "251 fine", ACCEPTED, "251", YES),
    fault("dot", "answer-drop", ACCEPTED, "250 2.0.0", YES),
    fault("dot", "lines 60", ACCEPTED, "250 2.0.0", YES),
    fault("dot", "slow 0.01", ACCEPTED, "250 2.0.0", YES),
    fault("dot", "hang 0.5", ACCEPTED, "250 2.0.0", YES),
    fault("rcpt", "lines 60", ACCEPTED, "250 2.0.0", YES),
    fault("rcpt", "slow 0.01", ACCEPTED, "250 2.0.0", YES),
    fault("data", "lines 60", ACCEPTED, "250 2.0.0", YES),
]
# Each reply comes in time, but all of them too late for the look that the mail was given: nothing of it
# has left, as often as that is tried.
TARDY = fault("rcpt", "hang 2.2", DEFERRED, "data", more={(DEFERRED, "354")})
GREYLIST = fault("rcpt", "greylist 1", DEFERRED, "451 4.7.1", more={(ACCEPTED, "250 2.0.0")},
                 kept=MAYBE)
USUAL = fault("rcpt", "accept", ACCEPTED, "250 2.0.0", YES)

# Before the recipient is named nobody knows whom it is about: at whichever mail comes next. A reply
# that is final is about ourselves, not about the recipient: of the three stages only MAIL FROM is
# about a mail. A connection that was used before and fails there may have been the reason: the mail
# may be tried on a fresh one at once.
FRESH = {(ACCEPTED, "250 2.0.0")}
NAMELESS = [
    fault("greeting", "421 too busy", DEFERRED, "421"),
    fault("greeting", "554 no mail here", DEFERRED, "554"),
    fault("greeting", "drop", DEFERRED, "connection"),
    fault("greeting", "garbage", DEFERRED, "connection"),
    fault("helo", "421 4.3.2 closing", DEFERRED, "421 4.3.2"),
    fault("helo", "drop", DEFERRED, "hello"),
    fault("mail", "421 4.3.2 closing", DEFERRED, "421 4.3.2", more=FRESH),
    fault("mail", "451 4.3.0 later", DEFERRED, "451 4.3.0", more=FRESH),
    fault("mail", "drop", DEFERRED, "sender", more=FRESH),
    fault("mail", "hang", DEFERRED, "sender", more=FRESH),
    # We are not let in: no mail can mend that, so that it waits for a person and is tried again.
    fault("mail", "530 5.7.0 log in first", ACCEPTED, "250 2.0.0"),
    fault("mail", "550 5.7.1 not from you", REFUSED, "550 5.7.1", more=FRESH),
]
