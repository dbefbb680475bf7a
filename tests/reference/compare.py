#!/usr/bin/env python3
"""Compares `yibao split` with the reference on drawn bills, to the fen.

Draws households over every shipped pack, lets the command and the reference settle their bills and voids in order, and
compares what every payer pays, what is refused, what a void changes of later bills, and every sum and balance at the end. Prints the first differences with pack, seed,
bill and both waterfalls. Exit: 0 nothing differs, 1 something does.
"""
import argparse
import collections
import concurrent.futures
import csv
import dataclasses
import datetime
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benefit import turn
from draw import Shape, draw, write
from table import Household
from values import Pack, fen, yuan

ROOT = Path(__file__).resolve().parents[2]
# Households in one run of the command.
BATCH = 400
# So few are settled in one: every start of the command reads the pack anew.
SMALL = 100
AMOUNTS = ("total", "full_self", "over_limit", "first_self", "in_scope", "deductible", "account", "cash", "recover")
REFUSED = 3


def figures(got):
    """The reference's figures as the columns of the command."""
    row = {name: got[name] for name in AMOUNTS if name != "recover"}
    row["account"] += got["family"]
    row["recover"] = sum(got["recover"].values())
    row.update({f"fund:{fund}": amount for fund, amount in got["fund"].items()})
    return {name: amount for name, amount in row.items() if amount}


def rows_of(row, got):
    """A bill's rows by id; a bill over the turn of the year has two."""
    if "parts" not in got:
        return {row["id"]: {**figures(got), **({"review": got["review"]} if got.get("review") else {})}}
    return {f"{row['id']}/{name.rsplit('/', 1)[1]}": figures(part) for name, part in got["parts"].items()}


def read_amounts(file):
    """Every row of the command with the amounts that are not zero."""
    with file.open(newline="", encoding="utf-8") as table:
        for row in csv.DictReader(table):
            names = [name for name in row if name in AMOUNTS or name.startswith("fund:")]
            yield row, {name: fen(row[name]) for name in names if fen(row[name])}


def read_splits(file):
    for row, found in read_amounts(file):
        if int(row["review"]) and "/" not in row["bill_id"] and not row.get("voids"):
            found["review"] = int(row["review"])
        yield row["bill_id"], (found, row.get("voids", ""))


def read_adjustments(file):
    """What re-settlements changed, by void and bill; the two parts of a divided bill together."""
    found = {}
    if file.is_file():
        for row, changed in read_amounts(file):
            into = found.setdefault((row["void_id"], row["bill_id"].split("/")[0]), collections.Counter())
            into.update(changed)
    return found


def state_after(record):
    """Sums and balances that are not zero."""
    sums = {}
    for one in record.get("accumulators", []):
        value = one["count"] if one.get("count") is not None else fen(one["amount"])
        if value:
            sums[f"{one['key']} [{one.get('of', '')}] {one['window']}"] = value
    for account in record.get("accounts", []):
        sums[f"balance {account['id']}"] = fen(account["balance"])
    return sums


class Answer:
    """What the command made of two tables."""

    def __init__(self):
        self.splits, self.refusals, self.adjustments, self.after = {}, {}, {}, {}

    def read(self, out):
        self.splits.update(read_splits(out / "splits.csv"))
        self.adjustments.update(read_adjustments(out / "adjustments.csv"))
        with (out / "refused.csv").open(newline="", encoding="utf-8") as refused:
            self.refusals.update((row["bill_id"], row) for row in csv.DictReader(refused))
        for line in (out / "persons.jsonl").read_text(encoding="utf-8").splitlines():
            state = json.loads(line)
            self.after[state["person"]["id"]] = state

    def rows(self, row, expected):
        """The rows of a bill as the reference has them: whole, or one of each part."""
        found = {name: self.splits[name] for name in (row["id"], f"{row['id']}/1", f"{row['id']}/2") if name in self.splits}
        if expected and set(found) == {row["id"]} and row["id"] not in expected:
            # Written as one row: the parts together.
            names = [f"{row['id']}/{part}" for part in (1, 2)]
            total = sum((collections.Counter(expected[name]) for name in names), collections.Counter())
            expected = {row["id"]: {name: amount for name, amount in total.items() if amount}}
        voids = {voids for _, voids in found.values()}
        if voids - {row.get("voids", ""), row.get("voids", "") + "/1", row.get("voids", "") + "/2"}:
            return expected, {"a wrong `voids`": {}}
        return expected, {name: amounts for name, (amounts, _) in found.items()}

    def refusal(self, row):
        return next((self.refusals[name] for name in (row["id"], f"{row['id']}/1", f"{row['id']}/2") if name in self.refusals), None)


def command(job, pack, shape, people, scratch):
    """What the command makes of the people, or why it failed.

    The rows are given in two tables, the second on the states the first has written: what a state does not keep is lost.
    """
    answer = Answer()
    for run in (0, 1):
        rows = [([answer.after.get(record["person"]["id"], record) for record in one.records], one.tables[run])
                for one in people if one.tables[run]]
        if not rows:
            # Few persons, one bill each: nothing falls into the first half.
            continue
        table, persons = write(pack, shape, rows, scratch / f"in{run}")
        out = scratch / f"out{run}"
        made = subprocess.run([job.yibao, "split", table, "--pack", job.folder, "--person", persons, "-o", out, *job.more()],
                              capture_output=True, text=True, check=False)
        if made.returncode not in (0, REFUSED) or not (out / "splits.csv").is_file():
            return None, f"pack {pack.id} seed {job.seed}: the command failed ({made.returncode})\n{made.stderr}{made.stdout}"
        answer.read(out)
    return answer, None


@dataclasses.dataclass
class Job:
    """Some households of a pack."""
    folder: str
    care: str | None
    seed: str
    first: int
    count: int
    yibao: str
    keep: int
    number: int
    ask: bool
    known: datetime.date | None = None

    def more(self):
        return [*(["--known", str(self.known)] if self.known else []), *(["--care", self.care] if self.care else [])]

    def name(self, pack):
        return f"pack {pack.id}" + (f" care {Path(self.care).name}" if self.care else "") + f" seed {self.seed}"


def batch(job):
    """Two runs of the command beside the reference; returns counts and differences."""
    pack = Pack(job.folder)
    shape = Shape(pack, Pack(job.care) if job.care else None)
    if shape.known and job.number % 2:
        # Every second batch is settled before something was known.
        job.known = shape.known[job.number // 2 % len(shape.known)] - datetime.timedelta(days=1)
    people = [draw(shape, job.seed, index, job.known) for index in range(job.first, job.first + job.count)]
    with tempfile.TemporaryDirectory() as scratch:
        answer, failure = command(job, pack, shape, people, Path(scratch))
    label = pack.id + (f" with {Path(job.care).name}" if job.care else "")
    if failure:
        return label, collections.Counter(), [failure], 1
    tally, found, different = collections.Counter(), [], 0
    for one in people:
        texts = differences(job, pack, one, answer, tally)
        text = next(texts, None)
        # The rest is only counted: what follows in this year follows from the first difference.
        collections.deque(texts, maxlen=0)
        if text is not None:
            different += 1
            if len(found) < job.keep:
                found.append(text())
    if job.ask:
        found += asked(job, pack, people, tally)
    return label, tally, found, different


def differences(job, pack, one, answer, tally):
    """Every difference of a household, each as something that describes it."""
    for table, outcomes in enumerate(one.outcomes):
        for place, (row, got, trace) in enumerate(outcomes):
            expected, theirs = answer.rows(row, rows_of(row, got) if got else {})
            refusal = answer.refusal(row)
            kind = "voids" if "voids" in row else "bills"
            tally[kind] += 1
            tally[f"{kind} {'settled' if got else 'refused'}"] += 1
            tally["divided"] += bool(got and "parts" in got)
            tally["recoverable"] += bool(got and got.get("recover"))
            if not got and not theirs:
                tally[f"refused {refusal['code'] if refusal else '?'} / {trace[0][9:].split('/')[-1]}"] += 1
            if expected != theirs:
                yield lambda table=table, place=place, expected=expected, theirs=theirs, refusal=refusal: describe(
                    job, pack, one, (table, place), expected, theirs, refusal)
    expected = {}
    for adjustment in one.adjustments:
        tally["adjusted"] += 1
        expected[(adjustment.void, adjustment.bill["id"])] = figures({**dict.fromkeys((*AMOUNTS, "family"), 0), "recover": {}, **adjustment.difference})
    theirs = {key: {name: amount for name, amount in changed.items() if amount} for key, changed in answer.adjustments.items()
              if key[0] in {row["id"] for outcomes in one.outcomes for row, _, _ in outcomes}}
    for key in sorted({*expected, *theirs}):
        if expected.get(key, {}) != theirs.get(key, {}):
            yield lambda key=key: "\n".join([
                f"{job.name(pack)}: adjustment of {key[1]} by the void {key[0]}",
                *compared(expected.get(key, {}), theirs.get(key, {})), *told(one)])
    for name, state in one.states.items():
        if name in answer.after:
            mine, other = state_after(state.record()), state_after(answer.after[name])
            if mine != other:
                yield lambda name=name, mine=mine, other=other: "\n".join([
                    f"{job.name(pack)} person {name}: sums after the last bill (fen, or a count)",
                    *(f"  {key}: reference {mine.get(key, 0)}, command {other.get(key, 0)}"
                      for key in sorted({*mine, *other}) if mine.get(key, 0) != other.get(key, 0)), *told(one)])


def compared(ours, theirs):
    return [f"  {name}: reference {yuan(ours.get(name, 0))}, command {yuan(theirs.get(name, 0))}"
            for name in sorted({*ours, *theirs}) if ours.get(name, 0) != theirs.get(name, 0)]


def told(one):
    """The household and its rows in the order of settling."""
    lines = ["  person " + json.dumps(record, ensure_ascii=False) for record in one.records]
    for number, outcomes in enumerate(one.outcomes):
        for row, got, trace in outcomes:
            lines.append(f"  table {number + 1} {'void' if 'voids' in row else 'bill'} {row['id']} end {row['end']}"
                         + (f" voids {row['voids']}" if "voids" in row else "") + ("" if got else f": {trace[0]}"))
    return lines


def state_before(pack, one, at):
    """The household as it was before one of its rows."""
    house = Household(pack, one.records, one.known, one.care)
    for table, outcomes in enumerate(one.outcomes[:at[0] + 1]):
        house = house.next_table()
        for place, (row, _, _) in enumerate(outcomes):
            if (table, place) == at:
                return house.states
            house.settle(row)
    raise AssertionError("no such row")


def explain(job, pack, one, at, *how):
    """What the command says of one bill on the state before it."""
    row, states = one.outcomes[at[0]][at[1]][0], state_before(pack, one, at)
    state = states[row["person"]]
    kinds = {account["id"]: account["kind"] for account in state.accounts}
    record = {"person": state.person, **state.record()}
    record["accounts"] = [{**account, "kind": kinds[account["id"]]} for account in record["accounts"]]
    with tempfile.TemporaryDirectory() as scratch:
        file, person = Path(scratch) / "bill.json", Path(scratch) / "state.json"
        file.write_text(json.dumps(row), encoding="utf-8")
        person.write_text(json.dumps(record), encoding="utf-8")
        run = subprocess.run([job.yibao, "split", file, "--pack", job.folder, "--person", person, *how, *job.more()],
                             capture_output=True, text=True, check=False)
    return record, run


def describe(job, pack, one, at, ours, theirs, refusal):
    """One difference with both waterfalls."""
    row, _, trace = one.outcomes[at[0]][at[1]]
    lines = [f"{job.name(pack)} bill {row['id']}" + (f" known {job.known}" if job.known else "")]
    if not ours or not theirs:
        lines.append(f"  reference: {'split' if ours else 'refused'}, command: "
                     + (f"refused {refusal['code']}: {refusal['message']}" if not theirs and refusal else
                        "split" if theirs else "nothing"))
    else:
        for name in sorted({*ours, *theirs}):
            lines += [f"  {name}:", *compared(ours.get(name, {}), theirs.get(name, {}))]
    if "voids" in row:
        return "\n".join([*lines, *(f"    {line}" for line in trace), *told(one)])
    record, run = explain(job, pack, one, at, "--explain", "--lang", "en")
    lines += ["  bill " + json.dumps(row, ensure_ascii=False), "  state " + json.dumps(record, ensure_ascii=False)]
    lines += ["  reference:", *("    " + line for line in trace), "  command:"]
    return "\n".join(lines + ["    " + line for line in (run.stdout + run.stderr).splitlines()])


def asked(job, pack, people, tally):
    """One bill with a recoverable payment asked for by itself: which fund may ask back what."""
    bills = [(one, (table, place)) for one in people for table, outcomes in enumerate(one.outcomes)
             for place, (row, got, _) in enumerate(outcomes) if got and "voids" not in row and got["recover"] and not turn(pack, row)]
    for one, at in bills[:1]:
        _, run = explain(job, pack, one, at, "--json")
        row, got, _ = one.outcomes[at[0]][at[1]]
        said = recoverable(json.loads(run.stdout)) if run.returncode == 0 else None
        tally["asked by fund"] += 1
        if said != got["recover"]:
            yield (f"{job.name(pack)} bill {row['id']}: recoverable, reference {got['recover']}, command {said} (fen)\n"
                   f"{run.stderr}")


def recoverable(answer):
    """Every `recover` list of an answer, by fund."""
    total = collections.Counter()
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name == "recover":
                total.update({one["fund"]: fen(one["amount"]) for one in value})
            else:
                total.update(recoverable(value))
    elif isinstance(answer, list):
        for one in answer:
            total.update(recoverable(one))
    return dict(total)


def jobs_of(runs, persons, first, number, options):
    """Batches over all packs in turn; every second one is settled before something was known."""
    size = min(BATCH, persons if persons < SMALL else -(-persons // 2))
    for begin in range(first, first + persons, size):
        for place, (folder, care) in enumerate(runs):
            yield Job(folder, care, options.seed, begin, min(size, first + persons - begin), options.yibao, options.show,
                      number + place, ask=begin == 0)
        number += 1


def runs_of(options):
    """The packs, and pairs of home and place of care."""
    folders = options.packs or [str(file.parent) for where in ("policies", "tests/reference/packs")
                                for file in sorted(ROOT.glob(f"{where}/*/pack.toml"))]
    runs = [(folder, None) for folder in folders if Pack(folder).routes]
    if options.care:
        return [(folder, options.care) for folder, _ in runs]
    if not options.packs:
        one, other, third = (str(ROOT / "tests/reference/packs" / f"mechanisms-{name}") for name in "abc")
        runs += [(one, other), (other, one), (one, third)]
    return runs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bills", type=int, default=2000, help="at least this many, over all packs")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--yibao", default=str(ROOT / "target" / "debug" / "yibao"))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--show", type=int, default=3, help="differences printed of each pack")
    parser.add_argument("--care", help="pack of the place of care for all packs named")
    parser.add_argument("--refusals", action="store_true", help="count the reasons of refusals, the command's and ours")
    parser.add_argument("packs", nargs="*", help="default: every shipped pack that splits bills, those of packs/, and some as home "
                                                 "and place of care")
    options = parser.parse_args()
    runs = runs_of(options)
    total, per, found, different = 0, collections.defaultdict(collections.Counter), collections.defaultdict(list), 0
    first = number = 0
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as workers:
        while total < options.bills:
            # A household has about seven bills, rather more than fewer are drawn; then what is still missing.
            persons = -(-(options.bills - total) // (6 * len(runs)))
            jobs = list(jobs_of(runs, persons, first, number, options))
            before = total
            for pack, tally, texts, count in workers.map(batch, jobs):
                per[pack] += tally
                total += tally["bills"]
                different += max(count, bool(texts))
                room = options.show - len(found[pack])
                for text in texts[:max(0, room)]:
                    found[pack].append(text)
                    print(text, flush=True)
            first, number = first + persons, number + len(jobs) // len(runs)
            if total == before:
                break
    for pack, tally in sorted(per.items()):
        print(f"{pack}: " + ", ".join(f"{tally[name]} {name}" for name in (
            "bills", "bills refused", "voids settled", "voids refused", "adjusted", "divided", "recoverable", "asked by fund") if tally[name]))
        if options.refusals:
            for name, count in sorted(tally.items()):
                if name.startswith("refused "):
                    print(f"  {count:8} {name[8:]}")
    print(f"{total} bills, seed {options.seed}: {different} households differ" if different else
          f"{total} bills, seed {options.seed}: every payer and every sum equal to the fen")
    return 1 if different or not total else 0


if __name__ == "__main__":
    sys.exit(main())
