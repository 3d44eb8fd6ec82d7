"""Makes simulated_customers.csv and prints what lifetimes finds in it.

    pip install lifetimes==0.11.3 && python simulated_customers.py

A Pareto/NBD world unlike CDNOW (purchases once in nine days, half of the customers gone after a year), observed for 200 to 700 whole days;
gamma-gamma amounts in cents. Columns: frequency, recency and age in days, mean value of the repeat purchases.
"""
from pathlib import Path

import numpy as np
import pandas as pd
from lifetimes import GammaGammaFitter, ParetoNBDFitter

random = np.random.default_rng(1987)
rows = []
for _ in range(1_200):
    age = random.integers(200, 700)
    rate, leaving = random.gamma(1.4, 1 / 13.0), random.gamma(0.9, 1 / 420.0)
    end = min(age, random.exponential(1 / leaving))
    times = np.cumsum(random.exponential(1 / rate, 400))
    days = sorted({int(np.ceil(t)) for t in times[times < end]})
    worth = random.gamma(4.0, 1 / random.gamma(3.2, 1 / 22.0), len(days))
    rows.append((len(days), days[-1] if days else 0, age, round(worth.mean(), 2) if days else ""))
table = pd.DataFrame(rows, columns=["frequency", "recency", "age", "monetary"])
table.to_csv(Path(__file__).with_name("simulated_customers.csv"), index=False)

buying = ParetoNBDFitter().fit(table.frequency, table.recency, table.age, tol=1e-12, maxiter=20_000)
print("Pareto/NBD", dict(buying.params_), -buying._negative_log_likelihood_)
for x, t_x, age in [(0, 0, 300), (12, 250, 400), (40, 100, 650)]:
    alive = buying.conditional_probability_alive(x, t_x, age)
    ahead = buying.conditional_expected_number_of_purchases_up_to_time(90, x, t_x, age)
    print((x, t_x, age), float(np.ravel(alive)[0]), float(np.ravel(ahead)[0]))
known = table[table.frequency > 0].astype(float)
spend = GammaGammaFitter().fit(known.frequency, known.monetary)
print("Gamma-Gamma", dict(spend.params_), -spend._negative_log_likelihood_ * len(known), len(known))
print(float(spend.conditional_expected_average_profit(pd.Series([3.0]), pd.Series([55.0])).iloc[0]))
