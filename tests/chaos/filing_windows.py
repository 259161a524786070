# SPDX-License-Identifier: Apache-2.0
"""The windows of filing_races.py: in which of them a payment comes, between the evening before the
referral and the filing that stands. Each gets a FilingGround and a group of it, and returns the
debtors for whom nothing must be filed whatever the timing: their payment precedes the question by
construction."""
import collections
import time

from filing_ground import RECALL_LIMIT_MS, WORKER
from orders import is_stopped, until
from race_faults import STALE_S, WATCHED_S
from race_ground import LIMIT_S
from race_windows import BEHIND_S, SHORT_STOP_S

# Scenario has looked past the end of what was taken back, and says so, in all partitions.
LOOKED_PAST_S = 2.0
# Stops in front of single acts of one transaction.
ACTS = 5

Row = collections.namedtuple("Row", "window payments never before raced recalled_s violations")
Row.__doc__ = """`never`: nothing was filed; `before`: filed before the payment was written, so that
it was recalled; `raced`: filed later, and asked before the payment had been committed;
`recalled_s`: the longest time from the payment's commit to the recall's; `violations`: texts."""


def everybody_of(group):
    return [*group.payers, *group.controls]


# ---- on the way to the approval ----

def ask_everybody(ground, group):
    """Everybody's case waits for an approval."""
    ground.tick(group)
    ground.await_moved(everybody_of(group), "APPROVAL_ASKED")


def before_it_is_asked(ground, group):
    """The case is referred, and legal-escalation has not read it."""
    ground.stop(WORKER)
    ground.tick(group)
    ground.await_inbox(everybody_of(group), "case_referred")
    ground.pay(group.payers)
    ground.go_on(WORKER)
    ground.await_moved(everybody_of(group), "APPROVAL_ASKED")
    ground.approve(everybody_of(group))
    return set(group.payers)


def asked_to_given(ground, group):
    ask_everybody(ground, group)
    ground.pay(group.payers)
    ground.approve(everybody_of(group))
    return set(group.payers)


# ---- from the approval to the look ----

def approve_unheard(ground, group):
    """The approvals lie in the inbox, and legal-escalation is stopped."""
    ask_everybody(ground, group)
    ground.stop(WORKER)
    ground.approve(everybody_of(group))
    ground.await_inbox(everybody_of(group), "command_routed")


def given_to_look(ground, group):
    """Scenario knows nothing of the payments when legal-escalation looks."""
    approve_unheard(ground, group)
    ground.stop("scenario")
    ground.pay(group.payers)
    ground.go_on(WORKER)
    ground.await_moved(everybody_of(group), "APPROVED")
    time.sleep(BEHIND_S)
    ground.go_on("scenario")
    return set(group.payers)


def shut_gates(ground, group):
    """A transaction is open in front of scenario, which cannot look past it."""
    ground.log.transactional.begin_transaction()
    ground.tick(group, producer=ground.log.transactional)


def behind_an_open_transaction(ground, group):
    """The same, and scenario cannot know: an older transaction is open in front of the payments."""
    approve_unheard(ground, group)
    shut_gates(ground, group)
    ground.pay(group.payers)
    ground.go_on(WORKER)
    ground.await_moved(everybody_of(group), "APPROVED")
    time.sleep(BEHIND_S)
    ground.log.transactional.commit_transaction(20)
    return set(group.payers)


def unread_in_the_inbox(ground, group):
    """Scenario has told of everything; legal-escalation reads one record between two looks."""
    ask_everybody(ground, group)
    ground.restart_legal(RELANCE_WORKER_BATCH_MAX="1")
    ground.stop(WORKER)
    ground.approve(everybody_of(group))
    ground.await_inbox(everybody_of(group), "command_routed")
    ground.pay(group.payers)
    ground.await_all(lambda: ground.told_of(group.payers), group.payers, "all payments are told")
    ground.go_on(WORKER)
    ground.settle(group)
    ground.restart_legal()
    return set(group.payers)


def unread_by_intake(ground, group):
    """The payments lie in a live source, and intake is stopped."""
    ask_everybody(ground, group)
    ground.stop("ingest")
    ground.pay_at_source(group)
    time.sleep(STALE_S)
    ground.approve(everybody_of(group))
    ground.await_moved(everybody_of(group), "APPROVED")
    time.sleep(WATCHED_S)
    ground.go_on("ingest")
    return set(group.payers)


# ---- from the look to the filing ----

def make_ready(ground, group):
    """Everybody's act is approved, and no look can end well."""
    approve_unheard(ground, group)
    shut_gates(ground, group)
    ground.go_on(WORKER)
    ground.await_moved(everybody_of(group), "APPROVED")


def open_gates(ground):
    """Nothing was said in that transaction."""
    ground.log.transactional.abort_transaction(20)


def stop_at(ground, step, passes=1, over=lambda: False):
    """Orders it, lets a worker that is stopped go on, and waits until it is stopped there; or until
    it is over with what would lead it there."""
    process = ground.process(WORKER)
    was_stopped = is_stopped(process)  # one that runs may obey at once
    ground.orders.give("STOP", step, passes)
    if was_stopped:
        ground.go_on(WORKER)
    until(lambda: ground.orders.are_obeyed() and is_stopped(process) or over(),
          f"a stop at {step}", LIMIT_S)


def look_to_scenario(ground, group):
    """Scenario is asked, and tells of the payments before its answer is read."""
    make_ready(ground, group)
    stop_at(ground, "SCENARIO")
    open_gates(ground)
    ground.pay(group.payers)
    ground.await_all(lambda: ground.told_of(group.payers), group.payers, "all payments are told")
    time.sleep(SHORT_STOP_S)  # told first, then shown in hot state
    ground.go_on(WORKER)
    return set(group.payers)


def pay_at_stops(ground, group, stops):
    """Everybody's look may end well at once, and some pay at each stop. `stops`: [(step, at which
    pass, who pays)]"""
    def over():
        return set(everybody_of(group)) <= {*ground.filings(everybody_of(group)), *ground.payments}
    make_ready(ground, group)
    stop_at(ground, "SCENARIO")
    open_gates(ground)
    time.sleep(LOOKED_PAST_S)
    for step, passes, payers in stops:
        stop_at(ground, step, passes, over)
        ground.pay(payers)
        time.sleep(SHORT_STOP_S)
    ground.orders.withdraw()
    ground.go_on(WORKER)
    return set()


def scenario_to_inbox(ground, group):
    """Scenario has looked past everything; the inbox's end is asked for, and not reached yet. It is
    asked for partition by partition, and by partition they pay: some before, some behind it."""
    lots = [[number for number in group.payers if ground.partition_of(number) == partition]
            for partition in range(ground.installation.partitions)]
    return pay_at_stops(ground, group, [("INBOX", 1, lot) for lot in lots])


def look_to_transaction(ground, group):
    """The look has ended well, and not everything is decided yet."""
    few = max(len(everybody_of(group)) // (ACTS + 1), 1)
    return pay_at_stops(ground, group, [("FILE", few if place else 1, group.payers[place::ACTS])
                                        for place in range(ACTS)])


def during_the_transaction(ground, group):
    """It is written and not committed; then committed, and legal-escalation does not know."""
    return pay_at_stops(ground, group, [("FILING", 1, group.payers[::2]),
                                        ("FILED", 1, group.payers[1::2])])


# ---- afterwards ----

def after_the_filing(ground, group):
    ask_everybody(ground, group)
    ground.approve(everybody_of(group))
    ground.await_all(lambda: ground.filings(everybody_of(group)), everybody_of(group),
                     "a filing for everybody")
    ground.pay(group.payers)
    return set()


WINDOWS = {
    "before it is asked": before_it_is_asked,
    "asked to given": asked_to_given,
    "given to look": given_to_look,
    "behind an open transaction": behind_an_open_transaction,
    "unread by intake": unread_by_intake,
    "look to scenario's answer": look_to_scenario,
    "scenario's answer to inbox": scenario_to_inbox,
    "unread in the inbox": unread_in_the_inbox,
    "look to transaction": look_to_transaction,
    "during the transaction": during_the_transaction,
    "after the filing": after_the_filing,
}


# ---- the verdict ----

def judge(ground, window, group, silent):
    """The row of a window that is over; for `silent` nothing must be filed."""
    ground.settle(group)
    filed, behind = set(ground.filings(group.payers)), ground.behind(group)
    before, recalled = ground.before(group), ground.recalled_after_ms(group)
    violations = [f"{one.kind} {one.debtor}: {one.text}" for one in ground.check()]
    violations += [f"D{number} is filed; it paid before the question could be asked"
                   for number in sorted(filed & silent)]
    violations += [f"D{number}: it was asked about after its payment was committed"
                   for number in sorted(behind - silent)]
    violations += [f"D{number} is filed and not recalled"
                   for number in sorted(filed - set(recalled))]
    violations += [f"D{number} was recalled {took_ms} ms after its payment"
                   for number, took_ms in sorted(recalled.items()) if took_ms > RECALL_LIMIT_MS]
    violations += [f"D{number} owes and was recalled"
                   for number in sorted(ground.filings(group.controls, "recalled"))]
    return Row(window, len(group.payers), len(group.payers) - len(filed), len(before),
               len(filed - before - behind), max(recalled.values(), default=0) / 1000, violations)
