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
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benefit import State, split
from draw import Shape, draw, write
from values import Pack, Refused, fen, yuan

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


def batch(job):
    """One run of the command beside the reference; returns counts and differences."""
    folder, seed, first, count, yibao, keep = job
    pack = Pack(folder)
    shape = Shape(pack)
    drawn = [draw(shape, seed, index) for index in range(first, first + count)]
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        bills, persons = write(pack, shape, drawn, home / "in")
        run = subprocess.run([yibao, "split", bills, "--pack", folder, "--person", persons, "-o", home / "out"],
                             capture_output=True, text=True, check=False)
        if run.returncode not in (0, REFUSED) or not (home / "out" / "splits.csv").is_file():
            return pack.id, collections.Counter(), [f"pack {pack.id}: the command failed ({run.returncode})\n{run.stderr}{run.stdout}"], 1
        splits = dict(read_splits(home / "out" / "splits.csv"))
        with (home / "out" / "refused.csv").open(newline="", encoding="utf-8") as table:
            refusals = {row["bill_id"]: row for row in csv.DictReader(table)}
        after = [json.loads(line) for line in (home / "out" / "persons.jsonl").read_text(encoding="utf-8").splitlines()]
    tally, found, different = collections.Counter(), [], 0
    for (record, history), ended in zip(drawn, after, strict=True):
        state = State(record)
        same = True
        for bill in history:
            tally["bills"] += 1
            before = state.copy()
            try:
                got, trace = split(pack, bill, state)
                ours = figures(got)
            except Refused as why:
                ours, trace = None, [f"refused: {why}"]
            theirs = splits.get(bill["id"])
            refusal = refusals.get(bill["id"])
            tally["split" if ours is not None else "refused"] += 1
            if ours is None and theirs is None:
                tally[f"refused {refusal['code'] if refusal else '?'} / {trace[0][9:].split('/')[-1]}"] += 1
            if ours != theirs and same:
                # What follows in this person's year follows from the first difference.
                same = False
                different += 1
                if len(found) < keep:
                    found.append(describe(pack, folder, seed, bill, before, ours, theirs, trace, refusal, yibao))
        if same:
            mine, other = state_after(state.record()), state_after(ended)
            if mine != other:
                different += 1
                if len(found) < keep:
                    parts = [f"  {key}: reference {mine.get(key, 0)}, command {other.get(key, 0)} (fen, or a count)"
                             for key in sorted({*mine, *other}) if mine.get(key, 0) != other.get(key, 0)]
                    found.append(f"pack {pack.id} seed {seed} person {record['person']['id']}: sums after the last bill\n"
                                 + "\n".join(parts) + "\n  last bill " + json.dumps(history[-1], ensure_ascii=False))
    return pack.id, tally, found, different


def describe(pack, folder, seed, bill, before, ours, theirs, trace, refusal, yibao):
    """One difference with both waterfalls."""
    lines = [f"pack {pack.id} seed {seed} bill {bill['id']}"]
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
        one, person = Path(scratch) / "bill.json", Path(scratch) / "state.json"
        one.write_text(json.dumps(bill), encoding="utf-8")
        person.write_text(json.dumps(state), encoding="utf-8")
        run = subprocess.run([yibao, "split", one, "--pack", folder, "--person", person, "--explain", "--lang", "en"],
                             capture_output=True, text=True, check=False)
    lines += ["    " + line for line in (run.stdout + run.stderr).splitlines()]
    return "\n".join(lines)


def jobs_of(folders, bills, seed, yibao, keep):
    """Batches over all packs in turn, as many persons as the bills need (about seven each)."""
    persons = max(1, -(-bills // (7 * len(folders))))
    size = min(BATCH, persons)
    for first in range(0, persons, size):
        for folder in folders:
            yield folder, seed, first, min(size, persons - first), yibao, keep


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
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as workers:
        jobs = jobs_of(folders, options.bills, options.seed, options.yibao, options.show)
        for pack, tally, differences, count in workers.map(batch, jobs):
            per[pack] += tally
            total += tally["bills"]
            different += count
            room = options.show - len(found[pack])
            for text in differences[:max(0, room)]:
                found[pack].append(text)
                print(text, flush=True)
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
