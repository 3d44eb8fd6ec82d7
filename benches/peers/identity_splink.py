"""One run of Splink 5 over one set of records, in a process of its own so that its memory can be told: what identity.py measures.

usage: identity_splink.py SET RECORDS.parquet CLUSTERS.parquet, where RECORDS has record_id and the set's columns, cleaned

Models are those of Splink's own examples where they have one for the set. CLUSTERS has threshold, record_id and cluster; THRESHOLD alone is
timed, the others show what another one would do. Prints a line of JSON: seconds of each step, peak memory.
"""

import json
import logging
import resource
import sys
import time
import warnings

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLD = 0.95
# Random pairs from which it is learnt how alike strangers are: a million, and the ten million that its guide advises for a large set.
RANDOM_PAIRS = {"customers": 1e7}
OTHER_THRESHOLDS = (0.5, 0.8, 0.99, 0.999)

# Generated people: what is compared, rules that two of one household do not agree on, and rules that are surely right.
PERSON = [
    cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
    cl.NameComparison("last_name").configure(term_frequency_adjustments=True),
    cl.DateOfBirthComparison("birth_date", input_is_string=True),
    cl.EmailComparison("email"),
    cl.LevenshteinAtThresholds("phone", 1).configure(term_frequency_adjustments=True),
    cl.JaroWinklerAtThresholds("street", 0.9).configure(term_frequency_adjustments=True),
    cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
]
PAIRS = [
    block_on("phone", "first_name"),
    block_on("first_name", "last_name", "postcode"),
    block_on("last_name", "birth_date"),
    block_on("first_name", "birth_date"),
    block_on("first_name", "street"),
]
SURE = [block_on("email"), block_on("phone", "first_name"), block_on("first_name", "last_name", "birth_date")]

# For each set: what is compared, which pairs, rules that are surely right with the share of true pairs that they find, and the rules
# of the training sessions.
MODELS = {
    "febrl3": (
        [
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [2]).configure(term_frequency_adjustments=True),
        ],
        [block_on(column) for column in ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")],
        [
            block_on("soc_sec_id"),
            block_on("given_name", "surname", "date_of_birth"),
            "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth",
        ],
        0.9,
        [block_on("substr(date_of_birth, 1, 3)"), block_on("substr(postcode, 1, 2)")],
    ),
    "fake_1000": (
        [
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ],
        [block_on(column) for column in ("first_name", "surname", "dob", "email")],
        [block_on("first_name", "dob"), "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2", block_on("email")],
        0.7,
        [block_on("first_name", "surname"), block_on("dob")],
    ),
    "rldata10000": (
        [
            cl.NameComparison("fname_c1").configure(term_frequency_adjustments=True),
            cl.NameComparison("lname_c1").configure(term_frequency_adjustments=True),
            cl.ExactMatch("birth_year"),
            cl.ExactMatch("birth_month"),
            cl.ExactMatch("birth_day"),
        ],
        [
            block_on("fname_c1", "lname_c1"),
            block_on("birth_year", "birth_month", "birth_day"),
            block_on("lname_c1", "birth_year"),
            block_on("fname_c1", "birth_year", "birth_month"),
            block_on("fname_c1", "birth_day", "birth_month"),
            block_on("lname_c1", "birth_day", "birth_month"),
        ],
        [
            block_on("fname_c1", "lname_c1", "birth_year", "birth_month"),
            block_on("fname_c1", "birth_year", "birth_month", "birth_day"),
            block_on("lname_c1", "birth_year", "birth_month", "birth_day"),
        ],
        0.9,
        [block_on("birth_year", "birth_month"), block_on("lname_c1")],
    ),
    # As the library's comparisons come, with rules as its guides advise.
    "restaurants": (
        [
            cl.NameComparison("name").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("address", [0.9, 0.7]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("phone", 1).configure(term_frequency_adjustments=True),
            cl.ExactMatch("cuisine").configure(term_frequency_adjustments=True),
        ],
        [block_on("phone"), block_on("name"), block_on("address"), block_on("substr(name, 1, 4)", "city")],
        [block_on("phone", "substr(name, 1, 4)"), block_on("name", "address")],
        0.7,
        [block_on("phone"), block_on("name")],
    ),
    "companies": (
        [
            cl.NameComparison("company").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("street", [0.9, 0.7]).configure(term_frequency_adjustments=True),
            cl.PostcodeComparison("postcode"),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("phone", 1).configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
            cl.ExactMatch("registration_number"),
        ],
        [
            block_on("phone"),
            block_on("email"),
            block_on("registration_number"),
            block_on("company"),
            block_on("street"),
            block_on("postcode", "substr(company, 1, 3)"),
        ],
        [block_on("phone", "substr(company, 1, 4)"), block_on("registration_number"), block_on("company", "postcode")],
        0.8,
        [block_on("phone"), block_on("company")],
    ),
    # Rules as one would write them first: one of the e-mail address, the telephone, and two of the other columns.
    "customers": (
        PERSON,
        [
            block_on("email"),
            block_on("phone"),
            block_on("first_name", "last_name"),
            block_on("first_name", "birth_date"),
            block_on("last_name", "birth_date"),
            block_on("first_name", "postcode"),
            block_on("last_name", "postcode"),
        ],
        SURE,
        0.8,
        [block_on("email"), block_on("first_name", "last_name", "birth_date")],
    ),
    # Rules that hardly a household shares, found with the truth at hand.
    "customers_narrow": (
        PERSON,
        [
            block_on("email", "substr(first_name, 1, 1)"),
            *PAIRS,
            block_on("last_name", "street", "substr(first_name, 1, 3)"),
        ],
        SURE,
        0.8,
        [block_on("email"), block_on("first_name", "last_name", "birth_date")],
    ),
    # Of visitors nothing but the address is known.
    "visitors": (PERSON, [block_on("email"), *PAIRS], SURE, 0.8, [block_on("email"), block_on("first_name", "last_name", "birth_date")]),
}


def run(name, records, clusters):
    compared, pairs, sure, recall, sessions = MODELS[name]
    duck = duckdb.connect()
    duck.execute("SET threads = 2")
    duck.execute(f"CREATE TABLE records AS SELECT * FROM '{records}'")
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=compared,
        blocking_rules_to_generate_predictions=pairs,
        retain_matching_columns=False,
    )
    seconds, started = {}, time.perf_counter()

    def lap(step):
        nonlocal started
        now = time.perf_counter()
        seconds[step], started = now - started, now

    api = DuckDBAPI(duck)
    linker = Linker(api.register("records"), settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(sure, recall=recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS.get(name, 1e6), seed=1)
    for session in sessions:
        linker.training.estimate_parameters_using_expectation_maximisation(session)
    lap("train")
    predicted = linker.inference.predict(threshold_match_probability=THRESHOLD)
    lap("predict")
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold_match_probability=THRESHOLD)
    lap("cluster")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    of_thresholds = {THRESHOLD: found.physical_name}
    likely = linker.inference.predict(threshold_match_probability=min(OTHER_THRESHOLDS))
    for threshold in OTHER_THRESHOLDS:
        clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(likely, threshold_match_probability=threshold)
        of_thresholds[threshold] = clustered.physical_name
    parts = [f"SELECT {threshold} AS threshold, record_id, cluster_id AS cluster FROM {table}" for threshold, table in of_thresholds.items()]
    duck.execute(f"COPY ({' UNION ALL '.join(parts)}) TO '{clusters}' (FORMAT parquet)").fetchall()
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb}))


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    run(*sys.argv[1:])
