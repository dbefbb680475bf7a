#!/usr/bin/env python3
"""Compares `yibao split` with the reference on drawn bills, to the fen.

Draws persons over every shipped pack, lets the command and the reference split their bills in order, and compares what
every payer pays, what is refused, and every sum and balance at the end. Prints the first differences with pack, seed,
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

from benefit import State
from draw import Shape, attempt, draw, write
from values import Pack, fen, yuan

ROOT = Path(__file__).resolve().parents[2]
# Persons in one run of the command.
BATCH = 400
AMOUNTS = ("total", "full_self", "over_limit", "first_self", "in_scope", "deductible", "account", "cash")
REFUSED = 3


def figures(got):
    """The reference's figures as the columns of the command."""
    row = {name: got[name] for name in AMOUNTS}
    row["account"] += got["family"]
    row.update({f"fund:{fund}": amount for fund, amount in got["fund"].items()})
    return {name: amount for name, amount in row.items() if amount}


def read_splits(file):
    with file.open(newline="", encoding="utf-8") as table:
        for row in csv.DictReader(table):
            names = [name for name in row if name in AMOUNTS or name.startswith("fund:")]
            yield row["bill_id"], {name: fen(row[name]) for name in names if fen(row[name])}


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


def command(job, pack, shape, people, scratch):
    """What the command makes of the people: splits, refusals, states after; or why it failed.

    The bills are given in two runs, the second on the states the first has written: what a state does not keep is lost.
    """
    splits, refusals, after = {}, {}, {}
    for run in (1, 2):
        rows = []
        for one in people:
            half = len(one.bills) // 2
            bills = one.bills[:half] if run == 1 else one.bills[half:]
            if bills:
                rows.append((after.get(one.record["person"]["id"], one.record), bills))
        if not rows:
            # Few persons, one bill each: nothing falls into the first half.
            continue
        table, persons = write(pack, shape, rows, scratch / f"in{run}")
        out = scratch / f"out{run}"
        made = subprocess.run([job.yibao, "split", table, "--pack", job.folder, "--person", persons, "-o", out, *job.knowledge()],
                              capture_output=True, text=True, check=False)
        if made.returncode not in (0, REFUSED) or not (out / "splits.csv").is_file():
            return None, f"pack {pack.id} seed {job.seed}: the command failed ({made.returncode})\n{made.stderr}{made.stdout}"
        splits.update(read_splits(out / "splits.csv"))
        with (out / "refused.csv").open(newline="", encoding="utf-8") as refused:
            refusals.update((row["bill_id"], row) for row in csv.DictReader(refused))
        for line in (out / "persons.jsonl").read_text(encoding="utf-8").splitlines():
            state = json.loads(line)
            after[state["person"]["id"]] = state
    return (splits, refusals, after), None


@dataclasses.dataclass
class Job:
    """Some persons of a pack."""
    folder: str
    seed: str
    first: int
    count: int
    yibao: str
    keep: int
    number: int
    known: datetime.date | None = None

    def knowledge(self):
        return ["--known", str(self.known)] if self.known else []


def batch(job):
    """Two runs of the command beside the reference; returns counts and differences."""
    pack = Pack(job.folder)
    shape = Shape(pack)
    if shape.known and job.number % 2:
        # Every second batch is settled before something was known.
        job.known = shape.known[job.number // 2 % len(shape.known)] - datetime.timedelta(days=1)
    people = [draw(shape, job.seed, index, job.known) for index in range(job.first, job.first + job.count)]
    with tempfile.TemporaryDirectory() as scratch:
        made, failure = command(job, pack, shape, people, Path(scratch))
    if failure:
        return pack.id, collections.Counter(), [failure], 1
    splits, refusals, after = made
    tally, found, different = collections.Counter(), [], 0
    for one in people:
        difference = None
        for place, (bill, (got, trace)) in enumerate(zip(one.bills, one.outcomes, strict=True)):
            ours = figures(got) if got else None
            theirs, refusal = splits.get(bill["id"]), refusals.get(bill["id"])
            tally["bills"] += 1
            tally["split" if got else "refused"] += 1
            if ours is None and theirs is None:
                tally[f"refused {refusal['code'] if refusal else '?'} / {trace[0][9:].split('/')[-1]}"] += 1
            if ours != theirs and difference is None:
                # What follows in this person's year follows from the first difference.
                difference = lambda place=place, ours=ours, theirs=theirs, refusal=refusal: describe(
                    job, pack, one, place, ours, theirs, refusal)
        if difference is None:
            mine, other = state_after(one.after.record()), state_after(after[one.record["person"]["id"]])
            if mine != other:
                difference = lambda mine=mine, other=other: "\n".join(
                    [f"pack {pack.id} seed {job.seed} person {one.record['person']['id']}: sums after the last bill",
                     *(f"  {key}: reference {mine.get(key, 0)}, command {other.get(key, 0)} (fen, or a count)"
                       for key in sorted({*mine, *other}) if mine.get(key, 0) != other.get(key, 0)),
                     "  last bill " + json.dumps(one.bills[-1], ensure_ascii=False)])
        if difference is not None:
            different += 1
            if len(found) < job.keep:
                found.append(difference())
    return pack.id, tally, found, different


def describe(job, pack, one, place, ours, theirs, refusal):
    """One difference with both waterfalls."""
    bill, trace, before = one.bills[place], one.outcomes[place][1], State(one.record)
    for earlier in one.bills[:place]:
        attempt(pack, earlier, before, job.known)
    lines = [f"pack {pack.id} seed {job.seed} bill {bill['id']}" + (f" known {job.known}" if job.known else "")]
    if ours is None or theirs is None:
        lines.append(f"  reference: {'refused' if ours is None else 'split'}, command: "
                     + (f"refused {refusal['code']}: {refusal['message']}" if theirs is None and refusal else
                        "nothing" if theirs is None else "split"))
    else:
        lines += [f"  {name}: reference {yuan(ours.get(name, 0))}, command {yuan(theirs.get(name, 0))}"
                  for name in sorted({*ours, *theirs}) if ours.get(name, 0) != theirs.get(name, 0)]
    state = {"person": before.person, **before.record()}
    kinds = {account["id"]: account["kind"] for account in before.accounts}
    state["accounts"] = [{**account, "kind": kinds[account["id"]]} for account in state["accounts"]]
    lines += ["  bill " + json.dumps(bill, ensure_ascii=False), "  state " + json.dumps(state, ensure_ascii=False)]
    lines += ["  reference:", *("    " + line for line in trace), "  command:"]
    with tempfile.TemporaryDirectory() as scratch:
        file, person = Path(scratch) / "bill.json", Path(scratch) / "state.json"
        file.write_text(json.dumps(bill), encoding="utf-8")
        person.write_text(json.dumps(state), encoding="utf-8")
        run = subprocess.run([job.yibao, "split", file, "--pack", job.folder, "--person", person, "--explain", "--lang", "en",
                              *job.knowledge()], capture_output=True, text=True, check=False)
    lines += ["    " + line for line in (run.stdout + run.stderr).splitlines()]
    return "\n".join(lines)


def jobs_of(folders, persons, first, number, options):
    """Batches over all packs in turn."""
    size = min(BATCH, -(-persons // 2))
    for begin in range(first, first + persons, size):
        for folder in folders:
            yield Job(folder, options.seed, begin, min(size, first + persons - begin), options.yibao, options.show, number)
        number += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bills", type=int, default=2000, help="at least this many, over all packs")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--yibao", default=str(ROOT / "target" / "debug" / "yibao"))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--show", type=int, default=3, help="differences printed of each pack")
    parser.add_argument("--refusals", action="store_true", help="count the reasons of refusals, the command's and ours")
    parser.add_argument("packs", nargs="*", help="default: every shipped pack that splits bills, and those of packs/")
    options = parser.parse_args()
    folders = options.packs or [str(file.parent) for where in ("policies", "tests/reference/packs")
                                for file in sorted(ROOT.glob(f"{where}/*/pack.toml"))]
    folders = [folder for folder in folders if Pack(folder).routes]
    total, per, found, different = 0, collections.defaultdict(collections.Counter), collections.defaultdict(list), 0
    first = number = 0
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as workers:
        while total < options.bills:
            # A person has about seven bills: a first round, then what is still missing.
            persons = -(-(options.bills - total) // (7 * len(folders)))
            jobs = list(jobs_of(folders, persons, first, number, options))
            before = total
            for pack, tally, differences, count in workers.map(batch, jobs):
                per[pack] += tally
                total += tally["bills"]
                different += count
                room = options.show - len(found[pack])
                for text in differences[:max(0, room)]:
                    found[pack].append(text)
                    print(text, flush=True)
            first, number = first + persons, jobs[-1].number + 1
            if total == before:
                break
    for pack, tally in sorted(per.items()):
        print(f"{pack}: {tally['bills']} bills, {tally['split']} split, {tally['refused']} refused by both or one")
        if options.refusals:
            for name, count in sorted(tally.items()):
                if name.startswith("refused "):
                    print(f"  {count:8} {name[8:]}")
    print(f"{total} bills, seed {options.seed}: {different} persons differ" if different else
          f"{total} bills, seed {options.seed}: every payer and every sum equal to the fen")
    return 1 if different or not total else 0


if __name__ == "__main__":
    sys.exit(main())
