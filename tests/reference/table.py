"""A table of bills: households on one balance, voids, and what is settled again because of them.

A household is one person, or several whose accounts share an id; it is settled by the end of its bills, a person alone in
the order of the table. A void is a row `{"id", "person", "end", "voids"}`.
"""
from benefit import State, split, summed
from values import Refused, day_of

ZERO = ("total", "full_self", "over_limit", "first_self", "in_scope", "deductible", "person", "account", "family", "cash")


class Entry:
    """A settled bill that stands, with the household before it."""

    def __init__(self, bill, before, figures):
        self.bill, self.before, self.figures = bill, before, figures
        self.voided = False


class Adjustment:
    def __init__(self, void, bill, difference):
        self.void, self.bill, self.difference = void, bill, difference


class Household:
    """Persons on shared balances; `settle` takes the rows in order."""

    def __init__(self, pack, records, known=None, care=None, states=None):
        self.pack, self.known, self.care = pack, known, care
        self.states = states or {record["person"]["id"]: State(record) for record in records}
        self.entries, self.adjustments = [], []

    def next_table(self):
        """The same persons in another table: what was settled in an earlier one cannot be voided there."""
        return Household(self.pack, [], self.known, self.care, self.states)

    def order(self, rows):
        return sorted(rows, key=lambda row: day_of(row["end"])) if len(self.states) > 1 else list(rows)

    def settle(self, row):
        """(figures, trace), or (None, why) and nothing has changed."""
        try:
            if "voids" in row:
                return self.void(row), [f"void of {row['voids']}"]
            before = self.snapshot()
            figures, trace = self.split(row)
            self.entries.append(Entry(row, before, figures))
            return figures, trace
        except Refused as why:
            return None, [f"refused: {why}"]

    def split(self, bill):
        state = self.states[bill["person"]]
        answer = split(self.pack, bill, state, self.known, self.care_for(bill, state))
        self.share(state)
        return answer

    def care_for(self, bill, state):
        return self.care

    def share(self, state):
        """One balance: what one person's bill leaves is what all of the household have."""
        balances = {account["id"]: account["balance"] for account in state.accounts}
        for other in self.states.values():
            for account in other.accounts:
                account["balance"] = balances.get(account["id"], account["balance"])

    def snapshot(self):
        return {name: state.copy() for name, state in self.states.items()}

    def restore(self, snapshot):
        # The states are kept by others too: they are changed in place.
        for name, state in self.states.items():
            saved = snapshot[name].copy()
            state.accounts, state.sums = saved.accounts, saved.sums

    # voids

    def void(self, row):
        named = [entry for entry in self.entries if entry.bill["id"] == row["voids"]
                 and entry.bill["person"] == row["person"]]
        if not named:
            raise Refused("void of a bill that was not settled")
        entry = named[-1]
        if entry.voided:
            raise Refused("void of a voided bill")
        if self.pack.benefit["void"] == "last_only":
            self.take_back_last(entry)
        else:
            self.take_back_and_settle_again(entry, row)
        entry.voided = True
        return negated(entry.figures)

    def take_back_last(self, entry):
        """The person's last settlement: sums as before it, balances get back what it took."""
        mine = [one for one in self.entries if one.bill["person"] == entry.bill["person"] and not one.voided]
        if mine[-1] is not entry:
            raise Refused("void of a bill that is not the last")
        state, before = self.states[entry.bill["person"]], entry.before[entry.bill["person"]]
        state.sums = dict(before.sums)
        taken = {account["id"]: account["balance"] for account in before.accounts}
        for account in state.accounts:
            account["balance"] += taken[account["id"]] - entry.after[account["id"]]
        self.share(state)

    def take_back_and_settle_again(self, entry, row):
        """From the household before the bill, what followed is split again; all or nothing."""
        now, changed = self.snapshot(), []
        following = [one for one in self.entries[self.entries.index(entry) + 1:] if not one.voided]
        self.restore(entry.before)
        try:
            for one in following:
                before = self.snapshot()
                changed.append((one, before, self.split(one.bill)[0]))
        except Refused as why:
            self.restore(now)
            raise Refused(f"a later bill is refused when settled again: {why}") from None
        for one, before, figures in changed:
            difference = summed([{"balance": 0, **without_parts(figures)}, negated(without_parts(one.figures))])
            if amounts(figures) != amounts(one.figures):
                self.adjustments.append(Adjustment(row["id"], one.bill, difference))
            one.before, one.figures = before, figures
