# SPDX-License-Identifier: Apache-2.0
"""The windows of contact_races.py: in which of them a payment comes, between the evening before the
tick and the letter. Each gets a Ground and a group of it, and returns the debtors who must get no
letter whatever the timing: their payment precedes the question by construction."""
import collections
import time

from orders import Orders, is_stopped, until
from race_ground import JOIN_S, LIMIT_S, SABOTAGED, Payment, now_ms, number_of

# A look is good for 2 s: a stop of the first length leaves it good, one of the second does not.
SHORT_STOP_S, LONG_STOP_S = 0.2, 2.3
# The same for a relay that is slow to take the recipient.
SLOW_RELAY_S, STUCK_RELAY_S = 0.7, 3.0
BEHIND_S = 1.0  # how long scenario stays behind while the notifier looks
TICK_SLICE_S, TICK_PAUSE_S = 0.02, 0.4  # it works, and it is stopped
TICK_BATCHES = 50

Row = collections.namedtuple("Row", "window payments unasked returned before raced violations")
Row.__doc__ = """`unasked`: debtors for whom no contact was asked for; `returned`: ... whose request
came back; `before`: letters that had left before the payment; `raced`: letters whose question was
sent before the payment had been committed; `violations`: texts."""


def before_the_tick(ground, group):
    """Half of them in a transaction that is still open when the tick is appended."""
    log, began = ground.log, now_ms()
    log.transactional.begin_transaction()
    for number in group.payers:
        log.payment(log.plain if number % 2 else log.transactional, number)
    log.plain.flush(30)
    log.transactional.flush(30)
    ground.tick(group)
    time.sleep(BEHIND_S)
    log.transactional.commit_transaction(20)
    ground.payments.update((number, Payment(began, now_ms())) for number in group.payers)
    return set(group.payers)


def tick_to_request(ground, group):
    """Scenario is stopped before it can read the tick."""
    ground.stop("scenario")
    ground.tick(group)
    ground.pay(group.payers)
    ground.go_on("scenario")
    return set(group.payers)


def ask_everybody(ground, group):
    """The requests are there, and a notifier that is stopped."""
    ground.stop("notifier")
    ground.tick(group)
    ground.await_requests(group)


def request_to_gate(ground, group):
    """Scenario knows nothing of the payments when the notifier looks."""
    ask_everybody(ground, group)
    ground.stop("scenario")
    ground.pay(group.payers)
    ground.go_on("notifier")
    time.sleep(BEHIND_S)
    ground.go_on("scenario")
    return set(group.payers)


def behind_an_open_transaction(ground, group):
    """The same, and scenario cannot know: an older transaction is open in front of the payments."""
    ask_everybody(ground, group)
    ground.log.transactional.begin_transaction()
    ground.tick(group, producer=ground.log.transactional)
    ground.pay(group.payers)
    ground.go_on("notifier")
    time.sleep(BEHIND_S)
    ground.log.transactional.commit_transaction(20)
    return set(group.payers)


def gate_to_attempt(ground, group):
    """The notifier stops whenever it has looked, and those it has looked at pay: for half of them
    the look is still good when it goes on, for the others it is not."""
    folder = ground.installation.folder
    orders, looked = Orders(folder / "order-notifier"), folder / "looked"
    ground.replace_notifier(binary=SABOTAGED, SABOTAGE_LOOKED=str(looked), **orders.environment())
    ask_everybody(ground, group)
    process, paid, too_old = ground.process("notifier"), set(), set()
    orders.give("STOP", "LOOKED")
    ground.go_on("notifier")
    while paid < set(group.payers):
        until(lambda: orders.are_obeyed() and is_stopped(process), "a look", LIMIT_S)
        lot = {number_of(debtor) for debtor in looked.read_text().split()}
        lot = (lot & set(group.payers)) - paid
        ground.pay(sorted(lot))
        good = 2 * len(too_old) > len(paid)
        time.sleep(SHORT_STOP_S if good else LONG_STOP_S)
        too_old |= set() if good else lot
        paid |= lot
        if paid < set(group.payers):
            orders.give("STOP", "LOOKED")
        ground.go_on("notifier")
    ground.settle(group)
    ground.replace_notifier()
    return too_old


def attempt_to_body(ground, group):
    """The relay is slow, and whoever is attempted pays at once; with odd numbers the relay takes so
    long that the look is too old."""
    rules = ground.installation.sink.rules
    rules.add(f"rcpt p*[02468]@* hang {SLOW_RELAY_S}\nrcpt p*[13579]@* hang {STUCK_RELAY_S}")

    def heed(number):
        if number in group.payers and number not in ground.payments:
            ground.pay([number])
    ground.eye.heed = heed
    ground.tick(group)
    until(lambda: set(group.payers) <= set(ground.payments), "everybody was attempted", LIMIT_S)
    ground.settle(group)
    ground.eye.heed = None
    rules.clear()
    return {number for number in group.payers if number % 2}


def after(ground, group):
    everybody = {*group.payers, *group.controls}
    ground.tick(group)
    until(lambda: set(ground.mailed(everybody)) == everybody, "a letter for everybody", LIMIT_S)
    ground.pay(group.payers)
    return set()


def during_a_long_tick(ground, group, seconds):
    """Scenario takes few debtors at a time and is stopped now and then; while it is, some pay."""
    ground.installation.kill("scenario")
    few = max(len(group.payers) // TICK_BATCHES, 1)
    ground.start_scenario(RELANCE_WORKER_BATCH_MAX=str(few))
    time.sleep(JOIN_S)
    began, slices, payers = now_ms(), round(seconds / TICK_PAUSE_S), list(group.payers)
    ground.stop("scenario")
    ground.tick(group)
    for number in range(slices):
        ground.pay(payers[number::slices])
        time.sleep(TICK_PAUSE_S)
        ground.go_on("scenario")
        time.sleep(TICK_SLICE_S)
        if number < slices - 1:
            ground.stop("scenario")
    ground.settle(group)
    took_s = ground.last_request_s(group, began)
    print(f"  the last request came {took_s:.1f} s after its tick", flush=True)
    assert took_s >= seconds, "the tick was over too soon"
    ground.installation.kill("scenario")
    ground.start_scenario()
    return set()


def judge(ground, window, group, silent):
    """The row of a window that is over; `silent` must have no letter."""
    ground.settle(group)
    mailed, behind = set(ground.mailed(group.payers)), ground.behind(group)
    before, requested = ground.before(group), ground.requested(group.payers)
    violations = [f"{one.kind} {one.debtor}: {one.text}" for one in ground.check()]
    violations += [f"D{number} has a letter; it paid before the question could be asked"
                   for number in sorted(mailed & silent)]
    violations += [f"D{number}: its gate was asked after its payment was committed"
                   for number in sorted(behind - silent)]
    return Row(window, len(group.payers), len(set(group.payers) - requested),
               len(requested - mailed), len(before), len(mailed - before - behind), violations)
