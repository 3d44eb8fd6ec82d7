"""Makes covariate_customers.csv and prints what scipy finds in it.

    pip install scipy==1.17.1 && python covariate_customers.py

A Pareto/NBD world where those who came by the web purchase more often and stay longer, and income works on both, observed for 20 to 80
weeks. Columns: frequency, recency and age in weeks, web (0 or 1), income in thousands. The likelihoods are written from the papers: Fader, Hardie
and Lee 2005 for BG/NBD, Fader and Hardie's notes 009 for Pareto/NBD and 019 for the covariates.
"""
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1, hyperu

random = np.random.default_rng(2007)
rows = []
for _ in range(1_500):
    age, web, income = random.integers(20, 80), int(random.random() < 0.4), round(random.normal(50, 10), 1)
    rate = random.gamma(0.8, 1 / (14.0 * np.exp(-(0.5 * web + 0.02 * (income - 50)))))
    leaving = random.gamma(0.9, 1 / (30.0 * np.exp(-(-0.4 * web + 0.01 * (income - 50)))))
    end = min(age, random.exponential(1 / leaving))
    times = np.cumsum(random.exponential(1 / rate, 2_000))
    times = times[times < end]
    rows.append((len(times), round(times[-1], 2) if len(times) else 0, age, web, income))
path = Path(__file__).with_name("covariate_customers.csv")
np.savetxt(path, rows, fmt="%g", delimiter=",", header="frequency,recency,age,web,income", comments="")
x, t_x, T, *Z = np.loadtxt(path, delimiter=",", skiprows=1).T
Z = np.column_stack(Z)


def bgnbd(x, t_x, T, r, alpha, a, b):
    start = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
    there = start + betaln(a, b + x) - (r + x) * np.log(alpha + T)
    left = start + betaln(a + 1, b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    return np.where(x > 0, np.logaddexp(there, left), there), there


def pareto_nbd(x, t_x, T, r, alpha, s, beta):
    most, apart, c = np.maximum(alpha, beta), np.abs(alpha - beta), r + s + x
    second = np.where(alpha >= beta, s + 1, r + x)
    part = lambda t: np.log(hyp2f1(c, second, c + 1, apart / (most + t))) - c * np.log(most + t)
    start = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    there = start - (r + x) * np.log(alpha + T) - s * np.log(beta + T)
    gap = np.maximum(-np.expm1(part(T) - part(t_x)), 1e-300)
    return np.logaddexp(there, start + np.log(s / c) + part(t_x) + np.log(gap)), there


MODELS = {"bgnbd": (bgnbd, [(1, -1), (2, 1), (3, 1)]), "pareto_nbd": (pareto_nbd, [(1, -1), (3, -1)])}
mean, deviation = Z.mean(0), Z.std(0)
for name, (likelihood, processes) in MODELS.items():
    def of(logs, coefficients, z):
        logs = [np.full(len(z), v) for v in logs]
        for (at, sign), gamma in zip(processes, coefficients):
            logs[at] = logs[at] + sign * (z @ gamma)
        return np.exp(logs)

    def total(point, z):
        value = likelihood(x, t_x, T, *of(point[:4], point[4:].reshape(-1, 2), z))[0].sum()
        return value if np.isfinite(value) else -1e12

    with np.errstate(all="ignore"):
        cost = lambda point: -total(point, (Z - mean) / deviation)
        start = np.r_[np.log([0.5, 10, 0.7, 5]), np.zeros(2 * len(processes))]
        found = minimize(cost, start, method="L-BFGS-B", bounds=[(-5, 8)] * 4 + [(-3, 3)] * (2 * len(processes)))
        for _ in range(3):
            found = minimize(cost, found.x, method="Nelder-Mead",
                             options=dict(maxiter=20_000, maxfev=20_000, xatol=1e-9, fatol=1e-11, adaptive=True))
            found = minimize(cost, found.x, method="BFGS", options=dict(gtol=1e-7))
    coefficients = found.x[4:].reshape(-1, 2) / deviation
    logs = found.x[:4].copy()
    for (at, sign), gamma in zip(processes, coefficients):
        logs[at] -= sign * (gamma @ mean)
    point = np.r_[logs, coefficients.ravel()]
    steps = np.r_[np.full(4, 1e-4), np.tile(1e-4 / deviation, len(processes))]
    E = np.diag(steps)
    size = range(len(point))
    hessian = [[(total(point + E[i] + E[j], Z) - total(point + E[i] - E[j], Z) - total(point - E[i] + E[j], Z)
                 + total(point - E[i] - E[j], Z)) / (4 * steps[i] * steps[j]) for j in size] for i in size]
    errors = np.sqrt(np.diag(np.linalg.inv(-np.array(hessian))))
    print(name, -found.fun, "\n ", np.exp(logs).tolist(), "\n ", (errors[:4] * np.exp(logs)).tolist(),
          "\n ", coefficients.tolist(), "\n ", errors[4:].reshape(-1, 2).tolist())
    # A fixed model, so that predictions can be compared to the last digits.
    fixed = (np.log([0.8, 14, 0.9, 30]), np.array([[0.5, 0.02], [-0.4, 0.01], [0.3, -0.015]]))
    for history, z in [((0, 0, 38), (1, 12)), ((2, 30.4, 38.9), (0, 20)), ((7, 11, 60), (1, -5))]:
        h = 39.0
        X, tx, age = (np.array([float(v)]) for v in history)
        own = of(*fixed, np.array([z], float))
        now, there = likelihood(X, tx, age, *own)
        later = likelihood(X, tx, age + h, *own)[0]
        alive, none = np.exp(there - now)[0], np.exp(later - now)[0]
        r, alpha, p, q = own[:, 0]
        X, age = X[0], age[0]
        if name == "pareto_nbd":
            more = (r + X) * (q + age) / ((alpha + age) * (p - 1)) * (1 - ((q + age) / (q + age + h)) ** (p - 1))
            rate = 0.003
            to_come = (r + X) / (alpha + age) * rate ** (p - 1) * (q + age) ** p * hyperu(p, p, rate * (q + age)) * alive
            print("  ", history, z, alive, none, more * alive, to_come)
        else:
            # Equation (10) of Fader, Hardie and Lee 2005, its sum of both cases over the likelihood written as P(alive).
            F = hyp2f1(r + X, q + X, p + q + X - 1, h / (alpha + age + h))
            more = (p + q + X - 1) / (p - 1) * (1 - ((alpha + age) / (alpha + age + h)) ** (r + X) * F)
            print("  ", history, z, alive, none, more * alive)
