"""Hand-worked: filings and places, the day of the facts, registered diseases, ratios by table, what a layer leaves, accounts
behind a gate, and what is refused."""
import datetime
import unittest

from benefit import Refused, State, fen, split
from small import bill, cap, item, layer, line, pack_of, pack_of_items, person, rows
from table import Household

ELSEWHERE = {"code": "H", "level": "level3", "area": "310115"}
APRIL = datetime.date(2025, 4, 1)
ITEMS = {"lines": {"accept": ["item", "stated", "parts"], "review": "in"}}


def paid(pack, one, state=None, care=None):
    return split(pack, one, state or State(person()), care=care)[0]["fund"].get("pool", 0)


def of_area(area):
    return {"benefit": {"area": area}}


class Filings(unittest.TestCase):
    """One of 0.9 long-term, 0.8 emergency, 0.7 referral, 0.5 unfiled of 100.00 elsewhere; 1 at home."""

    def pays(self, filings, emergency=False, order=None, place=ELSEWHERE):
        by_filing = {"rows": [{"filing": word, "pays": ratio} for word, ratio in (
            ("local", "1"), ("long_term", "0.9"), ("emergency", "0.8"), ("referral", "0.7"), ("unfiled", "0.5"))]}
        pack = pack_of([layer(bands=by_filing)], benefit={"filing_order": order} if order else {})
        filed = [{"value": word, "from": since, **({"area": where} if where else {})} for word, since, where in filings]
        return paid(pack, bill("100.00", institution=place, emergency=emergency), State(person(person={"filings": filed}))) // 100

    def test_the_first_of_the_order_that_holds(self):
        both = [("referral", "2025-01-01", None), ("long_term", "2025-01-01", None)]
        self.assertEqual(self.pays(both), 90)
        self.assertEqual(self.pays(both, order=["referral", "emergency", "long_term"]), 70)
        self.assertEqual(self.pays(both[:1], emergency=True), 80)
        self.assertEqual(self.pays(both[1:], emergency=True), 90)
        self.assertEqual(self.pays(both[1:], emergency=True, order=["emergency", "long_term", "referral"]), 80)
        self.assertEqual(self.pays([("long_term", "2025-03-11", None)]), 50)  # from the day after the bill's end

    def test_a_filing_holds_at_its_place(self):
        self.assertEqual(self.pays([("long_term", "2025-01-01", "3101")]), 90)
        self.assertEqual(self.pays([("long_term", "2025-01-01", "310104"), ("referral", "2025-01-01", "31")]), 70)
        self.assertEqual(self.pays([("long_term", "2025-01-01", "320100")]), 50)
        self.assertEqual(self.pays([("long_term", "2025-01-01", "3101")], place={**ELSEWHERE, "area": "110102"}), 100)


class DayOfFacts(unittest.TestCase):
    def state(self, word="high"):
        """Insured to the 5th, a pensioner from the 3rd, registered from the 4th of March."""
        one = person(person={"registrations": [{"value": word, "from": "2025-03-04"}]})
        insured = one["person"]["insured"][0]
        one["person"]["insured"] = [{**insured, "until": "2025-03-03"},
                                    {**insured, "status": "retiree", "from": "2025-03-03", "until": "2025-03-05"}]
        return State(one)

    def pack(self, facts_on, **more):
        by_status = {"rows": [{"status": "active", "pays": "0.50"}, {"status": "retiree", "pays": "0.80"}]}
        return pack_of([layer(bands=by_status, **more)], benefit={"facts_on": facts_on}, dimension={"disease": {"values": ["high"]}})

    def test_cover_ends_inside_the_stay(self):
        one = bill("100.00", stay="S")
        self.assertEqual(paid(self.pack("start"), one, self.state()), 5000)
        with self.assertRaises(Refused):
            paid(self.pack("end"), one, self.state())
        # A later bill of the stay: its first day still decides.
        later = bill("100.00", stay="S", start="2025-03-04", stay_start="2025-03-03")
        self.assertEqual(paid(self.pack("start"), later, self.state()), 8000)
        self.assertEqual(paid(self.pack("end"), {**later, "end": "2025-03-04"}, self.state()), 8000)

    def test_windows_and_values_stay_those_of_the_end(self):
        due = {"window": "month", "rows": [{"value": "10.00", "until": APRIL}, {"value": "30.00", "from": APRIL}]}
        one = bill("100.00", end="2025-04-02")
        state = self.state()
        self.assertEqual(paid(self.pack("start", deductible=due), one, state), 3500)
        self.assertEqual(state.sums[("deductible:all.pool", "", "2025-04")], 3000)

    def test_registrations(self):
        quota = cap("0", several={"dimension": "disease", "ranks": ["1"]}, rows=[{"disease": "high", "value": "20.00"}])
        for start, expected in (("2025-03-03", 0), ("2025-03-04", 2000)):
            one = bill("100.00", start=start, disease="high")
            self.assertEqual(paid(self.pack("start", cap=[quota]), one, self.state()), expected)


class Registered(unittest.TestCase):
    def test_lines_of_any_registered_disease(self):
        registrations = [{"value": word, "from": "2025-01-01"} for word in ("high", "sugar")]
        one = layer(ratio="0.80")
        pack = pack_of_items({"S": {"diseases": ["sugar"]}, "N": {}}, [layer(ratio="0.50")],
                             dimension={"disease": {"values": ["high", "sugar", "other"]}}, **ITEMS)
        pack.packages["registered"] = {"step": [one]}
        routes = [{"id": "r", "package": "registered", "lines": {"registered": True}}, {"id": "all", "package": "all"}]
        lines = [item("S", "10.00"), item("N", "20.00"), {**line("40.00", **{"class": "A"}), "diseases": ["other", "high"]},
                 {**line("80.00", **{"class": "A"}), "diseases": ["other"]}]
        # S is of sugar, the 40.00 of high: 80% of 50.00; half of 100.00.
        for wanted, expected in (({"registered": True}, 9000),
                                 # With the disease of the bill, high: 80% of 40.00, half of 110.00.
                                 ({"registered": True, "disease": True}, 8700)):
            pack.routes = [{**routes[0], "lines": wanted}, routes[1]]
            got = paid(pack, bill(amount="150.00", lines=lines, disease="high"), State(person(person={"registrations": registrations})))
            self.assertEqual(got, expected)

    def test_a_renewed_registration_counts_once(self):
        several = {"dimension": "disease", "ranks": ["1", "0.5"]}
        quota = cap("0", several=several, rows=[{"disease": "high", "value": "400.00"}, {"disease": "sugar", "value": "500.00"}])
        pack = pack_of([layer(ratio="1", cap=[quota])], dimension={"disease": {"values": ["high", "sugar"]}})
        registrations = [{"value": word, "from": since} for word, since in (("high", "2024-01-01"), ("high", "2025-02-01"), ("sugar", "2025-01-01"))]
        # 500.00 and half of 400.00, not another half.
        self.assertEqual(paid(pack, bill("9000.00", disease="high"), State(person(person={"registrations": registrations}))), 70000)


class Tables(unittest.TestCase):
    def first_self(self, code, amount, **more):
        tables = {"flat": {"rows": [{"level": "level3", "value": "0.15"}, {"level": ["level1", "level2"], "value": "0.05"}]},
                  "price": {"rows": [{"by_price": [{"upto": "100.00", "value": "0.10"}, {"value": "0.30"}], "marginal": True}],
                            "adjust": [{"when": {"status": "retiree"}, "times": "0.5"}]}}
        items = {"F": {"class": "B", "ratio": "@flat"}, "P": {"class": "B", "ratio": "@price"}, "A": {"class": "A", "ratio": "@flat"}}
        one = bill(amount=amount, lines=[item(code, amount, price=amount)])
        return split(pack_of_items(items, ratio=tables, **ITEMS), one, State(person(**more)))[0]["first_self"]

    def test_ratio_of_the_catalogue_by_table(self):
        self.assertEqual(self.first_self("F", "200.00"), 3000)
        # 10.00 of the first 100.00, 30.00 of the second.
        self.assertEqual(self.first_self("P", "200.00"), 4000)
        self.assertEqual(self.first_self("P", "200.00", status="retiree"), 2000)
        self.assertEqual(self.first_self("A", "200.00"), 0)

    def test_class_c_neither_excludes_nor_is_excluded(self):
        rule = {"id": "one", "items": ["C", "N", "M"], "within": "day", "keep": "first", "outcome": "out"}
        items = {"C": {"class": "C"}, "N": {}, "M": {"restriction": "women"}}
        pack = pack_of_items(items, restriction={"women": {"sex": "2"}}, lines={**ITEMS["lines"], "exclusive": [rule]})
        # C and, for a man, M are full self-pay already: N stands alone.
        lines = [item("C", "1.00"), item("M", "2.00"), item("N", "4.00")]
        self.assertEqual(paid(pack, bill(amount="7.00", lines=lines)), 400)
        woman = State(person(person={"sex": "2"}))
        self.assertEqual(paid(pack, bill(amount="7.00", lines=lines), woman), 200)


class Leaves(unittest.TestCase):
    def test_what_a_layer_looked_at_and_does_not_pay(self):
        # 1000.00: 100.00 deductible, half of 900.00 paid, 450.00 the person's share.
        first = layer(ratio="0.50", deductible=rows("100.00"))
        # Of the share 150.00 within the cap: 30.00 deductible, 50% of 120.00 = 60.00; 90.00 go beyond the cap, 300.00 stay.
        second = layer("large", ["copay"], "0.50", deductible=rows("30.00"), cap=[cap("150.00", "base")], left="over_cap")
        third = layer("critical", ["over_cap"], "1")
        got, _ = split(pack_of([first, second, third]), bill("1000.00"), State(person()))
        self.assertEqual(got["fund"], {"pool": 45000, "large": 6000, "critical": 9000})
        self.assertEqual(got["cash_bears"], {"deductible": 10000, "copay": 30000})

    def test_out_of_the_base_in_its_order(self):
        first = layer(ratio="0.50", deductible=rows("100.00"))
        # 40% of 550.00 = 220.00: 100.00 of the deductible and 120.00 of the share; of the 330.00 left all is of the share.
        second = layer("large", ["deductible", "copay"], "0.40", left="deductible")
        got, _ = split(pack_of([first, second]), bill("1000.00"), State(person()))
        self.assertEqual(got["cash_bears"], {"deductible": 33000})
        self.assertEqual(got["deductible"], 10000)


class Roundings(unittest.TestCase):
    def test_a_layer_rounds_by_its_own_rule(self):
        for rule, pays in ((None, 5), ({"side": "fund"}, 5), ({"side": "fund", "mode": "down"}, 4), ({"side": "person", "mode": "up"}, 4),
                           ({"side": "person"}, 4), ({"side": "fund", "mode": "half-even"}, 4), ({"side": "person", "mode": "floor"}, 5)):
            # Half of 0.09: the odd fen falls to the one or the other.
            own = {"bands": {"rows": [{"pays": "0.50"}], **({"rounding": rule} if rule else {})}}
            self.assertEqual(paid(pack_of([layer(**own)], benefit={"rounding": {"side": "fund"}}), bill("0.09")), pays, rule)


class Gates(unittest.TestCase):
    def test_accounts_pay_behind_a_gate(self):
        gate = {"id": "g", "when": {"visit": "outpatient"}, "outcome": "full_self", "account": ["earlier", "family"]}
        accounts = [{"id": kind, "kind": kind, "balance": balance} for kind, balance in
                    (("family", "20.00"), ("current", "50.00"), ("earlier", "10.00"))]
        for account, expected in (("none", [0, 0, 10000]), ("own", [1000, 0, 9000]), ("family", [1000, 2000, 7000])):
            got, _ = split(pack_of([layer(ratio="1")], gate=[gate]), bill("100.00", visit="outpatient", account=account),
                           State(person(accounts=accounts)))
            self.assertEqual([got["account"], got["family"], got["cash"]], expected)
            self.assertEqual([got["full_self"], got["bears"]["full_self"], got["fund"]], [10000, 10000, {}])


class RefusedFacts(unittest.TestCase):
    def refused(self, pack, one, record, care=None):
        state = State(record)
        with self.assertRaises(Refused):
            split(pack, one, state, care=care)

    def test_persons_and_places(self):
        pack, one = pack_of([layer(ratio="1")], **of_area("110100")), bill("1.00")
        self.assertEqual(paid(pack, {**one, "person": "P"}), 100)
        self.refused(pack, {**one, "person": "Q"}, person())
        self.refused(pack, {**one, "institution": {**one["institution"], "area": "11010"}}, person())
        self.refused(pack, one, person(person={"birth": "2025-03-11"}))
        self.assertEqual(paid(pack, one, State(person(person={"birth": "2025-03-10"}))), 100)
        for area in ("110200", "1101", "1101000"):
            stranger = person()
            stranger["person"]["insured"][0]["area"] = area
            self.refused(pack, one, stranger)

    def test_facts(self):
        dimension = {"dimension": {"kind": {"of": "bill.kind", "values": ["x", "y"], "otherwise": "x"}, "years": {"of": "person.years"}}}
        pack, other = pack_of([layer(ratio="1")], **dimension), pack_of([layer(ratio="1")])
        away = bill("1.00", facts={"kind": "y"}, institution=ELSEWHERE)
        self.assertEqual(paid(pack, away), 100)
        self.refused(other, away, person())
        # The pack of the place of care reads it.
        self.assertEqual(paid(other, away, care=pack), 100)
        years = [{"value": "3", "from": "2025-01-01"}, {"value": "4", "from": "2025-03-10"}]
        self.refused(pack, bill("1.00"), person(person={"facts": {"years": years}}))
        self.assertEqual(paid(pack, bill("1.00", end="2025-03-09"), State(person(person={"facts": {"years": years}}))), 100)

    def test_care_outside_the_area_of_its_pack(self):
        home, care = pack_of([layer(ratio="1")]), pack_of([layer(ratio="1")], **of_area("310100"))
        self.assertEqual(paid(home, bill("1.00", institution=ELSEWHERE), care=care), 100)
        self.refused(home, bill("1.00", institution={**ELSEWHERE, "area": "310200"}), person(), care)
        self.assertEqual(paid(home, bill("1.00"), care=care), 100)  # at home it is not asked

    def test_a_word_the_place_of_care_does_not_know_is_not_stated_there(self):
        ratio = {"rows": [{"kind_of_care": "x", "value": "0.10"}, {"kind_of_care": "y", "value": "0.30"}]}
        knows = {"of": "bill.kind", "values": ["x", "y"], "otherwise": "y"}
        home = pack_of_items({}, dimension={"kind": {"of": "bill.kind", "values": ["z"]}}, **ITEMS)
        care = pack_of_items({"B": {"class": "B", "ratio": "@r"}}, dimension={"kind_of_care": knows}, ratio={"r": ratio}, **ITEMS)
        one = bill(amount="100.00", lines=[item("B", "100.00")], facts={"kind": "z"}, institution=ELSEWHERE)
        self.assertEqual(split(home, one, State(person()), care=care)[0]["first_self"], 3000)
        del knows["otherwise"]
        self.refused(home, one, person(), care)

    def test_sums_of_nobody(self):
        pack = pack_of([layer(ratio="1", cap=[cap("100.00")])])
        for key, window, known in (("paid:all.pool", "2025", True), ("paid:nobody", "2024", True), ("paid:nobody", "2024-12", True),
                                   ("paid:nobody", "2025", False), ("paid:nobody", "-", False), ("count:nth", "2025", False)):
            kept = {"key": key, "of": "", "window": window, "amount": "3.00"}
            record = person(accumulators=[kept])
            if not known:
                self.refused(pack, bill("10.00"), record)
                continue
            state = State(record)
            self.assertEqual(paid(pack, bill("10.00"), state), 1000)
            self.assertEqual(state.sums[(key, "", window)], fen("3.00") + (1000 if key == "paid:all.pool" else 0))

    def test_a_household_with_a_sum_of_nobody(self):
        strange = {"key": "paid:nobody", "of": "", "window": "2025", "amount": "3.00"}
        shared = [{"id": "S", "kind": "family", "balance": "1.00"}]
        records = [person(accounts=shared), person(accounts=shared, person={"id": "Q"}, accumulators=[strange])]
        house = Household(pack_of([layer(ratio="1")], benefit={"void": "resettle"}), records)
        self.assertEqual(house.settle({**bill("1.00"), "person": "P"})[0], None)


if __name__ == "__main__":
    unittest.main()
