"""Restaurants and companies as two directories write them, made at random from a seed: the same ones in other words, and others that look alike.

Restaurants have no more than a name, an address, a telephone and a cuisine, as in the set that guides to restaurants made known: chains have one
name in many places, a hotel has several restaurants under one address and telephone. Companies have legal forms that are written
out, shortened or left out, subsidiaries under one address, and registration numbers of which most are missing.
"""

import random

FIRST = "Anna Bella Carlo Dino Emil Franco Gianni Hugo Ivan Jo Karl Leo Mario Nino Otto Paolo Rosa Sam Tony Ugo Vito Walter Yves Zoe Pierre Kim Li Ming Ravi".split()
LAST = "Abbott Baker Castle Duval Eriksen Fischer Garner Hoffman Ito Jensen Keller Lambert Meyer Novak Okafor Petersen Quinn Rossi Schmidt Tanaka Ullman Vogel Weber Xu Young Zimmer Moreau Silva Costa Brandt".split()
PLACE = "Garden Palace Corner Harbor Terrace Kitchen Tavern House Room Table Cellar Bridge Market Mill Lantern Oak Anchor Star Moon Lion Dragon Lotus Olive Pepper Basil Saffron Copper Silver Golden Blue".split()
KIND = ["Cafe", "Restaurant", "Grill", "Bistro", "Trattoria", "Brasserie", "Diner", "Steakhouse", "Bar and Grill", "Oyster Bar", "Noodle House"]
CUISINE = {"Italian": "Italian", "French": "French (New)", "American": "Californian", "Chinese": "Asian", "Indian": "Indian", "Steakhouses": "Steak houses", "Seafood": "Fish", "Mexican": "Mexican"}
STREET = "Main Oak Sunset Melrose Pine Lake Hill Park Market Broad Union Canal Spring Grove Mission Bridge Church Elm River Station Victoria Madison Franklin Jackson Lincoln".split()
WAYS = {"Street": "St.", "Avenue": "Ave.", "Boulevard": "Blvd.", "Road": "Rd.", "Drive": "Dr.", "Lane": "Ln."}
SIDES = {"West": "W.", "East": "E.", "North": "N.", "South": "S."}
CITIES = {"Los Angeles": ("LA", "213"), "New York": ("New York City", "212"), "San Francisco": ("S.F.", "415"), "Chicago": ("Chicago", "312"), "Atlanta": ("Atlanta", "404"), "Las Vegas": ("Las Vegas", "702"), "Boston": ("Boston", "617"), "Seattle": ("Seattle", "206")}

TRADE = "Logistics Software Systems Foods Textiles Energy Engineering Consulting Trading Holding Properties Medical Plastics Metals Chemicals Transport Media Design Tools Printing Packaging Optics Insurance Marine Security".split()
ADJECTIVE = "Global United Northern Pacific Alpine Modern Precision Premier Advanced National Atlantic Central Royal Green Delta Nova Apex Summit Quantum Vertex".split()
FORMS = {"Limited": "Ltd", "Incorporated": "Inc.", "Corporation": "Corp.", "GmbH": "G.m.b.H.", "Company": "Co.", "Aktiengesellschaft": "AG", "Public Limited Company": "PLC"}
WORDS = {"International": "Intl", "Brothers": "Bros", "and": "&", "Manufacturing": "Mfg", "Services": "Svcs", "Technologies": "Tech"}
TOWNS = ["Leeds", "York", "Bristol", "Kent", "Oxford", "Berlin", "Bremen", "Munich", "Cologne", "Austin", "Denver", "Portland", "Dayton", "Lyon", "Lille", "Bern"]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.rows = []

    def chance(self, share):
        return self.random.random() < share

    def mistyped(self, text):
        """One letter left out, doubled, exchanged with the next one or replaced."""
        if len(text) < 4:
            return text
        at = self.random.randrange(1, len(text) - 1)
        return self.random.choice([
            text[:at] + text[at + 1:],
            text[:at] + text[at] + text[at:],
            text[:at] + text[at + 1] + text[at] + text[at + 2:],
            text[:at] + self.random.choice("abcdefghijklmnoprstuvw") + text[at + 1:],
        ])

    def sometimes(self, share, value):
        return None if self.chance(share) else value

    def street(self):
        side = f"{self.random.choice(list(SIDES))} " if self.chance(0.3) else ""
        return f"{self.random.randrange(1, 9900)} {side}{self.random.choice(STREET)} {self.random.choice(list(WAYS))}"

    def shortened(self, text, words):
        return " ".join(words.get(word, word) for word in text.split())


def restaurants(wanted=4_000, seed=1):
    """(columns, rows): the first column is the number of the restaurant, one or two rows each."""
    make = Maker(seed)
    chains = [f"{make.random.choice(LAST)}'s {make.random.choice(PLACE)} {make.random.choice(KIND)}" for _ in range(40)]
    hotels = []
    for number in range(wanted):
        city = make.random.choice(list(CITIES))
        short, area = CITIES[city]
        street, phone = make.street(), f"{area}-{make.random.randrange(200, 999)}-{make.random.randrange(10_000):04}"
        if hotels and make.chance(0.05):
            city, street, phone = make.random.choice(hotels)
            short, area = CITIES[city]
        elif make.chance(0.05):
            hotels.append((city, street, phone))
        owner = make.random.choice([f"{make.random.choice(FIRST)} {make.random.choice(LAST)}", make.random.choice(LAST), make.random.choice(FIRST)])
        name = make.random.choice([
            f"{owner}'s {make.random.choice(KIND)}",
            f"{make.random.choice(PLACE)} {make.random.choice(PLACE)}",
            f"The {make.random.choice(PLACE)} {make.random.choice(KIND)}",
            f"{make.random.choice(KIND)} {make.random.choice(LAST)}",
        ])
        name = make.random.choice(chains) if make.chance(0.08) else name
        cuisine = make.random.choice(list(CUISINE))
        make.rows.append((number, name, street, city, phone.replace("-", "/", 1), cuisine))
        if make.chance(0.5):
            words = name.removeprefix("The ").split()
            if len(words) > 2 and make.chance(0.3):
                words = words[:-1]
            other = " ".join(words).replace("'s", make.random.choice(["'s", "s", "'s"]))
            other = f"{other} ({city})" if make.chance(0.05) else other
            other = make.mistyped(other) if make.chance(0.15) else other
            moved = make.chance(0.05)
            street = make.street() if moved else make.shortened(street, WAYS | SIDES)
            street = make.mistyped(street) if make.chance(0.1) else street
            if make.chance(0.08):
                phone = f"{area}-{make.random.randrange(200, 999)}-{make.random.randrange(10_000):04}"
            make.rows.append((
                number, other, make.sometimes(0.03, street), short if make.chance(0.3) else city,
                make.sometimes(0.05, phone), make.sometimes(0.1, CUISINE[cuisine]),
            ))
    make.random.shuffle(make.rows)
    return ("place", "name", "address", "city", "phone", "cuisine"), make.rows


def companies(wanted=10_000, seed=2):
    """(columns, rows): the first column is the number of the company, one to four rows each."""
    make = Maker(seed)
    sites, domains = [], set()
    for number in range(wanted):
        town, postcode = make.random.choice(TOWNS), f"{make.random.randrange(10_000, 99_999)}"
        street = make.street()
        base = make.random.choice([
            make.random.choice(LAST),
            f"{make.random.choice(ADJECTIVE)} {make.random.choice(LAST)}",
            f"{make.random.choice(LAST)} and {make.random.choice(LAST)}",
            f"{make.random.choice(LAST)} Brothers",
            f"{make.random.choice(ADJECTIVE)} {make.random.choice(PLACE)}",
        ])
        if sites and make.chance(0.1):
            base, town, postcode, street = make.random.choice(sites)
        elif make.chance(0.1):
            sites.append((base, town, postcode, street))
        trade = make.random.choice([*TRADE, "International", "Manufacturing", "Services", "Technologies"])
        form = make.random.choice(list(FORMS))
        name, domain = f"{base} {trade} {form}", f"{base}-{trade}".lower().replace(" ", "")
        while domain in domains:
            domain += str(make.random.randrange(10))
        domains.add(domain)
        phone = f"+44 {make.random.randrange(20, 99)} {make.random.randrange(1_000_000, 9_999_999)}"
        registered = f"{make.random.randrange(10_000_000, 99_999_999)}"
        for copy in range(make.random.choices([1, 2, 3, 4], [5, 3, 1, 1])[0]):
            said, there, where = name, street, postcode
            if copy > 0:
                style = make.random.random()
                if style < 0.35:
                    said = make.shortened(said.replace(f" {form}", ""), WORDS) + f" {FORMS[form]}"
                elif style < 0.6:
                    said = said.removesuffix(f" {form}")
                elif style < 0.7:
                    said = said.upper()
                said = make.mistyped(said) if make.chance(0.15) else said
                there = make.street() if make.chance(0.08) else make.shortened(there, WAYS | SIDES)
                there = make.mistyped(there) if make.chance(0.1) else there
                where = f"{make.random.randrange(10_000, 99_999)}" if make.chance(0.05) else where
            make.rows.append((
                number, said, make.sometimes(0.05, there), make.sometimes(0.05, where), town, make.sometimes(0.4, phone),
                make.sometimes(0.5, f"{make.random.choice(['info', 'sales', 'office'])}@{domain}.example"), make.sometimes(0.8, registered),
            ))
    make.random.shuffle(make.rows)
    return ("place", "company", "street", "postcode", "city", "phone", "email", "registration_number"), make.rows
