"""A table of bills: households on one balance, voids, and what is settled again because of them.

A household is one person, or several whose accounts share an id; it is settled by the end of its bills, a person alone in
the order of the table. A void is a row `{"id", "person", "end", "voids"}`.
"""
from benefit import State, split, summed
from values import Refused, day_of

class Entry:
    """A settled bill, with the household before it and what it took from each account."""

    def __init__(self, bill, before, after, figures):
        self.bill, self.before, self.figures, self.voided = bill, before, figures, False
        person = bill["person"]
        left = {account["id"]: account["balance"] for account in after[person].accounts}
        self.took = {account["id"]: account["balance"] - left[account["id"]] for account in before[person].accounts}


class Adjustment:
    """What settling a bill again changed: after less before."""

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
            self.entries.append(Entry(row, before, self.snapshot(), figures))
            return figures, trace
        except Refused as why:
            return None, [f"refused: {why}"]

    def split(self, bill):
        # The household is settled as one: a state that cannot be read is everybody's.
        for state in self.states.values():
            state.check_sums(self.pack)
        state = self.states[bill["person"]]
        answer = split(self.pack, bill, state, self.known, self.care)
        self.share(state)
        return answer

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
        for account in state.accounts:
            account["balance"] += entry.took[account["id"]]
        self.share(state)

    def take_back_and_settle_again(self, entry, row):
        """From the household before the bill, what followed is split again; all or nothing."""
        now, again = self.snapshot(), []
        following = [one for one in self.entries[self.entries.index(entry) + 1:] if not one.voided]
        self.restore(entry.before)
        try:
            for one in following:
                before = self.snapshot()
                figures, _ = self.split(one.bill)
                again.append(Entry(one.bill, before, self.snapshot(), figures))
        except Refused as why:
            self.restore(now)
            raise Refused(f"a later bill is refused when settled again: {why}") from None
        for one, other in zip(following, again, strict=True):
            difference = summed([paid(other.figures), negated(one.figures)])
            if any(amounts(difference).values()):
                self.adjustments.append(Adjustment(row["id"], one.bill, difference))
            one.before, one.figures, one.took = other.before, other.figures, other.took


def paid(figures):
    """The figures without the balance left and the two bills of a divided one."""
    return {name: value for name, value in figures.items() if name not in ("balance", "parts", "review")}


def negated(figures):
    """A void: every amount turned round; the two bills of a divided one each."""
    turned = {name: {key: -amount for key, amount in value.items()} if isinstance(value, dict) else -value
              for name, value in paid(figures).items()}
    if "parts" in figures:
        turned["parts"] = {name: negated(part) for name, part in figures["parts"].items()}
    return turned


def amounts(figures):
    """Every amount by its name."""
    flat = {}
    for name, value in figures.items():
        if isinstance(value, dict):
            flat.update({f"{name}:{key}": amount for key, amount in value.items()})
        else:
            flat[name] = value
    return flat
