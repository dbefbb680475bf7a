"""The lines of one bill: class, limit and first self-pay line by line, and the rules that look across lines.

Whole fen; a line's limit and ratio are exact. Where a bill is split by two packs these are the lines of the place of care.
"""
import datetime
from fractions import Fraction

from values import (INFINITE, TABLE_WORDS, PackError, Refused, View, day_of, fen, fraction, holding, in_force, known_keys,
                    least, must_hold, rounded, whole_years)

BUCKETS = ("full_self", "over_limit", "first_self", "area_first_self", "in_scope", "deductible", "copay", "over_cap", "barred")
PARTS = ("full_self", "over_limit", "first_self", "in_scope")


class Line:
    """A line with what the pack says of it."""

    def __init__(self, said, end):
        self.said = said
        self.day = day_of(said.get("day") or end)
        self.amount = fen(said["amount"])
        self.quantity, self.price = fraction(said["quantity"]), fraction(said["price"])
        self.code = said.get("item")
        self.fixed = None          # the parts as they were brought
        self.kind = "C"            # class: A, B, C
        self.ratio = Fraction(0)   # of class B
        self.limit = None          # yuan a unit
        self.item_kind = None      # drug, service, consumable
        self.tags, self.diseases = [], list(said.get("diseases", []))
        self.review = False        # somebody has to look
        self.over = self.first = 0

    def to_class_c(self):
        self.kind, self.ratio, self.limit = "C", Fraction(0), None

    def by_item(self):
        """Whether the rules across lines look at it."""
        return self.code is not None and self.fixed is None

    def parts(self):
        zero = dict.fromkeys(BUCKETS, 0)
        out = "barred" if "no_account" in self.tags else "full_self"
        if self.fixed is not None:
            return {**zero, **self.fixed, "full_self": 0, out: self.fixed.get("full_self", 0)}
        if self.kind == "C":
            return {**zero, out: self.amount}
        return {**zero, "over_limit": self.over, "first_self": self.first, "in_scope": self.amount - self.over - self.first}


class Lines:
    """All lines of a bill. `facts` are those of the pack the lines go by; `registered` the diseases of the person."""

    def __init__(self, pack, bill, person, facts, known, registered=()):
        self.registered = registered
        self.pack, self.bill, self.person, self.facts, self.known = pack, bill, person, facts, known
        self.end, self.start = day_of(bill["end"]), day_of(bill["start"])
        self.rules = pack.lines

    def decide(self):
        lines = [Line(said, self.bill["end"]) for said in self.bill["lines"]]
        for line in lines:
            self.rule(line)
            self.check_day(line)
        for rule in self.rules.get("exclusive", []):
            self.exclusive(rule, lines)
        self.divide(lines)
        return lines

    # one line

    def rule(self, line):
        """Class, ratio and limit, or the parts it brings."""
        said = line.said
        if line.quantity <= 0 or line.price < 0 or line.amount < 0 or abs(line.price * line.quantity * 100 - line.amount) > 1:
            raise Refused("a line's quantity, price and amount do not agree")
        ways = [way for way in ("item", "stated", "parts") if said.get(way) is not None]
        if len(ways) != 1 and ways != ["item", "parts"]:
            raise Refused("a line needs one of item, stated, parts")
        for way in ways:
            # The lines of a divided bill bring what was decided on the whole of it.
            if not self.bill.get("part_of") and way not in self.rules.get("accept", ["item"]):
                raise Refused(f"lines by {way} are not accepted")
        item = self.item(line) if "item" in ways else None
        if "parts" in ways:
            line.fixed = {key: fen(value) for key, value in said["parts"].items()}
            if sum(line.fixed.values()) != line.amount or any(value < 0 for value in line.fixed.values()):
                raise Refused("the parts miss the line's amount")
        elif item:
            self.item_rule(line, item)
        else:
            stated, ratio = said["stated"], said["stated"].get("first_self_ratio")
            line.kind = "C" if said.get("declared") == "self_pay" else stated["class"]
            line.limit = Fraction(stated["limit"]) if stated.get("limit") is not None else None
            if line.kind == "B":
                if ratio is None:
                    raise Refused("class B without a ratio")
                line.ratio = Fraction(ratio)

    def check_day(self, line):
        """Its pack speaks for the line's day; before the bill's first a rule must let it belong to the stay."""
        if not self.pack.from_ <= line.day < self.pack.until:
            raise Refused("the pack of the lines does not speak for the day")
        early = (self.start - line.day).days
        if early <= 0 or self.bill.get("part_of"):
            return
        for rule in self.rules.get("before", []):
            known_keys(rule, {"when", "days", "lines", "source", "note"}, "lines before")
            if early <= rule["days"] and must_hold(rule.get("when", {}), self.facts, "lines before") \
                    and fits(rule.get("lines", {}), line, self.bill, self.registered):
                return
        raise Refused("a line before the bill's first day")

    def item(self, line):
        """The version of the item as of the line's day; its marks, kind and diseases go to the line."""
        versions = [item for item in self.pack.catalogue.get(line.code, []) if in_force(item, line.day)
                    and ("known" not in item or self.known is None or item["known"] <= self.known)]
        if not versions:
            raise Refused("no such item on the day")
        versions.sort(key=lambda item: item.get("known", datetime.date.min))
        item = versions[-1]
        line.item_kind, line.tags, line.diseases = item["kind"], item["tags"], line.diseases + item["diseases"]
        return item

    def item_rule(self, line, item):
        """Class, ratio and limit of an item as of the line's day, and what its restriction comes to."""
        view = View(self.pack, {**self.facts, "class": item["class"], "kind": item["kind"], "tag": self.ratio_tag(item)},
                    line.day, self.known)
        declared = line.said.get("declared", "nothing")
        outcome = "out" if declared == "self_pay" else "in"
        if item["restriction"]:
            outcome = self.restriction(self.pack.data["restriction"][item["restriction"]], line, declared)
            if outcome == "review":
                outcome = self.reviewed(line)
        if outcome == "out" or item["class"] == "C":
            return
        line.kind = item["class"]
        if line.kind == "B":
            line.ratio = self.item_ratio(item, view, line)
        if item["limit"].startswith("@"):
            amount = view.amount(self.pack.limits[item["limit"][1:]], item["limit"])
            line.limit = None if amount is INFINITE else Fraction(amount, 100)
        elif item["limit"]:
            line.limit = Fraction(item["limit"])

    def item_ratio(self, item, view, line):
        """The item's own ratio, a table's the catalogue names, or that of its class."""
        if item["ratio"].startswith("@"):
            return view.ratio(self.pack.ratios[item["ratio"][1:]], item["ratio"], line.price)
        return fraction(item["ratio"]) if item["ratio"] else view.ratio(self.rules["ratio"], "lines.ratio", line.price)

    def ratio_tag(self, item):
        """The item's mark among those the rows of the ratio name, the first named of several."""
        if "ratio" not in self.rules:
            return "none"
        rows, _ = View(self.pack, self.facts, self.end, self.known).chain_of(self.rules["ratio"], "lines.ratio")
        for mark in marks_in(rows):
            if mark != "none" and mark in item["tags"]:
                return mark
        return "none"

    def reviewed(self, line):
        """A line nobody has looked at yet counts as the pack says."""
        line.review = True
        if self.rules["review"] == "refuse":
            raise Refused("a line to review")
        return self.rules["review"]

    def restriction(self, rule, line, declared):
        """In, out or review: what a machine can decide, what the doctor declared, what nobody can know."""
        if declared == "self_pay":
            return "out"
        person, bill = self.person, self.bill
        age = whole_years(day_of(person["birth"]), line.day)
        supply, diagnoses = line.said.get("days_supply"), bill.get("diagnoses", [])
        fails = ("sex" in rule and person["sex"] != rule["sex"]
                 or "age_from" in rule and age < rule["age_from"]
                 or "age_below" in rule and age >= rule["age_below"]
                 or rule.get("levels") and bill["institution"]["level"] not in rule["levels"]
                 or rule.get("visits") and bill["visit"] not in rule["visits"]
                 or rule.get("emergency") and not bill.get("emergency")
                 or "days_supply_max" in rule and supply is not None and supply > rule["days_supply_max"])
        starts = tuple(rule.get("diagnoses", []))
        unknown = rule.get("judged") or ("days_supply_max" in rule and supply is None)
        if starts:
            # Any diagnosis of the bill may carry it; without diagnoses nobody can tell.
            if diagnoses:
                fails = fails or not any(code.startswith(starts) for code in diagnoses)
            else:
                unknown = True
        if fails:
            return "out" if declared == "nothing" else "review"
        if unknown:
            return "review" if declared == "nothing" else "in"
        return "in"

    # across lines

    def exclusive(self, rule, lines):
        """Items that may not be charged together: of several codes one is kept."""
        known_keys(rule, {"id", "title", "items", "within", "keep", "outcome", "source", "note"}, "lines exclusive")
        # What the person pays anyway neither excludes nor is excluded.
        looked = [line for line in lines if line.by_item() and line.code in rule["items"] and line.kind != "C"]
        days = [None] if rule["within"] == "bill" else sorted({line.day for line in looked})
        for day in days:
            there = [line for line in looked if day is None or line.day == day]
            sums = {}
            for line in there:
                sums[line.code] = sums.get(line.code, 0) + line.amount
            if len(sums) < 2:
                continue
            # `sums` is in line order, and of equals the first is taken.
            kept = next(iter(sums)) if rule["keep"] == "first" else max(sums, key=lambda code: sums[code])
            for line in there:
                if line.code != kept and self.outcome(rule, line) == "out":
                    line.to_class_c()

    def outcome(self, rule, line):
        """What becomes of a line that is not kept."""
        return "out" if rule["outcome"] == "out" else self.reviewed(line)

    def daily(self, rule, line):
        """Whether a ceiling a day is one of this line."""
        known_keys(rule, TABLE_WORDS | {"id", "title", "items", "tag", "quantity", "when"}, "lines daily")
        return (line.by_item() and (line.code in rule.get("items", []) or any(tag in line.tags for tag in rule.get("tag", [])))
                and must_hold(rule.get("when", {}), self.facts, "lines daily"))

    def divide(self, lines):
        """Over the limit, first self-pay and in scope of every line of class A or B, in line order."""
        order, mode = self.rules.get("order", "limit_first"), self.pack.mode
        by_bill = self.rules.get("rounding", "line") == "bill"
        if by_bill and order != "limit_first":
            raise PackError("first self-pay by bill only where the limit comes first")
        # Each rule with what it has counted by day.
        rules = [(rule, {}) for rule in self.rules.get("daily", [])]
        for line in lines:
            if line.fixed is not None or line.kind == "C":
                continue
            limits = [None if line.limit is None else rounded(line.limit * line.quantity * 100, mode)]
            counting = []
            for rule, counted in rules:
                if self.daily(rule, line):
                    limit, q = self.daily_limit(rule, counted.get(line.day, 0), line)
                    limits.append(limit)
                    counting.append((rule, counted, q))
            limit = least(*limits)
            if order == "limit_first":
                line.over = 0 if limit is None else max(0, line.amount - limit)
                line.first = 0 if by_bill else rounded((line.amount - line.over) * line.ratio, mode)
                passed = line.amount - line.over
            else:
                line.first = rounded(line.amount * line.ratio, mode)
                line.over = 0 if limit is None else max(0, line.amount - line.first - limit)
                passed = line.amount - line.first - line.over
            for rule, counted, q in counting:
                counted[line.day] = counted.get(line.day, 0) + (passed if q is None else q)
        if by_bill:
            self.round_by_bill([line for line in lines if line.fixed is None and line.kind == "B"])

    def daily_limit(self, rule, counted, line):
        """What a rule lets of a line pass (None: all), and the quantity it counts (None: it counts money)."""
        if "quantity" in rule:
            q = min(line.quantity, max(Fraction(0), fraction(rule["quantity"]) - counted))
            own = None if line.limit is None else rounded(line.limit * q * 100, self.pack.mode)
            return least(own, rounded(line.amount * q / line.quantity, self.pack.mode)), q
        value = View(self.pack, self.facts, line.day, self.known).amount(rule, f"lines daily {rule.get('id')}")
        return (None if value is INFINITE else max(0, value - counted)), None

    def round_by_bill(self, lines):
        """The bill's first self-pay is rounded once; what the lines' floors miss goes where most was cut off."""
        exact = [Fraction(line.amount - line.over) * line.ratio for line in lines]
        floors = [one.numerator // one.denominator for one in exact]
        missing = rounded(sum(exact, Fraction(0)), self.pack.mode) - sum(floors)
        places = sorted(range(len(lines)), key=lambda place: (floors[place] - exact[place], place))
        for place, line in enumerate(lines):
            line.first = floors[place] + (place in places[:missing])


def marks_in(rows):
    """The marks the rows name, in the order in which they first name them."""
    marks = []
    for row in rows:
        for key, wanted in row.items():
            found = []
            if key == "tag":
                found = wanted if isinstance(wanted, list) else [wanted]
            elif key == "not":
                found = marks_in([wanted])
            elif key == "any":
                found = marks_in(wanted)
            marks += [mark for mark in found if mark not in marks]
    return marks


def fits(wanted, line, bill, registered):
    """Whether a line is one of those a route or a rule asks for."""
    known_keys(wanted, {"disease", "registered", "negotiated", "kind", "tag"}, "route lines")
    if wanted.get("registered") and not any(disease in registered for disease in line.diseases):
        return False
    if wanted.get("disease") and bill.get("disease") not in line.diseases:
        return False
    if wanted.get("negotiated") and "negotiated" not in line.tags:
        return False
    if "kind" in wanted and line.item_kind not in wanted["kind"]:
        return False
    return "tag" not in wanted or any(tag in line.tags for tag in wanted["tag"])
