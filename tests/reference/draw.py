#!/usr/bin/env python3
"""Draws persons and their bills over a pack: the same seed, the same bytes.

`python3 draw.py PACK --persons N --seed K -o OUT` draws N households and writes OUT/persons.jsonl (one person and year so
far a line, as `yibao split --person` reads them), OUT/bills.jsonl (bills and voids in person and time order) and
OUT/bills.csv (the same as the table `yibao split` reads, one row a line of a bill).

Words, days and amounts come from the pack itself: its dimensions, its days, and the amounts it names, hit to the fen and
missed by one. Most bills are such as the pack splits; one in ten is left as it falls, refused or not.
"""
import argparse
import csv
import datetime
import json
import random
from pathlib import Path

from benefit import State, split
from table import Household
from values import Pack, Refused, fen, yuan

COLUMNS = ("bill_id person_id institution level area visit start end account quantity price amount facility stay "
           "stay_start referral referral_from emergency disease diagnoses line_id item day declared days_supply class "
           "first_self_ratio limit full_self over_limit first_self in_scope line_diseases").split()
AS_IT_FALLS = 0.1
TRIES = 6
# Households that share an account, and those with voids.
SHARING = 0.125
VOIDING = 0.4
# Something wrong that the pack refuses: an area, a fact, a sum of nobody's.
WRONG = 0.006
# Something nobody reads.
UNREAD = 0.03
DAY = datetime.timedelta(days=1)


class Shape:
    """What a pack offers to draw from."""

    def __init__(self, pack, care=None):
        self.pack, self.care = pack, care
        # The pack the items are of, and what they may meet: sets of codes a rule looks at together, prices of its bands.
        items = care or pack
        self.sets = [rule_items(items, rule) for kind in ("exclusive", "daily") for rule in items.lines.get(kind, [])]
        by_price = [row for row in rows_in(items.lines.get("ratio", {})) if "by_price" in row]
        self.prices = sorted({fen(band["upto"]) for row in by_price for band in row["by_price"] if "upto" in band})
        marks = {mark for row in by_price for mark in ([row["tag"]] if isinstance(row.get("tag"), str) else row.get("tag", []))}
        self.priced = rule_items(items, {"tag": sorted(marks)})
        self.by = {}
        self.numbers = {}
        for name, dimension in pack.dimensions.items():
            of = dimension.get("of", name)
            if "values" in dimension:
                self.by.setdefault(of, []).extend(value for value in dimension["values"] if value != dimension.get("otherwise")
                                                  or of not in ("group", "facility"))
            else:
                self.numbers[of] = "otherwise" in dimension
        # Facts of the bill that only the pack of the place of care reads.
        self.care_facts = {dimension["of"][5:]: [*dimension.get("values", ["0", "1", "7"]), "stray"]
                           for dimension in (care.dimensions if care else {}).values()
                           if dimension.get("of", "").startswith("bill.") and dimension["of"] not in {*self.by, *self.numbers}}
        self.optional = {dimension.get("of", name) for name, dimension in pack.dimensions.items() if "otherwise" in dimension}
        self.accept = [way for way in pack.lines.get("accept", []) if way in ("stated", "parts")] or ["parts"]
        self.items = sorted(pack.catalogue)
        if self.items and "item" in pack.lines.get("accept", ["item"]):
            self.accept = [*self.accept, "item", "item", "item", *(["both"] if "parts" in self.accept else [])]
        self.amounts = sorted({amount for amount in amounts_in(pack.data) if 0 < amount < 10**8})
        steps = [step for package in [*pack.packages.values(), *pack.chains.values()] for step in package.get("step", [])]
        self.given = sorted({step["fund"] for step in steps if step.get("given")})
        self.known = sorted({row["known"] for row in rows_in([pack.data, pack.catalogue]) if "known" in row})
        if "item" not in self.accept:
            self.sets, self.priced, self.ages, self.aged = [], [], [], []
        self.changes = sorted({row[key] for row in rows_in([pack.data, pack.catalogue]) for key in ("from", "until")
                               if isinstance(row.get(key), datetime.date)})
        aged = {name: rule.get("age_from", rule.get("age_below")) for name, rule in items.data.get("restriction", {}).items()
                if "age_from" in rule or "age_below" in rule}
        self.ages = sorted(set(aged.values()))
        self.aged = sorted(code for code, versions in items.catalogue.items() if any(item["restriction"] in aged for item in versions))
        self.area = pack.benefit["area"]
        self.digits = pack.benefit.get("area_digits", 4)

    def word(self, of, dice, default=None):
        values = self.by.get(of)
        return dice.choice(values) if values else default


def rule_items(pack, rule):
    """The codes a rule across lines looks at."""
    return sorted({code for code, versions in pack.catalogue.items()
                   if code in rule.get("items", []) or any(tag in item["tags"] for item in versions for tag in rule.get("tag", []))})


def rows_in(data):
    """Every table inside."""
    if isinstance(data, dict):
        yield data
        for value in data.values():
            yield from rows_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from rows_in(value)


def amounts_in(data):
    """Every amount a pack names, in fen."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in ("value", "upto", "at_most", "add", "most") and isinstance(value, str) and "." in value:
                try:
                    yield abs(fen(value))
                except (ValueError, Refused):
                    pass
            yield from amounts_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from amounts_in(value)


def digits_of(dice, count):
    return "".join(dice.choice("0123456789") for _ in range(count))


def area(shape, dice, filings=()):
    """A place of care: mostly at home, or where the pack of the place of care speaks; now and then where somebody filed."""
    home, digits = shape.area, shape.digits
    where = dice.random()
    if shape.care and where < 0.8:
        return shape.care.area + digits_of(dice, 6 - len(shape.care.area))
    if shape.care:
        where = dice.random() * 0.86
    away = [filing["area"] for filing in filings if filing.get("area")]
    if away and dice.random() < (0.1 if shape.care else 0.25):
        there = dice.choice(away)
        return there + digits_of(dice, 6 - len(there))
    tail = digits_of(dice, 6 - digits)
    if where < 0.72:
        return home[:digits] + tail
    if where < 0.86 and digits > 2:
        middle = home[2:digits]
        while middle == home[2:digits]:
            middle = digits_of(dice, digits - 2)
        return home[:2] + middle + tail
    return dice.choice([two for two in ("11", "23", "31", "36", "37", "44", "51", "61") if two != home[:2]]) + "0100"


def some_day(dice, low, high):
    return low + DAY * dice.randrange(max(1, (high - low).days))


def held(dice, value, year):
    """A fact with its days: mostly for long, now and then beginning or ending inside the year."""
    fact = {"value": value, "from": str(year - DAY * 400)}
    kind = dice.random()
    if kind < 0.15:
        fact["from"] = str(some_day(dice, year, year + DAY * 365))
    elif kind < 0.3:
        fact["until"] = str(some_day(dice, year, year + DAY * 365))
    return fact


def renewed(dice, fact, year):
    """A registration with another of the same word: after it, over it, or beside it all the time."""
    turn = some_day(dice, year, year + DAY * 365)
    kind = dice.random()
    if kind < 0.5:
        return [{**fact, "until": str(turn)}, {**fact, "from": str(turn)}] if str(turn) > fact["from"] else [fact]
    if kind < 0.8:
        return [fact, {**fact, "from": str(turn)}]
    return [{**fact, "from": str(turn)}, fact]


def filings_of(shape, dice, year):
    """How care elsewhere is filed: none, or several, for everywhere or for one place."""
    filings = []
    for _ in range(dice.choice([0, 0, 1, 1, 2, 3])):
        filing = held(dice, dice.choice(["long_term", "referral"]), year)
        if dice.random() < 0.5:
            filing["area"] = area(shape, dice)[:dice.choice([2, 4, 6])]
        filings.append(filing)
    return filings


def number(dice):
    return dice.choice([dice.randrange(0, 13), dice.randrange(0, 40), dice.randrange(0, 300)])


def draw_person(shape, dice, name, year):
    def insured(since, until=None):
        one = {"scheme": shape.word("scheme", dice, "employee"), "area": shape.area[:shape.digits] + "0" * (6 - shape.digits),
               "status": shape.word("status", dice, "active"), "from": str(since)}
        if shape.by.get("grade") and ("grade" not in shape.optional or dice.random() < 0.7):
            one["grade"] = shape.word("grade", dice)
        if dice.random() < 0.03:
            one["benefit"] = dice.choice(["waiting", "arrears"])
        if until:
            one["until"] = str(until)
        if dice.random() < WRONG:
            one["area"] = dice.choice([area(shape, dice), shape.area[:2] + "0000", shape.area[:5], shape.area + "0"])
        return one

    long_ago = year - DAY * 4000
    birth = year - DAY * dice.randrange(0, 95 * 365)
    if shape.ages and dice.random() < 0.15:
        # An age some restriction asks for is reached within the year.
        birthday = some_day(dice, year, year + DAY * 200)
        birth = birthday.replace(year=birthday.year - dice.choice(shape.ages), day=min(birthday.day, 28))
    if dice.random() < WRONG * 2:
        # Born after some of the bills.
        birth = year + DAY * dice.randrange(0, 60)
    insurance = [insured(long_ago)]
    if dice.random() < (0.3 if shape.pack.benefit.get("facts_on") == "start" else 0.12):
        change = some_day(dice, year, year + DAY * 365)
        insurance = [insured(long_ago, change), insured(change + DAY * (20 if dice.random() < 0.15 else 0))]
        if dice.random() < 0.3:
            # Cover ends, perhaps inside a stay.
            insurance.pop()
    if shape.pack.newborn and dice.random() < 0.07:
        # Insured some days after birth, about the last on which that is in time.
        birth, within = year - DAY * dice.randrange(0, 40), shape.pack.newborn["within_days"]
        insurance = [insured(birth + DAY * dice.choice([within - 1, within, within + 1, dice.randrange(1, within + 1)]))]
    person = {"id": name, "birth": str(birth), "sex": dice.choice("12"), "insured": insurance}
    groups = [held(dice, value, year) for value in shape.by.get("group", []) if dice.random() < 0.2]
    diseases = shape.by.get("disease", [])
    registrations = []
    for value in diseases:
        if dice.random() < min(0.4, 2 / len(diseases)):
            fact = held(dice, value, year)
            registrations += renewed(dice, fact, year) if "until" not in fact and dice.random() < 0.2 else [fact]
    lists = {"groups": groups, "registrations": registrations, "filings": filings_of(shape, dice, year),
             "designated": [held(dice, f"H{one}", year) for one in range(1, 4) if dice.random() < 0.5],
             "signed": [held(dice, f"H{one}", year) for one in range(1, 4) if dice.random() < 0.3]}
    person.update({key: value for key, value in lists.items() if value})
    facts = {}
    for of in sorted({*shape.by, *shape.numbers}):
        if of.startswith("person.") and dice.random() < (0.7 if of in shape.optional else 0.97):
            facts[of[7:]] = [held(dice, shape.word(of, dice) if of in shape.by else str(number(dice)), year)
                             for _ in range(2 if dice.random() < WRONG else 1)]
    if dice.random() < UNREAD:
        # Words and facts no pack knows: they change nothing.
        key = dice.choice(["groups", "registrations", "facts"])
        if key == "facts":
            facts["stray"] = [held(dice, word, year) for word in ("1", "2")]
        else:
            person.setdefault(key, []).insert(0, held(dice, "stray", year))
    if facts:
        person["facts"] = facts
    accounts = [{"id": f"{name}-{kind}", "kind": kind, "balance": yuan(int(10 ** dice.uniform(0, 6.3)))}
                for kind in ("current", "earlier", "family") if dice.random() < 0.6]
    dice.shuffle(accounts)
    state = {"person": person}
    if accounts:
        state["accounts"] = accounts
    if dice.random() < WRONG * 3:
        # A sum of another pack: of an earlier year it is handed on, of this one nobody reads it.
        earlier = shape.pack.year(shape.pack.from_) - dice.choice([0, 1, 1, 1, 2])
        state["accumulators"] = [{"key": dice.choice(["paid:nobody", "deductible:nobody.step"]), "of": dice.choice(["", "level9"]),
                                  "window": dice.choice([f"{earlier}", f"{earlier}-03", f"{earlier}Q2", f"{earlier}-03-31", "-"]),
                                  "amount": "123.45"}]
    return state


def draw_amount(shape, dice):
    """In fen: over all sizes, and at the pack's own amounts."""
    if shape.amounts and dice.random() < 0.2:
        return max(0, dice.choice(shape.amounts) + dice.randrange(-2, 3))
    if dice.random() < 0.02:
        return dice.randrange(0, 3)
    return int(10 ** dice.uniform(1, 7.3 if dice.random() < 0.7 else 5))


def draw_set(shape, dice, start, end):
    """Lines of items that a rule looks at together, most of them on one day."""
    codes, day = dice.choice(shape.sets), some_day(dice, start, end + DAY)
    for _ in range(dice.randrange(2, 6)):
        quantity = dice.choice(["1", "1", "1", "2", "0.5", "2.5", "3"])
        amount = max(1, int(float(quantity) * 2) * dice.choice([dice.randrange(100, 9000), 1000, 3000, 2275]) // 2)
        # The price that comes to the amount within a fen.
        price = f"{amount / 100 / float(quantity):.4f}"
        line = {"quantity": quantity, "price": price, "amount": yuan(amount), "item": dice.choice(codes)}
        if dice.random() < 0.95:
            line["day"] = str(day if dice.random() < 0.8 else some_day(dice, start, end + DAY))
        if dice.random() < 0.1:
            line["declared"] = dice.choice(["met", "self_pay"])
        yield line


def birthday_lines(shape, dice, birth, start, end):
    """Items restricted by age on a birthday inside the bill, or the day before."""
    birthday = datetime.date(end.year, birth.month, min(birth.day, 28))
    if start < birthday <= end and dice.random() < 0.5:
        price = yuan(dice.randrange(1, 50_000))
        yield {"quantity": "1", "price": price, "amount": price, "item": dice.choice(shape.aged),
               "day": str(birthday - DAY * dice.randrange(2))}


def draw_line(shape, dice, bill, start, end):
    amount = draw_amount(shape, dice)
    priced = shape.priced and dice.random() < 0.1
    if priced and dice.random() < 0.5:
        amount = max(0, dice.choice(shape.prices) + dice.randrange(-1, 2))
    quantity = "1"
    price = yuan(amount)
    if dice.random() < 0.3:
        quantity = dice.choice(["2", "3", "7", "0.5", "2.5", "1.25", "12"])
        units = int(float(quantity) * 100)
        cost = max(1, amount * 100 // units)
        price = yuan(cost)
        # Half up to the fen, or the fen below: both are within one of price x quantity.
        amount = (cost * units + 50) // 100
    line = {"quantity": quantity, "price": price, "amount": yuan(amount)}
    if dice.random() < 0.3:
        # Now and then a day before the bill's first.
        line["day"] = str(some_day(dice, start - DAY * (5 if dice.random() < 0.1 else 0), end + DAY))
    way = "item" if priced else dice.choice(shape.accept)
    if way in ("item", "both"):
        line["item"] = dice.choice(shape.priced if priced else shape.items)
        if dice.random() < 0.5:
            line["days_supply"] = dice.choice([1, 3, 7, 14, 28, 30, 31, 60, 84, 90])
    if way in ("parts", "both"):
        cuts = sorted(dice.randint(0, amount) if dice.random() < 0.4 else amount for _ in range(3))
        parts = dict(zip(("in_scope", "first_self", "over_limit", "full_self"),
                         (cuts[0], cuts[1] - cuts[0], cuts[2] - cuts[1], amount - cuts[2])))
        line["parts"] = {key: yuan(value) for key, value in parts.items()}
    elif way == "stated":
        kind = dice.choice("AABBBC")
        stated = {"class": kind}
        if kind == "B":
            stated["first_self_ratio"] = dice.choice(["0.05", "0.1", "0.10", "0.15", "0.2", "0.30", "0.125", "1/3", "0", "1"])
        if dice.random() < 0.3:
            stated["limit"] = yuan(int(fen(price) * dice.uniform(0.3, 1.3)))
        line["stated"] = stated
    if way not in ("parts", "both") and dice.random() < 0.2:
        line["declared"] = dice.choice(["met", "met", "self_pay"])
    diseases = shape.by.get("disease", [])
    if diseases and way != "item" and dice.random() < 0.5:
        # The bill's, another's that the person may be registered for, or of both.
        line["diseases"] = sorted({one for one in (bill.get("disease"), dice.choice(diseases)) if one and dice.random() < 0.6})
    return line


def last_day(shape, dice, person, start):
    """The last day of a bill: mostly some days on, now and then on a day something changes, or the day before."""
    birth = datetime.date.fromisoformat(person["birth"])
    turns = sorted({datetime.date.fromisoformat(fact[key]) for name in ("insured", "registrations", "groups", "filings")
                    for fact in person.get(name, []) for key in ("from", "until") if key in fact})
    turns = [day for day in turns if start < day < start + DAY * 100]
    if turns and dice.random() < 0.2:
        # Cover, status or a registration begins or ends inside the bill.
        return max(start, dice.choice(turns) + DAY * dice.randrange(-1, 4))
    length = dice.choice([0, 0, 1, dice.randrange(1, 15), dice.randrange(1, 15), dice.randrange(10, 120)])
    if dice.random() < 0.1:
        period = shape.pack.benefit.get("period_days", 30)
        changes = [start + DAY * (period * dice.randrange(1, 4)), start + DAY * 30]
        changes += [day for day in shape.changes if start < day < start + DAY * 100]
        birthdays = [datetime.date(start.year + more, birth.month, min(birth.day, 28)) for more in (0, 1)]
        changes += [birthday for birthday in birthdays if DAY * 0 < birthday - start < DAY * 200]
        return max(start, dice.choice(changes) + DAY * dice.randrange(-1, 2))
    return start + DAY * length


def draw_bill(shape, dice, record, number_, day, stays):
    """The next bill of a person, from `day` on."""
    person = record["person"]["id"]
    visit = shape.word("visit", dice, "inpatient")
    level = shape.word("level", dice, "level3")
    start, end = day, last_day(shape, dice, record["person"], day)
    if shape.pack.benefit.get("cross_year") == "daily_average":
        # Such a bill is divided.
        turn = datetime.date(shape.pack.year(start) + 1, *shape.pack.year_start)
        if turn - start < DAY * 120 and dice.random() < 0.3:
            end = turn + DAY * dice.choice([-1, 0, 0, 1, dice.randrange(0, 40)])
            end = max(start, end)
    bill = {"id": f"{person}-{number_}", "person": person,
            "institution": {"code": f"H{dice.randrange(1, 6)}", "level": level,
                            "area": area(shape, dice, record["person"].get("filings", ()))},
            "visit": visit, "start": str(start), "end": str(end), "account": dice.choice(["none", "own", "own", "family"]), "amount": ""}
    facility = sorted({value for value in shape.by.get("facility", []) if dice.random() < 0.35})
    if dice.random() < UNREAD:
        facility.append("stray")
    if facility:
        bill["institution"]["facility"] = facility
    if dice.random() < 0.7:
        bill["stay"] = f"{person}-S{number_}"
        if stays and dice.random() < 0.25:
            # An interim settlement of the last stay.
            before = stays[-1]
            bill.update(stay=before["stay"], stay_start=before.get("stay_start", before["start"]), visit=before["visit"],
                        institution=before["institution"])
        elif stays and dice.random() < 0.3:
            bill["referral"] = {"kind": dice.choice(["up", "down"]), "from": stays[-1]["stay"]}
            bill["visit"] = stays[-1]["visit"]
    if dice.random() < WRONG:
        bill["institution"] = {**bill["institution"], "area": dice.choice([shape.area[:5], shape.area[:5] + "x", shape.area + "1"])}
    if dice.random() < 0.12:
        bill["emergency"] = True
    if shape.by.get("disease") and dice.random() < 0.6:
        bill["disease"] = shape.word("disease", dice)
    if dice.random() < 0.5:
        bill["diagnoses"] = [dice.choice(["I10", "E11.9", "C34.1", "F20", "O80", "J18.9", "N18.5", "K35.8"])
                             for _ in range(dice.randrange(1, 3))]
    facts = {}
    for of in sorted({*shape.by, *shape.numbers}):
        if of.startswith("bill.") and dice.random() < (0.5 if of in shape.optional else 0.95):
            facts[of[5:]] = shape.word(of, dice) if of in shape.by else str(number(dice))
    for name, words in shape.care_facts.items():
        if dice.random() < 0.3:
            facts[name] = dice.choice(words)
    if facts:
        bill["facts"] = facts
    count = dice.choice([1, 1, 2, 3, dice.randrange(1, 9)])
    bill["lines"] = [draw_line(shape, dice, bill, start, end) for _ in range(count)]
    if shape.sets and dice.random() < 0.35:
        bill["lines"] += draw_set(shape, dice, start, end)
        dice.shuffle(bill["lines"])
    if shape.aged:
        bill["lines"] += birthday_lines(shape, dice, datetime.date.fromisoformat(record["person"]["birth"]), start, end)
    for place, line in enumerate(bill["lines"]):
        line["id"] = str(place + 1)
    bill["amount"] = yuan(sum(fen(line["amount"]) for line in bill["lines"]))
    for fund in shape.given:
        if dice.random() < 0.3:
            bill.setdefault("given", {})[fund] = yuan(int(fen(bill["amount"]) * dice.choice([0, 0.01, 0.05, 0.2])))
    return bill


class Drawn:
    """A household, its rows in two tables, and what the reference makes of them."""

    def __init__(self, pack, records, rows, cut, known, care):
        self.records, self.known, self.care = records, known, care
        house = Household(pack, records, known, care)
        rows = house.order(rows)
        cut = int(len(rows) * cut)
        names = list(house.states)
        # Person by person, as the table has them.
        self.tables = [sorted(part, key=lambda row: names.index(row["person"])) for part in (rows[:cut], rows[cut:])]
        # (row, figures or None, trace) in the order of settling.
        self.outcomes, self.adjustments = [], []
        for part in self.tables:
            house = house.next_table()
            self.outcomes.append([(row, *house.settle(row)) for row in house.order(part)])
            self.adjustments += house.adjustments
        self.states = house.states


def household(shape, dice, index, year, known):
    """Persons with the state before: some share an account of the first."""
    size = dice.choice([2, 2, 3]) if dice.random() < SHARING else 1
    records = []
    for place in range(size):
        name = f"P{index}" + (f"m{place}" if place else "")
        record = draw_person(shape, dice, name, year)
        # Most persons are such as the pack insures.
        for _ in range(TRIES if dice.random() > AS_IT_FALLS else 0):
            if any(attempt(shape, draw_bill(shape, dice, record, 0, year + DAY * 3, []), State(record), known)[0] for _ in range(8)):
                break
            record = draw_person(shape, dice, name, year)
        records.append(record)
    if size > 1:
        shared = {"id": f"P{index}-shared", "kind": "current", "balance": yuan(int(10 ** dice.uniform(3, 6.5)))}
        for place, record in enumerate(records):
            # The holder's own account, family to the others.
            mine = record.setdefault("accounts", [])
            mine.insert(dice.randrange(len(mine) + 1), {**shared, "kind": "family"} if place else dict(shared))
    return records


def draw_void(dice, house, rows, name, number_, day):
    """The void of an earlier bill: mostly the last that stands, now and then another, or none that can be."""
    standing = [one.bill for one in house.entries if not one.voided and one.bill["person"] == name]
    ids = [row["id"] for row in rows]
    where = dice.random()
    if standing and where < 0.35:
        voids = standing[-1]["id"]
    elif standing and where < 0.9:
        voids = dice.choice(standing[-4:])["id"]
    else:
        voids = dice.choice([*ids, "nobody's"])
    return {"id": f"{name}-V{number_}", "person": name, "end": str(day), "voids": voids}


def draw(shape, seed, index, known=None):
    """One household of a seed; `known` is the day of knowledge."""
    pack = shape.pack
    dice = random.Random(f"{pack.id}/{seed}/{index}")
    year = some_day(dice, pack.from_, max(pack.from_ + DAY, pack.until - DAY * 300))
    records = household(shape, dice, index, year, known)
    house = Household(pack, records, known, shape.care)
    rows, day, stays = [], year, {record["person"]["id"]: [] for record in records}
    voiding = dice.random() < VOIDING
    for number_ in range(1, dice.choice([1, 2, 4, 8, 12, 20]) * len(records) + 1):
        record = dice.choice(records)
        name = record["person"]["id"]
        if voiding and rows and dice.random() < 0.15:
            row = draw_void(dice, house, rows, name, number_, day)
            house.settle(row)
            rows.append(row)
            continue
        day += DAY * int(10 ** dice.uniform(0, 1.7) / len(records))
        as_it_falls = dice.random() < AS_IT_FALLS
        for _ in range(TRIES):
            bill = draw_bill(shape, dice, record, number_, day, stays[name])
            if len(records) > 1 and dice.random() < 0.6:
                bill["account"] = "family"
            figures, _ = house.settle(bill)
            if figures or as_it_falls:
                break
        rows.append(bill)
        if figures and bill.get("stay"):
            stays[name].append(bill)
        day = datetime.date.fromisoformat(bill["end"])
        if day > pack.until + DAY * 5:
            break
    # A void finds only what its own table has settled.
    cut = dice.choice([0, 0.2, 0.5, 1]) if voiding else 0.5
    return Drawn(pack, records, rows, cut, known, shape.care)


def attempt(shape, bill, state, known):
    """The figures and the trace, or None and why it is refused."""
    try:
        return split(shape.pack, bill, state, known, shape.care)
    except Refused as why:
        return None, [f"refused: {why}"]


# ---------------------------------------------------------------- writing

def line_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def columns(pack, shape):
    facts = sorted({*shape.care_facts, *(of[5:] for of in {*shape.by, *shape.numbers} if of.startswith("bill."))})
    return [*COLUMNS, "voids", *(f"fact:{name}" for name in facts), *(f"given:{fund}" for fund in shape.given)]


def table_rows(bill):
    """A bill as rows of the table, one a line; a void as one row."""
    if "voids" in bill:
        yield {"bill_id": bill["id"], "person_id": bill["person"], "end": bill["end"], "voids": bill["voids"]}
        return
    place, referral = bill["institution"], bill.get("referral") or {}
    row = {"bill_id": bill["id"], "person_id": bill["person"], "institution": place["code"], "level": place["level"],
           "area": place["area"], "facility": "|".join(place.get("facility", [])), "referral": referral.get("kind", ""),
           "referral_from": referral.get("from", ""), "emergency": "1" if bill.get("emergency") else "",
           "diagnoses": "|".join(bill.get("diagnoses", []))}
    row.update({key: bill.get(key) or "" for key in ("visit", "start", "end", "account", "stay", "stay_start", "disease")})
    row.update({f"fact:{name}": value for name, value in bill.get("facts", {}).items()})
    row.update({f"given:{fund}": value for fund, value in bill.get("given", {}).items()})
    for line in bill["lines"]:
        stated = line.get("stated") or {}
        yield {**row, **{key: line.get(key, "") for key in ("quantity", "price", "amount", "item", "day", "declared", "days_supply")},
               "line_id": line.get("id", ""), "class": stated.get("class", ""),
               "first_self_ratio": stated.get("first_self_ratio", ""), "limit": stated.get("limit", ""),
               "line_diseases": "|".join(line.get("diseases", [])), **(line.get("parts") or {})}


def write(pack, shape, drawn, folder):
    """Writes persons and bills; returns the two files the command reads."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    bills, persons = folder / "bills.csv", folder / "persons.jsonl"
    with bills.open("w", newline="", encoding="utf-8") as table, persons.open("w", encoding="utf-8") as states, \
            (folder / "bills.jsonl").open("w", encoding="utf-8") as lines:
        writer = csv.DictWriter(table, columns(pack, shape), restval="", lineterminator="\n")
        writer.writeheader()
        for records, rows in drawn:
            for record in records:
                states.write(line_json(record))
            for bill in rows:
                lines.write(line_json(bill))
                writer.writerows(table_rows(bill))
    return bills, persons


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack")
    parser.add_argument("--persons", type=int, default=100)
    parser.add_argument("--seed", default="1")
    parser.add_argument("-o", "--output", required=True)
    options = parser.parse_args()
    pack = Pack(options.pack)
    shape = Shape(pack)
    drawn = (draw(shape, options.seed, index) for index in range(options.persons))
    write(pack, shape, ((one.records, [*one.tables[0], *one.tables[1]]) for one in drawn), options.output)


if __name__ == "__main__":
    main()
