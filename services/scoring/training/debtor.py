# SPDX-License-Identifier: Apache-2.0
"""What is known of a debtor on a day, in whole numbers: as core/profile.c and core/features.c.

Days are days since 1970-01-01, amounts minor units. Nothing here looks at what comes later.
"""
import datetime

WEEKDAYS = 7
DELAY_MIN, DELAY_MAX = -60, 365
Q = 1024  # averages are kept in 1/Q
RECENT, SLOW = 8, 64  # a moving average takes over one part in so many
WEIGHT_MAX = 1 << 50
SHARE_PRIOR, WEEKDAY_PRIOR = 2, 5
COUNT_MAX, RATIO_MAX, EXPOSURE_MAX, TERM_MAX = 1000, 10000, 100000, 365
EPOCH = datetime.date(1970, 1, 1)


def day_of(text):
    return (datetime.date.fromisoformat(text) - EPOCH).days


def date_of(day):
    return EPOCH + datetime.timedelta(day)


def weekday_of(day):
    """0 = Monday; 1970-01-01 was a Thursday."""
    return (day + 3) % WEEKDAYS


class Purse:
    """One currency of a debtor: amounts of two are never added."""

    def __init__(self):
        self.documents = 0
        self.usual = 0  # moving average of what is issued
        self.settled = 0
        self.weighted = 0  # amounts settled, each times its delay
        self.open = 0
        self.due = {}  # due day -> [documents, amount]

    def put_in(self, amount, due_on):
        entry = self.due.setdefault(due_on, [0, 0])
        entry[0] += 1
        entry[1] += amount
        self.open += amount

    def take_out(self, amount, due_on):
        entry = self.due[due_on]
        entry[0] -= 1
        entry[1] -= amount
        self.open -= amount
        if entry[0] == 0:
            del self.due[due_on]


class Profile:
    def __init__(self):
        self.settled = self.late = self.late_10 = self.late_30 = 0
        self.delay_recent = self.delay_slow = self.late_recent = self.delay_last = 0
        self.settled_on = None
        self.habit_settled = [0] * WEEKDAYS
        self.habit_late = [0] * WEEKDAYS
        self.purses = {}

    def purse(self, currency):
        return self.purses.setdefault(currency, Purse())

    def issue(self, currency, amount, due_on):
        purse = self.purse(currency)
        if purse.usual == 0:
            purse.usual = amount
        else:
            purse.usual += (amount - purse.usual) // RECENT
        purse.documents += 1
        purse.put_in(amount, due_on)

    def settle(self, currency, amount, due_on, paid_on):
        purse = self.purse(currency)
        purse.take_out(amount, due_on)
        delay = min(max(paid_on - due_on, DELAY_MIN), DELAY_MAX)
        self.settled_on = paid_on if self.settled == 0 else max(self.settled_on, paid_on)
        self._count(delay)
        self.habit_settled[weekday_of(due_on)] += 1
        self.habit_late[weekday_of(due_on)] += delay > 0
        purse.settled += amount
        purse.weighted += delay * amount
        if purse.settled > WEIGHT_MAX:
            purse.settled //= 2
            purse.weighted //= 2

    def _count(self, delay):
        late = int(delay > 0)
        if self.settled == 0:
            self.delay_recent = self.delay_slow = delay * Q
            self.late_recent = late * Q
        else:
            self.delay_recent += (delay * Q - self.delay_recent) // RECENT
            self.delay_slow += (delay * Q - self.delay_slow) // SLOW
            self.late_recent += (late * Q - self.late_recent) // RECENT
        self.settled += 1
        self.late += late
        self.late_10 += delay > 10
        self.late_30 += delay > 30
        self.delay_last = delay


def _share(count, of):
    return 1000 * (count + SHARE_PRIOR // 2) // (of + SHARE_PRIOR)


def _history(profile, today):
    if profile.settled == 0:
        return {"settled": 0}
    return {
        "settled": min(profile.settled, COUNT_MAX),
        "late_share": _share(profile.late, profile.settled),
        "late_10": _share(profile.late_10, profile.settled),
        "late_30": _share(profile.late_30, profile.settled),
        "late_recent": profile.late_recent * 1000 // Q,
        "delay_recent": profile.delay_recent * 10 // Q,
        "delay_slow": profile.delay_slow * 10 // Q,
        "delay_last": profile.delay_last,
        "paid_ago": min(max(today - profile.settled_on, 0), COUNT_MAX),
    }


def _owed(purse, today):
    overdue = [(day, entry) for day, entry in purse.due.items() if day < today]
    values = {
        "open": min(sum(entry[0] for entry in purse.due.values()), COUNT_MAX),
        "overdue": min(sum(entry[0] for _, entry in overdue), COUNT_MAX),
        "oldest_overdue": min(max((today - day for day, _ in overdue), default=0), COUNT_MAX),
    }
    if purse.settled > 0:
        values["delay_weighted"] = purse.weighted * 10 // purse.settled
    if purse.open > 0:
        values["overdue_share"] = 1000 * sum(entry[1] for _, entry in overdue) // purse.open
    if purse.usual > 0:
        values["exposure"] = min(1000 * purse.open // purse.usual, EXPOSURE_MAX)
    return values


def features(profile, currency, amount, issued_on, due_on):
    """{name: whole number} of a document on its day of issue; what is not known is not there."""
    values = _history(profile, issued_on)
    purse = profile.purses.get(currency)
    if purse:
        values.update(_owed(purse, issued_on))
    values["term"] = min(max(due_on - issued_on, 0), TERM_MAX)
    values["due_weekday"] = weekday_of(due_on)
    values["due_monthday"] = date_of(due_on).day
    if purse and purse.usual > 0:
        values["amount_usual"] = min(1000 * amount // purse.usual, RATIO_MAX)
    if profile.settled > 0:
        day = weekday_of(due_on)
        prior = WEEKDAY_PRIOR * values["late_share"]
        values["late_weekday"] = ((1000 * profile.habit_late[day] + prior)
                                  // (profile.habit_settled[day] + WEEKDAY_PRIOR))
    return values
