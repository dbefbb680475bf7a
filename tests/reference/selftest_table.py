"""Hand-worked: bills over the turn of a year, voids and what follows them, households on one balance."""
import unittest

from benefit import Refused, State, split
from small import bill, cap, layer, pack_of, person
from table import Household

YEARLY = {"window": "year", "rows": [{"value": "1000.00"}]}
ACCOUNT = {"id": "account", "use": "account", "base": ["deductible", "copay"], "order": ["current", "family"]}


def numbered(number, in_scope, name="P", **more):
    return {**bill(in_scope, **more), "id": f"B{number}", "person": name}


def void(number, name="P", end="2025-04-01"):
    return {"id": f"V{number}", "person": name, "end": end, "voids": f"B{number}"}


def yearly(void_rule, **more):
    """Half of what is beyond 1000.00 a year."""
    return pack_of([layer(ratio="0.50", deductible=YEARLY, **more), ACCOUNT], benefit={"void": void_rule})


class Divided(unittest.TestCase):
    def across(self, **more):
        dates = {"start": "2025-12-02", "end": "2026-01-05"}
        return {**bill("5000.00"), **dates, "id": "B", **more}

    def pack(self, **more):
        pack = pack_of([layer(ratio="1", **more)], benefit={"cross_year": "daily_average"})
        pack.until = pack.until.replace(year=2027)
        return pack

    def test_by_days(self):
        # 30 days to the new year and 4 after it: 5000 x 30/34 = 4411.7647.
        got, _ = split(self.pack(), self.across(), State(person()))
        self.assertEqual([one["in_scope"] for one in got["parts"].values()], [441176, 58824])
        self.assertEqual(list(got["parts"]), ["B/1", "B/2"])

    def test_dated_lines(self):
        one = self.across()
        one["lines"] = [{**one["lines"][0], "day": day, "price": "2500.00", "amount": "2500.00", "parts": {"in_scope": "2500.00"}}
                        for day in ("2025-12-20", "2026-01-02")]
        # 2205.882 each, and the remainders: both lines alike.
        got, _ = split(self.pack(), one, State(person()))
        self.assertEqual([part["in_scope"] for part in got["parts"].values()], [441176, 58824])

    def test_once_a_bill_over_both_parts(self):
        state = State(person())
        got, _ = split(self.pack(cap=[cap("1500.00", window="bill")]), self.across(), state)
        self.assertEqual(got["fund"], {"pool": 150000})
        self.assertEqual(state.sums[("paid:pool", "", "bill:B")] if ("paid:pool", "", "bill:B") in state.sums
                         else state.sums[("paid:all.pool", "", "bill:B")], 150000)
        due = {"window": "bill", "rows": [{"value": "4500.00"}]}
        got, _ = split(self.pack(deductible=due), self.across(), State(person()))
        self.assertEqual([part["deductible"] for part in got["parts"].values()], [441176, 8824])

    def test_one_refused_both_refused(self):
        leaving = person()
        leaving["person"]["insured"][0]["from"] = "2026-01-01"
        state = State(leaving)
        with self.assertRaises(Refused):
            split(self.pack(), self.across(), state)
        self.assertEqual(state.sums, {})


class Voids(unittest.TestCase):
    def settle(self, pack, rows, records=None):
        house = Household(pack, records or [person()])
        return house, [house.settle(row)[0] for row in house.order(rows)]

    def test_the_last_is_taken_back(self):
        house, got = self.settle(yearly("last_only"), [numbered(1, "600.00"), numbered(2, "600.00"), void(2), void(1)])
        self.assertEqual([one["fund"] for one in got], [{}, {"pool": 10000}, {"pool": -10000}, {}])
        self.assertEqual([one["total"] for one in got], [60000, 60000, -60000, -60000])
        self.assertFalse(any(house.states["P"].sums.values()))

    def test_not_the_last(self):
        house, got = self.settle(yearly("last_only"), [numbered(1, "600.00"), numbered(2, "600.00"), void(1)])
        self.assertIsNone(got[2])
        self.assertEqual(house.states["P"].sums[("total", "", "2025")], 120000)

    def test_what_followed_is_settled_again(self):
        house, got = self.settle(yearly("resettle"), [numbered(1, "1200.00"), numbered(2, "600.00"), numbered(3, "800.00"), void(1)])
        self.assertEqual([one["fund"] for one in got], [{"pool": 10000}, {"pool": 30000}, {"pool": 40000}, {"pool": -10000}])
        # Without the first: 600 below the deductible, then 400 of 800 beyond it.
        changed = {one.bill["id"]: (one.difference["fund"]["pool"], one.difference["cash"], one.difference["deductible"])
                   for one in house.adjustments}
        self.assertEqual(changed, {"B2": (-30000, 30000, 60000), "B3": (-20000, 20000, 40000)})
        self.assertEqual(house.states["P"].sums[("deductible:all.pool", "", "2025")], 100000)

    def test_a_bill_already_settled_again(self):
        rows = [numbered(1, "1200.00"), numbered(2, "600.00"), void(1), void(2)]
        house, got = self.settle(yearly("resettle"), rows)
        # The second bill stands as it was settled again: nothing was paid on it.
        self.assertEqual([got[3]["fund"].get("pool", 0), got[3]["cash"]], [0, -60000])
        self.assertFalse(any(house.states["P"].sums.values()))

    def test_refused_voids(self):
        for rows in ([void(1)], [numbered(1, "600.00"), void(1), void(1)], [numbered(1, "600.00"), {**void(1), "person": "Q"}],
                     [numbered(1, "600.00"), void(1), {**void(1), "id": "V2", "voids": "V1"}]):
            records = [person(), person(person={"id": "Q"})] if rows[-1]["person"] == "Q" else None
            _, got = self.settle(yearly("resettle"), rows, records)
            self.assertIsNone(got[-1], rows)

    def test_a_later_bill_that_cannot_be_settled_again(self):
        due = {"window": "stay", "rows": [{"value": "400.00"}], "referral": {"up": "difference"}}
        pack = pack_of([layer(ratio="1", deductible=due)], benefit={"void": "resettle"})
        second = numbered(2, "900.00", stay="S2", referral={"kind": "up", "from": "S1"})
        house, got = self.settle(pack, [numbered(1, "900.00", stay="S1"), second, void(1)])
        # The second refers to the stay of the first.
        self.assertIsNone(got[2])
        self.assertEqual(house.states["P"].sums[("total", "", "2025")], 180000)
        self.assertEqual(house.adjustments, [])

    def test_two_parts_are_taken_back(self):
        across = {"start": "2025-12-02", "end": "2026-01-05"}
        pack = pack_of([layer(ratio="1")], benefit={"void": "last_only", "cross_year": "daily_average"})
        pack.until = pack.until.replace(year=2027)
        house, got = self.settle(pack, [numbered(1, "5000.00", **{}) | across, void(1, end="2026-02-01")])
        self.assertEqual([one["total"] for one in got[1]["parts"].values()], [-441176, -58824])
        self.assertFalse(any(house.states["P"].sums.values()))


class Households(unittest.TestCase):
    def members(self):
        holder = person(accounts=[{"id": "A", "kind": "current", "balance": "1000.00"}])
        other = person(person={"id": "Q"}, accounts=[{"id": "A", "kind": "family", "balance": "1000.00"}])
        return [holder, other]

    def test_one_balance_in_the_order_of_the_ends(self):
        rows = [numbered(1, "700.00", end="2025-03-20", account="own"),
                numbered(2, "900.00", "Q", end="2025-03-12", account="family")]
        house = Household(yearly("resettle"), self.members())
        got = {row["id"]: house.settle(row)[0] for row in house.order(rows)}
        # The other's bill ends first: 900.00 of the balance, then 100.00.
        self.assertEqual([got["B2"]["family"], got["B1"]["account"], got["B1"]["cash"]], [90000, 10000, 60000])
        self.assertEqual([state.accounts[0]["balance"] for state in house.states.values()], [0, 0])

    def test_a_void_settles_the_household_again(self):
        rows = [numbered(1, "700.00", account="own"), numbered(2, "900.00", "Q", end="2025-03-12", account="family"),
                void(1, end="2025-03-30")]
        house = Household(yearly("resettle"), self.members())
        got = [house.settle(row)[0] for row in house.order(rows)]
        self.assertEqual([got[1]["family"], got[1]["cash"]], [30000, 60000])
        self.assertEqual([(one.bill["id"], one.difference["family"], one.difference["cash"]) for one in house.adjustments],
                         [("B2", 60000, -60000)])
        self.assertEqual([state.accounts[0]["balance"] for state in house.states.values()], [10000, 10000])

    def test_only_the_last_of_the_person(self):
        rows = [numbered(1, "700.00", account="own"), numbered(2, "900.00", "Q", end="2025-03-12", account="family"),
                void(1, end="2025-03-30")]
        house = Household(yearly("last_only"), self.members())
        got = [house.settle(row)[0] for row in house.order(rows)]
        # The other's bill stands; what the first took goes back to the balance of both.
        self.assertEqual([got[2]["account"], house.adjustments], [-70000, []])
        self.assertEqual([state.accounts[0]["balance"] for state in house.states.values()], [70000, 70000])
