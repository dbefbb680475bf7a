"""What a benefit pack says: numbers, facts, conditions, dated tables and their adjustments, bands.

Money is whole fen (int), ratios are exact fractions.
"""
import csv
import datetime
import functools
import itertools
import tomllib
from fractions import Fraction
from pathlib import Path

HALF = Fraction(1, 2)
BUILT_IN = {"place", "filing", "referral", "emergency", "registered", "designated", "signed", "sex", "benefit", "age", "days"}
NUMBERS = {"age", "days"}
ROW_WORDS = {"value", "times", "index", "pays", "bands", "by_price", "marginal", "id", "from", "until", "known", "supersedes", "exception",
             "exception_to", "source", "note"}
TABLE_WORDS = {"rows", "value", "adjust", "source", "note"}
# How care elsewhere may be filed, in the order in which it counts.
FILING_ORDER = ("long_term", "emergency", "referral")
INFINITE = None  # an amount without limit


class Refused(Exception):
    """The bill, or the pack on this bill, is refused."""


class MissingFact(Refused):
    """A fact that is not stated would have to decide."""


class PackError(Exception):
    """The pack says something this reader does not know."""


# ---------------------------------------------------------------- numbers

@functools.lru_cache(maxsize=200_000)
def fraction(text):
    return Fraction(text)


@functools.lru_cache(maxsize=200_000)
def fen(text):
    """Yuan as text, in fen; `none` is no limit."""
    if text == "none":
        return INFINITE
    amount = Fraction(text) * 100
    if amount.denominator != 1:
        raise Refused(f"{text} is not whole fen")
    return amount.numerator


def yuan(amount):
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def rounded(number, mode="half-up"):
    """A fraction of fen to whole fen; half away from zero never matters, amounts are not negative."""
    floor = number.numerator // number.denominator
    if mode == "half-up":
        return (2 * number.numerator + number.denominator) // (2 * number.denominator)
    rest = number - floor
    if mode == "half-even":
        return floor + (rest > HALF or (rest == HALF and floor % 2 == 1))
    if mode in ("up", "ceiling"):
        return floor + (rest > 0)
    if mode in ("down", "floor"):
        return floor
    raise PackError(f"rounding mode {mode}")


def least(*amounts):
    """The least of several amounts, of which some may be without limit."""
    known = [amount for amount in amounts if amount is not INFINITE]
    return min(known) if known else INFINITE


def day_of(value):
    if isinstance(value, datetime.date):
        return value
    return datetime.date.fromisoformat(value)


def known_keys(table, allowed, where):
    unknown = set(table) - set(allowed)
    if unknown:
        raise PackError(f"{where}: unknown key {sorted(unknown)}")


# ---------------------------------------------------------------- the pack

def merged(one, other):
    """Lists of tables are joined, tables are merged key by key."""
    for key, value in other.items():
        if key not in one:
            one[key] = value
        elif isinstance(value, list) and isinstance(one[key], list):
            one[key] = one[key] + value
        elif isinstance(value, dict) and isinstance(one[key], dict):
            merged(one[key], value)
        else:
            raise PackError(f"{key} is said twice")
    return one


class Pack:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.data = {}
        files = [self.folder] if self.folder.is_file() else sorted(self.folder.glob("*.toml"))
        for file in files:
            if not file.name.endswith(".source.toml"):
                merged(self.data, tomllib.loads(file.read_text(encoding="utf-8")))
        self.load(self.data)

    def load(self, data):
        self.data = data
        self.benefit = data["benefit"]
        self.id = self.benefit["id"]
        self.from_, self.until = self.benefit["from"], self.benefit["until"]
        rounding = self.benefit.get("rounding", {})
        self.side = rounding.get("side", "fund")
        self.mode = rounding.get("mode", "half-up")
        self.dimensions = data.get("dimension", {})
        self.counters = data.get("counter", {})
        self.gates = data.get("gate", [])
        self.routes = data.get("route", [])
        self.packages = data.get("package", {})
        self.chains = data.get("chain", {})
        self.values = data.get("value", {})
        self.limits = data.get("limit", {})
        self.ratios = data.get("ratio", {})
        self.indexes = data.get("index", {})
        self.lines = data.get("lines", {})
        known_keys(self.lines, {"accept", "order", "rounding", "catalogue", "review", "before", "ratio", "exclusive", "daily",
                                "source", "note"}, "lines")
        self.newborn = data.get("newborn")
        self.funds = list(data.get("fund", {}))
        self.keys = set(keys_of(self))
        self.examples = data.get("example", [])
        self.catalogue = self.read_catalogue(self.lines["catalogue"]) if "catalogue" in self.lines else {}
        self.gate_on_benefit = any(reads(gate.get("when", {}), "benefit") for gate in self.gates)
        self.area = self.benefit.get("area", "")[:self.benefit.get("area_digits", 4)]
        self.year_start = tuple(int(part) for part in self.benefit.get("year_starts", "01-01").split("-"))

    def read_catalogue(self, path):
        """Items by code, each with its versions."""
        items = {}
        with (self.folder / path).open(newline="", encoding="utf-8") as table:
            for row in csv.DictReader(table):
                item = {key: row[key] for key in ("kind", "class", "ratio", "limit", "restriction")}
                item.update({key: day_of(row[key]) for key in ("from", "until", "known") if row[key]})
                item["diseases"] = [one for one in row["diseases"].split("|") if one]
                item["tags"] = [one for one in row["tags"].split("|") if one]
                if row["negotiated"] == "1":
                    item["tags"].append("negotiated")
                items.setdefault(row["code"], []).append(item)
        return items

    def facts_day(self, bill):
        """The day on which insurance, status and every other fact of a bill is taken."""
        if self.benefit.get("facts_on", "end") == "start":
            return day_of(bill.get("stay_start") or bill["start"])
        return day_of(bill["end"])

    def year(self, day):
        """The insurance year of a day: the calendar year in which it started."""
        return day.year if (day.month, day.day) >= self.year_start else day.year - 1

    def is_number(self, name):
        return name in NUMBERS or name in self.counters or (
            name in self.dimensions and "values" not in self.dimensions[name])


def keys_of(pack):
    """Every sum the pack's steps keep."""
    yield from ("total", "in_scope", *(f"fund:{fund}" for fund in pack.funds))
    for name in pack.counters:
        yield from (f"count:{name}", f"number:{name}")
    for owner, part in [*pack.packages.items(), *pack.chains.items()]:
        for step in part.get("step", []):
            if step["use"] == "layer":
                yield from layer_keys(step, step.get("group", f"{owner}.{step['id']}"))


def layer_keys(step, group):
    if "deductible" in step:
        own = step["deductible"].get("group", group)
        yield "deductible:" + own
        if "ceiling" in step["deductible"]:
            yield "deductible_ceiling:" + step["deductible"]["ceiling"].get("group", own)
    if "bands" in step:
        yield "position:" + step["bands"].get("group", group)
    if "cumulative" in step:
        yield "base:" + step["cumulative"].get("group", group)
    for cap in step.get("cap", []):
        yield {"payment": "paid:", "base": "capped_base:", "payable": "capped_payable:"}[cap["on"]] + cap.get("group", group)


def reads(condition, name):
    """Whether a condition looks at a dimension."""
    for key, value in condition.items():
        if key == "not":
            if reads(value, name):
                return True
        elif key == "any":
            if any(reads(one, name) for one in value):
                return True
        elif key == name:
            return True
    return False


def bounds_of(tables, name):
    """Every number the tests of a dimension name."""
    for table in tables:
        for key, value in table.items():
            if key == name:
                yield from (int(one) for one in (value.values() if isinstance(value, dict) else value if isinstance(value, list)
                                                 else [value]))
            elif key in ("not", "when"):
                yield from bounds_of([value], name)
            elif key == "any":
                yield from bounds_of(value, name)
        if table.get("for_each") == name:
            yield from (int(table[key]) for key in ("above", "upto") if key in table)


# ---------------------------------------------------------------- facts and conditions

def holding(facts, day):
    """The facts of a dated list that hold on the day; `until` is the first day outside."""
    return [fact for fact in facts
            if day_of(fact["from"]) <= day and ("until" not in fact or fact["until"] is None or day < day_of(fact["until"]))]


def whole_years(birth, day):
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def insurance(pack, person, day):
    """The one insurance that holds on the day; a newborn's begins at birth when it was taken out in time."""
    insured = holding(person["insured"], day)
    if not insured and pack.newborn and person["insured"]:
        known_keys(pack.newborn, {"within_days", "source", "note"}, "newborn")
        since = min(day_of(one["from"]) for one in person["insured"])
        birth = day_of(person["birth"])
        if birth <= day < since and (since - birth).days <= pack.newborn["within_days"]:
            insured = [one for one in person["insured"] if day_of(one["from"]) == since]
    if len(insured) != 1:
        raise Refused("person not insured once on the day")
    division(insured[0]["area"])
    if not insured[0]["area"].startswith(pack.area):
        raise Refused("insured elsewhere")
    return insured[0]


def division(code):
    """A division is six digits."""
    if len(code) != 6 or not code.isascii() or not code.isdigit():
        raise Refused(f"no division: {code}")


def filed(pack, person, bill, day):
    """How care elsewhere is filed: of the words that hold on the day and at the place the first in the pack's order."""
    words = [filing["value"] for filing in holding(person.get("filings", []), day)
             if bill["institution"]["area"].startswith(filing.get("area") or "")]
    if bill.get("emergency"):
        words.append("emergency")
    for word in pack.benefit.get("filing_order", FILING_ORDER):
        if word in words:
            return word
    return "unfiled"


def facts_of(pack, bill, person, day, home=None):
    """Every dimension on a day; what is not stated is None. Who is insured is the home pack's matter.

    A pack of the place of care (then `home` is the other) reads what it does not know as not stated.
    """
    insured, lenient = insurance(home or pack, person, day), home is not None
    institution = bill["institution"]
    held = {name: [fact["value"] for fact in holding(person.get(name, []), day)]
            for name in ("groups", "registrations", "designated", "signed")}
    care, home = institution["area"], insured["area"]
    digits = pack.benefit.get("area_digits", 4)
    if care[:digits] == home[:digits]:
        place = "local"
    elif care[:2] == home[:2]:
        place = "in_province"
    else:
        place = "cross_province"
    filing = "local" if place == "local" else filed(pack, person, bill, day)
    first = day_of(bill.get("stay_start") or bill["start"])
    facts = {
        "place": place,
        "filing": filing,
        "referral": bill["referral"]["kind"] if bill.get("referral") else "none",
        "emergency": "yes" if bill.get("emergency") else "no",
        "registered": "yes" if bill.get("disease") in held["registrations"] else "no",
        "designated": "yes" if institution["code"] in held["designated"] else "no",
        "signed": "yes" if institution["code"] in held["signed"] else "no",
        "sex": person["sex"],
        "benefit": insured.get("benefit") or "open",
        "age": whole_years(day_of(person["birth"]), day),
        "days": max(1, (day_of(bill["end"]) - first).days),
    }
    for name, dimension in pack.dimensions.items():
        facts[name] = declared_fact(pack, name, dimension, bill, person, insured, held, day, lenient)
    return facts


def declared_fact(pack, name, dimension, bill, person, insured, held, day, lenient):
    known_keys(dimension, {"values", "otherwise", "of", "title", "source", "note"}, f"dimension {name}")
    of = dimension.get("of", name)
    values = dimension.get("values")
    otherwise = dimension.get("otherwise")
    if of in ("facility", "group"):
        words = bill["institution"].get("facility", []) if of == "facility" else held["groups"]
        for value in values:
            if value in words:
                return value
        return otherwise
    if of in ("scheme", "status", "grade"):
        stated = insured.get(of)
    elif of in ("visit", "disease"):
        stated = bill.get(of)
    elif of == "level":
        stated = bill["institution"]["level"]
    elif of.startswith("bill."):
        stated = bill.get("facts", {}).get(of[5:])
    elif of.startswith("person."):
        stated = [fact["value"] for fact in holding(person.get("facts", {}).get(of[7:], []), day)]
        if len(stated) > 1:
            raise Refused(f"{of} twice on the day")
        stated = stated[0] if stated else None
    else:
        raise PackError(f"dimension {name}: of {of}")
    if stated is not None:
        try:
            return word_of(name, values, stated)
        except Refused:
            if not lenient:
                raise
    return None if otherwise is None else word_of(name, values, otherwise)


def word_of(name, values, stated):
    """A stated word, or number, as the pack reads it."""
    if values is None:
        try:
            return int(stated)
        except ValueError:
            raise Refused(f"{name} is not a whole number: {stated}") from None
    if stated not in values:
        raise Refused(f"{name}: {stated} is no word of the pack")
    return stated


def test_one(wanted, fact):
    """One key of a condition; None when the fact is missing."""
    if fact is None:
        return None
    if isinstance(wanted, dict):
        known_keys(wanted, {"from", "below", "upto", "above"}, "number")
        return not (("from" in wanted and fact < int(wanted["from"]))
                    or ("above" in wanted and fact <= int(wanted["above"]))
                    or ("below" in wanted and fact >= int(wanted["below"]))
                    or ("upto" in wanted and fact > int(wanted["upto"])))
    if isinstance(wanted, list):
        return fact in wanted
    if isinstance(fact, int):
        return fact == int(wanted)
    return fact == wanted


def both(answers):
    """All must hold; what is false decides even where another fact is missing."""
    answers = list(answers)
    if False in answers:
        return False
    return None if None in answers else True


def holds(condition, facts):
    """True, False, or None where a missing fact would have to decide."""
    answers = []
    for key, wanted in condition.items():
        if key == "not":
            inner = holds(wanted, facts)
            answers.append(None if inner is None else not inner)
        elif key == "any":
            inner = [holds(one, facts) for one in wanted]
            answers.append(True if True in inner else None if None in inner else False)
        elif key not in facts:
            raise PackError(f"condition on {key}, which is no dimension")
        else:
            answers.append(test_one(wanted, facts[key]))
    return both(answers)


def must_hold(condition, facts, where):
    answer = holds(condition, facts)
    if answer is None:
        raise MissingFact(f"{where}: a fact is missing")
    return answer


# ---------------------------------------------------------------- values

def in_force(table, day):
    return ("from" not in table or table["from"] <= day) and ("until" not in table or day < table["until"])


class View:
    """Facts and the day as of which values are read."""

    def __init__(self, pack, facts, day, known):
        self.pack, self.facts, self.day, self.known = pack, facts, day, known

    def row(self, rows, where, facts=None):
        """The one row in force for the facts."""
        facts = self.facts if facts is None else facts
        applying = []
        for row in rows:
            if not in_force(row, self.day) or ("known" in row and self.known is not None and row["known"] > self.known):
                continue
            if must_hold({key: test for key, test in row.items() if key not in ROW_WORDS}, facts, where):
                applying.append(row)
        left = []
        for row in applying:
            dropped = False
            for other in applying:
                if other is row:
                    continue
                if "id" in row and row["id"] in (other.get("exception_to"), other.get("supersedes")):
                    dropped = True
                if other.get("exception") is True and not row.get("exception") and "exception_to" not in row:
                    dropped = True
            if not dropped:
                left.append(row)
        if len(left) != 1:
            raise Refused(f"{where}: {len(left)} rows apply")
        return left[0]

    def chain_of(self, table, where):
        """The rows of a table and every adjustment on them: those of a named value first, then the user's own."""
        if "rows" in table:
            return table["rows"], table.get("adjust", [])
        name = table["value"]
        if name not in self.pack.values:
            raise PackError(f"{where}: no value {name}")
        named = self.pack.values[name]
        known_keys(named, TABLE_WORDS | {"title"}, f"value {name}")
        return named["rows"], named.get("adjust", []) + table.get("adjust", [])

    def whatever(self, table, where, evaluate):
        """What a table says; where a fact is missing, what it says whatever the fact would be, if that is one thing."""
        try:
            return evaluate(self)
        except MissingFact as missing:
            rows, adjust = self.chain_of(table, where)
            names = [name for name, fact in self.facts.items() if fact is None and any(
                reads(one, name) or reads(one.get("when", {}), name) or one.get("for_each") == name for one in [*rows, *adjust])]
            said = []
            for words in itertools.product(*(self.words(name, [*rows, *adjust]) for name in names)):
                try:
                    said.append(evaluate(View(self.pack, {**self.facts, **dict(zip(names, words))}, self.day, self.known)))
                except Refused:
                    raise missing from None
                if said[-1] != said[0]:
                    raise
            return said[0]

    def words(self, name, tables):
        """Every word of a dimension; of a number those at which the tables' tests could turn."""
        if not self.pack.is_number(name):
            return self.pack.dimensions[name]["values"]
        bounds = set(bounds_of(tables, name)) | {10**6}
        least_word = 1 if name in self.pack.counters else 0
        return sorted({bound + near for bound in bounds for near in (-1, 0, 1) if bound + near >= least_word} | {least_word})

    def amount(self, table, where, facts=None):
        """An amount of money, adjusted; None without limit."""
        view = self if facts is None else View(self.pack, facts, self.day, self.known)
        return view.whatever(table, where, lambda view: view.amount_of(table, where))

    def ratio(self, table, where, price=None):
        return self.whatever(table, where, lambda view: view.ratio_of(table, where, price))

    def bands(self, table, where):
        return self.whatever(table, where, lambda view: view.bands_of(table, where))

    def amount_of(self, table, where):
        facts = self.facts
        rows, adjust = self.chain_of(table, where)
        row = self.row(rows, where)
        if row.get("value") == "open":
            raise Refused(f"{where}: open")
        if "times" in row:
            index = self.row(self.pack.indexes[row["index"]]["rows"], f"index {row['index']}")
            if index["value"] == "open":
                raise Refused(f"index {row['index']}: open")
            own = rounded(fraction(row["times"]) * fen(index["value"]))
        else:
            own = fen(row["value"])
        amount = own
        for operation, number in self.operations(adjust, facts, where):
            amount = adjusted_amount(amount, own, operation, number)
        if amount is not INFINITE and amount < 0:
            raise Refused(f"{where}: below zero")
        return amount

    def ratio_of(self, table, where, price=None):
        """A ratio; `by_price` takes that of the line's price, or the mean over the price's slices."""
        rows, adjust = self.chain_of(table, where)
        row = self.row(rows, where)
        if "by_price" in row:
            bands = [(Fraction(band["upto"]) if "upto" in band else None,
                      None if band["value"] == "open" else self.adjusted_ratio(fraction(band["value"]), adjust, where))
                     for band in row["by_price"]]
            ratio = price_ratio(bands, price, row.get("marginal", False))
            if ratio is None:
                raise Refused(f"{where}: open")
            return ratio
        if row["value"] == "open":
            raise Refused(f"{where}: open")
        return self.adjusted_ratio(fraction(row["value"]), adjust, where)

    def bands_of(self, table, where):
        """Marginal bands: a list of (end or None, ratio or None where open)."""
        rows, adjust = self.chain_of(table, where)
        row = self.row(rows, where)
        if row.get("value") == "open":
            return [(None, None)]
        bands = row["bands"] if "bands" in row else [{"pays": row["pays"]}]
        return [(fen(band["upto"]) if "upto" in band else None,
                 None if band["pays"] == "open" else self.adjusted_ratio(fraction(band["pays"]), adjust, where))
                for band in bands]

    def adjusted_ratio(self, own, adjust, where):
        ratio = own
        for operation, number in self.operations(adjust, self.facts, where):
            ratio = adjusted_ratio(ratio, own, operation, number)
        if not 0 <= ratio <= 1:
            raise Refused(f"{where}: ratio {ratio} outside 0..1")
        return ratio

    def operations(self, adjust, facts, where):
        """The operations that apply, each as often as it applies."""
        operations = ("times", "add", "set", "at_least", "at_most", "at_most_times", "self_times")
        for one in adjust:
            known_keys(one, {"when", "from", "until", "known", "id", "for_each", "above", "upto", "source", "note", "title",
                             *operations}, where)
            if not in_force(one, self.day) or not must_hold(one.get("when", {}), facts, where):
                continue
            repeat = 1
            if "for_each" in one:
                fact = facts[one["for_each"]]
                if fact is None:
                    raise MissingFact(f"{where}: {one['for_each']} is missing")
                if "upto" in one:
                    fact = min(fact, int(one["upto"]))
                repeat = max(0, fact - int(one.get("above", 0)))
            said = [operation for operation in operations if operation in one]
            if len(said) != 1:
                raise PackError(f"{where}: one operation, not {said}")
            for _ in range(repeat):
                yield said[0], one[said[0]]


def price_ratio(bands, price, marginal):
    """The ratio of a price (yuan): its band's, or each slice of the price at its own band's, over the price.

    None where a band it needs is open.
    """
    if not marginal or price == 0:
        return next(ratio for upto, ratio in bands if upto is None or price <= upto)
    at, borne = Fraction(0), Fraction(0)
    for upto, ratio in bands:
        end = price if upto is None else min(price, upto)
        if end > at:
            if ratio is None:
                return None
            borne += (end - at) * ratio
            at = end
    return borne / price


def adjusted_amount(amount, own, operation, number):
    if operation == "set":
        return fen(number)
    if operation == "at_most":
        return least(amount, fen(number))
    if operation == "at_least":
        bound = fen(number)
        return INFINITE if amount is INFINITE or bound is INFINITE else max(amount, bound)
    if amount is INFINITE:
        return amount
    if operation == "times":
        return rounded(amount * fraction(number))
    if operation == "add":
        return amount + fen(number)
    if operation == "at_most_times":
        return least(amount, rounded(own * fraction(number)))
    raise PackError(f"{operation} on an amount")


def adjusted_ratio(ratio, own, operation, number):
    number = fraction(number)
    if operation == "times":
        return ratio * number
    if operation == "add":
        return ratio + number
    if operation == "set":
        return number
    if operation == "at_least":
        return max(ratio, number)
    if operation == "at_most":
        return min(ratio, number)
    if operation == "at_most_times":
        return min(ratio, own * number)
    return 1 - (1 - ratio) * number  # self_times: the person's part times k


def pay_of(bands, start, length, side, mode):
    """What the bands pay of [start, start + length): the sum of the slices, each rounded."""
    end, at, total = start + length, 0, 0
    for upto, ratio in bands:
        low, high = max(start, at), end if upto is None else min(end, upto)
        if high > low:
            if ratio is None:
                raise Refused("the amount reaches an open band")
            part = high - low
            if side == "fund":
                total += rounded(part * ratio, mode)
            else:
                total += part - rounded(part * (1 - ratio), mode)
        if upto is None:
            return total
        at = max(at, upto)
    if end > at:
        raise Refused("amount beyond the last band")
    return total
