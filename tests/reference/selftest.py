#!/usr/bin/env python3
"""The reference on its own: every figure of the recorded examples, each by the smallest pack that says its rule, and cases
worked by hand (`selftest_lines.py`, `selftest_facts.py`, `selftest_table.py`).

Reads `benefit/examples.json` under YIBAO_DATA; without it says `skipped: no reference data`.
"""
import json
import os
import sys
import unittest
from pathlib import Path

from benefit import Refused, State, fen, split
from selftest_facts import (DayOfFacts, Filings, Gates, Leaves, RefusedFacts, Registered, Roundings,  # noqa: F401
                            Tables)
from selftest_lines import Across, Persons  # noqa: F401
from selftest_table import Divided, Households, Voids  # noqa: F401
from small import bands, bill, cap, layer, line, pack_of, person, rows

CRITICAL = ["deductible", "copay", "over_cap"]

BEIJING = {"window": "stay", "rows": [{"nth": 1, "value": "1300.00"}, {"nth": {"from": 2}, "value": "650.00"}]}
NTH = {"nth": {"when": {"visit": "inpatient"}, "window": "year"}}


def beijing():
    steps = [
        layer(deductible=BEIJING, cap=[cap("100000.00", group="pool")],
              bands=bands(("30000.00", "0.85"), ("40000.00", "0.90"), (None, "0.95"),
                          **{"from": "zero", "adjust": [{"when": {"status": "retiree"}, "self_times": "0.60"}]})),
        layer("large", ["over_cap"], "0.80")]
    return pack_of(steps, counter=NTH)


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        root = os.environ.get("YIBAO_DATA")
        if not root:
            if os.environ.get("CI"):
                raise AssertionError("no reference data")
            print("skipped: no reference data", file=sys.stderr)
            raise unittest.SkipTest("no reference data")
        file = Path(root) / "benefit" / "examples.json"
        cls.example = {one["id"]: one for one in json.loads(file.read_text(encoding="utf-8"))["examples"]}

    def expect(self, name, *keys):
        values = [self.example[name]["expect"][key] for key in keys]
        return fen(values[0]) if len(values) == 1 else [fen(value) for value in values]

    def test_beijing_retiree_third_stay(self):
        given = self.example["obs-01"]["given"]
        state = State(person("retiree", accumulators=[
            {"key": "count:nth", "window": "2025", "count": 2},
            {"key": "paid:pool", "window": "2025",
             "amount": self.example["obs-02"]["given"]["pool_paid_before (inferred)"]}]))
        lines = [{"quantity": "1", "price": given["total"], "amount": given["total"],
                  "parts": {"in_scope": given["in_scope"], "full_self": given["out_of_scope"]}}]
        one = bill(lines=lines, amount=given["total"], stay="S")
        got, _ = split(beijing(), one, state)
        self.assertEqual(got["fund"]["pool"], self.expect("obs-01", "pool_pay"))
        self.assertEqual(got["cash_bears"]["copay"], self.expect("obs-01", "pool_self_pay"))
        self.assertEqual(got["deductible"], fen("650.00"))
        absorbed, passed = self.expect("obs-02", "in_scope_absorbed_by_pool", "passes_to_large_amount")
        self.assertEqual(fen(given["in_scope"]) - absorbed, passed)
        self.assertEqual(got["cash_bears"]["over_cap"] + got["fund"]["large"], passed)
        self.assertEqual(state.sums[("paid:pool", "", "2025")], fen("100000.00"))

    def test_outpatient_line_on_the_account_and_its_reversal(self):
        steps = [layer(ratio="0.50", deductible={"window": "year", "rows": [{"value": "1800.00"}]}),
                 {"id": "account", "use": "account", "base": ["first_self", "deductible", "copay"], "order": ["current", "earlier"]}]
        for name, total in (("obs-04", "4.52"), ("obs-05", "25.10")):
            state = State(person(accounts=[{"id": "A", "kind": "current", "balance": "1378.15"}]))
            lines = [line("4.52", **{"class": "B", "first_self_ratio": "0.05"})]
            if name == "obs-05":
                lines.append(line("20.58", **{"class": "A"}))
            got, _ = split(pack_of(steps), bill(amount=total, visit="outpatient", account="own", lines=lines), state)
            sign = -1 if name == "obs-05" else 1
            self.assertEqual([got["first_self"], got["in_scope"], got["deductible"], got["account"]],
                             [sign * value for value in self.expect(name, "preselfpay_amt", "inscp_scp_amt", "act_pay_dedc", "acct_pay")])
            self.assertEqual(got["fund"], {})
            if name == "obs-04":
                self.assertEqual([got["cash"], got["balance"], got["person"]],
                                 self.expect(name, "psn_cash_pay", "balance_after", "psn_part_amt"))

    def test_lines(self):
        pack = pack_of([layer(ratio="0.50")])
        got, _ = split(pack, bill(amount="1.50", lines=[line("1.50", **{"class": "C"})]), State(person()))
        self.assertEqual([got["full_self"], got["in_scope"], got["first_self"], got["over_limit"]],
                         self.expect("obs-08", "fulamt_ownpay_amt", "inscp_scp_amt", "preselfpay_amt", "overlmt_amt"))
        one = line("120.00", **{"class": "B", "first_self_ratio": "0.10", "limit": "110"})
        got, _ = split(pack, bill(amount="120.00", lines=[one]), State(person()))
        self.assertEqual([got["over_limit"], got["first_self"], got["in_scope"]],
                         self.expect("test-01", "over_limit", "first_self_pay", "in_scope"))

    def test_identities(self):
        for name, total, funds, hospital in (("obs-06", "23442.46", ["hifob_pay"], "hosp_part_amt"), ("obs-13", "35455.70", None, None)):
            expect = self.example[name]["expect"]
            paid = sum(fen(expect[key]) for key in funds) if funds else sum(fen(one) for one in expect["fund_layers"])
            borne = fen(expect[hospital]) if hospital else 0
            person_part = fen(expect.get("psn_part_amt", expect.get("person", "0")))
            self.assertEqual(fen(total), paid + borne + person_part)
            account, cash = expect.get("acct_pay", expect.get("account")), expect.get("psn_cash_pay", expect.get("cash"))
            self.assertEqual(person_part, fen(account) + fen(cash))
        pool = split(pack_of([layer(ratio="0.84")]), bill("12028.48"), State(person()))[0]["fund"]["pool"]
        self.assertEqual(pool, self.expect("obs-10", "310100"))

    def test_quota_on_base_or_on_payment(self):
        for on, quota in (("base", "300.00"), ("payment", "210.00")):
            got, _ = split(pack_of([layer(ratio="0.70", cap=[cap(quota, on, "month")])]), bill("576.07"), State(person()))
            self.assertEqual([got["fund"]["pool"], got["person"], got["cash"]],
                             self.expect("obs-11", "hifp_pay", "person", "cash"))

    def test_critical_illness_from_zero(self):
        steps = [layer(ratio="1", cap=[cap("100000.00")]),
                 layer("critical", CRITICAL, cumulative={"window": "year"}, deductible=rows("10000.00"),
                       bands=bands(("100000.00", "0.50"), (None, "0.60"), **{"from": "zero"}), cap=[cap("200000.00")])]
        got, _ = split(pack_of(steps), bill("270000.00"), State(person()))
        self.assertEqual(got["fund"]["critical"], self.expect("off-01", "critical_pay"))
        self.assertEqual(sum(got["fund"].values()), self.expect("off-01", "total_paid"))

    def test_civil_servants(self):
        steps = [layer(ratio="0.85"),
                 layer("critical", CRITICAL, "0.90", cumulative={"window": "year"}, deductible=rows("100000.00")),
                 layer("civil", CRITICAL, "0.96")]
        got, _ = split(pack_of(steps), bill("200000.00"), State(person()))
        self.assertEqual([got["fund"]["pool"], got["fund"].get("critical", 0), got["fund"]["civil"], got["person"]],
                         self.expect("pub-01", "pool", "critical", "civil_servant", "person"))

    def test_beijing_derived(self):
        for name, status, stays in (("der-01", "active", 1), ("der-02", "retiree", 1), ("der-03", "active", 2)):
            state = State(person(status))
            for stay in range(stays):
                # The earlier stay is nothing but counted.
                in_scope = "50000.00" if stay == stays - 1 else "0.00"
                got, _ = split(beijing(), bill(in_scope, stay=f"S{stay}"), state)
            self.assertEqual(got["fund"]["pool"], self.expect(name, "pool"), name)

    def test_out_of_area(self):
        inpatient = layer(ratio="0.85", deductible={"window": "stay", "rows": [{"value": "800.00"}]})
        filing = {"rows": [{"filing": "local", "value": "0"}, {"filing": ["referral", "emergency"], "value": "0.10"},
                           {"filing": "unfiled", "value": "0.20"}]}
        steps = [{"id": "away", "use": "first_self", "ratio": filing}, inpatient]
        away = {"code": "H", "level": "level3", "area": "310101"}
        for name, emergency, place in (("der-05", False, None), ("der-06", True, away), ("der-07", False, away)):
            one = bill("20000.00", emergency=emergency, stay="S")
            one["institution"] = place or one["institution"]
            got, _ = split(pack_of(steps), one, State(person()))
            self.assertEqual(got["fund"]["pool"], self.expect(name, "pool"), name)
            if place:
                self.assertEqual(got["cash_bears"]["area_first_self"], self.expect(name, "first_self_pay"), name)
        lowered = layer(deductible={"window": "stay", "rows": [{"value": "1000.00"}]},
                        bands=bands((None, "0.65"), adjust=[{"when": {"filing": "unfiled"}, "add": "-0.20"}]))
        got, _ = split(pack_of([lowered]), bill("20000.00", institution=away, stay="S"), State(person()))
        self.assertEqual(got["fund"]["pool"], self.expect("der-08", "pool"))

    def test_cap_then_large_amount(self):
        steps = [layer(ratio="0.80", deductible={"window": "stay", "rows": [{"value": "800.00"}]}, cap=[cap("250000.00")]),
                 layer("large", ["over_cap"], "0.92")]
        got, _ = split(pack_of(steps), bill("400000.00", stay="S"), State(person()))
        self.assertEqual([got["fund"]["pool"], got["fund"]["large"], got["cash"]],
                         self.expect("der-12", "pool", "large", "in_scope_self"))
        uncapped, _ = split(pack_of([dict(steps[0], cap=[])]), bill("400000.00", stay="S"), State(person()))
        self.assertEqual(uncapped["fund"]["pool"], self.expect("der-12", "uncapped_pool"))

    def test_third_stay(self):
        table = {"window": "stay", "rows": [{"value": "700.00"}],
                 "adjust": [{"when": {"nth": 2}, "times": "0.80"}, {"when": {"nth": {"from": 3}}, "times": "0.70"}]}
        pack, state = pack_of([layer(ratio="0.88", deductible=table)], counter=NTH), State(person())
        for stay in range(3):
            got, _ = split(pack, bill("5000.00", stay=f"S{stay}"), state)
        self.assertEqual(got["deductible"], self.expect("der-13", "deductible"))

    def test_yearly_outpatient(self):
        pack = pack_of([layer(ratio="0.50", deductible={"window": "year", "rows": [{"value": "200.00"}]}, cap=[cap("1000.00")])])
        state = State(person())
        for name in ("bill1", "bill2"):
            got, _ = split(pack, bill("1500.00", visit="outpatient"), state)
            self.assertEqual(got["fund"]["pool"], self.expect("der-14", name))

    def test_jiamusi(self):
        critical = layer("critical", CRITICAL, "0.50", cumulative={"window": "year"}, deductible=rows("5000.00"))
        pool = layer(ratio="0.70", deductible={"window": "stay", "rows": [{"value": "700.00"}]}, cap=[cap("80000.00")])
        got, _ = split(pack_of([pool, critical]), bill("30000.00", stay="S"), State(person()))
        self.assertEqual([got["fund"]["pool"], got["fund"]["critical"]], self.expect("der-10", "pool", "critical"))
        self.assertEqual(fen("30000.00") - got["fund"]["pool"], self.expect("der-10", "self_after_pool"))
        away = layer(ratio="0.40", deductible={"window": "stay", "rows": [{"value": "1500.00"}]})
        got, _ = split(pack_of([away]), bill("30000.00", stay="S"), State(person()))
        self.assertEqual(got["fund"]["pool"], self.expect("der-11", "pool"))

    def test_assistance_and_two_diseases(self):
        got, _ = split(pack_of([layer("assistance", ratio="0.70", cap=[cap("30000.00")])]), bill("25475.00"), State(person()))
        self.assertEqual([got["fund"]["assistance"], got["person"]], self.expect("der-16", "assistance", "person"))
        got, _ = split(pack_of([layer(ratio="0.60", cap=[cap("400.00")])]), bill("800.00"), State(person()))
        self.assertEqual(got["fund"]["pool"], self.expect("der-17", "pool"))

    def test_cumulative_layer_over_three_bills(self):
        steps = [layer("critical", ["full_self"], cumulative={"window": "year"}, deductible=rows("15000.00"),
                       bands=bands(("50000.00", "0.60"), (None, "0.70"), **{"from": "zero"}))]

        def own(amount):
            return bill(amount=amount, lines=[{"quantity": "1", "price": amount, "amount": amount, "parts": {"full_self": amount}}])

        state, pays = State(person()), []
        for amount in self.example["der-19"]["given"]["self_pay_bills"]:
            pays.append(split(pack_of(steps), own(amount), state)[0]["fund"].get("critical", 0))
        self.assertEqual(pays, [fen(one) for one in self.example["der-19"]["expect"]["pays"]])
        whole, _ = split(pack_of(steps), own("62000.00"), State(person()))
        self.assertEqual(whole["fund"]["critical"], self.expect("der-19", "sum_equals_one_bill"))


class Rules(unittest.TestCase):
    def test_side_rounded_differs_at_ties(self):
        paid = {}
        for side in ("fund", "person"):
            pack = pack_of([layer(ratio="0.50")], benefit={"rounding": {"side": side}})
            paid[side] = split(pack, bill("0.01"), State(person()))[0]["fund"].get("pool", 0)
        self.assertEqual(paid, {"fund": 1, "person": 0})

    def test_several_diseases_main_and_further(self):
        registrations = [{"value": word, "from": "2025-01-01"} for word in ("high", "sugar")]
        several = {"dimension": "disease", "ranks": ["1", "0.5"], "at_most": "7000.00"}
        quota = {"on": "payment", "window": "year", "several": several,
                 "rows": [{"disease": "high", "value": "4000.00"}, {"disease": "sugar", "value": "5000.00"}]}
        pack = pack_of([layer(ratio="1", cap=[quota])], dimension={"disease": {"values": ["high", "sugar"]}})
        got, _ = split(pack, bill("9000.00", disease="high"), State(person(person={"registrations": registrations})))
        self.assertEqual(got["fund"]["pool"], fen("7000.00"))

    def test_referral_difference(self):
        table = {"window": "stay", "rows": [{"level": "level2", "value": "400.00"}, {"level": "level3", "value": "700.00"}],
                 "referral": {"up": "difference", "down": "waived"}}
        pack, state = pack_of([layer(ratio="1", deductible=table)]), State(person())
        lower = {"code": "L", "level": "level2", "area": "110101"}
        up = {"kind": "up", "from": "S1"}
        self.assertEqual(split(pack, bill("9000.00", stay="S1", institution=lower), state)[0]["deductible"], 40000)
        self.assertEqual(split(pack, bill("9000.00", stay="S2", referral=up), state)[0]["deductible"], 30000)
        down = {"kind": "down", "from": "S2"}
        self.assertEqual(split(pack, bill("9000.00", stay="S3", institution=lower, referral=down), state)[0]["deductible"], 0)

    def test_refusals(self):
        pack = pack_of([layer(ratio="1")])
        for broken in ({"amount": "1.00"}, {"start": "2025-04-01"}, {"end": "2026-01-01"}, {"lines": []},
                       {"referral": {"kind": "up", "from": "S"}}, {"visit": "spa"}):
            state = State(person())
            with self.assertRaises(Refused, msg=str(broken)):
                one = bill("10.00")
                one.update(broken)
                split(pack, one, state)
            self.assertEqual(state.sums, {})


if __name__ == "__main__":
    unittest.main()
