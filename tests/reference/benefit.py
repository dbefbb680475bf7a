#!/usr/bin/env python3
"""Splits bills by a benefit pack: the plain, slow reference.

One function per rule of the pack's description, none shared with the engine it checks.
`python3 benefit.py PACK...` runs the examples the packs carry.
"""
import datetime
import json
import sys
from fractions import Fraction

from lines import BUCKETS, PARTS, Lines, fits
from values import (INFINITE, TABLE_WORDS, Pack, PackError, Refused, View, day_of, division, facts_of, fen, fraction, holding,
                    in_force, known_keys, least, must_hold, pay_of, rounded, yuan)


# ---------------------------------------------------------------- the person's year

class State:
    def __init__(self, record):
        self.person = record["person"]
        self.accounts = [dict(account, balance=fen(account["balance"])) for account in record.get("accounts", [])]
        self.sums = {}
        for one in record.get("accumulators", []):
            value = one["count"] if one.get("count") is not None else fen(one["amount"])
            self.sums[(one["key"], one.get("of", ""), one["window"])] = value

    def copy(self):
        other = State({"person": self.person})
        other.accounts = [dict(account) for account in self.accounts]
        other.sums = dict(self.sums)
        return other

    def get(self, slot):
        return 0 if slot is None else self.sums.get(slot, 0)

    def grow(self, slot, by):
        if slot is not None:
            self.sums[slot] = self.sums.get(slot, 0) + by

    def check_sums(self, pack):
        """Sums no step of the pack keeps are another pack's: those of earlier years are handed on."""
        first = pack.year(pack.from_)
        for key, _, window in self.sums:
            year = window[:4]
            if key not in pack.keys and not (len(year) == 4 and year.isdigit() and int(year) < first):
                raise Refused(f"a sum nobody keeps: {key} {window}")

    def record(self):
        """As the command writes it, without the sums that are zero."""
        sums = []
        for (key, of, window), value in sorted(self.sums.items()):
            if value:
                counted = key.startswith(("count:", "number:"))
                sums.append({"key": key, "of": of, "window": window, "count": value} if counted else
                            {"key": key, "of": of, "window": window, "amount": yuan(value)})
        return {"accounts": [{"id": a["id"], "balance": yuan(a["balance"])} for a in self.accounts], "accumulators": sums}


# ---------------------------------------------------------------- one bill

class Split:
    """One bill on one state. `run` changes the state, or raises Refused and leaves it alone."""

    def __init__(self, pack, bill, state, known=None, care=None):
        self.pack, self.bill, self.given_state, self.known = pack, bill, state, known
        self.care = care
        self.trace = []

    def open(self):
        """What is known of the bill before its gates: its days, its facts, its numbers."""
        self.state = self.given_state.copy()
        self.check_bill()
        self.state.check_sums(self.pack)
        self.end = day_of(self.bill["end"])
        self.start = day_of(self.bill["start"])
        self.stay = self.bill.get("stay")
        self.first = day_of(self.bill.get("stay_start") or self.bill["start"])
        self.funds, self.bears, self.account_bears = {}, {}, {}
        self.accounts_paid = {"current": 0, "earlier": 0, "family": 0}
        self.deductible_borne, self.lines, self.recoverable = 0, [], False
        self.by_account = []
        if not self.pack.from_ <= self.end < self.pack.until:
            raise Refused("date outside the pack")
        if self.pack.benefit.get("cross_year") == "interim" and self.pack.year(self.start) != self.pack.year(self.end):
            raise Refused("over two insurance years")
        # Facts may be those of the stay's first day; what is counted and which values hold goes by the bill's end.
        self.facts_day = self.pack.facts_day(self.bill)
        self.view = View(self.pack, facts_of(self.pack, self.bill, self.state.person, self.facts_day), self.end, self.known)
        self.check_facts()
        for name in self.pack.counters:
            self.view.facts[name] = None
        for name in sorted(self.pack.counters):
            self.count(name, self.pack.counters[name])

    def decided_lines(self):
        """The lines, by the pack of the place of care."""
        pack, facts = self.pack, self.view.facts
        if self.care and facts["place"] != "local":
            pack, facts = self.care, facts_of(self.care, self.bill, self.state.person, self.facts_day, home=self.pack)
            facts.update(dict.fromkeys(self.care.counters))
        return Lines(pack, self.bill, self.state.person, facts, self.known, self.registered(self.facts_day)).decide()

    def registered(self, day):
        """The diseases the person is registered for on a day; one renewed counts once."""
        return {one["value"] for one in holding(self.state.person.get("registrations", []), day)}

    def run(self):
        self.open()
        gate = self.gate()
        self.total = fen(self.bill["amount"])
        self.line_sums = dict.fromkeys(BUCKETS, 0)
        if gate in ("full_self", "barred"):
            self.line_sums[gate] = self.total
            self.bears = {**dict.fromkeys(BUCKETS, 0), gate: self.total}
            if self.by_account:
                self.account({"base": [gate], "order": self.by_account}, "", self.bears, self.view, {}, "gate")
        else:
            self.packages()
        for fund, amount in self.bill.get("given", {}).items():
            if self.funds.get(fund, 0) != fen(amount):
                raise Refused(f"given by {fund}, not all of it paid")
        self.post()
        self.given_state.accounts, self.given_state.sums = self.state.accounts, self.state.sums
        return self.figures()

    def check_facts(self):
        """Facts of the bill that nobody reads, and a place of care of which the care pack does not speak."""
        packs = [self.pack, *([self.care] if self.care else [])]
        read = {dimension.get("of", name) for pack in packs for name, dimension in pack.dimensions.items()}
        for name in self.bill.get("facts", {}):
            if "bill." + name not in read:
                raise Refused(f"a fact nobody reads: {name}")
        if self.care and self.view.facts["place"] != "local" and not self.bill["institution"]["area"].startswith(self.care.area):
            raise Refused("care outside the area of the pack of the place of care")

    def check_bill(self):
        bill = self.bill
        if bill.get("person") and bill["person"] != self.state.person["id"]:
            raise Refused("a bill of another person")
        division(bill["institution"]["area"])
        start, end = day_of(bill["start"]), day_of(bill["end"])
        if start > end:
            raise Refused("start after end")
        if end < day_of(self.state.person["birth"]):
            raise Refused("a bill before the birth")
        if bill.get("stay_start") and day_of(bill["stay_start"]) > start:
            raise Refused("the stay starts after the bill")
        if not bill["lines"]:
            raise Refused("no lines")
        if sum(fen(line["amount"]) for line in bill["lines"]) != fen(bill["amount"]):
            raise Refused("line sums miss the amount")
        if not bill.get("part_of") and any(line.get("day") and day_of(line["day"]) > end for line in bill["lines"]):
            raise Refused("a line after the bill's end")
        if bill.get("referral") and not bill.get("stay"):
            raise Refused("a referral without a stay")

    # counters and gates

    def slot(self, key, part, view):
        """Where a sum is kept: key, words, window; None where nothing is kept."""
        window = part.get("window")
        if window is None:
            return None
        text = self.window(window)
        if text is None:
            return None
        words = []
        for name in part.get("per", []):
            if view.facts[name] is None:
                raise Refused(f"{key}: {name} is missing")
            words.append(str(view.facts[name]))
        return key, "|".join(words), text

    def window(self, window):
        end = self.end
        if window == "bill":
            # A bill that is a part shares what is granted once a bill with the other part.
            return f"bill:{self.bill['part_of']}" if self.bill.get("part_of") else None
        if window == "year":
            return str(self.pack.year(end))
        if window == "month":
            return f"{end.year}-{end.month:02d}"
        if window == "quarter":
            return f"{end.year}Q{(end.month + 2) // 3}"
        if window == "day":
            return end.isoformat()
        if window == "lifetime":
            return "-"
        if window == "stay":
            return self.stay
        if window == "period":
            if self.stay is None:
                return None
            length = self.pack.benefit["period_days"]
            last = max(self.start, end - datetime.timedelta(days=1))
            number = (last - self.first).days // length
            if (self.start - self.first).days // length != number:
                raise Refused("a bill over two periods")
            return f"{self.stay}#{number}"
        if window == "registration":
            held = [one for one in holding(self.state.person.get("registrations", []), end)
                    if one["value"] == self.bill.get("disease")]
            if not held:
                raise Refused("no registration to count by")
            return day_of(held[0]["from"]).isoformat()
        raise PackError(f"window {window}")

    def count(self, name, counter):
        known_keys(counter, {"when", "window", "per", "referral", "title", "source", "note"}, f"counter {name}")
        if not must_hold(counter.get("when", {}), self.view.facts, f"counter {name}"):
            return
        mine = ("number:" + name, "", self.stay)
        number = self.state.get(mine) if self.stay else 0
        if not number:
            referral = self.bill.get("referral")
            if counter.get("referral", "counts") == "same" and referral:
                number = self.state.get(("number:" + name, "", referral["from"]))
            if not number:
                slot = self.slot("count:" + name, counter, self.view)
                number = self.state.get(slot) + 1
                self.state.grow(slot, 1)
            if self.stay:
                self.state.sums[mine] = number
        self.view.facts[name] = number

    def gate(self):
        for gate in self.pack.gates:
            known_keys(gate, {"id", "title", "when", "outcome", "account", "from", "until", "source", "note"}, "gate")
            if in_force(gate, self.end) and must_hold(gate.get("when", {}), self.view.facts, "gate"):
                if gate["outcome"] == "refuse":
                    raise Refused(f"gate {gate.get('id')}")
                self.trace.append(f"gate {gate.get('id')}: {gate['outcome']}")
                self.recoverable = gate["outcome"] == "advance"
                self.by_account = gate.get("account", [])
                return gate["outcome"]
        if self.view.facts["benefit"] != "open" and not self.pack.gate_on_benefit:
            raise Refused("benefit not open")
        return "pass"

    # packages

    def packages(self):
        self.lines = left = self.decided_lines()
        for line in left:
            for bucket, amount in line.parts().items():
                self.line_sums[bucket] += amount
        for route in self.pack.routes:
            known_keys(route, {"id", "title", "when", "lines", "package", "from", "until", "source", "note"}, "route")
            if not in_force(route, self.end) or not must_hold(route.get("when", {}), self.view.facts, "route"):
                continue
            taken = [one for one in left if fits(route.get("lines", {}), one, self.bill, self.registered(self.facts_day))]
            if taken:
                left = [one for one in left if not any(one is other for other in taken)]
                self.package(route["package"], taken)
        if left:
            raise Refused("no route for a line")

    def package(self, name, taken):
        package = self.pack.packages[name]
        known_keys(package, {"title", "step", "as_of", "source", "note"}, f"package {name}")
        buckets = {bucket: sum(line.parts()[bucket] for line in taken) for bucket in BUCKETS}
        start = dict(buckets, total=sum(buckets.values()))
        view, registered = self.view, self.registered(self.facts_day)
        if package.get("as_of", self.pack.benefit.get("as_of", "end")) == "start":
            facts = facts_of(self.pack, self.bill, self.state.person, self.first)
            facts.update({counter: self.view.facts[counter] for counter in self.pack.counters})
            view = View(self.pack, facts, self.first, self.known)
            registered = self.registered(self.first)
        self.diseases = registered
        self.trace.append(f"package {name}: " + show(buckets))
        for step, group in self.steps(package.get("step", []), name, view):
            where = f"{name}/{step['id']}"
            before = dict(buckets)
            {"first_self": self.first_self, "layer": self.layer, "top_up": self.top_up,
             "account": self.account}[step["use"]](step, group, buckets, view, start, where)
            if any(amount < 0 for amount in buckets.values()):
                raise AssertionError(f"{where}: a bucket below zero")
            if before != buckets:
                self.trace.append(f"  after {where}: " + show(buckets))
        for bucket, amount in buckets.items():
            self.bears[bucket] = self.bears.get(bucket, 0) + amount

    def steps(self, steps, group, view):
        """Steps in order, chains put in place; each is asked for when its turn comes."""
        for step in steps:
            if not in_force(step, view.day) or not must_hold(step.get("when", {}), view.facts, f"{group}.{step.get('id')}"):
                continue
            if step["use"] == "include":
                yield from self.steps(self.pack.chains[step["chain"]]["step"], step["chain"], view)
            else:
                yield step, f"{group}.{step['id']}"

    # steps

    STEP = {"id", "use", "title", "when", "from", "until", "source", "note"}

    def first_self(self, step, group, buckets, view, start, where):
        known_keys(step, self.STEP | {"ratio"}, where)
        moved = rounded(buckets["in_scope"] * view.ratio(step["ratio"], where), self.pack.mode)
        buckets["in_scope"] -= moved
        buckets["area_first_self"] += moved

    def take(self, buckets, base, amount):
        for bucket in base:
            part = min(buckets[bucket], amount)
            buckets[bucket] -= part
            amount -= part
        if amount:
            raise AssertionError("a payer above its base")

    def paid(self, fund, amount):
        self.funds[fund] = self.funds.get(fund, 0) + amount

    def cap_value(self, cap, view, where):
        if "several" not in cap:
            return view.amount(cap, where)
        several = cap["several"]
        known_keys(several, {"dimension", "of", "ranks", "at_most", "source", "note"}, where)
        dimension = several["dimension"]
        counting = several.get("of", self.pack.dimensions[dimension]["values"])
        quotas = sorted((view.amount(cap, where, {**view.facts, dimension: word}) for word in self.diseases
                         if word in counting), reverse=True)
        total = 0
        for place, quota in enumerate(quotas):
            rank = several["ranks"][min(place, len(several["ranks"]) - 1)]
            total += rounded(quota * fraction(rank))
        return least(total, fen(several["at_most"]) if "at_most" in several else INFINITE)

    def layer(self, step, group, buckets, view, start, where):
        known_keys(step, self.STEP | {"fund", "base", "deductible", "bands", "cap", "cumulative", "given", "group", "left"}, where)
        base, fund = step["base"], step["fund"]
        amount = sum(buckets[bucket] for bucket in base)
        if amount == 0:
            return
        if step.get("given"):
            wanted = fen(self.bill.get("given", {}).get(fund, "0")) - self.funds.get(fund, 0)
            pay = max(0, min(wanted, amount))
            self.take(buckets, base, pay)
            if base == ["in_scope"]:
                # A primary layer leaves its base as the person's share.
                buckets["copay"] += buckets["in_scope"]
                buckets["in_scope"] = 0
            self.paid(fund, pay)
            return
        named = lambda part: part.get("group", step.get("group", group))
        left = {"payment": INFINITE, "base": INFINITE, "payable": INFINITE}
        slots = {}
        for cap in step.get("cap", []):
            known_keys(cap, TABLE_WORDS | {"on", "window", "group", "per", "several", "title"}, where)
            on = cap["on"]
            slot = self.slot({"payment": "paid:", "base": "capped_base:", "payable": "capped_payable:"}[on] + named(cap), cap, view)
            value = self.cap_value(cap, view, where + " cap")
            if value is not INFINITE:
                left[on] = least(left[on], max(0, value - self.state.get(slot)))
            if slot is not None:
                slots[slot] = on
        bands_table = step["bands"]
        known_keys(bands_table, TABLE_WORDS | {"from", "window", "group", "per", "title", "rounding"}, where)
        rounding = bands_table.get("rounding")
        self.rounding = (rounding["side"], rounding.get("mode", "half-up")) if rounding else (self.pack.side, self.pack.mode)
        bands = view.bands(bands_table, where + " bands")
        from_zero = bands_table.get("from", "deductible") == "zero"
        within = least(amount, left["base"])
        if "cumulative" in step:
            used, pay = self.cumulative(step, named, view, bands, from_zero, amount, within, left, where)
        else:
            d = self.deductible(step, named, view, within, where)
            able = least(within - d, left["payable"])
            # Without a window the position is counted over the bill.
            slot = self.slot("position:" + named(bands_table), {"window": "bill", **bands_table}, view)
            at = self.state.get(slot) + (d if from_zero else 0)
            x, pay = able, self.pay(bands, at, able)
            if left["payment"] is not INFINITE and pay > left["payment"]:
                pay = left["payment"]
                x = self.solve(bands, at, able, pay)
            self.state.grow(slot, within - d + (d if from_zero else 0))
            used = {"payment": pay, "base": d + x, "payable": x}
            if base == ["in_scope"]:
                buckets["in_scope"] = 0
                buckets["deductible"] += d
                buckets["copay"] += x - pay
                buckets["over_cap"] += amount - d - x
                self.deductible_borne += d
                self.trace.append(f"  {where}: {fund} base {yuan(amount)} deductible {yuan(d)} counted {yuan(x)} pays {yuan(pay)}")
        if "cumulative" in step or base != ["in_scope"]:
            self.take(buckets, base, pay)
            if "left" in step:
                # What it looked at within its caps and does not pay.
                self.take(buckets, base, d + x - pay)
                buckets[step["left"]] += d + x - pay
            self.trace.append(f"  {where}: {fund} base {yuan(amount)} pays {yuan(pay)}")
        self.paid(fund, pay)
        for slot, on in slots.items():
            self.state.grow(slot, used[on])

    def pay(self, bands, at, length):
        return pay_of(bands, at, length, *self.rounding)

    def solve(self, bands, at, most, wanted):
        """The least whole number of fen on which the bands pay what is wanted."""
        low, high = 0, most
        while low < high:
            middle = (low + high) // 2
            if self.pay(bands, at, middle) >= wanted:
                high = middle
            else:
                low = middle + 1
        return low

    def deductible(self, step, named, view, within, where):
        table = step.get("deductible")
        if table is None:
            return 0
        known_keys(table, TABLE_WORDS | {"window", "group", "per", "referral", "ceiling", "every_days", "title"}, where)
        due = view.amount(table, where + " deductible")
        if due is INFINITE:
            raise Refused(f"{where}: a deductible without limit")
        if "every_days" in table:
            due *= -(-view.facts["days"] // int(table["every_days"]))
        key = "deductible:" + named(table)
        slot = self.slot(key, table, view)
        used, credit = self.state.get(slot), 0
        referral, rule = self.bill.get("referral"), "full"
        if referral and "referral" in table:
            rule = table["referral"].get(referral["kind"], "full")
            if rule != "full" and used == 0:
                other = (key, slot[1] if slot else "", referral["from"])
                # Known is a stay of which anything is kept.
                if not any(window == referral["from"] for _, _, window in self.state.sums):
                    raise Refused("the stay referred from is unknown")
                used = credit = self.state.get(other)
        d = min(within, max(0, due - used))
        if rule == "waived":
            d = 0
        if "ceiling" in table:
            ceiling = table["ceiling"]
            known_keys(ceiling, TABLE_WORDS | {"window", "group", "per", "title"}, where)
            ceiling_slot = self.slot("deductible_ceiling:" + ceiling.get("group", named(table)), ceiling, view)
            value = view.amount(ceiling, where + " ceiling")
            if value is not INFINITE:
                d = min(d, max(0, value - self.state.get(ceiling_slot)))
            self.state.grow(ceiling_slot, d)
        self.state.grow(slot, credit + d)
        return d

    def cumulative(self, step, named, view, bands, from_zero, amount, within, left, where):
        """A layer on the year's sum pays F(after) - F(before)."""
        rule = step["cumulative"]
        known_keys(rule, {"window", "group", "per", "source", "note"}, where)
        due = view.amount(step["deductible"], where + " deductible") if "deductible" in step else 0
        if due is INFINITE:
            raise Refused(f"{where}: a deductible without limit")

        def whole(total):
            length = max(0, total - due)
            return self.pay(bands, due if from_zero else 0, length)

        slot = self.slot("base:" + named(rule), rule, view)
        before = self.state.get(slot)
        pay = max(0, least(whole(before + within) - whole(before), left["payment"]))
        self.state.grow(slot, amount)
        return {"payment": pay, "base": within, "payable": within}, pay

    def top_up(self, step, group, buckets, view, start, where):
        known_keys(step, self.STEP | {"fund", "base", "ratio", "of"}, where)
        base = sum(buckets[bucket] for bucket in step["base"])
        most = rounded(start[step["of"]] * view.ratio(step["ratio"], where), self.pack.mode)
        pay = max(0, base - most)
        self.take(buckets, step["base"], pay)
        self.paid(step["fund"], pay)

    def account(self, step, group, buckets, view, start, where):
        known_keys(step, self.STEP | {"base", "order", "most"}, where)
        if self.bill["account"] == "none":
            return
        left = sum(buckets[bucket] for bucket in step["base"])
        if "most" in step:
            left = least(left, view.amount(step["most"], where))
        pay, at_first = 0, dict(buckets)
        for kind in step["order"]:
            if kind == "family" and self.bill["account"] != "family":
                continue
            for account in self.state.accounts:
                if account["kind"] == kind:
                    part = min(account["balance"], left)
                    account["balance"] -= part
                    left -= part
                    pay += part
                    self.accounts_paid[kind] += part
        self.take(buckets, step["base"], pay)
        for bucket in BUCKETS:
            self.account_bears[bucket] = self.account_bears.get(bucket, 0) + at_first[bucket] - buckets[bucket]

    # the end

    def post(self):
        self.cash = sum(self.bears.values())
        account = sum(self.accounts_paid.values())
        if self.total != sum(self.funds.values()) + account + self.cash:
            raise AssertionError("the payers miss the total")
        year = str(self.pack.year(self.end))
        self.state.grow(("total", "", year), self.total)
        self.state.grow(("in_scope", "", year), self.line_sums["in_scope"])
        for fund, amount in self.funds.items():
            self.state.grow((f"fund:{fund}", "", year), amount)

    def figures(self):
        account = sum(self.accounts_paid.values())
        own = sum(a["balance"] for a in self.state.accounts if a["kind"] != "family")
        sums = self.line_sums
        return {
            "total": self.total, "full_self": sums["full_self"] + sums["barred"], "over_limit": sums["over_limit"],
            "first_self": sums["first_self"], "in_scope": sums["in_scope"], "deductible": self.deductible_borne,
            "person": account + self.cash, "account": account - self.accounts_paid["family"],
            "family": self.accounts_paid["family"], "cash": self.cash, "balance": own,
            "fund": {fund: amount for fund, amount in self.funds.items() if amount},
            "recover": {fund: amount for fund, amount in self.funds.items() if amount and self.recoverable
                        and self.pack.data["fund"][fund].get("kind", "public") == "public"},
            "review": sum(line.review for line in self.lines),
            "cash_bears": {bucket: amount for bucket, amount in self.bears.items() if amount},
            "bears": {bucket: self.bears.get(bucket, 0) + self.account_bears.get(bucket, 0) for bucket in BUCKETS},
        }


def show(buckets):
    return " ".join(f"{bucket}={yuan(amount)}" for bucket, amount in buckets.items() if amount) or "nothing left"


# ---------------------------------------------------------------- a bill over the turn of a year

def turn(pack, bill):
    """The first day of the insurance year in which a divided bill ends; None where it is not divided."""
    start, end = day_of(bill["start"]), day_of(bill["end"])
    if pack.benefit.get("cross_year") != "daily_average" or start > end or pack.year(start) == pack.year(end):
        return None
    return datetime.date(pack.year(end), *pack.year_start)


def shares(amount, days):
    """An amount over two numbers of days by largest remainder, the first at a tie."""
    whole, both = [amount * one // sum(days) for one in days], sum(days)
    cut = [amount * one % both for one in days]
    if sum(whole) < amount:
        whole[0 if cut[0] >= cut[1] else 1] += 1
    return whole


def divided(pack, bill, state, known, care):
    """The two bills of a bill over the turn of the insurance year: every part of every line by days."""
    new_year = turn(pack, bill)
    whole = Split(pack, bill, state, known, care)
    whole.open()
    lines = whole.decided_lines()
    start, end = day_of(bill["start"]), day_of(bill["end"])
    days = (new_year - start).days, max(1, (end - new_year).days)
    given = {fund: shares(fen(amount), days) for fund, amount in bill.get("given", {}).items()}
    for half in (0, 1):
        part = {**bill, "id": f"{bill['id']}/{half + 1}", "part_of": bill["id"], "lines": [],
                "stay": bill.get("stay") or bill["id"], "stay_start": str(bill.get("stay_start") or bill["start"])}
        if half:
            part["start"] = str(new_year)
        else:
            part["end"] = str(new_year - datetime.timedelta(days=1))
        for line in lines:
            parts = line.parts()
            parts["full_self"] += parts["barred"]
            parts = {bucket: yuan(shares(parts[bucket], days)[half]) for bucket in PARTS}
            amount = yuan(sum(fen(value) for value in parts.values()))
            kept = {key: line.said[key] for key in ("id", "item", "diseases") if line.said.get(key)}
            part["lines"].append({**kept, "day": str(line.day), "quantity": "1", "price": amount, "amount": amount, "parts": parts})
        part["amount"] = yuan(sum(fen(line["amount"]) for line in part["lines"]))
        if given:
            part["given"] = {fund: yuan(share[half]) for fund, share in given.items()}
        yield part, lines


def split(pack, bill, state, known=None, care=None):
    """Splits one bill; returns (figures, trace), or raises Refused and leaves the state alone.

    A bill over the turn of the insurance year is the sum of its two bills, which stand under `parts`.
    """
    if turn(pack, bill) is None:
        one = Split(pack, bill, state, known, care)
        return one.run(), one.trace
    trial, results, trace = state.copy(), [], []
    for part, lines in divided(pack, bill, state, known, care):
        one = Split(pack, part, trial, known, care)
        results.append((part["id"], one.run()))
        trace += [f"bill {part['id']}:", *one.trace]
    state.accounts, state.sums = trial.accounts, trial.sums
    figures = summed([figures for _, figures in results])
    figures["review"] = sum(line.review for line in lines)
    return {**figures, "parts": dict(results)}, trace


def summed(several):
    """The sum of figures; a balance is that after the last."""
    total = {}
    for figures in several:
        for name, value in figures.items():
            if isinstance(value, dict):
                into = total.setdefault(name, {})
                for key, amount in value.items():
                    into[key] = into.get(key, 0) + amount
            else:
                total[name] = value if name == "balance" else total.get(name, 0) + value
    return total


# ---------------------------------------------------------------- the examples a pack carries

def check_examples(pack):
    """Runs the pack's own examples; returns how many and what differs."""
    count, differences = 0, []
    for example in pack.examples:
        state = State(json.loads(json.dumps(example["person"], default=str)))
        for number, (bill, expect) in enumerate(zip(example["bill"], example["expect"], strict=True)):
            count += 1
            where = f"{pack.id}/{example['id']} bill {number + 1}"
            try:
                got, trace = split(pack, json.loads(json.dumps(bill, default=str)), state)
            except Refused as why:
                if "refused" not in expect:
                    differences.append(f"{where}: refused ({why})")
                continue
            for name, value in expect.items():
                if name == "refused":
                    differences.append(f"{where}: expected to be refused ({value})")
                elif name in ("fund", "bears", "recover"):
                    for key, amount in value.items():
                        if got[name].get(key, 0) != fen(amount):
                            differences.append(f"{where}: {name} {key} {yuan(got[name].get(key, 0))}, expected {amount}")
                elif name in got and not isinstance(got[name], dict):
                    if got[name] != fen(value):
                        differences.append(f"{where}: {name} {yuan(got[name])}, expected {value}")
    return count, differences


def main():
    failed = False
    for folder in sys.argv[1:]:
        pack = Pack(folder)
        count, differences = check_examples(pack)
        print(f"{pack.id}: {count} bills of examples, {len(differences)} differences")
        for difference in differences:
            print("  " + difference)
        failed |= bool(differences)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
