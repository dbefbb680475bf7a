"""The smallest packs, persons and bills: what the hand-worked cases are made of."""
import datetime

from values import Pack

DAY = datetime.date(2025, 1, 1)


def pack_of(steps, **more):
    """A pack with one package of these steps."""
    pack = Pack.__new__(Pack)
    data = {"benefit": {"id": "small", "from": DAY, "until": datetime.date(2026, 1, 1), "area_digits": 4,
                        "rounding": {"side": "fund"}, **more.pop("benefit", {})},
            "dimension": {"visit": {"values": ["inpatient", "outpatient"]},
                          "status": {"values": ["active", "retiree"]},
                          "level": {"values": ["level1", "level2", "level3"]}, **more.pop("dimension", {})},
            "fund": {name: {} for name in ("pool", "large", "critical", "civil", "assistance")},
            "lines": {"accept": ["stated", "parts"]}, "route": [{"id": "all", "package": "all"}],
            "package": {"all": {"step": steps}}, **more}
    Pack.load(pack, data)
    return pack


def rows(value):
    return {"rows": [{"value": value}]}


def bands(*pairs, **more):
    return {"rows": [{"bands": [{"upto": upto, "pays": pays} if upto else {"pays": pays} for upto, pays in pairs]}], **more}


def cap(value, on="payment", window="year", **more):
    return {"on": on, "window": window, "rows": [{"value": value}], **more}


def layer(fund="pool", base=("in_scope",), ratio=None, **more):
    step = {"id": fund, "use": "layer", "fund": fund, "base": list(base), **more}
    if ratio:
        step["bands"] = bands((None, ratio))
    return step


def person(status="active", **more):
    return {"person": {"id": "P", "birth": "1950-01-01", "sex": "1",
                       "insured": [{"scheme": "employee", "area": "110100", "status": status, "from": "2020-01-01"}],
                       **more.pop("person", {})}, **more}


def bill(in_scope="0.00", **more):
    lines = more.pop("lines", None) or [{"quantity": "1", "price": in_scope, "amount": in_scope, "parts": {"in_scope": in_scope}}]
    return {"id": "B", "institution": {"code": "H", "level": "level3", "area": "110101"}, "visit": "inpatient",
            "start": "2025-03-01", "end": "2025-03-10", "account": "none",
            "amount": more.pop("amount", in_scope), "lines": lines, **more}


def line(amount, **stated):
    return {"quantity": "1", "price": amount, "amount": amount, "stated": stated}


def pack_of_items(items, steps=None, **more):
    """A pack with a catalogue; items as {code: {kind, class, ...}}."""
    pack = pack_of(steps or [layer(ratio="1")], **more)
    blank = {"kind": "service", "class": "A", "ratio": "", "limit": "", "restriction": "", "diseases": [], "tags": []}
    pack.catalogue = {code: [{**blank, **item}] for code, item in items.items()}
    return pack


def item(code, amount, quantity="1", day="2025-03-05", **more):
    """A line of an item whose price times quantity is the amount."""
    price = more.pop("price", None) or str(float(amount) / float(quantity))
    return {"item": code, "day": day, "quantity": quantity, "price": price, "amount": amount, **more}
