"""Statements made at random from a seed, over the tables of tables.sql, and what they shrink to.

A tree is (type, template, children): the template has one {} for each child. The same seed gives the same statement.
"""

import random
import re

TABLES = {
    "t": {
        "int": ["t.i", "t.k"], "big": ["t.b"], "num": ["t.n"], "dbl": ["t.f", "t.r"], "text": ["t.s"],
        "date": ["t.d"], "ts": ["t.ts"], "bool": ["t.x"],
    },
    "orders": {
        "int": ["o.customer", "o.quantity"], "big": ["o.id"], "num": ["o.amount"], "dbl": [], "text": ["o.channel"],
        "date": [], "ts": ["o.ordered_at"], "bool": ["o.returned"],
    },
    "people": {
        "int": ["p.id", "p.manager"], "big": [], "num": [], "dbl": ["p.score"], "text": ["p.name", "p.city", "p.email"],
        "date": ["p.born"], "ts": [], "bool": [],
    },
}
FROM = {"t": ("t", "t.i"), "orders": ("orders o", "o.id"), "people": ("people p", "p.id")}

LITERALS = {
    "int": ["0", "1", "2", "3", "7", "-1", "10", "100", "NULL::int"],
    "big": ["5::int8", "10000000000", "-3::int8", "NULL::int8"],
    "num": ["0.5", "1.25", "-2.75", "100.00", "0.01", "3.0", "NULL::numeric(10,2)"],
    "dbl": ["1.5::float8", "0.1::float8", "-2::float8", "0::float8", "1e3::float8", "NULL::float8"],
    "text": ["'a'", "'abc'", "''", "'B'", "'12'", "'x y'", "'ß'", "NULL::text"],
    "date": ["DATE '2024-01-31'", "DATE '2024-02-29'", "DATE '2000-01-01'", "NULL::date"],
    "ts": ["TIMESTAMP '2024-01-31 10:20:30'", "TIMESTAMP '2023-12-31 23:59:59.999'", "NULL::timestamp"],
    "bool": ["true", "false", "NULL::boolean"],
    "interval": ["INTERVAL '1 day'", "INTERVAL '1 month'", "INTERVAL '90 minutes'", "INTERVAL '-1 year 2 days'", "INTERVAL '1 day 02:03:04.5'"],
}

# What gives a value of a type: templates, and the types of what they are made of. A child in lower case after a colon is a literal.
ANY = [("CASE WHEN {} THEN {} ELSE {} END", "bool,T,T"), ("CASE WHEN {} THEN {} END", "bool,T"), ("coalesce({}, {})", "T,T"),
       ("greatest({}, {})", "T,T"), ("least({}, {})", "T,T"), ("nullif({}, {})", "T,T"), ("({})", "T")]
RULES = {
    "int": [("({} + {})", "int,int"), ("({} - {})", "int,int"), ("({} * {})", "int,int"), ("({} / 3)", "int"), ("({} % 3)", "int"),
            ("abs({})", "int"), ("-({})", "int"), ("length({})", "text"), ("({} - {})", "date,date"), ("{}::int", "num"), ("{}::int", "bool"),
            ("position('a' in {})", "text"), ("ascii({})", "text"), ("mod({}, 4)", "int"), ("octet_length({})", "text"), ("strpos({}, {})", "text,text")],
    "big": [("({} + {})", "big,int"), ("({} - {})", "int,big"), ("({} * {})", "big,int"), ("{}::int8", "int"), ("{}::int8", "num"),
            ("abs({})", "big"), ("({} / 7)", "big"), ("({} % 11)", "big")],
    "num": [("({} + {})", "num,num"), ("({} - {})", "num,num"), ("({} * {})", "num,num"), ("({} / 3)", "num"), ("({} / 0.7)", "num"),
            ("({} + {})", "num,int"), ("({} * {})", "int,num"), ("({} % 2)", "num"), ("round({}, 1)", "num"), ("round({})", "num"),
            ("trunc({}, 1)", "num"), ("ceil({})", "num"), ("floor({})", "num"), ("abs({})", "num"), ("-({})", "num"), ("{}::numeric", "int"),
            ("{}::numeric(12,3)", "num"), ("{}::numeric(20,4)", "int"), ("extract(year from {})", "date"), ("extract(dow from {})", "ts"),
            ("extract(second from {})", "ts"), ("extract(epoch from {})", "ts")],
    "dbl": [("({} + {})", "dbl,dbl"), ("({} - {})", "dbl,dbl"), ("({} * {})", "dbl,dbl"), ("({} + {})", "dbl,num"), ("({} * {})", "int,dbl"),
            ("({} / 3)", "dbl"), ("{}::float8", "num"), ("{}::float8", "int"), ("{}::float8", "big"), ("round({})", "dbl"), ("floor({})", "dbl"),
            ("ceil({})", "dbl"), ("trunc({})", "dbl"), ("abs({})", "dbl"), ("-({})", "dbl"), ("sqrt(abs({}))", "dbl"), ("sign({})", "dbl"),
            ("coalesce({}, {})", "dbl,num"), ("CASE WHEN {} THEN {} ELSE {} END", "bool,num,dbl"), ("date_part('month', {})", "ts"), ("{}::float8", "text01")],
    "text": [("upper({})", "text"), ("lower({})", "text"), ("({} || {})", "text,text"), ("({} || {})", "text,int"), ("({} || {})", "num,text"),
             ("substr({}, 2)", "text"), ("substring({} from 2 for 2)", "text"), ("left({}, 2)", "text"), ("right({}, -1)", "text"),
             ("replace({}, 'a', {})", "text,text"), ("trim({})", "text"), ("{}::text", "int"), ("{}::text", "num"), ("{}::text", "dbl"),
             ("{}::text", "date"), ("{}::text", "ts"), ("{}::text", "bool"), ("{}::text", "big"), ("reverse({})", "text"), ("repeat({}, 2)", "text"),
             ("split_part({}, 'b', 1)", "text"), ("lpad({}, 5, '*')", "text"), ("rpad({}, 3)", "text"), ("md5({})", "text"), ("initcap({})", "text"),
             ("concat({}, {}, {})", "text,int,bool"), ("concat_ws('-', {}, {})", "text,date"), ("to_char({}, 'YYYY-MM-DD HH24:MI')", "ts"),
             ("to_char({}, 'FMMonth DD, Dy')", "date"), ("translate({}, 'abc', 'xy')", "text"), ("regexp_replace({}, '[a-c]+', '#', 'g')", "text"),
             ("overlay({} placing 'zz' from 2)", "text"), ("ltrim({}, 'a')", "text"), ("quote_literal({})", "text"), ("format('%s/%s', {}, {})", "text,int")],
    "date": [("({} + {} % 100)", "date,int"), ("({} - 3)", "date"), ("{}::date", "ts"), ("make_date(2024, 2, 28)", "")],
    "ts": [("({} + {})", "ts,interval"), ("({} - {})", "ts,interval"), ("({} + {})", "date,interval"), ("{}::timestamp", "date"),
           ("date_trunc('month', {})", "ts"), ("date_trunc('week', {})", "ts"), ("date_trunc('hour', {})", "ts")],
    "interval": [("({} - {})", "ts,ts"), ("age({}, {})", "ts,ts"), ("({} * 2)", "interval"), ("({} + {})", "interval,interval")],
    "bool": [("({} AND {})", "bool,bool"), ("({} OR {})", "bool,bool"), ("(NOT {})", "bool"), ("({} IS NULL)", "N"), ("({} IS NOT NULL)", "N"),
             ("({} = {})", "C,C"), ("({} <> {})", "C,C"), ("({} < {})", "C,C"), ("({} >= {})", "C,C"), ("({} > {})", "int,num"), ("({} <= {})", "num,dbl"),
             ("({} = {})", "int,big"), ("({} < {})", "date,ts"), ("({} IS DISTINCT FROM {})", "C,C"), ("({} BETWEEN {} AND {})", "C,C,C"),
             ("({} IN ({}, {}))", "C,C,C"), ("({} NOT IN ({}, {}))", "C,C,C"), ("({} LIKE 'a%')", "text"), ("({} ILIKE '%B%')", "text"),
             ("({} ~ '^[a-b]')", "text"), ("({} = ANY (ARRAY[{}, {}]))", "C,C,C"), ("({} IS TRUE)", "bool"), ("({} IS NOT FALSE)", "bool"),
             ("({} SIMILAR TO '(a|b)%')", "text")],
}
COMPARED = ["int", "big", "num", "dbl", "text", "date", "ts", "bool"]
SHOWN = ["int", "big", "num", "dbl", "text", "date", "ts", "bool", "interval"]
AGGREGATES = {
    "int": [("count({})", "N"), ("count(*)", ""), ("count(DISTINCT {})", "C"), ("min({})", "int"), ("max({})", "int")],
    "big": [("sum({})", "int"), ("max({})", "big"), ("count(*) FILTER (WHERE {})", "bool")],
    "num": [("sum({})", "num"), ("avg({})", "int"), ("avg({})", "num"), ("sum({})", "big"), ("min({})", "num"), ("round(avg({}), 2)", "num"),
            ("100.0 * count({}) / count(*)", "N"), ("sum({}) / count(*)", "num"), ("coalesce(sum({}), 0)", "num")],
    "dbl": [("sum({})", "dbl"), ("avg({})", "dbl"), ("max({})", "dbl"), ("min({})", "dbl"), ("sum({})::float8 / count(*)", "int")],
    "text": [("min({})", "text"), ("max({})", "text"), ("string_agg({0}, ',' ORDER BY {0})", "text"), ("string_agg(DISTINCT {}, '/')", "text")],
    "date": [("min({})", "date"), ("max({})", "date")],
    "ts": [("max({})", "ts")],
    "bool": [("bool_and({})", "bool"), ("bool_or({})", "bool"), ("every({})", "bool")],
}


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def leaf(self, kind, columns):
        named = columns.get(kind, [])
        if named and self.random.random() < 0.7:
            return (kind, self.random.choice(named), [])
        return (kind, self.random.choice(LITERALS[kind]), [])

    def kinds(self, names):
        compared = self.random.choice(COMPARED)
        for name in filter(None, names.split(",")):
            yield {"C": compared, "N": self.random.choice(SHOWN)}.get(name, name)

    def expression(self, kind, columns, depth):
        if kind == "text01":
            return ("text", self.random.choice(["'1'", "'2.5'", "'-3e2'"]), [])
        if depth <= 0 or self.random.random() < 0.15:
            return self.leaf(kind, columns)
        rules = RULES[kind] + ([(template, names.replace("T", kind)) for template, names in ANY] if kind != "interval" else [])
        template, names = self.random.choice(rules)
        return (kind, template, [self.expression(child, columns, depth - 1) for child in self.kinds(names)])

    def aggregate(self, kind, columns):
        template, names = self.random.choice(AGGREGATES[kind])
        return (kind, template, [self.expression(child, columns, 1) for child in self.kinds(names)])

    def statement(self):
        shape = self.random.choice(["rows", "rows", "rows", "groups", "groups", "window", "join", "keys", "union", "scalar", "all"])
        table = self.random.choice(["t", "t", "orders", "people"])
        columns, (source, key) = TABLES[table], FROM[table]
        kinds = [kind for kind in SHOWN if columns.get(kind) or self.random.random() < 0.5] or ["int"]
        shown = lambda depth, scope=columns: self.expression(self.random.choice(kinds), scope, depth)
        where = lambda scope=columns: self.expression("bool", scope, 2)
        if shape == "rows":
            items = [shown(3) for _ in range(self.random.randint(1, 3))]
            if self.random.random() < 0.3:
                return ("statement", "SELECT " + ", ".join(["{}"] * len(items)) + f" FROM {source} WHERE {{}} ORDER BY {key}", [*items, where()])
            return ("statement", "SELECT " + ", ".join(["{}"] * len(items)) + f" FROM {source} ORDER BY {key}", items)
        if shape == "all":
            items = [self.aggregate(self.random.choice(list(AGGREGATES)), columns) for _ in range(self.random.randint(1, 3))]
            return ("statement", "SELECT " + ", ".join(["{}"] * len(items)) + f" FROM {source} WHERE {{}}", [*items, where()])
        if shape == "groups":
            items = [self.aggregate(self.random.choice(list(AGGREGATES)), columns) for _ in range(2)]
            grouped = self.expression(self.random.choice([kind for kind in COMPARED if columns.get(kind)]), columns, 1)
            having = " HAVING count(*) >= 1" if self.random.random() < 0.3 else ""
            return ("statement", f"SELECT {{}} AS g, {{}}, {{}} FROM {source} GROUP BY 1{having} ORDER BY 1", [grouped, *items])
        if shape == "window":
            kind = self.random.choice(["int", "big", "num", "text", "date"])
            item = self.random.choice([
                ("int", "row_number() OVER (ORDER BY {}, " + key + ")", [shown(1)]),
                (kind, "lag({}) OVER (ORDER BY " + key + ")", [self.expression(kind, columns, 1)]),
                (kind, "first_value({}) OVER (ORDER BY " + key + " DESC)", [self.expression(kind, columns, 1)]),
                ("num", "sum({}) OVER (ORDER BY " + key + ")", [self.expression("num", columns, 1)]),
                ("num", "avg({}) OVER (ORDER BY " + key + " ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)", [self.expression("int", columns, 1)]),
                ("int", "rank() OVER (PARTITION BY {} ORDER BY " + key + ")", [self.expression("bool", columns, 1)]),
                ("int", "count({}) OVER (PARTITION BY {})", [shown(1), self.expression("text", columns, 1)]),
                ("int", "ntile(3) OVER (ORDER BY " + key + ")", []),
            ])
            return ("statement", f"SELECT {key}, {{}} FROM {source} ORDER BY 1", [item])
        if shape == "join":
            kind = self.random.choice(["JOIN", "LEFT JOIN", "FULL JOIN", "RIGHT JOIN"])
            scope = {name: TABLES["orders"].get(name, []) + TABLES["people"].get(name, []) for name in SHOWN}
            return ("statement", f"SELECT {{}}, {{}} FROM orders o {kind} people p ON o.customer = p.id", [shown(2, scope), shown(2, scope)])
        if shape == "keys":
            return self.keys()
        if shape == "union":
            first = self.random.choice(["int", "big", "num", "dbl"])
            second = self.random.choice(["int", "big", "num", "dbl"]) if self.random.random() < 0.8 else first
            operator = self.random.choice(["UNION ALL", "UNION", "EXCEPT", "INTERSECT"])
            one, two = self.expression(first, columns, 1), self.expression(second, columns, 1)
            return ("statement", f"SELECT {{}} AS u FROM {source} {operator} SELECT {{}} FROM {source}", [one, two])
        inner = self.aggregate(self.random.choice(["int", "num", "dbl", "text"]), TABLES["orders"])
        return ("statement", f"SELECT t.i, (SELECT {{}} FROM orders o WHERE o.customer = t.i) FROM t WHERE {{}} ORDER BY 1", [inner, self.expression("bool", TABLES["t"], 1)])

    def keys(self):
        """What is unique in a sub-query, repeated by a join or by a function of sets, then grouped, made distinct, sorted or numbered by it and by more."""
        choose = self.random.choice
        key = choose(["channel", "customer", "quantity", "returned"])
        unique = choose([f"SELECT {key} AS k FROM orders GROUP BY {key}", f"SELECT DISTINCT {key} AS k FROM orders",
                         f"SELECT {key} AS k FROM orders WHERE {{}} GROUP BY 1"])
        filters = [self.expression("bool", TABLES["orders"], 1)] if "{}" in unique else []
        repeated, other = choose([
            (f"({unique}) a CROSS JOIN people b", "b.city"), (f"({unique}) a JOIN orders b ON b.{key} = a.k", "b.quantity"),
            (f"({unique}) a LEFT JOIN orders b ON b.{key} = a.k", "b.id % 3"), (f"orders b JOIN ({unique}) a ON b.id <> 3", "b.channel"),
            (f"(SELECT k, unnest(ARRAY[3, 1, 2, 1]) AS u FROM ({unique}) c) a", "a.u"), (f"(SELECT k, generate_series(1, 2) AS u FROM ({unique}) c) a", "a.u"),
        ])
        pairs = choose([f"SELECT a.k, {other} AS u, count(*) AS n FROM {repeated} GROUP BY a.k, {other}", f"SELECT DISTINCT a.k, {other} AS u, 1 AS n FROM {repeated}"])
        query = choose([
            f"{pairs} ORDER BY 1, 2 DESC", f"SELECT k, u, n FROM ({pairs}) z ORDER BY k DESC, u", f"SELECT k, count(*), sum(n) FROM ({pairs}) z GROUP BY k ORDER BY k",
            f"SELECT DISTINCT k, u FROM ({pairs}) z ORDER BY k, u DESC", f"SELECT count(*) FROM (SELECT DISTINCT k, u FROM ({pairs}) z) y",
            f"SELECT u, count(*) FROM ({pairs}) z GROUP BY u ORDER BY u", f"SELECT DISTINCT k FROM ({pairs}) z ORDER BY 1",
            f"SELECT k, u, sum(n) OVER (ORDER BY k) FROM ({pairs}) z ORDER BY 1, 2", f"SELECT k, u, rank() OVER (ORDER BY k, n) FROM ({pairs}) z ORDER BY 1, 2",
            f"SELECT count(DISTINCT k), count(DISTINCT u), count(*) FROM ({pairs}) z", f"SELECT k FROM ({pairs}) z GROUP BY k, u ORDER BY k, u LIMIT 5",
        ])
        return ("statement", query, filters * query.count("{}"))


def statement(seed):
    return Maker(seed).statement()


def text(tree):
    _, template, children = tree
    return template.format(*map(text, children)) if children else template


def size(tree):
    return 1 + sum(map(size, tree[2]))


def smaller(tree):
    """Trees with one part replaced by a part of it of the same type, or by a literal."""
    kind, template, children = tree
    if kind != "statement":
        yield from (child for child in descendants(tree) if child[0] == kind)
        if children and kind in LITERALS:
            yield (kind, LITERALS[kind][1], [])
    elif len(children) > 1 and template.startswith("SELECT {}, {}"):
        # Fewer columns.
        for place in range(template.split(" FROM")[0].count("{}")):
            yield (kind, template.replace("{}, ", "", 1), children[:place] + children[place + 1 :])
        if " WHERE {}" in template:
            yield (kind, template.replace(" WHERE {}", ""), children[:-1])
    elif " WHERE {}" in template and template.count("{}") == len(children):
        yield (kind, template.replace(" WHERE {}", ""), children[:-1])
    for place, child in enumerate(children):
        for other in smaller(child):
            yield (kind, template, [*children[:place], other, *children[place + 1 :]])


def descendants(tree):
    for child in tree[2]:
        yield child
        yield from descendants(child)


def shrunk(tree, still_fails):
    """The smallest tree on the way that fails as the tree does."""
    found = True
    while found:
        found = False
        for other in sorted(smaller(tree), key=size):
            if size(other) < size(tree) and still_fails(other):
                tree, found = other, True
                break
    return tree


# Differences with a reason, in docs/known-differences.md: a pattern of the statement, the kinds, and the reason.
KNOWN = [
    (r".", {"written"}, "a numeric has as many decimals as its column, PostgreSQL's as its value"),
    (r"(greatest|least|coalesce|CASE|/ 0\.7|/ 3).*(::text|\|\|)", {"value"}, "the text of a numeric has as many decimals as its column"),
    (r"avg\(.* / |extract.* / |/ 3\)+ / ", {"value"}, "what is computed of quotients is cut at their decimals"),
    (r"(string_agg|array_agg).*(string_agg|array_agg)", {"error"}, "aggregates of several orders, of which one is DISTINCT, are refused"),
    (r"WHEN false", {"error"}, "what a constant NULL makes NULL is computed here"),
]


def known(statement, kinds):
    for pattern, of_kinds, reason in KNOWN:
        if set(kinds) <= of_kinds and re.search(pattern, statement):
            return reason
    return None
