# SPDX-License-Identifier: Apache-2.0
"""Fits the points of a scorecard: a logistic one for lateness, a robust one for days.

A feature's points lie at its knots and are straight lines between them, so a row is a few columns
with weights. Newton's method with a Hessian that is renewed a few times; a ridge holds columns
that hardly occur.
"""
import math

NEWTON_STEPS = 14
HESSIAN_STEPS = (0, 2, 5)
HUBER_STEPS = 25
HUBER_DAYS = 5.0


def cholesky(matrix):
    """Lower triangle, in place of nothing: a new matrix."""
    size = len(matrix)
    low = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            total = matrix[i][j] - sum(a * b for a, b in zip(low[i][:j], low[j][:j]))
            low[i][j] = math.sqrt(total) if i == j else total / low[j][j]
    return low


def solve(low, right):
    size = len(low)
    half = [0.0] * size
    for i in range(size):
        half[i] = (right[i] - sum(low[i][k] * half[k] for k in range(i))) / low[i][i]
    out = [0.0] * size
    for i in reversed(range(size)):
        out[i] = (half[i] - sum(low[k][i] * out[k] for k in range(i + 1, size))) / low[i][i]
    return out


def _normal(rows, weights, size, ridge):
    matrix = [[0.0] * size for _ in range(size)]
    for row, weight in zip(rows, weights):
        for at, (i, a) in enumerate(row):
            line, scaled = matrix[i], weight * a
            for j, b in row[:at + 1]:
                line[j] += scaled * b
    for i in range(size):
        matrix[i][i] += ridge[i]
    return cholesky(matrix)


def _gradient(rows, residuals, size):
    out = [0.0] * size
    for row, residual in zip(rows, residuals):
        for i, a in row:
            out[i] += a * residual
    return out


def _step(beta, low, gradient, ridge):
    change = solve(low, [g - r * b for g, r, b in zip(gradient, ridge, beta)])
    return [b + c for b, c in zip(beta, change)]


def _score(rows, beta):
    return [sum(beta[i] * a for i, a in row) for row in rows]


def logistic(rows, labels, size, ridge):
    """Rows are lists of (column, weight) in ascending columns; labels are 0 or 1."""
    beta, low = [0.0] * size, None
    for step in range(NEWTON_STEPS):
        chance = [1.0 / (1.0 + math.exp(-x)) for x in _score(rows, beta)]
        if step in HESSIAN_STEPS:
            low = _normal(rows, [p * (1.0 - p) for p in chance], size, ridge)
        gradient = _gradient(rows, [y - p for y, p in zip(labels, chance)], size)
        beta = _step(beta, low, gradient, ridge)
    return beta


def robust(rows, targets, size, ridge):
    """Huber's loss: a few invoices of hundreds of days must not bend the rest."""
    beta, low = [0.0] * size, _normal(rows, [1.0] * len(rows), size, ridge)
    for _ in range(HUBER_STEPS):
        residuals = [min(max(y - x, -HUBER_DAYS), HUBER_DAYS)
                     for y, x in zip(targets, _score(rows, beta))]
        beta = _step(beta, low, _gradient(rows, residuals, size), ridge)
    return beta
