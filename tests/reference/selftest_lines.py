"""Hand-worked: rules across the lines of a bill, prices by band, newborns, recoverable payments."""
import unittest

from benefit import Refused, State, fen, split
from small import bill, cap, item, layer, line, pack_of, pack_of_items, person


def parts(pack, lines, state=None, **more):
    """Over the limit, first self-pay, in scope and full self-pay of a bill of these lines, as yuan."""
    total = sum(fen(one["amount"]) for one in lines)
    got, _ = split(pack, bill(amount=f"{total // 100}.{total % 100:02d}", lines=lines, **more), state or State(person()))
    return [got[name] / 100 for name in ("over_limit", "first_self", "in_scope", "full_self")]


def of_lines(**rules):
    return {"lines": {"accept": ["item", "stated", "parts"], "review": "in", **rules}}


NURSING = {"id": "nursing", "items": ["N1", "N2", "N3"], "within": "day", "keep": "first", "outcome": "out"}
ITEMS = {"N1": {}, "N2": {}, "N3": {}, "B1": {"class": "B", "ratio": "0.10"}, "C1": {"class": "C"}}


class Across(unittest.TestCase):
    def test_exclusive_keeps_the_first_of_the_day(self):
        lines = [item("N2", "10.00"), item("N1", "50.00"), item("N2", "5.00"), item("N1", "7.00", day="2025-03-06")]
        # On the 5th N2 came first: the 50.00 of N1 are out; on the 6th N1 stands alone.
        self.assertEqual(parts(pack_of_items(ITEMS, **of_lines(exclusive=[NURSING])), lines), [0, 0, 22, 50])

    def test_exclusive_keeps_the_dearest_over_the_bill(self):
        rule = {**NURSING, "within": "bill", "keep": "dearest"}
        lines = [item("N1", "8.00"), item("N2", "5.00"), item("N2", "4.00", day="2025-03-07"), item("N3", "9.00")]
        # N2 comes to 9.00 as N3 does, and is named first.
        self.assertEqual(parts(pack_of_items(ITEMS, **of_lines(exclusive=[rule])), lines), [0, 0, 9, 17])

    def test_exclusive_rules_in_order(self):
        other = {**NURSING, "items": ["N3", "N2"], "keep": "dearest"}
        lines = [item("N1", "8.00"), item("N2", "90.00"), item("N3", "9.00")]
        # The first rule puts N2 and N3 out, and the second finds nothing.
        self.assertEqual(parts(pack_of_items(ITEMS, **of_lines(exclusive=[NURSING, other])), lines), [0, 0, 8, 99])

    def test_exclusive_under_review(self):
        rule = {**NURSING, "outcome": "review"}
        lines = [item("N1", "8.00"), item("N2", "90.00")]
        for review, expected in (("in", [0, 0, 98, 0]), ("out", [0, 0, 8, 90])):
            self.assertEqual(parts(pack_of_items(ITEMS, **of_lines(exclusive=[rule], review=review)), lines), expected)
        with self.assertRaises(Refused):
            parts(pack_of_items(ITEMS, **of_lines(exclusive=[rule], review="refuse")), lines)

    def test_daily_amount(self):
        rule = {"id": "day", "items": ["N1"], "tag": ["x"], "rows": [{"value": "100.00"}]}
        items = {**ITEMS, "B1": {"class": "B", "ratio": "0.10", "tags": ["x"]}}
        lines = [item("N1", "70.00"), item("B1", "50.00"), item("N1", "1.00"), item("N1", "9.00", day="2025-03-06")]
        # Limit first: 30.00 of the 50.00 are left for the day, of them 10% are the person's; then nothing is left.
        self.assertEqual(parts(pack_of_items(items, **of_lines(daily=[rule])), lines), [21, 3, 106, 0])
        # Ratio first: 5.00 of 50.00, then 30.00 pass; 15.00 are over the limit.
        self.assertEqual(parts(pack_of_items(items, **of_lines(daily=[rule], order="ratio_first")), lines), [16, 5, 109, 0])

    def test_daily_quantity(self):
        rule = {"id": "beds", "items": ["N1"], "quantity": "2"}
        items = {**ITEMS, "N1": {"limit": "40.00"}}
        lines = [item("N1", "75.00", "1.5"), item("N1", "60.00", "2")]
        # 1.5 at 40.00 each are 60.00: 15.00 over. Half a day is left: the least of 20.00 and a quarter of 60.00.
        self.assertEqual(parts(pack_of_items(items, **of_lines(daily=[rule])), lines), [60, 0, 75, 0])
        elsewhere = {**rule, "when": {"visit": "outpatient"}}
        self.assertEqual(parts(pack_of_items(items, **of_lines(daily=[elsewhere])), lines), [15, 0, 120, 0])

    def test_ratio_by_price(self):
        bands = [{"upto": "1000.00", "value": "0.10"}, {"upto": "5000.00", "value": "0.20"}, {"value": "0.30"}]
        items = {"S": {"class": "B", "kind": "consumable", "tags": ["imported"]}, "T": {"class": "B", "kind": "consumable"}}
        for marginal, whole, above in ((False, 100, 500.02), (True, 100, 400.02)):
            ratio = {"rows": [{"class": "B", "tag": "imported", "by_price": bands, "marginal": marginal},
                              {"class": "B", "tag": "none", "value": "0.50"}]}
            pack = pack_of_items(items, **of_lines(ratio=ratio))
            self.assertEqual(parts(pack, [item("S", "1000.00")])[1], whole)
            # 2500.10 at 20%; by slices 100.00 + 20% of 1500.10.
            self.assertEqual(parts(pack, [item("S", "2500.10", price="2500.10")])[1], above)
            self.assertEqual(parts(pack, [item("T", "2500.10", price="2500.10")])[1], 1250.05)
        # An adjustment of a tenth more goes to every band's ratio.
        ratio["adjust"] = [{"add": "0.10"}]
        self.assertEqual(parts(pack_of_items(items, **of_lines(ratio=ratio)), [item("S", "2000.00")])[1], 500)

    def test_rounded_once_for_the_bill(self):
        def stated(amount, ratio):
            return line(amount, **{"class": "B", "first_self_ratio": ratio})

        lines = [stated("0.04", "0.10"), stated("0.06", "0.10"), stated("0.04", "0.10")]
        # 0.4 + 0.6 + 0.4 of a fen: by line 0 + 1 + 0; together 1.4, rounded 1, to the second.
        for rounding in ("line", "bill"):
            self.assertEqual(parts(pack_of([layer(ratio="1")], **of_lines(rounding=rounding)), lines), [0, 0.01, 0.13, 0])
        four = [stated("0.04", "0.10")] * 4
        # 1.6 is rounded to 2: the first two lines bear one fen each, though each by itself none.
        self.assertEqual(parts(pack_of([layer(ratio="1")], **of_lines(rounding="bill")), four), [0, 0.02, 0.14, 0])
        self.assertEqual(parts(pack_of([layer(ratio="1")], **of_lines()), four), [0, 0, 0.16, 0])

    def test_item_with_parts(self):
        pack = pack_of_items({"D": {"class": "C", "kind": "drug", "tags": ["no_account"]}}, **of_lines())
        one = {**item("D", "10.00"), "parts": {"in_scope": "6.00", "full_self": "4.00"}}
        got, _ = split(pack, bill(amount="10.00", lines=[one]), State(person()))
        self.assertEqual([got["fund"], got["bears"]["barred"], got["full_self"]], [{"pool": 600}, 400, 400])
        with self.assertRaises(Refused):
            split(pack, bill(amount="10.00", lines=[{**one, "item": "unknown"}]), State(person()))

    def test_age_of_a_restriction_on_the_lines_day(self):
        pack = pack_of_items({"D": {"restriction": "old"}}, restriction={"old": {"age_from": 60}}, **of_lines())
        sixty = State(person(person={"birth": "1965-03-05"}))
        # Sixty on the 5th of March: the day before is out, though the bill ends later.
        lines = [item("D", "1.00", day="2025-03-04"), item("D", "2.00", day="2025-03-05")]
        self.assertEqual(parts(pack, lines, sixty), [0, 0, 2, 1])


class Persons(unittest.TestCase):
    def test_newborn(self):
        pack = pack_of([layer(ratio="1")], newborn={"within_days": 90})
        for since, paid in (("2025-05-30", 1000), ("2025-05-31", None)):
            # Born on the 1st of March: the 30th of May is the 90th day after.
            baby = person(person={"birth": "2025-03-01"})
            baby["person"]["insured"][0]["from"] = since
            if paid:
                self.assertEqual(split(pack, bill("10.00"), State(baby))[0]["fund"]["pool"], paid)
            else:
                with self.assertRaises(Refused):
                    split(pack, bill("10.00"), State(baby))

    def test_newborn_not_before_birth_nor_without_the_rule(self):
        for newborn, birth in ((None, "2025-03-01"), ({"within_days": 90}, "2025-03-11")):
            baby = person(person={"birth": birth})
            baby["person"]["insured"][0]["from"] = "2025-04-01"
            with self.assertRaises(Refused):
                split(pack_of([layer(ratio="1")], **({"newborn": newborn} if newborn else {})), bill("10.00"), State(baby))

    def test_paid_in_advance(self):
        gate = {"id": "third", "when": {"visit": "inpatient"}, "outcome": "advance"}
        steps = [layer(ratio="0.50"), layer("large", ["copay"], "0.50")]
        pack = pack_of(steps, gate=[gate])
        pack.data["fund"]["large"]["kind"] = "commercial"
        got, _ = split(pack, bill("100.00"), State(person()))
        self.assertEqual([got["fund"], got["recover"]], [{"pool": 5000, "large": 2500}, {"pool": 5000}])
        self.assertEqual(split(pack, bill("100.00", visit="outpatient"), State(person()))[0]["recover"], {})

    def test_several_counts_the_words_named(self):
        several = {"dimension": "disease", "of": ["high", "sugar"], "ranks": ["1", "0.5"]}
        quota = cap("0", several=several, rows=[{"disease": "high", "value": "400.00"}, {"disease": "sugar", "value": "500.00"}])
        pack = pack_of([layer(ratio="1", cap=[quota])], dimension={"disease": {"values": ["high", "sugar", "other"]}})
        for words, paid in ((["high", "other"], 40000), (["other", "high", "sugar"], 70000), (["other"], 0)):
            registrations = [{"value": word, "from": "2025-01-01"} for word in words]
            got, _ = split(pack, bill("9000.00", disease=words[0]), State(person(person={"registrations": registrations})))
            self.assertEqual(got["fund"].get("pool", 0), paid)

    def test_a_missing_fact_that_changes_nothing(self):
        years = {"dimension": {"years": {"of": "person.years"}}}
        more = {"for_each": "years", "above": "4", "upto": "24", "add": "100.00"}
        for quota, when, paid in (("none", {}, 90000), ("500.00", {"visit": "outpatient"}, 50000), ("500.00", {}, None)):
            # Without limit nothing is added; where another test of the condition is false the years do not matter.
            adjust = [{**more, "when": when}] if when else [more]
            pack = pack_of([layer(ratio="1", cap=[cap(quota, adjust=adjust)])], **years)
            if paid:
                self.assertEqual(split(pack, bill("900.00"), State(person()))[0]["fund"]["pool"], paid)
            else:
                with self.assertRaises(Refused):
                    split(pack, bill("900.00"), State(person()))

    def test_lines_of_the_place_of_care(self):
        rates = {"home": "0.10", "away": "0.30"}
        home, away = (pack_of_items({"B": {"class": "B", "ratio": rate}}, **of_lines()) for rate in rates.values())
        away.dimensions["level"] = {"values": ["level3"]}
        there = {"code": "H", "level": "level3", "area": "310101"}
        for place, first in ((there, 3000), (None, 1000)):
            one = bill(amount="100.00", lines=[item("B", "100.00")], **({"institution": place} if place else {}))
            self.assertEqual(split(home, one, State(person()), care=away)[0]["first_self"], first)
        # A word the place of care does not know is not stated there: refused only where its lines ask for it.
        strange = bill(amount="100.00", lines=[item("B", "100.00")], institution={**there, "level": "level2"})
        self.assertEqual(split(home, strange, State(person()), care=away)[0]["first_self"], 3000)
        away.dimensions["level"]["values"] = ["level1", "level3"]
        away.lines["ratio"] = {"rows": [{"level": "level3", "value": "0.20"}, {"level": "level1", "value": "0.25"}]}
        away.catalogue["B"][0]["ratio"] = ""
        with self.assertRaises(Refused):
            split(home, strange, State(person()), care=away)
